"""Legs of what is claimed, and the law reasoned by a lawyer."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from incidents.access import case_for
from organisations.doors import actor_of
from organisations.roles import Action

from .. import errors, services
from ..access import finding_for
from .forms import ArticleForm, LegForm
from .pages import form_page


@require_http_methods(["GET", "HEAD", "POST"])
def leg_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Opening a leg, with the standard of proof it is held to."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.ANALYSE)
    form = LegForm(request.POST or None, initial={"leg": request.GET.get("leg", "")})
    return form_page(
        request, case, form,
        lambda: services.open_leg(actor=actor, reference=reference, **form.cleaned_data),
        title=_("Open a leg"), button=_("Open the leg"), done=_("The leg was opened. Add the hypotheses that may explain it."),
        back=reverse("attribution", args=[reference]),
        lede=_("What happened, who operated, for whom, and which State answers for it are separate questions. No answer lends its strength to another."),
        explains=(errors.LegOpen,),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def article_reason(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """A lawyer's reasons for an article."""
    actor = actor_of(request)
    case, finding = finding_for(actor, reference, number, Action.ANALYSE)
    form = ArticleForm(request.POST or None, version=finding.standard_version, initial={"article": finding.article})
    return form_page(
        request, case, form,
        lambda: services.reason_article(actor=actor, reference=reference, label=number, **form.cleaned_data),
        title=_("Reason the article of %(finding)s") % {"finding": number}, button=_("Put the reasons on record"),
        done=_("The reasons are on record. The finding claims this article."), back=reverse("finding", args=[reference, number]),
        lede=_("Only who acts in the role of law gives these reasons. Naming an actor never implies that a State is responsible."),
        explains=(errors.NoLawOnLeg, errors.FindingEnded),
    )  # fmt: skip
