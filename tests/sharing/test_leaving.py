"""Leaving a house: everything a member holds in person is shown, handed on where a rule allows it, and never lost (SHR-2)."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, transaction
from django.test import Client

from attribution import services as attribution
from attribution.errors import NoSeatForNational
from attribution.migrations import __name__ as attribution_migrations
from attribution.models import Seat
from core import clock
from core.errors import Invalid
from core.tenancy import acting_as
from evidence import services as evidence
from evidence.models import Custodian, EvidenceItem, SealRequest
from incidents.models import IncidentUserPermission
from ledger.models import Entry
from notifications.models import DutyContact, Notification
from organisations import holdings
from organisations.actors import SYSTEM_EMAIL, Actor, acting
from organisations.errors import NothingHandedOn, StillHolds
from organisations.models import Membership, User
from organisations.roles import Grade, Role
from organisations.services import end_membership, reassign, suspend_member
from remediation.services import add_task
from tests.attribution.conftest import files_root  # noqa: F401  (a fixture)
from tests.attribution.ground import SEATS, Ground
from tests.evidence.seals import PASSPHRASE, Sealed
from tests.incidents.cases import filed, shared
from tests.notifications.duties import on_rota
from tests.people import House, People

pytestmark = [pytest.mark.django_db, pytest.mark.duty("SHR-2")]
SignIn = Callable[[Actor], Client]


@pytest.fixture(autouse=True)
def _platform() -> None:
    """The platform's own account is there, as in every installation."""
    User.objects.get_or_create(email=SYSTEM_EMAIL, defaults={"name": "Norms Platform", "is_system": True})


@pytest.fixture
def ground(people: People) -> Ground:
    """An open case of Vela's, with nothing in it."""
    return Ground(people, filed(people.vela.analyst, victims=[{"sector": "health", "country": "KR"}]))


def membership(house: House, actor: Actor) -> Membership:
    with acting_as(house.admin.principal):
        return Membership.objects.get(user=actor.user, organisation=house.organisation)


def ends(house: House, actor: Actor) -> None:
    """The administrator ends the membership."""
    with acting(house.admin):
        end_membership(actor=house.admin, membership_id=membership(house, actor).pk)


def hands_on(house: House, actor: Actor, kind: str, to: Actor) -> int:
    """The administrator hands on what they hold of one kind."""
    with acting(house.admin):
        return reassign(
            actor=house.admin, membership_id=membership(house, actor).pk, kind=kind,
            to_membership_id=membership(house, to).pk,
        )  # fmt: skip


def held_by(house: House, actor: Actor) -> dict[str, holdings.Holding]:
    """What the administrator is shown."""
    with acting(house.admin):
        return {each.source.code: each for each in holdings.holdings_of(house.admin, actor.user)}


def told(person: Actor, kind: str) -> list[Notification]:
    with acting(person):
        return list(Notification.objects.filter(kind=kind, recipient=person.user))


# ── what hangs on a person at all ────────────────────────────────────────────────────────────────────────────────────

# Every foreign key to a person. A duty is held by a source of the registry; what is one's own goes with the person; the rest is
# history: it says who did something, and whoever may do it next is decided by role and not by name.
DUTIES = {
    "incidents.Incident.in_charge": "cases", "incidents.IncidentUserPermission.user": "named-grants",
    "notifications.Watch.user": "watches", "notifications.DutyContact.user": "duty",
    "remediation.RemediationTask.person": "tasks", "attribution.Seat.member": "seats",
    "evidence.Custodian.user": "custodianships", "evidence.Share.user": "custodianships",
    "evidence.SealRequest.requested_by": "seal-requests", "evidence.ReleasedShare.user": "seal-requests",
}  # fmt: skip
OWN = {
    "admin.LogEntry.user", "account.EmailAddress.user", "mfa.Authenticator.user", "guardian.UserObjectPermission.user",
    "organisations.Membership.user", "organisations.ApiToken.user", "organisations.Submission.user", "signin.SignIn.user",
    "signin.Identity.user", "signin.KeptText.user", "sealing.SealingKey.user", "notifications.Notification.recipient",
    "notifications.Preference.user", "notifications.Mute.user", "notifications.CalendarAddress.user", "incidents.Draft.author",
    "incidents.SavedSearch.user", "incidents.SearchMatch.user", "incidents.Preview.viewer", "incidents.Preview.person",
    "incidents.EmergencyOpening.person", "evidence.PendingUpload.uploaded_by", "evidence.SealRequest.arriving",
    "attribution.Opinion.author", "attribution.Rating.assessor", "attribution.RelyingParty.user", "keeping.DataRequest.subject",
}  # fmt: skip


