"""Asking the custodians of a seal, and their answers. Who agrees releases a share for the requester's key and nobody else's."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import Invalid, NotAllowed, NotFound
from incidents.access import CaseAccess
from incidents.facts import Errors, clean_text
from ledger.services import record
from organisations.actors import Actor
from organisations.roles import Action
from sealing import boxes
from sealing.errors import NoSealingKey
from sealing.selectors import key_of
from sealing.services import unlock

from .. import seal_news
from ..access import item_for, must_stand
from ..errors import (
    AlreadyAnswered,
    ItemFrozen,
    ItemNotSealed,
    NotYourOwnRequest,
    OldKey,
    RequestOver,
    TooFewCustodians,
)
from ..models import Custodian, CustodyEntry, EvidenceItem, Seal, SealAnswer, SealRequest, Share
from ..sealed import released_context, share_context
from ..states import RequestState, SealState, Status
from .handling import add_custody
from .integrity import LONGEST_PURPOSE
from .sealing import candidates

Act = CustodyEntry.Act
Kind = SealRequest.Kind
DAYS = 14
MOST_DAYS = 30


def seal_in_force(item: EvidenceItem) -> Seal:
    """The item's seal, locked away; raises ItemNotSealed."""
    seal = Seal.objects.filter(item=item, state=SealState.SEALED).first()
    if seal is None:
        raise ItemNotSealed
    seal.item = item
    return seal


def request_for(
    actor: Actor,
    reference: str,
    label: str,
    request_id: int,
    action: Action = Action.SEE_EVIDENCE,
    *,
    lock: bool = False,
) -> tuple[CaseAccess, EvidenceItem, SealRequest]:
    """A request about this item; one about another is not there."""
    case, item = item_for(actor, reference, label, action)
    found = SealRequest.objects.filter(pk=request_id, seal__item=item)
    found = found.select_related(
        "seal__sealed_by",
        "seal__organisation",
        "requested_by",
        "organisation",
        "leaving",
        "arriving",
        "arriving_organisation",
    )
    if lock:
        found = found.select_for_update(of=("self",), no_key=True)
    request = found.first()
    if request is None:
        raise NotFound(request_id)
    item.incident = case.incident
    request.seal.item = item
    return case, item, request


def custodians_of(seal: Seal) -> list[Custodian]:
    """Those who hold a share now."""
    return list(
        Custodian.objects.filter(seal=seal, replaced_at__isnull=True)
        .select_related("user", "organisation")
        .order_by("pk")
    )


def cleaned(purpose: str, days: Any, errors: Errors) -> tuple[str, int]:
    """What for, and for how long custodians are asked."""
    text = clean_text(purpose, "purpose", errors)
    if not text:
        errors["purpose"] = [_("Say what for. Custodians decide by it, and it is recorded.")]
    elif len(text) > LONGEST_PURPOSE:
        errors["purpose"] = [_("Shorten this to %(limit)d characters.") % {"limit": LONGEST_PURPOSE}]
    said = str(days if days not in (None, "") else DAYS)
    wait = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 0
    if not 1 <= wait <= MOST_DAYS:
        errors["days"] = [_("Enter a number of days from 1 to %(most)d.") % {"most": MOST_DAYS}]
    return text, wait


def change_of_custodian(seal: Seal, leaving: Any, arriving: str, errors: Errors) -> dict[str, Any]:
    """Who leaves and who comes; of the organisations that stay, none twice."""
    now = custodians_of(seal)
    goes = next((custodian for custodian in now if str(custodian.pk) == str(leaving)), None)
    comes = next((one for one in candidates(seal.item.incident) if one.value == arriving), None)
    if goes is None:
        errors["leaving"] = [_("Choose one of the custodians.")]
    if comes is None:
        errors["arriving"] = [_("Choose custodians from the list.")]
    elif any(comes.organisation_id == other.organisation_id for other in now if other != goes):
        errors["arriving"] = [_("Name one custodian for each organisation: those who agree must be of different ones.")]
    elif any(comes.user_id == other.user_id for other in now if other != goes):
        errors["arriving"] = [_("This person is a custodian already.")]
    if goes is None or comes is None:
        return {}
    return {"leaving": goes, "arriving_id": comes.user_id, "arriving_organisation_id": comes.organisation_id}


@transaction.atomic
def ask_custodians(
    *,
    actor: Actor,
    reference: str,
    label: str,
    kind: str,
    purpose: str,
    days: Any = None,
    leaving: Any = None,
    arriving: str = "",
) -> SealRequest:
    """Asks them to open the item for the actor; the depositor's organisation also to end the seal or to replace a custodian.

    It is granted to the actor's own sealing key, by N custodians other than the actor, within `days`.
    """
    case, item = item_for(actor, reference, label, Action.DOWNLOAD_EVIDENCE)
    must_stand(item)
    item.incident = case.incident
    seal = seal_in_force(item)
    errors: Errors = {}
    if kind not in Kind.values:
        errors["kind"] = [_("Choose one from the list.")]
    elif kind != Kind.OPEN and actor.organisation.pk != seal.organisation_id:
        raise NotAllowed("only the organisation that sealed an item ends or changes its seal")
    text, wait = cleaned(purpose, days, errors)
    who = change_of_custodian(seal, leaving, arriving, errors) if kind == Kind.RESHARE else {}
    if errors:
        raise Invalid(errors)
    if item.status == Status.FROZEN:
        raise ItemFrozen
    if key_of(actor.user) is None:
        raise NoSealingKey
    if sum(custodian.user_id != actor.user.pk for custodian in custodians_of(seal)) < seal.threshold:
        raise TooFewCustodians
    request = SealRequest.objects.create(
        incident_id=item.incident_id, seal=seal, kind=kind, purpose=text, requested_by=actor.user,
        organisation=actor.organisation, public=b"", fingerprint="", generation=seal.generation,
        expires_at=clock.now() + timedelta(days=wait), **who,
    )  # fmt: skip
    request.refresh_from_db()
    link = add_custody(actor=actor, item=item, act=Act.ASKED, note=f"{kind}: {text}")
    record(
        actor=actor, verb="evidence.seal_request", subject=request, root_id=item.incident_id,
        payload={"item": item.label, "kind": kind, "request": request.pk, "fingerprint": request.fingerprint, "custody": link.hash},
    )  # fmt: skip
    seal_news.asked(request, custodians_of(seal))
    return request


