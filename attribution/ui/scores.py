"""How a question turned out, and what one's own earlier estimates were worth."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from organisations.doors import actor_of
from organisations.roles import Action

from .. import services
from ..access import finding_for
from ..errors import AnswerNotKnown, QuestionResolved, ResolvedByItsProposer, StillJudged
from ..rules.calibration import mean_score
from ..scores import by_discipline, own_estimates
from .forms import OutcomeForm
from .pages import form_page


@require_http_methods(["GET", "HEAD", "POST"])
def finding_resolve(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Saying how it turned out."""
    actor = actor_of(request)
    case, _finding = finding_for(actor, reference, number, Action.PROPOSE_FINDING)
    form = OutcomeForm(request.POST or None)
    return form_page(
        request, case, form,
        lambda: services.resolve_question(actor=actor, reference=reference, label=number, **form.cleaned_data),
        title=_("How did %(finding)s turn out?") % {"finding": number}, button=_("Put it on record"),
        done=_("It is on record. Members of its panels see how their estimates did."),
        back=reverse("finding", args=[reference, number]),
        lede=_("Said once, by somebody who did not propose the finding. It changes no tier."),
        explains=(AnswerNotKnown, QuestionResolved, ResolvedByItsProposer, StillJudged),
    )  # fmt: skip


@require_safe
def my_estimates(request: HttpRequest) -> HttpResponse:
    """One's own estimates on questions whose answer is known."""
    found = own_estimates(actor_of(request).user)
    return render(
        request, "attribution/estimates.html",
        {"estimates": found, "groups": by_discipline(found), "mean": mean_score(row.score for row in found)},
    )  # fmt: skip