def test_every_link_to_a_person_was_judged() -> None:
    person = get_user_model()
    links = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is person and f"{model._meta.label}.{field.name}" not in DUTIES.keys() | OWN
    }
    history = {name for name in links if name.endswith(("_by", ".by", ".actor", "_by_user"))}
    assert links - history == {"incidents.PastGrant.user"}
    assert set(DUTIES.values()) <= set(holdings.SOURCES) == {*DUTIES.values(), "seal-answers"}


# ── panels ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def filling(ground: Ground) -> None:
    """A panel whose first seat is taken, while the others are still open."""
    ground.ready()
    ground.convened()
    member = ground.members[0]
    with acting(member):
        attribution.declare_conflict(
            actor=member, reference=ground.reference, seat=1, conflict=False, nationalities=["NZ"]
        )


@pytest.mark.duty("ATT-7")
def test_a_seat_is_handed_on_while_the_panel_is_filled(ground: Ground) -> None:
    filling(ground)
    house, leaver = getattr(ground.people, SEATS[0][0]), ground.members[0]
    successor, other = house.another(Role.FORENSIC_ASSESSOR), house.person(Role.LEGAL_ASSESSOR)
    held = held_by(house, leaver)["seats"]
    # The administrator sees nothing of the case and is still told of the seat their house was offered.
    assert [thing.label for thing in held.things] == [f"{ground.reference} S-1"] and not held.keeping
    assert held.takers == [successor.user]
    with pytest.raises(Invalid):
        hands_on(house, leaver, "seats", other)
    assert hands_on(house, leaver, "seats", successor) == 1
    with acting(leaver):
        assert not EvidenceItem.objects.exists()  # what the seat opened closed with it
    with acting(ground.analyst):
        old, new = Seat.objects.get(number=1), Seat.objects.order_by("-number").first()
        assert new is not None
        assert (old.recused_reason, new.organisation, new.discipline) == (
            "passed_on",
            house.organisation,
            old.discipline,
        )
        assert (new.conflict, new.member) == ("undeclared", None)
    assert [note.kind for note in told(successor, "panel.seat_offered")][-1:] == ["panel.seat_offered"]
    assert len(told(ground.analyst, "panel.seat_vacated")) == 1
    with acting(successor):  # the rules of independence are asked of whoever sits
        with pytest.raises(NoSeatForNational):
            attribution.declare_conflict(
                actor=successor, reference=ground.reference, seat=new.number, conflict=False, nationalities=["RU"]
            )
        attribution.declare_conflict(
            actor=successor, reference=ground.reference, seat=new.number, conflict=False, nationalities=["NZ"]
        )
    with acting(house.admin):
        entry = Entry.objects.get(verb="panel.seat_passed_on")
        assert f'"to":{successor.user.pk}' in entry.payload
    ends(house, leaver)


@pytest.mark.duty("ATT-7")
def test_once_a_round_is_open_a_seat_is_vacated_and_the_chair_told_whether_or_not_an_opinion_was_given(
    ground: Ground,
) -> None:
    ground.ready()
    ground.seated()
    ground.opines(ground.members[1])  # the second gave an opinion, the first did not: their houses are told the same
    shown = []
    for place in (0, 1):
        house, leaver = getattr(ground.people, SEATS[place][0]), ground.members[place]
        successor = house.another(SEATS[place][1])
        held = held_by(house, leaver)["seats"]
        shown.append((held.keeping, held.takers, str(held.source.after)))
        assert successor.user not in held.takers
    assert shown[0] == shown[1]
    house, leaver = getattr(ground.people, SEATS[1][0]), ground.members[1]
    ends(house, leaver)
    assert [note.subject for note in told(ground.analyst, "panel.seat_vacated")] == ["P-1 S-2"]
    with acting(ground.analyst):
        assert Seat.objects.get(number=2).recused_reason == "left_house"


