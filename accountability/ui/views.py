"""Pages of reviews: parse, call, render."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import Invalid
from core.http import see_other, show_invalid
from documents.progress import progress_answer
from documents.selectors import is_open, words_of
from documents.states import State
from incidents.access import CaseAccess, case_for
from incidents.ui.sections import case_context
from organisations.doors import actor_of
from organisations.roles import Action

from .. import selectors, services
from ..downloads import pdf_answer
from ..models import Review
from .forms import CloseForm, RecommendationForm, ReviewForm

PAGE = 25


@require_safe
def review_list(request: HttpRequest, reference: str) -> HttpResponse:
    """Reviews of the case and what they recommend."""
    case = case_for(actor_of(request), reference, Action.SEE_REVIEW)
    page = Paginator(selectors.reviews_of(case), PAGE).get_page(request.GET.get("page"))
    rows = [{"review": review, "words": words_of(review.job)} for review in page]
    context = {"rows": rows, "page": page, "recommendations": selectors.recommendations_of(case)[:200]}
    return render(request, "accountability/reviews.html", case_context(request, case, "review-list", **context))


@require_http_methods(["GET", "HEAD", "POST"])
def review_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Asks for a review."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.REQUEST_REVIEW)
    form = ReviewForm(request.POST or None, case_mark=case.incident.mark)
    if request.method == "POST" and form.is_valid():
        try:
            review = services.request_review(
                actor=actor,
                reference=reference,
                mark=form.cleaned_data["mark"],
                language=form.cleaned_data["language"],
                texts=form.texts(),
            )
        except Invalid as error:
            show_invalid(form, error)
        else:
            messages.success(request, _("The review is being made. You can leave this page; it goes on without you."))
            return see_other("review", reference, review.number)
    status = 422 if request.method == "POST" else 200
    return render(
        request, "accountability/review_new.html", case_context(request, case, "review-list", form=form), status=status
    )


def state_context(case: CaseAccess, review: Review) -> dict[str, object]:
    """What the state of a review is drawn from."""
    return {
        "incident": case.incident,
        "review": review,
        "job": review.job,
        "document": review.job.result,
        "words": words_of(review.job),
        "is_open": is_open(review.job),
        "failed": review.job.state == State.FAILED,
        "may_ask": case.may(Action.REQUEST_REVIEW),
    }


@require_safe
def review(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """One review: how far it is, why it failed, or where to take it."""
    case = case_for(actor_of(request), reference, Action.SEE_REVIEW)
    found = selectors.review_of(case, number)
    context = case_context(request, case, "review-list", **state_context(case, found))
    return render(request, "accountability/review.html", context | {"tlp_mark": found.mark})


@require_safe
def review_progress(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """The part that is asked for every two seconds; 304 while nothing moved, and no further question once it has ended."""
    case = case_for(actor_of(request), reference, Action.SEE_REVIEW)
    found = selectors.review_of(case, number)
    return progress_answer(
        request, found.job, "accountability/_state.html", state_context(case, found), besides=case.may(Action.REQUEST_REVIEW)
    )  # fmt: skip


@require_POST
def review_retry(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Tries again."""
    services.retry_review(actor=actor_of(request), reference=reference, number=number)
    messages.success(request, _("The review is being made again."))
    return see_other("review", reference, number)


@require_safe
def review_document(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """The PDF as issued."""
    found, data = services.download_review(actor=actor_of(request), reference=reference, number=number)
    return pdf_answer(found, data)


@require_http_methods(["GET", "HEAD", "POST"])
def recommendation_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Adds a recommendation."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.REQUEST_REVIEW)
    form = RecommendationForm(request.POST or None, owners=services.possible_owners(actor, case))
    if request.method == "POST" and form.is_valid():
        try:
            services.add_recommendation(actor=actor, reference=reference, **form.cleaned_data)
        except Invalid as error:
            show_invalid(form, error)
        else:
            messages.success(request, _("The recommendation was added."))
            return see_other("review-list", reference)
    status = 422 if request.method == "POST" else 200
    return render(
        request,
        "accountability/recommendation_new.html",
        case_context(request, case, "review-list", form=form),
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def recommendation_close(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Closes a recommendation, done or dropped."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.REQUEST_REVIEW)
    recommendation = selectors.recommendation_of(case, number)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.close_recommendation(
                actor=actor,
                reference=reference,
                number=number,
                status=form.cleaned_data["status"],
                evidence=form.cleaned_data["closing_evidence"],
            )
        except Invalid as error:
            show_invalid(form, error)
        else:
            messages.success(request, _("The recommendation was closed."))
            return see_other("review-list", reference)
    context = case_context(request, case, "review-list", form=form, recommendation=recommendation)
    status = 422 if request.method == "POST" else 200
    return render(request, "accountability/recommendation_close.html", context, status=status)
