"""Requests for data: filed with their legal basis, decided by somebody else with reasons, limited to what was justified."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import IO, Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import Invalid, NotFound
from evidence.models import EvidenceItem
from incidents.access import case_for
from incidents.facts import clean_text
from incidents.hiding import must_show_names
from incidents.models import Incident
from ledger.services import record
from organisations.actors import Actor
from organisations.models import User
from organisations.roles import Action
from organisations.selectors import members_of

from . import bags, errors, tasks
from .models import DataRequest, Delivery, RequestStep

# One month from receipt (Regulation (EU) 2016/679, Art. 12(3)); the same for authorities unless they set another day.
ANSWER_WITHIN = timedelta(days=30)
FACTS, PERSON = "facts", "person"
ITEM = re.compile(r"E-[1-9][0-9]{0,8}")
Act, Kind, Outcome = RequestStep.Act, DataRequest.Kind, DataRequest.Outcome


def requests_for(actor: Actor) -> list[DataRequest]:
    """What one may know of: all of the organisation's for whoever handles them; else those filed by oneself."""
    found = DataRequest.objects.filter(organisation=actor.organisation)
    if not actor.may(Action.HANDLE_REQUESTS):
        found = found.filter(filed_by=actor.user)
    found = found.select_related("incident", "subject", "filed_by", "decided_by", "delivery")
    return list(found.order_by("-number")[:500])


def request_of(actor: Actor, number: int, *, lock: bool = False) -> DataRequest:
    """One of them; 404 otherwise."""
    found = DataRequest.objects.filter(organisation=actor.organisation, number=number)
    if not actor.may(Action.HANDLE_REQUESTS):
        found = found.filter(filed_by=actor.user)
    if lock:
        found = found.select_for_update(of=("self",))
    request = found.select_related("incident", "subject", "filed_by", "decided_by").first()
    if request is None:
        raise NotFound(number)
    return request


def step(actor: Actor, request: DataRequest, act: str, note: str = "") -> None:
    """One line of the request's own audit."""
    RequestStep.objects.create(
        request=request, organisation=actor.organisation, act=act, by=actor.user, note=note[:300]
    )


LIMITS = {"requester": 200, "contact": 300, "legal_basis": 500, "how": 300}


def text_of(value: Any, name: str, wrong: dict[str, list[Any]]) -> str:
    """A text that fits its column."""
    text = clean_text(value, name, wrong).strip()
    if len(text) > LIMITS.get(name, 20_000):
        wrong.setdefault(name, []).append(_("Shorten this to %(limit)d characters.") % {"limit": LIMITS[name]})
    return text


def needed(value: Any, name: str, wrong: dict[str, list[Any]], sentence: str) -> str:
    """A text that must be there."""
    text = text_of(value, name, wrong)
    if not text:
        wrong.setdefault(name, []).append(sentence)
    return text


@transaction.atomic
def file_request(
    *, actor: Actor, kind: str, requester: str, legal_basis: str, asked: str, contact: str = "", received_on: date | None = None,
    due_on: date | None = None, incident: str = "", subject: int | None = None,
) -> DataRequest:  # fmt: skip
    """Writes a request down as it came in: who asks, on what legal basis, for what."""
    actor.require(Action.HANDLE_REQUESTS)
    wrong: dict[str, list[Any]] = {}
    values = {
        "requester": needed(requester, "requester", wrong, _("Say who asks.")),
        "legal_basis": needed(legal_basis, "legal_basis", wrong, _("Name the law, order or right it rests on.")),
        "asked": needed(asked, "asked", wrong, _("Say what is asked for.")),
        "contact": text_of(contact, "contact", wrong),
    }
    if kind not in Kind.values:
        wrong["kind"] = [_("Choose one of the list.")]
    received = received_on or clock.today()
    if received > clock.today():
        wrong["received_on"] = [_("This day is still to come.")]
    due = due_on or received + ANSWER_WITHIN
    if due < received:
        wrong["due_on"] = [_("The answer cannot be due before the request came.")]
    case = own_case(actor, incident, wrong)
    person = next((row.user for row in members_of(actor) if row.user_id == subject), None) if subject else None
    if subject and person is None:
        wrong["subject"] = [_("Choose a member of your organisation.")]
    if wrong:
        raise Invalid(wrong)
    return keep(actor, kind=kind, incident=case, subject=person, received_on=received, due_on=due, **values)