# ── seals ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def sealed(people: People) -> Sealed:
    """Three custodians of three houses; two must agree."""
    kept = Sealed(people)
    kept.sealed()
    return kept


@pytest.mark.duty("SHR-4")
def test_a_custodian_leaves_while_enough_are_left_and_who_sealed_is_told(sealed: Sealed) -> None:
    leaver, house = sealed.custodians[0], sealed.people.meridian
    waiting, theirs = sealed.request(), sealed.request(by=leaver)
    held = held_by(house, leaver)
    assert {"custodianships", "seal-answers", "seal-requests"} <= set(held)
    assert not any(each.keeping for each in held.values())
    ends(house, leaver)
    assert len(told(sealed.depositor, "seal.custodian_left")) == 1
    with acting(sealed.depositor):
        assert SealRequest.objects.get(pk=theirs.pk).state == "ended"
        assert SealRequest.objects.get(pk=waiting.pk).state == "pending"  # two are left, and two must agree
        assert Custodian.objects.filter(replaced_at__isnull=True).count() == 3
    for custodian in sealed.custodians[1:]:
        sealed.answer(waiting, custodian)
    assert sealed.read(waiting) == sealed.data


@pytest.mark.duty("SHR-4")
def test_no_leaving_leaves_fewer_than_must_agree(sealed: Sealed) -> None:
    ends(sealed.people.meridian, sealed.custodians[0])
    leaver, house = sealed.custodians[1], sealed.people.tessera
    held = held_by(house, leaver)["custodianships"]
    assert held.keeping == 1 and "Name a successor" in holdings.to_do_first([held])[0]
    with pytest.raises(StillHolds, match="Name a successor") as refused:
        ends(house, leaver)
    assert refused.value.details == {"custodianships": 1}
    with acting(house.admin):  # nor by shutting them out first
        suspend_member(actor=house.admin, membership_id=membership(house, leaver).pk, reason="x")
    with pytest.raises(StillHolds):
        ends(house, leaver)
    member = membership(house, leaver)
    with acting(house.admin), pytest.raises(DatabaseError, match="fewer are left"), transaction.atomic():
        Membership.objects.filter(pk=member.pk).update(until=clock.now())


@pytest.mark.duty("SHR-4")
def test_a_house_names_a_successor_and_whoever_sealed_replaces_the_custodian(sealed: Sealed) -> None:
    ends(sealed.people.meridian, sealed.custodians[0])
    leaver, house = sealed.custodians[1], sealed.people.tessera
    successor = house.another(Role.LEGAL_ASSESSOR)
    assert held_by(house, leaver)["custodianships"].takers == []  # without a key of their own nobody can come
    sealed.with_key(successor)
    assert hands_on(house, leaver, "custodianships", successor) == 1
    (note,) = told(sealed.depositor, "seal.successor_named")
    custodian = held_custodian(sealed, leaver)
    assert f"leaving={custodian.pk}" in note.url and f"arriving={successor.user.pk}" in note.url
    with pytest.raises(StillHolds):  # named is not replaced
        ends(house, leaver)
    asked = sealed.request(
        by=sealed.depositor, kind="reshare", leaving=custodian.pk,
        arriving=f"{successor.user.pk}:{successor.organisation.pk}",
    )  # fmt: skip
    for each in sealed.custodians[1:]:
        sealed.answer(asked, each)
    with acting(sealed.depositor):
        evidence.replace_custodian(actor=sealed.depositor, **sealed.names, request_id=asked.pk, passphrase=PASSPHRASE)
    assert "custodianships" not in held_by(house, leaver)
    ends(house, leaver)


def held_custodian(sealed: Sealed, person: Actor) -> Custodian:
    with acting(sealed.depositor):
        return Custodian.objects.get(user=person.user, replaced_at__isnull=True)


@pytest.mark.duty("SHR-4")
def test_a_request_nobody_can_grant_any_more_ends(sealed: Sealed) -> None:
    waiting = sealed.request()
    sealed.answer(waiting, sealed.custodians[2], approve=False)
    ends(sealed.people.meridian, sealed.custodians[0])
    with acting(sealed.depositor):
        assert SealRequest.objects.get(pk=waiting.pk).state == "ended"
    assert len(told(sealed.requester, "seal.ended")) == 1