@transaction.atomic
def answer_request(
    *, actor: Actor, reference: str, label: str, request_id: int, approve: bool, reason: str, passphrase: str = ""
) -> SealAnswer:
    """A custodian agrees, with the passphrase of their sealing key, or refuses; both with a reason, once.

    Agreeing opens the custodian's box, for this moment, and closes the share again for the requester's key.
    """
    _case, item, request = request_for(actor, reference, label, request_id)
    custodian = Custodian.objects.filter(
        seal_id=request.seal_id, user=actor.user, organisation=actor.organisation, replaced_at__isnull=True
    ).first()
    if custodian is None:
        raise NotAllowed("only a custodian of this seal answers")
    if request.requested_by_id == actor.user.pk:
        raise NotYourOwnRequest
    errors: Errors = {}
    text = clean_text(reason, "reason", errors, required=True)
    if errors:
        raise Invalid(errors)
    private = b""
    if approve:
        key, private = unlock(actor, passphrase)
        if key.fingerprint != custodian.fingerprint:
            raise OldKey
    _case, item, request = request_for(actor, reference, label, request_id, lock=True)
    if SealAnswer.objects.filter(request=request, custodian=custodian).exists():
        raise AlreadyAnswered
    if not request.is_pending:
        raise RequestOver
    if approve:
        release(request, custodian, private)
    answer = SealAnswer.objects.create(
        incident_id=item.incident_id, request=request, custodian=custodian, approved=approve, reason=text
    )
    request.refresh_from_db(fields=["state", "decided_at", "open_until"])
    link = add_custody(actor=actor, item=item, act=Act.AGREED if approve else Act.DECLINED, note=text)
    record(
        actor=actor, verb="evidence.seal_agreed" if approve else "evidence.seal_declined", subject=request,
        root_id=item.incident_id,
        payload={"item": item.label, "request": request.pk, "state": request.state, "custody": link.hash},
    )  # fmt: skip
    seal_news.answered(request, answer)
    return answer


def release(request: SealRequest, custodian: Custodian, private: bytes) -> None:
    """The custodian's share, from their box into one for the requester; the database places it."""
    share = Share.objects.filter(custodian=custodian, generation=request.generation).first()
    if share is None:
        raise RequestOver
    try:
        part = boxes.open_with(
            private, bytes(share.box), share_context(request.seal_id, custodian.pk, share.generation)
        )
    except boxes.WrongKey as problem:
        raise OldKey from problem
    box = boxes.close_for(bytes(request.public), part, released_context(request.pk, custodian.pk))
    with connection.cursor() as cursor:
        cursor.execute("SELECT evidence_release_share(%s, %s)", [request.pk, box])
        if cursor.fetchone() != (custodian.pk,):
            raise RequestOver


@transaction.atomic
def end_request(*, actor: Actor, reference: str, label: str, request_id: int) -> SealRequest:
    """The requester needs it no longer, or the depositor's organisation ends it: nothing is opened under it from here on."""
    _case, item, request = request_for(actor, reference, label, request_id, lock=True)
    if actor.user.pk != request.requested_by_id and actor.organisation.pk != request.seal.organisation_id:
        raise NotAllowed("the requester and the organisation that sealed the item end a request")
    if request.state not in {RequestState.PENDING, RequestState.GRANTED}:
        raise RequestOver
    request.state = RequestState.ENDED
    request.decided_at = request.decided_at or clock.now()
    request.save(update_fields=["state", "decided_at"])
    record(
        actor=actor, verb="evidence.seal_request_ended", subject=request, root_id=item.incident_id,
        payload={"item": item.label, "request": request.pk},
    )  # fmt: skip
    seal_news.ended(request)
    return request


@transaction.atomic
def expire_requests(actor: Actor) -> int:
    """Ends what ran out among requests about seals of the actor's organisation, with the shares released for it; how many."""
    now, over = clock.now(), 0
    waiting = SealRequest.objects.filter(
        seal__organisation=actor.organisation, state__in=[RequestState.PENDING, RequestState.GRANTED]
    )
    for request in waiting.select_related(
        "seal__item__incident", "seal__sealed_by", "seal__organisation", "requested_by"
    ).select_for_update(of=("self",), no_key=True):
        ends = request.expires_at if request.state == RequestState.PENDING else request.open_until
        if ends is not None and ends <= now:
            request.state = RequestState.EXPIRED
            request.decided_at = request.decided_at or now
            request.save(update_fields=["state", "decided_at"])
            record(
                actor=actor, verb="evidence.seal_request_expired", subject=request, root_id=request.incident_id,
                payload={"item": request.seal.item.label, "request": request.pk},
            )  # fmt: skip
            seal_news.ended(request)
            over += 1
    return over


def as_asked(given: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a form or body that `ask_custodians` takes."""
    names = ("kind", "purpose", "days", "leaving", "arriving")
    return {name: given[name] for name in names if given.get(name) not in (None, "")}
