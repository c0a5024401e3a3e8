"""Who answers for a house: its rota, trying it out, calling another's, and a mailbox that acknowledges (ESC-8)."""

import uuid
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from core.errors import Invalid, NotFound
from ledger.services import record
from organisations.actors import Actor, acting, system_for
from organisations.models import Membership, Organisation, User
from organisations.roles import Action

from .. import duty, errors, rota
from ..models import DutyCall, DutyContact, DutyStep
from .inbox import tell

# One click twice is one call; a quarter of an hour later it is a new one.
SAME_CALL_SECONDS = 900
MOST_CONTACTS = 50


def known_zone(name: str) -> bool:
    """Whether the database, which decides who is on duty, knows this time zone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_timezone_names WHERE name = %s)", [name])
        return bool(cursor.fetchone()[0])


def member_of(organisation: Organisation, user_id: int) -> User | None:
    """A person who belongs to the house now."""
    in_force = Q(until__isnull=True) | Q(until__gt=clock.now())
    held = Membership.objects.filter(in_force, organisation=organisation, user_id=user_id, user__is_active=True)
    held = held.filter(suspended_at__isnull=True)
    found = held.select_related("user").first()
    return found.user if found else None


def contact_from(actor: Actor, facts: Mapping[str, Any]) -> DutyContact:
    """A contact as it will be stored; Invalid names each answer that cannot be."""
    wrong: dict[str, list[Any]] = {}
    user = None
    person, email = facts.get("person"), str(facts.get("email") or "").strip()
    if bool(person) == bool(email):
        wrong["person"] = [_("Choose a person or give a mailbox: one of the two.")]
    elif person:
        user = member_of(actor.organisation, int(person))
        if user is None:
            wrong["person"] = [_("Choose a person from the list.")]
    else:
        try:
            validate_email(email)
        except ValidationError:
            wrong["email"] = [_("Enter an e-mail address such as duty@example.org.")]
    name = str(facts.get("name") or (user.name if user else "")).strip()[:80]
    if not name and "person" not in wrong:
        wrong["name"] = [_("Say what the mailbox is called.")]
    weekdays = sorted(set(facts.get("weekdays") or []))
    if not weekdays or not set(weekdays) <= set(range(1, 8)):
        wrong["weekdays"] = [_("Choose at least one day.")]
    starts, ends = facts.get("starts") or time(0), facts.get("ends") or time(0)
    zone = str(facts.get("time_zone") or "UTC")
    if len(zone) > 40 or not known_zone(zone):
        wrong["time_zone"] = [_("Choose a time zone from the list, such as Europe/Paris.")]
    from_on: date | None = facts.get("from_on")
    until_on: date | None = facts.get("until_on")
    if from_on and until_on and until_on < from_on:
        wrong["until_on"] = [_("The last day is before the first.")]
    if wrong:
        raise Invalid(wrong)
    return DutyContact(
        organisation=actor.organisation, position=int(facts.get("order") or 1), name=name, user=user, email=email,
        phone=str(facts.get("phone") or "").strip()[:40], weekdays=weekdays, starts=starts, ends=ends, time_zone=zone,
        from_on=from_on, until_on=until_on,
    )  # fmt: skip


def _note(actor: Actor, verb: str, contact: DutyContact, **more: Any) -> None:
    record(actor=actor, verb=verb, subject=contact, payload={"order": contact.position, **more})


@transaction.atomic
def add_contact(*, actor: Actor, facts: Mapping[str, Any]) -> DutyContact:
    """An administrator puts a person or a mailbox on the rota."""
    actor.require(Action.MANAGE_ORGANISATION)
    contact = contact_from(actor, facts)
    if len(rota.contacts_of(actor)) >= MOST_CONTACTS:
        raise Invalid({"person": [_("The rota is full: take somebody off it first.")]})
    contact.save()
    _note(actor, "duty.contact_added", contact)
    return contact


def _locked(actor: Actor, contact_id: int) -> DutyContact:
    rows = DutyContact.objects.select_for_update().filter(organisation=actor.organisation, ended_at__isnull=True)
    found = rows.filter(pk=contact_id).first()
    if found is None:
        raise NotFound(contact_id)
    return found


@transaction.atomic
def change_contact(*, actor: Actor, contact_id: int, facts: Mapping[str, Any]) -> DutyContact:
    """Changes a contact: the old line ends and a new one begins, so that past calls still say whom they asked."""
    actor.require(Action.MANAGE_ORGANISATION)
    before = _locked(actor, contact_id)
    contact = contact_from(actor, facts)
    before.ended_at = clock.now()
    before.save(update_fields=["ended_at"])
    contact.save()
    _note(actor, "duty.contact_changed", contact, before=before.pk)
    return contact


@transaction.atomic
def end_contact(*, actor: Actor, contact_id: int) -> None:
    """Takes a contact off the rota."""
    actor.require(Action.MANAGE_ORGANISATION)
    contact = _locked(actor, contact_id)
    contact.ended_at = clock.now()
    contact.save(update_fields=["ended_at"])
    _note(actor, "duty.contact_ended", contact)


@transaction.atomic
def try_rota(*, actor: Actor) -> None:
    """Sends a test round the house's own rota: it passes on like any other until somebody acknowledges it."""
    actor.require(Action.MANAGE_ORGANISATION)
    if not rota.on_duty(actor.organisation):
        raise errors.NobodyOnDuty
    tell(
        kind="duty.test", to=[actor.organisation], key=f"duty.test:{uuid.uuid4().hex}", acknowledge=True,
        url=reverse("duty"),
    )  # fmt: skip
    record(actor=actor, verb="duty.tested", subject=actor.organisation)


