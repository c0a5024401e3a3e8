"""From a finding to its verification report: read as the person who asked, at one moment, never above the report's mark."""

from collections.abc import Callable
from hashlib import sha256

from django.utils import translation
from django.utils.translation import gettext as _

from attribution.models import StandingChange
from attribution.services import note_shown
from core import clock
from core.errors import NotFound
from documents.models import Document, Job
from documents.rendering import Rendered, Tick, render_content
from documents.services import Issue
from ledger.hashing import moment
from ledger.services import record as write_down
from organisations.actors import Actor

from ..access import finding_to_take
from ..clearance import stop_above
from ..hearing import hear_first
from ..models import VerificationReport
from .data import marked, reference_of, report_data, signed
from .pages import DATA_NAME, content_of

TEMPLATE = "accountability/pdf/verification.html"
STYLESHEET = "pdf/document.css"


def series_of(report: VerificationReport) -> str:
    """Issues with the same finding, organisation, mark and language supersede one another."""
    return f"verification/{report.finding_id}/{report.organisation_id}/{report.mark}/{report.language}"


def prepare_report(actor: Actor, job: Job) -> tuple[Issue, Callable[[Tick], Rendered]]:
    """Reads the record now; sets it in type when called. Raises NotMade, and nothing is made, when anything in it is above its mark."""
    rows = VerificationReport.objects.select_related("incident__holder", "finding", "organisation")
    report = rows.filter(job=job).first()
    if report is None:
        raise NotFound(job.key)
    case, finding = finding_to_take(actor, report.incident.reference, report.finding.label)
    report.incident, report.finding = case.incident, finding
    hear_first(case, report.mark)
    change = StandingChange.objects.filter(finding=finding).order_by("-pk")[0]
    data = report_data(actor, case, report, change, moment(clock.now()))
    stop_above(marked(data), report.mark)
    text = signed(data)
    digest = sha256(text).hexdigest()
    before = Document.objects.filter(series=series_of(report)).order_by("-issue").first()
    with translation.override(report.language):
        content = content_of(case, report, data, digest, before.reference if before else "")
        description = _("The same report as data, in a published shape; it is what the offline verifier reads")

    def render(tick: Tick) -> Rendered:
        along = [(DATA_NAME, description, text)]
        return render_content(content, template=TEMPLATE, stylesheet=STYLESHEET, tick=tick, attached=along)

    def then(actor: Actor, document: Document) -> None:
        VerificationReport.objects.filter(pk=report.pk).update(content=text.decode(), sha256=digest, change=change)
        note_shown(actor, finding, how="exported", change=change)
        write_down(
            actor=actor, verb="verification.issued", subject=report, root_id=finding.incident_id,
            payload={"finding": finding.label, "report": str(report), "sha256": digest, "document": document.sha256, "mark": report.mark},
            instruments={"evidence-standard": finding.standard_version},
        )  # fmt: skip

    issue = Issue(
        kind=job.kind, reference=reference_of(report), title=f"{content.title}: {content.subtitle}"[:300], language=content.language,
        mark=content.mark, series=series_of(report), holder_id=case.incident.holder_id, then=then,
    )  # fmt: skip
    return issue, render
