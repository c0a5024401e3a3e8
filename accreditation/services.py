"""What is done about accreditation. Each function checks, changes and records in one transaction (SHR-3)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import Invalid
from instruments.selectors import in_force
from ledger.services import record
from organisations.actors import Actor
from organisations.models import Organisation
from organisations.roles import Action

from . import errors, telling
from .models import Attestation
from .selectors import KIND, STANDARD, attestation_for, is_accredited, lines_of, requirements, rules
from .states import Answer, State

MOST_REASON = 2000
Answers = Mapping[str, Mapping[str, Any]]


def kept(answers: Answers, version: str) -> dict[str, dict[str, str]]:
    """Answers as they are kept: to requirements there are, as typed, right or wrong (a draft loses nothing)."""
    most = int(rules(version)["most_text"])
    clean = {}
    for row in requirements(version):
        given = answers.get(row["code"])
        if isinstance(given, Mapping):
            answer, how = str(given.get("answer") or ""), str(given.get("how") or "").replace("\x00", "")
            clean[row["code"]] = {"answer": answer if answer in Answer.values else "", "how": how[:most]}
    return clean


def check_answers(attestation: Attestation) -> None:
    """Raises Invalid with each requirement that is not answered: an attestation that says nothing of one says nothing."""
    least = int(rules(attestation.rules)["least_text"])
    wrong: dict[str, list[Any]] = {}
    for line in lines_of(attestation):
        if line["answer"] not in Answer.values:
            wrong.setdefault(f"{line['code']}_answer", []).append(_("Choose an answer."))
        if len(line["how"].strip()) < least:
            wrong.setdefault(f"{line['code']}_how", []).append(
                _("Say in a sentence how you keep to it, or what is missing.")
            )
    if wrong:
        raise Invalid(wrong)


@transaction.atomic
def begin_attestation(*, actor: Actor) -> Attestation:
    """A new attestation to the standard in force; what was answered the last time is there to start from."""
    actor.require(Action.ATTEST)
    Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.organisation.pk)
    earlier = Attestation.objects.filter(organisation=actor.organisation).order_by("-pk").first()
    if earlier is not None and earlier.state in (State.DRAFT, State.SENT):
        raise errors.OneAtATime
    version = in_force(KIND).version
    begun = Attestation.objects.create(
        organisation=actor.organisation, standard=in_force(STANDARD).version, rules=version, begun_by=actor.user,
        answers=kept(earlier.answers, version) if earlier else {},
    )  # fmt: skip
    record(actor=actor, verb="attestation.begun", subject=begun, instruments={STANDARD: begun.standard, KIND: version})
    return begun


def draft_locked(actor: Actor, attestation_id: int) -> Attestation:
    """The organisation's own draft, locked; 409 once it was sent."""
    attestation = attestation_for(actor, attestation_id, Action.ATTEST, lock=True)
    if attestation.state != State.DRAFT:
        raise errors.AlreadySent
    return attestation


@transaction.atomic
def answer_attestation(*, actor: Actor, attestation_id: int, answers: Answers) -> Attestation:
    """Keeps answers as typed; those not named stay as they are. They are checked when it is sent."""
    attestation = draft_locked(actor, attestation_id)
    attestation.answers = {**attestation.answers, **kept(answers, attestation.rules)}
    attestation.save(update_fields=["answers"])
    return attestation


@transaction.atomic
def send_attestation(*, actor: Actor, attestation_id: int, reviewer: Organisation) -> Attestation:
    """The organisation attests, and asks another accredited body to look. From here on its answers are fixed."""
    attestation = draft_locked(actor, attestation_id)
    check_answers(attestation)
    if reviewer.pk == attestation.organisation_id:
        raise errors.OwnReview
    if not is_accredited(reviewer):
        raise errors.ReviewerNotAccredited
    attestation.state, attestation.reviewer = State.SENT, reviewer
    attestation.attested_by, attestation.attested_at = actor.user, clock.now()
    attestation.save(update_fields=["state", "reviewer", "attested_by", "attested_at"])
    record(
        actor=actor, verb="attestation.sent", subject=attestation, payload={"reviewer": reviewer.pk},
        instruments={STANDARD: attestation.standard, KIND: attestation.rules},
    )  # fmt: skip
    telling.review_asked(attestation)
    return attestation


