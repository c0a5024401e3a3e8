"""Opinions, given blind: the ledger keeps a commitment (a salted hash), never the opinion (ATT-7)."""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from core import clock
from core.errors import Invalid, NotAllowed, NotFound
from incidents.access import case_for
from incidents.facts import Errors, clean_text
from ledger.services import canonical, record
from organisations.actors import Actor
from organisations.roles import Action

from .. import errors as rules_broken
from .. import norms
from ..access import must_be_open, not_in_sealed_round, open_case, panel_in
from ..models import ObjectionAnswer, Opinion, Seat
from ..selectors import opinions_that_count
from ..states import Conflict, Round
from .facts import check_opinion
from .tiers import recompute_finding


def commitment_of(columns: Mapping[str, Any], salt: str) -> str:
    """SHA-256 over the salt and the opinion as canonical JSON: when the round is open, anybody can check that nothing moved."""
    return hashlib.sha256((salt + canonical(dict(sorted(columns.items())))).encode()).hexdigest()


COMMITTED = (
    "position", "scale", "likelihood", "confidence", "reasons", "change_mind", "dissent", "blocking_objection", "objection",
    "article", "article_reasons", "specific_control",
)  # fmt: skip


def committed(opinion: Opinion) -> dict[str, Any]:
    """The part of an opinion its commitment covers."""
    return {name: getattr(opinion, name) for name in COMMITTED}


@transaction.atomic
def seal_opinion(*, actor: Actor, reference: str, panel: int, facts: Mapping[str, Any]) -> Opinion:
    """Gives or changes the actor's own opinion, sealed. Nobody else reads it until all are opened at once.

    `facts`: position, likelihood, confidence, reasons, change_mind, dissent, blocking_objection, objection and, from a
    member of law, article, article_reasons, specific_control. The scale is the finding's (R1.5).
    """
    case = case_for(actor, reference, Action.TAKE_SEAT, lock=True)
    must_be_open(case)
    found = panel_in(case.incident, panel)
    seats = Seat.objects.filter(panel=found, recused_at__isnull=True)
    seat = seats.filter(member=actor.user, conflict=Conflict.NONE).first()
    if seat is None:
        if seats.filter(organisation=actor.organisation, conflict=Conflict.UNDECLARED).exists():
            raise rules_broken.ConflictFirst
        raise NotAllowed(Action.TAKE_SEAT)
    if found.state == Round.INVITING:
        raise rules_broken.SeatsFilling
    if found.state != Round.SEALED:
        raise rules_broken.RoundOver
    if clock.now() > found.deadline:
        raise rules_broken.DeadlineOver
    version = found.finding.standard_version
    if found.round > 1 and not Opinion.objects.filter(seat=seat, round=1, revealed_at__isnull=False).exists():
        raise rules_broken.NotInFirstRound
    lawyer = seat.discipline in norms.standard_of(version).seats["law"]
    columns = check_opinion(facts, found.scale, version, lawyer=lawyer) | {"scale": found.scale}
    salt = secrets.token_hex(32)
    opinion = Opinion.objects.filter(seat=seat, round=found.round).first() or Opinion(
        incident=case.incident, panel=found, seat=seat, author=actor.user, round=found.round
    )
    for name, value in columns.items():
        setattr(opinion, name, value)
    opinion.salt, opinion.commitment = salt, commitment_of(columns, salt)
    opinion.save()
    record(
        actor=actor, verb="panel.opinion_sealed", subject=seat, root_id=case.incident.pk,
        payload={"panel": found.label, "seat": seat.label, "commitment": opinion.commitment},
    )  # fmt: skip
    return opinion


@transaction.atomic
def answer_objection(*, actor: Actor, reference: str, panel: int, seat: int, reasons: str) -> ObjectionAnswer:
    """Answers a blocking objection with reasons; both are printed. Not by whoever raised it, nor by whoever proposed the finding."""
    case = open_case(actor, reference, Action.TAKE_SEAT)
    found = panel_in(case.incident, panel)
    not_in_sealed_round(actor, found.finding)
    opinion = opinions_that_count(found).filter(seat__number=seat).first()
    if opinion is None:
        raise NotFound(seat)
    if not opinion.blocking_objection:
        raise rules_broken.NoObjection
    sits = Seat.objects.filter(panel=found, member=actor.user, recused_at__isnull=True, conflict=Conflict.NONE).exists()
    if not sits or opinion.author_id == actor.user.pk:
        raise NotAllowed("another member of the panel answers an objection")
    if ObjectionAnswer.objects.filter(opinion=opinion).exists():
        raise rules_broken.ObjectionAnswered
    errors: Errors = {}
    text = clean_text(reasons, "reasons", errors, required=True)
    if errors:
        raise Invalid(errors)
    answer = ObjectionAnswer.objects.create(
        incident=case.incident, opinion=opinion, reasons=text, answered_by=actor.user
    )
    record(
        actor=actor, verb="panel.objection_answered", subject=answer, root_id=case.incident.pk,
        payload={"panel": found.label, "seat": f"S-{seat}"},
    )  # fmt: skip
    recompute_finding(actor=actor, finding=found.finding, cause="panel.objection_answered")
    return answer
