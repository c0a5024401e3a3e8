"""What pages, API and PDF read of reviews."""

from typing import Any

from django.db.models import QuerySet

from attribution.models import Finding, StandingChange
from core.errors import NotFound
from core.marks import above
from documents.models import Job
from documents.selectors import document_as_json, job_as_json
from evidence.models import CustodyEntry
from incidents.access import CaseAccess
from incidents.models import Blinding, MarkChange
from incidents.selectors import grants_on
from organisations.actors import Actor
from organisations.models import Organisation

from .models import Recommendation, Review, VerificationReport


def reviews_of(case: CaseAccess) -> QuerySet[Review]:
    """Reviews of the case, newest first."""
    return (
        Review.objects.filter(incident=case.incident)
        .select_related("asked_by", "organisation", "job__result__superseded_by")
        .order_by("-number")
    )


def review_of(case: CaseAccess, number: int) -> Review:
    """One review, through its case."""
    review = reviews_of(case).filter(number=number).first()
    if review is None:
        raise NotFound(number)
    return review


def made_with_names(case: CaseAccess, job: Job) -> bool:
    """Whether a finished document was made while names were shown, so that it tells them."""
    before = Blinding.objects.filter(incident=case.incident, changed_at__lte=job.started_at).order_by("-pk").first()
    return before is None or not before.hidden


def stricter_since(case: CaseAccess, review: Review) -> list[str]:
    """What a finished review tells and may not tell any more: marked above it, or sealed, since it was made."""
    done = review.job.finished_at
    changes = MarkChange.objects.filter(incident=case.incident, changed_at__gt=done).order_by("pk")
    was: dict[str, str] = {}
    for change in changes:  # as it was when the review was made, and as it is now
        was.setdefault(change.label, change.mark_before)
    now = {change.label: change.mark for change in changes}
    told = [
        (label or case.incident.reference, mark)
        for label, mark in now.items()
        if not above([(label, was[label])], review.mark)
    ]
    sealed = CustodyEntry.objects.filter(
        incident=case.incident, act=CustodyEntry.Act.SEALED, at__gt=done, item__sealed=True
    )
    closed = [
        entry.item.label for entry in sealed.select_related("item") if not above([("", entry.item.mark)], review.mark)
    ]
    return sorted({*(label for label, _mark in above(told, review.mark)), *closed})


def recommendations_of(case: CaseAccess) -> QuerySet[Recommendation]:
    """Recommendations, in the order they were made."""
    return Recommendation.objects.filter(incident=case.incident).select_related("owner", "added_by").order_by("number")


def recommendation_of(case: CaseAccess, number: int) -> Recommendation:
    """One recommendation, through its case."""
    found = recommendations_of(case).filter(number=number).first()
    if found is None:
        raise NotFound(number)
    return found


def organisations_on(actor: Actor, case: CaseAccess) -> list[Organisation]:
    """The holder, the actor's own, and those the case is shared with as far as the actor may know; by name, each once."""
    found = {case.incident.holder_id: case.incident.holder, actor.organisation.pk: actor.organisation}
    for grant in grants_on(case.incident):
        organisation = grant.group.role_group.organisation
        found[organisation.pk] = organisation
    return sorted(found.values(), key=lambda organisation: organisation.name)


def review_as_json(review: Review) -> dict[str, Any]:
    """A review as the API tells it."""
    superseded = getattr(review.job.result, "superseded_by", None) if review.job.result else None
    return {
        "number": review.number,
        "mark": review.mark,
        "language": review.language,
        "template_version": review.template_version,
        "texts": review.texts,
        "asked_at": review.asked_at,
        "organisation": review.organisation.slug,
        "job": job_as_json(review.job),
        "document": document_as_json(review.job.result),
        "superseded_by": superseded.reference if superseded else None,
    }


def recommendation_as_json(recommendation: Recommendation) -> dict[str, Any]:
    """A recommendation as the API tells it."""
    return {
        "number": recommendation.number,
        "kind": recommendation.kind,
        "text": recommendation.text,
        "owner": recommendation.owner.slug,
        "due": recommendation.due,
        "status": recommendation.status,
        "closing_evidence": recommendation.closing_evidence,
        "closed_at": recommendation.closed_at,
    }


def reports_of(finding: Finding, actor: Actor) -> QuerySet[VerificationReport]:
    """Verification reports of a finding that the actor's own organisation asked for, newest first."""
    rows = VerificationReport.objects.filter(finding=finding, organisation=actor.organisation)
    return (
        rows.select_related("asked_by", "organisation", "change", "job__result__superseded_by")
        .defer("content", "change__explanation")
        .order_by("-pk")
    )


def report_of(finding: Finding, actor: Actor, code: str, *, whole: bool = False) -> VerificationReport:
    """One of them; `whole`: with its content."""
    rows = reports_of(finding, actor).filter(code=code)
    found = (rows.defer(None).defer("change__explanation") if whole else rows).first()
    if found is None:
        raise NotFound(code)
    return found


def stands_otherwise(finding: Finding, report: VerificationReport) -> bool:
    """Whether a finding has come to stand otherwise since a report of it was made."""
    made = report.change
    if made is None:
        return False
    now = StandingChange.objects.filter(finding=finding).defer("explanation").order_by("-pk")[0]
    return (made.tier, made.standing, made.contested) != (now.tier, now.standing, now.contested)


def report_as_json(report: VerificationReport) -> dict[str, Any]:
    """A verification report as the API tells it."""
    return {
        "code": report.code,
        "mark": report.mark,
        "language": report.language,
        "asked_at": report.asked_at,
        "organisation": report.organisation.slug,
        "data_sha256": report.sha256 or None,
        "job": job_as_json(report.job),
        "document": document_as_json(report.job.result),
    }