def own_case(actor: Actor, reference: str, wrong: dict[str, list[Any]]) -> Incident | None:
    """The case a request is about: one the organisation holds. The same words whether it is hidden or held by others."""
    if not reference.strip():
        return None
    try:
        found = case_for(actor, reference.strip()).incident
    except NotFound:
        found = None
    if found is None or found.holder_id != actor.organisation.pk:
        wrong["incident"] = [_("Your organisation holds no case of this reference.")]
        return None
    return found


def keep(actor: Actor, **values: Any) -> DataRequest:
    """The row, its first step and its entry."""
    with connection.cursor() as cursor:  # one number after the other within the organisation
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('keeping_datarequest'), %s)", [actor.organisation.pk])
    last = DataRequest.objects.filter(organisation=actor.organisation).order_by("-number").first()
    request = DataRequest.objects.create(
        organisation=actor.organisation, number=last.number + 1 if last else 1, filed_by=actor.user, **values
    )
    step(actor, request, Act.FILED)
    record(
        actor=actor, verb="request.filed", subject=request, root_id=request.incident_id,
        payload={"request": request.number, "kind": request.kind, "due": request.due_on.isoformat()},
    )  # fmt: skip
    return request


@transaction.atomic
def ask_about_myself(*, actor: Actor, kind: str, asked: str) -> DataRequest:
    """Any member asks about themselves: what is held, to be corrected, or to be erased."""
    wrong: dict[str, list[Any]] = {}
    text = needed(asked, "asked", wrong, _("Say what is asked for."))
    if kind not in (Kind.ACCESS, Kind.ERASURE):
        wrong["kind"] = [_("Choose one of the list.")]
    if wrong:
        raise Invalid(wrong)
    today = clock.today()
    return keep(
        actor, kind=kind, requester=actor.user.name, contact=actor.user.email, legal_basis="The person’s own right",
        asked=text, incident=None, subject=actor.user, received_on=today, due_on=today + ANSWER_WITHIN,
    )  # fmt: skip


def checked_parts(actor: Actor, request: DataRequest, parts: Sequence[str]) -> list[str]:
    """What is justified, each part once and there; raises Invalid otherwise. Evidence needs the right to export it."""
    wanted = sorted(set(parts))
    labels = [part for part in wanted if ITEM.fullmatch(part)]
    if any(part not in (FACTS, PERSON) and part not in labels for part in wanted):
        raise Invalid({"parts": [_("Choose from: the person, the facts of the case, items such as E-3.")]})
    if PERSON in wanted and request.subject is None:
        raise Invalid({"parts": [_("The request is about no member.")]})
    if (FACTS in wanted or labels) and request.incident is None:
        raise Invalid({"parts": [_("The request is about no case.")]})
    if labels and request.incident is not None:
        case = case_for(actor, request.incident.reference, Action.EXPORT_EVIDENCE)
        must_show_names(case.incident)
        there = set(EvidenceItem.objects.filter(incident=case.incident).values_list("number", flat=True))
        if strange := [label for label in labels if int(label[2:]) not in there]:
            raise Invalid({"parts": [_("%(label)s is not an item of this case.") % {"label": strange[0]}]})
    return wanted


@transaction.atomic
def decide_request(*, actor: Actor, number: int, outcome: str, reasons: str, parts: Sequence[str] = ()) -> DataRequest:
    """Grants, grants in part or refuses, with reasons; by somebody who neither filed it nor is its subject.

    What is granted is made into a package by a worker: those parts and nothing else.
    """
    actor.require(Action.HANDLE_REQUESTS)
    request = request_of(actor, number, lock=True)
    if request.outcome != Outcome.OPEN:
        raise errors.DecidedAlready
    if actor.user.pk in (request.filed_by_id, request.subject_id):
        raise errors.OwnRequest
    wrong: dict[str, list[Any]] = {}
    text = needed(reasons, "reasons", wrong, _("Say why. Whoever asked will be told."))
    if outcome not in (Outcome.GRANTED, Outcome.PARTLY, Outcome.REFUSED):
        wrong["outcome"] = [_("Choose one of the list.")]
    elif (outcome == Outcome.REFUSED) == bool(parts):
        wrong["parts"] = [_("A refusal gives nothing; anything else names what it gives.")]
    if wrong:
        raise Invalid(wrong)
    request.parts = checked_parts(actor, request, parts)
    request.outcome, request.reasons, request.decided_by, request.decided_at = outcome, text, actor.user, clock.now()
    request.save(update_fields=["parts", "outcome", "reasons", "decided_by", "decided_at"])
    step(actor, request, Act.DECIDED, str(request.get_outcome_display()))
    record(
        actor=actor, verb="request.decided", subject=request, root_id=request.incident_id,
        payload={"request": number, "outcome": outcome, "parts": request.parts},
    )  # fmt: skip
    if request.parts:
        delivery = Delivery.objects.create(request=request, organisation=actor.organisation, asked_by=actor.user)
        tasks.make_delivery.delay_on_commit(delivery.pk, actor.user.pk, actor.organisation.pk)  # type: ignore[attr-defined]
    return request


