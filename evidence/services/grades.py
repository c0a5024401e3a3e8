"""Judging an item: the source and the information apart, by somebody who did not give it in."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from core import clock
from core.errors import Invalid
from incidents.facts import clean_choice, clean_text
from instruments.models import Instrument
from instruments.selectors import in_force
from ledger.services import record
from organisations.actors import Actor
from organisations.models import Membership
from organisations.roles import BY_ROLE, Action

from .. import standard as rules
from ..access import item_for, must_be_open, must_stand
from ..errors import CorroborationNeeded, GradedByUploader, ItemFrozen
from ..lineage import corroborated
from ..models import EvidenceItem, GradeEntry
from ..selectors import links_in
from ..states import Status
from ..telling import tell_named

GRADERS = sorted(role for role, actions in BY_ROLE.items() if Action.GRADE_EVIDENCE in actions)


def gave_it_in(actor: Actor, item: EvidenceItem) -> bool:
    """Whether this person gave the item in, or is named as the one who collected it."""
    collector = " ".join(item.collected_by.split()).casefold()
    return item.uploaded_by_id == actor.user.pk or bool(collector and collector == actor.user.name.casefold())


def somebody_else_grades(actor: Actor) -> bool:
    """Whether the team, the actor's organisation, has another member whose role grades (R1.1). The database asks the same."""
    current = Q(until__isnull=True) | Q(until__gt=clock.now())
    others = Membership.objects.filter(current, organisation=actor.organisation, roles__overlap=GRADERS)
    return others.exclude(user=actor.user).exists()


@transaction.atomic
def grade_item(
    *,
    actor: Actor,
    reference: str,
    label: str,
    reliability: str,
    reliability_reason: str,
    credibility: str,
    credibility_reason: str,
) -> GradeEntry:
    """Grades an item; the newest grade holds and every earlier one is kept (R1.1, R1.2).

    Whoever gave the item in or collected it grades it only when nobody else in their organisation could; the item then
    says so, and the grade carries a provisional finding at most. F and 6 say "cannot be judged": an answer, not a number (R1.3).
    """
    case, item = item_for(actor, reference, label, Action.GRADE_EVIDENCE, lock=True)
    must_be_open(case)
    must_stand(item)
    if item.status == Status.FROZEN:
        raise ItemFrozen
    alone = gave_it_in(actor, item)
    if alone and somebody_else_grades(actor):
        raise GradedByUploader
    standard = in_force(Instrument.Kind.EVIDENCE_STANDARD)
    errors: dict[str, list[Any]] = {}
    values = {
        "reliability": clean_choice(
            reliability, "reliability", errors, rules.grade_codes(standard.content, "reliability")
        ),
        "reliability_reason": clean_text(reliability_reason, "reliability_reason", errors, required=True),
        "credibility": clean_choice(
            credibility, "credibility", errors, rules.grade_codes(standard.content, "credibility")
        ),
        "credibility_reason": clean_text(credibility_reason, "credibility_reason", errors, required=True),
    }
    if errors:
        raise Invalid(errors)
    if rules.needs_corroboration(standard.content, values["credibility"]):
        items = EvidenceItem.objects.filter(incident=case.incident)
        origins = dict(items.values_list("pk", "origin_id"))
        hands = dict(items.exclude(collected_by="").values_list("pk", "collected_by"))
        usable = items.in_use().values_list("pk", flat=True)
        if not corroborated(item.pk, origins, links_in(item.incident_id), usable, hands):
            raise CorroborationNeeded
    entry = GradeEntry.objects.create(
        incident=case.incident, item=item, graded_by=actor.user, organisation=actor.organisation,
        standard_version=standard.version, alone=alone, **values,
    )  # fmt: skip
    item.reliability, item.credibility = values["reliability"], values["credibility"]
    item.graded_by, item.graded_at, item.graded_alone = actor.user, clock.now(), alone
    item.version += 1
    item.save(
        update_fields=["reliability", "credibility", "graded_by", "graded_at", "graded_alone", "version", "changed_at"]
    )
    record(
        actor=actor, verb="evidence.graded", subject=item, root_id=item.incident_id,
        payload={
            "item": item.label, "reliability": item.reliability, "credibility": item.credibility, "alone": alone,
        },
        instruments={"evidence-standard": standard.version},
    )  # fmt: skip
    tell_named(actor, item, f"grade:{entry.pk}", entry.reliability_reason, entry.credibility_reason)
    return entry
