"""What attribution hears from the rooms below: an act on evidence marks the findings in the same transaction, for a worker."""

import json
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.signals import post_save
from django.dispatch import receiver

from core.tenancy import acting_as
from evidence.counting import WEIGHERS
from ledger.models import Entry
from organisations.actors import Actor
from organisations.models import Organisation, User

from .models import Finding, Seat, StandingChange
from .services import relying, replies
from .services.counting import standings_of
from .services.panels import recorded
from .services.platform import system_for
from .staleness import mark_stale
from .telling import tell_seat_vacated

WEIGHERS.append(standings_of)
MOVES_FINDINGS = frozenset(
    {
        "evidence.added", "evidence.described", "evidence.file_stored", "evidence.graded", "evidence.linked",
        "evidence.marked", "evidence.frozen", "evidence.restored", "evidence.withdrawn", "evidence.handled",
        "evidence.released", "evidence.receipt_accepted", "evidence.receipt_refused", "evidence.came_back", "evidence.disposed",
    }
)  # fmt: skip
GIVES_IN = frozenset({"evidence.added", "evidence.file_stored"})


def record_recusals(actor: Actor, left: QuerySet[Seat], because: str) -> list[Seat]:
    """Seats that were left by an act elsewhere (the database saw to it): the ledger says so, once. Those it had not said yet."""
    told = Entry.objects.filter(verb="panel.seat_recused").values_list("subject_id", flat=True)
    found = list(left.filter(recused_reason=because).exclude(pk__in=[int(key) for key in told]))
    for seat in found:
        recorded(actor, seat, "panel.seat_recused", seat=seat.label, because=because)
    return found


@receiver(post_save, sender=Entry, dispatch_uid="attribution.evidence_moved")
def evidence_moved(instance: Entry, **_kwargs: Any) -> None:
    """A ledger entry about evidence: what rests on it is marked, and a worker computes it anew."""
    if instance.verb not in MOVES_FINDINGS or instance.root_id is None:
        return
    if not Finding.objects.filter(incident_id=instance.root_id).exists():
        return
    user, house = User.objects.get(pk=instance.actor_id), Organisation.objects.get(pk=instance.organisation_id)
    actor = Actor(user, house, ())
    if instance.verb in GIVES_IN:
        given = Seat.objects.filter(incident_id=instance.root_id, member_id=actor.user.pk)
        record_recusals(actor, given, "gave_in_evidence")
    item = json.loads(instance.payload).get("item", "")
    mark_stale(incident_id=instance.root_id, cause=f"{instance.verb} {item}".strip())


@receiver(post_save, sender=StandingChange, dispatch_uid="attribution.standing_changed")
def standing_changed(instance: StandingChange, **_kwargs: Any) -> None:
    """A finding stands otherwise: whoever was shown it before is told, and what was published of it is issued anew."""
    before = StandingChange.objects.filter(finding_id=instance.finding_id, pk__lt=instance.pk).order_by("-pk").first()
    if before is None or relying.stands(before) == relying.stands(instance):
        return
    relied, published = relying.concerned(instance.finding_id)
    if relied:
        relying.recall(instance)
    if published:
        replies.reissue(finding=instance.finding, cause=instance.cause)


@receiver(post_save, sender=Entry, dispatch_uid="attribution.member_left")
def member_left(instance: Entry, **_kwargs: Any) -> None:
    """Somebody left a house: the seats they held for it are free, and what the seats had opened is closed to them."""
    if instance.verb != "member.ended":
        return
    user, house = User.objects.get(pk=instance.actor_id), Organisation.objects.get(pk=instance.organisation_id)
    seats = Seat.objects.filter(member_id=int(instance.subject_id), organisation=house)
    for seat in record_recusals(Actor(user, house, ()), seats, "left_house"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT attribution_holder_of_seat(%s)", [seat.pk])
            holder = cursor.fetchone()[0]
        with acting_as(system_for(holder).principal):
            found = Seat.objects.select_related("panel__convened_by", "incident__holder").get(pk=seat.pk)
            tell_seat_vacated(found)