def _shared_case(organisation: Organisation, reference: str) -> tuple[int, str]:
    """Number and mark of a case both may know to be shared. The case's room stands above this one, so it is asked in SQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, mark FROM incidents_incident WHERE reference = %s", [reference])
        found = cursor.fetchone()
    if found is None or not rota.knows(organisation, found[0]):
        raise Invalid({"reference": [_("Enter the reference of a case you share with this organisation.")]})
    return int(found[0]), str(found[1])


@transaction.atomic
def call_duty(*, actor: Actor, slug: str, reference: str) -> None:
    """Asks another organisation's duty contact to get in touch about a case both see; passed on until acknowledged.

    Where nobody is on duty, its coordinators are asked, as for any notice.
    """
    organisation = rota.house(actor, slug)
    said = reference.strip().upper()
    root_id, mark = _shared_case(organisation, said)
    turn = int(clock.now().timestamp()) // SAME_CALL_SECONDS
    tell(
        kind="duty.called", to=[organisation], acknowledge=True, root_id=root_id, reference=said, mark=mark,
        key=f"duty.called:{actor.organisation.pk}:{organisation.pk}:{root_id}:{turn}",
        url=reverse("incident", args=[said]), words={"house": actor.organisation.name[:80]},
    )  # fmt: skip
    record(actor=actor, verb="duty.called", subject=organisation, root_id=root_id)


def step_behind(token: str) -> tuple[Actor, int] | None:
    """The house (the platform acting for it) and the step behind a mailbox's link; None when it is none of ours or too old."""
    read = duty.read_token(token)
    if read is None:
        return None
    house, step_id = read
    with transaction.atomic():
        system = system_for(house)
    with acting(system):
        step = DutyStep.objects.filter(pk=step_id).first()
        fresh = step is not None and (clock.now() - step.told_at).days < duty.ANSWER_DAYS
    return (system, step_id) if fresh else None


def answer_for_mailbox(*, token: str) -> DutyCall:
    """A mailbox acknowledges by its link, once; 404 for a link that is none of ours. The platform records it for the house."""
    found = step_behind(token)
    if found is None:
        raise NotFound
    system, step_id = found
    with acting(system):
        step = DutyStep.objects.select_related("call").get(pk=step_id)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT * FROM notifications_duty_acknowledge(%s, %s, %s)", [step.call.key, step.pk, clock.now()]
            )
            done = cursor.fetchall()
        if done:
            record(
                actor=system, verb="duty.acknowledged", subject=step.call, root_id=step.call.root_id,
                payload={"step": step.number},
            )  # fmt: skip
        return DutyCall.objects.get(pk=step.call_id)