@transaction.atomic
def retry_delivery(*, actor: Actor, number: int) -> None:
    """A package that failed is made again, as whoever asks now: they must be allowed to decide it too."""
    actor.require(Action.HANDLE_REQUESTS)
    request = request_of(actor, number, lock=True)
    if actor.user.pk in (request.filed_by_id, request.subject_id):
        raise errors.OwnRequest
    again = Delivery.objects.filter(request=request, state=Delivery.State.FAILED).update(
        state=Delivery.State.QUEUED, attempts=0, error_code="", finished_at=None, heartbeat_at=clock.now(), asked_by=actor.user
    )  # fmt: skip
    if not again:
        raise errors.NotFailed
    tasks.make_delivery.delay_on_commit(request.delivery.pk, actor.user.pk, actor.organisation.pk)  # type: ignore[attr-defined]


@transaction.atomic
def open_delivery(*, actor: Actor, number: int) -> tuple[Delivery, IO[bytes]]:
    """The package, hashed again, with who took it in its own audit. Whoever handles requests, or asked about themselves."""
    request = request_of(actor, number)
    delivery = Delivery.objects.filter(request=request).first()
    if delivery is None:
        raise errors.NotGranted
    if request.minimised_at is not None:
        raise errors.Minimised
    if not delivery.path:
        raise errors.PackageNotReady
    handle = bags.reopened(delivery.path, delivery.sha256)
    try:
        step(actor, request, Act.TAKEN, delivery.sha256)
        record(
            actor=actor, verb="request.taken", subject=request, root_id=request.incident_id,
            payload={"request": number, "sha256": delivery.sha256},
        )  # fmt: skip
    except BaseException:
        handle.close()
        raise
    return delivery, handle


@transaction.atomic
def note_delivered(*, actor: Actor, number: int, how: str) -> DataRequest:
    """Says that what was granted has reached whoever asked, and how."""
    actor.require(Action.HANDLE_REQUESTS)
    request = request_of(actor, number, lock=True)
    if request.outcome not in (Outcome.GRANTED, Outcome.PARTLY):
        raise errors.NotGranted
    wrong: dict[str, list[Any]] = {}
    text = needed(how, "how", wrong, _("Say how it was delivered."))
    if wrong:
        raise Invalid(wrong)
    if request.delivered_at is None:
        request.delivered_at, request.delivered_how = clock.now(), text[:300]
        request.save(update_fields=["delivered_at", "delivered_how"])
        step(actor, request, Act.DELIVERED)
        record(
            actor=actor, verb="request.delivered", subject=request, root_id=request.incident_id, payload={"request": number}
        )  # fmt: skip
    return request


def steps_of(request: DataRequest) -> list[RequestStep]:
    """The request's own audit, newest first."""
    return list(RequestStep.objects.filter(request=request).select_related("by").order_by("-pk"))


def subjects(actor: Actor) -> list[User]:
    """Whom a request may be about."""
    return [row.user for row in members_of(actor)]


def offered(actor: Actor, request: DataRequest) -> list[tuple[str, str]]:
    """Parts that can be chosen for this request: items only for whoever may export evidence of the case."""
    found: list[tuple[str, str]] = []
    if request.subject is not None:
        found.append((PERSON, _("what is held about the person")))
    if request.incident is not None:
        found.append((FACTS, _("the facts of the case")))
        case = case_for(actor, request.incident.reference)
        if case.may(Action.EXPORT_EVIDENCE):
            items = EvidenceItem.objects.filter(incident=case.incident).order_by("number")
            found += [(item.label, f"{item.label} {item.title}") for item in items[:500]]
    return found
