"""Pages of escalation: parse, call, render."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.countries import country_name
from core.errors import Invalid, NotFound
from core.http import see_other, show_invalid
from incidents.access import CaseAccess, case_for
from incidents.ui.sections import case_context
from organisations.doors import actor_of
from organisations.roles import Action

from .. import selectors, services
from ..access import measure_for
from ..models import Measure
from ..rules import measures
from ..standing import permitted
from ..states import Status
from ..words import LEVELS, STATUS_KIND
from . import shown
from .forms import ProposalForm

PAGE = 25


@require_safe
def escalation(request: HttpRequest, reference: str) -> HttpResponse:
    """Where the case stands on the ladder, what is open now and why not, and the measures on it."""
    case = case_for(actor_of(request), reference, Action.SEE_MEASURES)
    situation = selectors.situation(case)
    page = Paginator(selectors.measures_of(case), PAGE).get_page(request.GET.get("page"))
    context = {
        "situation": situation,
        "states": [country_name(code) for code in sorted(situation.finding.responsible_states)],
        "steps": steps(situation),
        "groups": shown.catalogue_groups(situation),
        "rows": [row(measure, situation.ladder) for measure in page],
        "page": page,
    }
    return render(request, "escalation/escalation.html", case_context(request, case, "escalation", **context))


def steps(situation: selectors.Situation) -> list[dict[str, Any]]:
    """The levels of the ladder: the one reached by what is in force, those with a measure open now, and the closed ones."""
    open_levels = {situation.measure(entry.code)["level"] for entry in situation.catalogue if entry.possible}
    found = []
    for item in situation.ladder["levels"]["values"]:
        state = "open" if item["level"] in open_levels else "closed"
        found.append(
            {
                "label": LEVELS.get(item["code"], item["code"]),
                "state": "now" if item["level"] == situation.level else state,
            }
        )
    return found


def row(measure: Measure, ladder: dict[str, Any] | Any) -> dict[str, Any]:
    """A measure as a line of the list."""
    known = measures(ladder).get(measure.code)
    return {
        "measure": measure,
        "name": shown.measure_name(known) if known else measure.code,
        "kind": STATUS_KIND[measure.status],
        "state": country_name(measure.target_state) if measure.target_state else "",
    }


@require_http_methods(["GET", "HEAD", "POST"])
def measure_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Proposes one measure of the ladder. Refused by the guardrails: 409, every check, and nothing typed is lost."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.PROPOSE_MEASURE)
    code = request.GET.get("code", "")
    if not code:
        return redirect("escalation", reference)
    ladder = selectors.ladder().content
    rung = measures(ladder).get(code)
    if rung is None:
        raise NotFound(code)
    form = ProposalForm(request.POST if request.method == "POST" else None, measure=rung, ladder=ladder)
    refused: Measure | None = None
    if request.method == "POST" and form.is_valid():
        try:
            measure = services.propose_measure(actor=actor, reference=reference, proposal=form.facts())
        except Invalid as error:
            show_invalid(form, error)
        else:
            if measure.status != Status.REFUSED:
                messages.success(
                    request,
                    _("The measure is approved.")
                    if measure.status == Status.APPROVED
                    else _("The measure is proposed. Another person decides on it."),
                )
                return see_other("measure", reference, measure.label)
            refused = measure
    return new_page(request, case, form, rung, refused)


def new_page(
    request: HttpRequest, case: CaseAccess, form: ProposalForm, rung: Any, refused: Measure | None
) -> HttpResponse:
    """The form; above it the report when the guardrails said no."""
    situation = selectors.situation(case)
    entry = next(entry for entry in situation.catalogue if entry.code == rung["code"])
    context: dict[str, Any] = {
        "form": form,
        "rung": shown.rung(rung),
        "closed": shown.reasons(entry),
        "refused": refused,
        "page_has_errors": refused is not None,
    }
    if refused is not None:
        context |= {
            "report": shown.refusal(refused.report),
            "alternatives": shown.alternatives(refused.report, situation.ladder),
        }
    status = 409 if refused else 422 if form.errors else 200
    return render(
        request, "escalation/measure_new.html", case_context(request, case, "escalation", **context), status=status
    )


@require_safe
def measure(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """One measure: what was asked, what the guardrails answered, who decided, and what can be done now."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.SEE_MEASURES)
    found = measure_for(case.incident, number)
    ladder = selectors.version(found.ladder_version).content
    context = {
        "measure": found,
        "rung": shown.rung(measures(ladder)[found.code]),
        "kind": STATUS_KIND[found.status],
        "rows": shown.answer_rows(found),
        "report": shown.report(found.report),
        "alternatives": shown.alternatives(found.report, ladder) if found.refused else [],
        "acts": shown.acts(found, case, actor),
        "permitted": permitted(case.incident, [found])[found.pk],
    }
    return render(request, "escalation/measure.html", case_context(request, case, "escalation", **context))
