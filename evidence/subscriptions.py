"""What evidence hears from the rooms below: a member has left their house, and what of seals hung on them."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from core import clock
from core.tenancy import acting_as
from ledger.models import Entry
from ledger.services import record
from organisations.actors import Actor, system_for
from organisations.models import Organisation, User

from . import seal_news
from .holdings import as_sealers, seals_of
from .models import SealRequest
from .states import RequestState


@receiver(post_save, sender=Entry, dispatch_uid="evidence.member_left")
def member_left(instance: Entry, **_kwargs: Any) -> None:
    """Requests of theirs end, and those nobody can grant without them; who sealed an item they kept is told to replace them."""
    if instance.verb != "member.ended":
        return
    user, house = User.objects.get(pk=instance.actor_id), Organisation.objects.get(pk=instance.organisation_id)
    actor, person_id = Actor(user, house, ()), int(instance.subject_id)
    for _system, custodian in as_sealers(actor, person_id):
        seal_news.custodian_left(custodian)
    over = [row for row in seals_of(actor, person_id) if row.request_id is not None and row.lost]
    for row in over:
        system = system_for(row.sealer_id)
        with acting_as(system.principal):
            end_without_answer(system, int(row.request_id or 0))


def end_without_answer(system: Actor, request_id: int) -> None:
    """Ends a request in the name of the organisation that sealed the item; what was released for it is forgotten."""
    waiting = SealRequest.objects.filter(pk=request_id, state__in=[RequestState.PENDING, RequestState.GRANTED])
    found = waiting.select_related("seal__item__incident", "seal__sealed_by", "seal__organisation", "requested_by")
    request = found.select_for_update(of=("self",), no_key=True).first()
    if request is None:
        return
    request.state = RequestState.ENDED
    request.decided_at = request.decided_at or clock.now()
    request.save(update_fields=["state", "decided_at"])
    record(
        actor=system, verb="evidence.seal_request_ended", subject=request, root_id=request.incident_id,
        payload={"item": request.seal.item.label, "request": request.pk, "because": "member_left"},
    )  # fmt: skip
    seal_news.ended(request)
