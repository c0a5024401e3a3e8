"""Which measures were proposed, and what was answered: what the guardrails refused is told like what was done."""

from django.utils.translation import gettext as _

from documents.blocks import Block, Heading, Nothing, Table
from escalation.models import Measure
from escalation.reports import told
from escalation.selectors import measures_of
from escalation.standing import permitted
from escalation.states import Status

from .registry import Material, fills
from .words import day


def span(measure: Measure) -> str:
    """From when to when it was in force, as far as that is so."""
    if measure.started_at is None:
        return _("not started")
    end = measure.closed_at.date() if measure.closed_at else measure.expires_on
    begun = day(measure.started_at.date())
    return (
        _("%(start)s to %(end)s") % {"start": begun, "end": day(end)}
        if end
        else _("since %(start)s") % {"start": begun}
    )


def reason(measure: Measure) -> str:
    """Why it is no longer open, or which guardrails refused it."""
    if measure.status == Status.REFUSED:
        return "\n".join(line["text"] for line in told(measure.report)["checks"] if line["passed"] is False)
    return measure.closing_reason or "–"


@fills("response")
def measures(material: Material) -> list[Block]:
    """The measures of the case, in the order they were proposed."""
    found = list(measures_of(material.case).order_by("number"))
    marks = permitted(material.incident, found)
    rows = tuple(
        (
            measure.label,
            f"{measure.code} – {measure.title}",
            measure.organisation.name,
            str(measure.get_status_display()),
            span(measure),
            marks[measure.pk].pap,
            reason(measure),
        )
        for measure in found
    )
    if not rows:
        return [Heading(_("Measures")), Nothing(_("No measure has been proposed."))]
    heads = (
        _("Number"),
        _("Measure"),
        _("Proposed by"),
        _("Status"),
        _("In force"),
        _("Permissible actions"),
        _("Reason"),
    )
    return [Heading(_("Measures")), Table("measures", _("Measures proposed and taken"), heads, rows, code=(0,))]
