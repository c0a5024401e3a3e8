"""What is done to reviews and recommendations. Each function checks, changes and records in one transaction."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import Invalid, NotFound
from core.marks import ORDER, Mark, Way
from documents import services as jobs
from documents.failures import NotFailed
from documents.states import OPEN, State
from incidents.access import CaseAccess, case_for
from incidents.errors import NamesHidden
from incidents.marks import must_be_cleared
from incidents.numbering import lock, next_number
from ledger.services import record
from organisations.actors import Actor
from organisations.models import Organisation
from organisations.roles import Action

from .. import errors, selectors, template
from ..asking import known_mark_and_language
from ..hearing import hear_first
from ..models import Recommendation, Review
from ..states import TRANSITIONS, RecommendationStatus

MOST_TEXT = 20_000


def checked_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """Only sections people write, each within its length; Invalid names the field."""
    known = {spec.code for spec in template.specs() if spec.by_people}
    wrong = {
        code: [_("The template has no section of this name that people write.")] for code in texts if code not in known
    }
    wrong |= {
        code: [_("This is too long: at most %(most)s characters.") % {"most": MOST_TEXT}]
        for code, text in texts.items()
        if len(text) > MOST_TEXT
    }
    if wrong:
        raise Invalid(wrong)
    return {code: text.strip() for code, text in texts.items() if text.strip()}


@transaction.atomic
def request_review(
    *, actor: Actor, reference: str, mark: str, language: str = "en", texts: Mapping[str, str] | None = None
) -> Review:
    """Asks for a review; a worker makes it. Asking again for the same while it is being made gives the same one (REM-8)."""
    case = case_for(actor, reference, Action.REQUEST_REVIEW)
    incident = case.incident
    known_mark_and_language(mark, language)
    written = checked_texts(texts or {})
    if ORDER[Mark(mark)] < ORDER[Mark(incident.mark)]:
        raise errors.MarkBelowCase
    must_be_cleared(actor, incident, [(_("Review"), mark, incident.holder_id)], Way.TAKEN)
    hear_first(case, mark)
    lock(incident, "review")
    running = (
        Review.objects.filter(incident=incident, mark=mark, language=language, job__state__in=OPEN)
        .select_related("job")
        .first()
    )
    if running is not None:
        if running.texts == written:
            return running
        raise errors.ReviewInProgress
    number = next_number(Review.objects.filter(incident=incident))
    job = jobs.enqueue(actor=actor, key=f"review/{incident.pk}/{number}", kind="review", incident_id=incident.pk)
    review = Review.objects.create(
        incident=incident, number=number, mark=mark, language=language, template_version=template.version_in_force(),
        texts=written, asked_by=actor.user, organisation=actor.organisation, job=job,
    )  # fmt: skip
    record(
        actor=actor, verb="review.requested", subject=review, root_id=incident.pk, payload={"number": number, "mark": mark, "language": language},
        instruments={"review-template": review.template_version},
    )  # fmt: skip
    return review


@transaction.atomic
def retry_review(*, actor: Actor, reference: str, number: int) -> Review:
    """Tries a failed review again, as whoever asks now."""
    case = case_for(actor, reference, Action.REQUEST_REVIEW)
    review = selectors.review_of(case, number)
    lock(case.incident, "review")
    if review.job.state != State.FAILED:
        raise NotFailed
    other = Review.objects.filter(
        incident=case.incident, mark=review.mark, language=review.language, job__state__in=OPEN
    )
    if other.exists():
        raise errors.ReviewInProgress
    jobs.retry(actor=actor, job=review.job)
    return selectors.review_of(case, number)


@transaction.atomic
def download_review(*, actor: Actor, reference: str, number: int) -> tuple[Review, bytes]:
    """The document as issued, hashed again, with who took it in the ledger."""
    case = case_for(actor, reference, Action.SEE_REVIEW)
    review = selectors.review_of(case, number)
    if review.job.result is None:
        raise errors.NotReady
    if case.incident.blind and selectors.made_with_names(case, review.job):
        raise NamesHidden
    must_be_cleared(actor, case.incident, [(f"REV-{number}", review.mark, case.incident.holder_id)], Way.TAKEN)
    if overtaken := selectors.stricter_since(case, review):
        raise errors.ReviewOvertaken(overtaken)
    return review, jobs.open_document(actor=actor, document=review.job.result)


# ── recommendations ──────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def add_recommendation(*, actor: Actor, reference: str, kind: str, text: str, owner: str, due: date) -> Recommendation:
    """Recommends something, with an owner and a date (R4.4). `owner` is the slug of an organisation on the case."""
    case = case_for(actor, reference, Action.REQUEST_REVIEW)
    wrong: dict[str, list[str]] = {}
    owners = {organisation.slug: organisation for organisation in possible_owners(actor, case)}
    if kind not in Recommendation.Kind.values:
        wrong["kind"] = [_("Choose a kind from the list.")]
    if not text.strip():
        wrong["text"] = [_("Say what should be done.")]
    elif len(text) > MOST_TEXT:
        wrong["text"] = [_("This is too long: at most %(most)s characters.") % {"most": MOST_TEXT}]
    if owner not in owners:
        wrong["owner"] = [_("The owner must be an organisation that may see the case.")]
    if due < clock.today():
        wrong["due"] = [_("The date must not be in the past.")]
    if wrong:
        raise Invalid(wrong)
    lock(case.incident, "recommendation")
    recommendation = Recommendation.objects.create(
        incident=case.incident, number=next_number(Recommendation.objects.filter(incident=case.incident)), kind=kind,
        text=text.strip(), owner=owners[owner], due=due, added_by=actor.user,
    )  # fmt: skip
    record(
        actor=actor, verb="recommendation.added", subject=recommendation, root_id=case.incident.pk,
        payload={"number": recommendation.number, "owner": recommendation.owner_id, "due": due.isoformat()},
    )  # fmt: skip
    return recommendation


@transaction.atomic
def close_recommendation(*, actor: Actor, reference: str, number: int, status: str, evidence: str) -> Recommendation:
    """Closes a recommendation: done, with evidence; or dropped, with a reason (R4.4)."""
    case = case_for(actor, reference, Action.REQUEST_REVIEW)
    found = Recommendation.objects.select_for_update(of=("self",)).filter(incident=case.incident, number=number).first()
    if found is None:
        raise NotFound(number)
    if status not in (RecommendationStatus.DONE, RecommendationStatus.DROPPED):
        raise Invalid({"status": [_("Choose done or dropped.")]})
    if status not in TRANSITIONS[found.status]:
        raise errors.RecommendationClosed
    if not evidence.strip() or len(evidence) > MOST_TEXT:
        raise Invalid({"closing_evidence": [_("Say what shows that it is done, or why it is dropped.")]})
    found.status, found.closing_evidence, found.closed_by, found.closed_at = (
        status,
        evidence.strip(),
        actor.user,
        clock.now(),
    )
    found.save(update_fields=["status", "closing_evidence", "closed_by", "closed_at"])
    record(
        actor=actor,
        verb=f"recommendation.{status}",
        subject=found,
        root_id=case.incident.pk,
        payload={"number": number},
    )
    return found


def possible_owners(actor: Actor, case: CaseAccess) -> list[Organisation]:
    """Organisations on the case, as far as the actor may know of them: the holder, their own, those it is shared with."""
    return selectors.organisations_on(actor, case)