# ── duty, tasks, doors ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.duty("ESC-8")
def test_lines_of_the_rota_are_handed_on(people: People) -> None:
    house, leaver, taker = people.vela, people.vela.analyst, people.vela.coordinator
    line = on_rota(house, leaver, order=2, phone="+1 555 0100")
    with pytest.raises(StillHolds) as refused:
        ends(house, leaver)
    assert refused.value.details == {"duty": 1}
    assert hands_on(house, leaver, "duty", taker) == 1
    with acting(house.admin):
        now = DutyContact.objects.get(ended_at__isnull=True)
        assert (now.user, now.position, now.phone, now.weekdays) == (taker.user, 2, "", line.weekdays)
    ends(house, leaver)


def test_tasks_in_cases_the_administrator_may_not_see_hold_them_back_too(people: People) -> None:
    vela, house = people.vela.analyst, people.orrin
    leaver, taker = house.coordinator, house.another(Role.COORDINATOR)
    incident = filed(vela)
    shared(vela, incident, house.organisation, Grade.COORDINATE, role=Role.COORDINATOR)
    with acting(vela):
        add_task(actor=vela, reference=incident.reference, task={"title": "x", "organisation": "orrin"})
    give_task(leaver.user)
    held = held_by(house, leaver)["tasks"]
    assert held.keeping == 1 and incident.reference not in held.things[0].label
    with pytest.raises(StillHolds):
        ends(house, leaver)
    with pytest.raises(NothingHandedOn):
        hands_on(house, leaver, "tasks", taker)


def give_task(person: User) -> None:
    """Names a person on the only task."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        role = cursor.fetchone()[0]
        cursor.execute("SET LOCAL ROLE norms_definer")
        cursor.execute("UPDATE remediation_remediationtask SET person_id = %s", [person.pk])
        cursor.execute(f"SET LOCAL ROLE {role}")


def test_in_the_browser_and_by_program(sealed: Sealed, sign_in: SignIn) -> None:
    ends(sealed.people.meridian, sealed.custodians[0])
    house, leaver = sealed.people.tessera, sealed.custodians[1]
    successor = sealed.with_key(house.another(Role.LEGAL_ASSESSOR))
    client = sign_in(house.admin)
    where, api = (f"{root}members/{membership(house, leaver).pk}/" for root in ("/organisation/", "/api/v1/"))
    page = client.get(f"{where}end/").content.decode()
    assert f"{sealed.incident.reference} {sealed.item.label}" in page and "Name a successor" in page
    assert "End the membership</button>" not in page
    refused = client.post(f"{where}end/")
    assert refused.status_code == 409 and "Name a successor" in refused.content.decode()
    row = next(each for each in client.get(f"{api}holdings/").json() if each["kind"] == "custodianships")
    assert (row["asks"], row["keeping"], row["must_move"]) == (True, 1, False) and row["first"] and row["after"]
    to = membership(house, successor).pk
    assert row["takers"] == [to]
    answer = client.post(f"{api}holdings/", {"kind": "custodianships", "to": to}, content_type="application/json")
    assert (answer.status_code, answer.json()) == (200, {"moved": 1})
    posted: Any = client.post(f"{where}reassign/", {"kind": "custodianships", "to": to}, follow=True)
    assert "until they are replaced" in posted.content.decode()
    form = sign_in(sealed.depositor).get(told(sealed.depositor, "seal.successor_named")[0].url).content.decode()
    assert f'value="{successor.user.pk}:{successor.organisation.pk}"' in form and form.count("checked") == 2


def test_old_grants_of_seats_say_which_house_they_stand_for(ground: Ground) -> None:
    filling(ground)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        role = cursor.fetchone()[0]
        cursor.execute("SET LOCAL ROLE norms_definer")
        cursor.execute("UPDATE incidents_incidentuserpermission SET organisation_id = NULL")
        cursor.execute(f"SET LOCAL ROLE {role}")
    with acting(ground.analyst):
        assert IncidentUserPermission.objects.get().organisation is None
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(import_module(f"{attribution_migrations}.0011_seats_of_a_member").YESTERDAY)
        cursor.execute(f"SET LOCAL ROLE {role}")
    with acting(ground.analyst):
        assert IncidentUserPermission.objects.get().organisation == ground.people.meridian.organisation
