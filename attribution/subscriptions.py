"""What attribution hears from the rooms below: an act on evidence computes the findings anew, in the same transaction."""

import json
from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from incidents.models import Incident
from ledger.models import Entry
from organisations.actors import Actor
from organisations.models import Organisation, User

from .models import Finding, Seat, StandingChange
from .services import relying, replies
from .services.panels import recorded
from .services.tiers import recompute_case

MOVES_FINDINGS = frozenset(
    {
        "evidence.added", "evidence.described", "evidence.file_stored", "evidence.graded", "evidence.linked",
        "evidence.marked", "evidence.frozen", "evidence.restored", "evidence.withdrawn", "evidence.handled",
        "evidence.released", "evidence.receipt_accepted", "evidence.receipt_refused", "evidence.came_back", "evidence.disposed",
    }
)  # fmt: skip
GIVES_IN = frozenset({"evidence.added", "evidence.file_stored"})


def record_recusals(actor: Actor, incident_id: int) -> None:
    """Whoever gave in evidence while sitting has left the seat (the database saw to it); the ledger says so."""
    left = Seat.objects.filter(incident_id=incident_id, member_id=actor.user.pk, recused_reason="gave_in_evidence")
    told = Entry.objects.filter(verb="panel.seat_recused", root_id=incident_id).values_list("subject_id", flat=True)
    for seat in left.exclude(pk__in=[int(key) for key in told]):
        recorded(actor, seat, "panel.seat_recused", seat=seat.label, because="gave_in_evidence")


@receiver(post_save, sender=Entry, dispatch_uid="attribution.evidence_moved")
def evidence_moved(instance: Entry, **_kwargs: Any) -> None:
    """A ledger entry about evidence: whoever did it computes what rests on it anew."""
    if instance.verb not in MOVES_FINDINGS or instance.root_id is None:
        return
    if not Finding.objects.filter(incident_id=instance.root_id).exists():
        return
    user, house = User.objects.get(pk=instance.actor_id), Organisation.objects.get(pk=instance.organisation_id)
    actor = Actor(user, house, ())
    if instance.verb in GIVES_IN:
        record_recusals(actor, instance.root_id)
    incident = Incident.objects.defer("search").get(pk=instance.root_id)
    item = json.loads(instance.payload).get("item", "")
    recompute_case(actor=actor, incident=incident, cause=f"{instance.verb} {item}".strip())


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