@transaction.atomic
def take_back_attestation(*, actor: Actor, attestation_id: int) -> Attestation:
    """Back to a draft, while nobody has decided: the reviewer no longer sees it."""
    attestation = attestation_for(actor, attestation_id, Action.ATTEST, lock=True)
    if attestation.organisation_id != actor.organisation.pk or attestation.state != State.SENT:
        raise errors.NotWithReviewer
    attestation.state, attestation.reviewer = State.DRAFT, None
    attestation.attested_by = attestation.attested_at = None
    attestation.save(update_fields=["state", "reviewer", "attested_by", "attested_at"])
    record(actor=actor, verb="attestation.taken_back", subject=attestation)
    return attestation


@transaction.atomic
def decide_attestation(*, actor: Actor, attestation_id: int, accredit: bool, note: str) -> Attestation:
    """The reviewing body accredits for the time the rules give, or refuses; either way it says why.

    Never itself (409 `own_review`), never by a body whose own accreditation has lapsed meanwhile, never over a requirement
    that is not kept.
    """
    attestation = attestation_for(actor, attestation_id, Action.REVIEW_ATTESTATION, lock=True)
    if attestation.organisation_id == actor.organisation.pk or attestation.attested_by_id == actor.user.pk:
        raise errors.OwnReview
    if attestation.state != State.SENT:
        raise errors.NotWithReviewer
    if not is_accredited(actor.organisation):
        raise errors.ReviewerNotAccredited
    if not note.strip():
        raise Invalid({"note": [_("Say why. The organisation will read it.")]})
    now = clock.now()
    if accredit:
        not_met = [line["code"] for line in lines_of(attestation) if line["answer"] != Answer.MET]
        if not_met:
            raise errors.RequirementNotMet(requirements=not_met)
        attestation.valid_until = now + timedelta(days=int(rules(attestation.rules)["valid_days"]))
    attestation.state = State.ACCREDITED if accredit else State.REFUSED
    attestation.reviewed_by, attestation.reviewed_at = actor.user, now
    attestation.note = note.strip()[:MOST_REASON]
    attestation.save(update_fields=["state", "reviewed_by", "reviewed_at", "note", "valid_until"])
    record(
        actor=actor, verb="accreditation.given" if accredit else "accreditation.refused", subject=attestation,
        payload={
            "organisation": attestation.organisation_id,
            "until": attestation.valid_until.isoformat() if attestation.valid_until else None,
        },
        instruments={STANDARD: attestation.standard, KIND: attestation.rules},
    )  # fmt: skip
    telling.decided(attestation)
    return attestation


@transaction.atomic
def end_accreditation(*, actor: Actor, attestation_id: int, why: str) -> Attestation:
    """Ends an accreditation before its time: by the organisation itself, or by the body that gave it. New shares stop at once."""
    attestation = attestation_for(actor, attestation_id, Action.VIEW, lock=True)
    actor.require(Action.ATTEST if attestation.organisation_id == actor.organisation.pk else Action.REVIEW_ATTESTATION)
    now = clock.now()
    if attestation.state != State.ACCREDITED or attestation.valid_until is None or attestation.valid_until <= now:
        raise errors.NotInForce
    if not why.strip():
        raise Invalid({"why": [_("Say why. Those who share with this organisation will want to know.")]})
    attestation.state, attestation.ended_by, attestation.ended_at = State.ENDED, actor.user, now
    attestation.ended_why = why.strip()[:MOST_REASON]
    attestation.save(update_fields=["state", "ended_by", "ended_at", "ended_why"])
    record(
        actor=actor, verb="accreditation.ended", subject=attestation,
        payload={"organisation": attestation.organisation_id},
    )  # fmt: skip
    telling.ended(attestation)
    return attestation
