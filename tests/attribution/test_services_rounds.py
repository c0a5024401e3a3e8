"""A panel's second round, the discussion before it, and whoever leaves in the middle (ATT-7)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from attribution import errors, services
from attribution.models import Finding, Opinion, Panel, Remark, Seat
from attribution.norms import standard_of
from attribution.selectors import discussion_of, earlier_opinions, opened_opinions, panel_view
from core import clock
from core.errors import Invalid, NotAllowed, NotFound
from evidence.models import EvidenceItem
from ledger.models import Entry
from notifications.models import Notification
from organisations.actors import SYSTEM_EMAIL, acting
from organisations.models import Membership, User
from organisations.services import end_membership

from .ground import OPINION, SEATS, Ground, as_, soon

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-7")]


def second(ground: Ground, **facts: Any) -> Panel:
    with as_(ground.analyst):
        return services.begin_second_round(
            actor=ground.analyst, reference=ground.reference, panel=1, **{"deadline": soon(6), **facts}
        )


def opened(ground: Ground) -> Panel:
    with as_(ground.analyst):
        return services.reveal_panel(actor=ground.analyst, reference=ground.reference, panel=1)


def refused_by_the_database(act: Any) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        act()


def test_a_second_round_is_sealed_again_and_counts_once_it_is_opened(ground: Ground) -> None:
    ground.ready()
    ground.revealed({"position": "dissent", "dissent": "Not yet"}, {}, {})
    assert ground.finding().computed_tier == "T1"  # forensics did not sign
    panel = second(ground)
    assert (panel.state, panel.round) == ("sealed", 2)
    for member in ground.members:
        ground.opines(member, reasons="After the discussion.")
    with as_(ground.analyst):
        assert [row.round for row in opened_opinions(panel)] == [1, 1, 1]  # until it is opened, the first count
    assert ground.finding().computed_tier == "T1"
    panel = opened(ground)
    with as_(ground.analyst):
        assert [row.position for row in opened_opinions(panel)] == ["concur"] * 3
        assert next(row.dissent for row in earlier_opinions(panel)) == "Not yet"  # what was said stays said
        assert Entry.objects.filter(verb="panel.second_round").count() == 1
    assert ground.finding().computed_tier == "T2"


def test_there_is_no_second_round_before_the_first_is_open_and_no_third(ground: Ground) -> None:
    ground.ready()
    ground.sealed()
    with pytest.raises(errors.NoSecondRound):
        second(ground)
    opened(ground)
    with pytest.raises(Invalid):
        second(ground, deadline=clock.now() - timedelta(hours=1))
    second(ground)
    for member in ground.members:
        ground.opines(member)
    opened(ground)
    with pytest.raises(errors.NoSecondRound):
        second(ground)
    with as_(ground.analyst):  # past the services too
        refused_by_the_database(lambda: Panel.objects.update(state="sealed", round=2))


def test_who_gave_no_opinion_in_the_first_round_gives_none_in_the_second(ground: Ground) -> None:
    ground.ready()
    ground.seated()
    with as_(ground.analyst):
        services.invite_seat(
            actor=ground.analyst, reference=ground.reference, panel=1, discipline="statistics",
            organisation=ground.people.secretariat.organisation,
        )  # fmt: skip
    late = ground.people.secretariat.person("forensic_assessor")
    with as_(late):
        services.declare_conflict(actor=late, reference=ground.reference, seat=4, conflict=False, nationalities=["NZ"])
    for member in ground.members:
        ground.opines(member)
    with as_(ground.analyst):
        Panel.objects.update(deadline=clock.now() - timedelta(hours=1))
    opened(ground)
    second(ground)
    with as_(late):
        with pytest.raises(errors.NotInFirstRound):
            services.seal_opinion(actor=late, reference=ground.reference, panel=1, facts=OPINION)
        refused_by_the_database(
            lambda: Opinion.objects.create(
                incident=ground.incident, panel_id=Panel.objects.get().pk, seat=Seat.objects.get(number=4), round=2,
                author=late.user, position="concur", scale="phia", likelihood="likely", confidence="low", reasons="x",
                salt="0" * 64, commitment="0" * 64,
            )
        )  # fmt: skip
    with as_(ground.analyst), pytest.raises(errors.SecondRoundSeats):
        services.invite_seat(
            actor=ground.analyst, reference=ground.reference, panel=1, discipline="statistics",
            organisation=ground.people.amal.organisation,
        )  # fmt: skip
    for member in ground.members:
        ground.opines(member)
    opened(ground)  # nobody waits for who may not speak


def test_nobody_signs_while_the_second_round_is_sealed(ground: Ground) -> None:
    ground.ready()
    ground.revealed()
    second(ground)
    member = ground.members[0]
    with as_(member), pytest.raises(errors.SealedAgain):
        services.corroborate_finding(actor=member, reference=ground.reference, label="F-1")


def test_a_first_opinion_stands_for_who_gives_no_second(ground: Ground) -> None:
    ground.ready()
    ground.sealed({"position": "dissent", "dissent": "Not yet"}, {}, {})
    opened(ground)
    second(ground)
    ground.opines(ground.members[1])
    with as_(ground.analyst):
        Panel.objects.update(deadline=clock.now() - timedelta(hours=1))
        with pytest.raises(errors.NoQuorum):
            services.reveal_panel(actor=ground.analyst, reference=ground.reference, panel=1)
        services.close_panel(actor=ground.analyst, reference=ground.reference, panel=1)
        panel = Panel.objects.get()
        assert [row.position for row in opened_opinions(panel)] == ["dissent", "concur", "concur"]
        assert Opinion.objects.filter(round=2).count() == 0  # what was sealed is never shown


def test_members_discuss_while_opinions_are_open_by_handle_or_by_name(ground: Ground) -> None:
    ground.ready()
    panel = ground.sealed()
    first, other = ground.members[:2]

    def say(member: Any, text: str = "The relay was rented in March.") -> None:
        with as_(member):
            services.add_remark(actor=member, reference=ground.reference, panel=1, text=text)

    with pytest.raises(errors.NoDiscussionNow):
        say(first)
    opened(ground)
    say(other)
    say(first, "Was it?")
    say(other, "See E-3.")
    with pytest.raises(Invalid):
        say(first, " ")
    with pytest.raises(NotAllowed):
        say(ground.analyst)
    with as_(first):
        assert [row.by for row in discussion_of(panel, first.user)] == [str(m.user) for m in (other, first, other)]
        panel.by_name = False  # as it is read of a panel that was convened so
        assert [(row.by, row.own) for row in discussion_of(panel, first.user)] == [
            ("Member 1", False), ("Member 2", True), ("Member 1", False),
        ]  # fmt: skip
        refused_by_the_database(lambda: Remark.objects.update(text="x"))
    second(ground)
    with pytest.raises(errors.NoDiscussionNow):
        say(first)
    with as_(first):
        refused_by_the_database(
            lambda: Remark.objects.create(
                incident=ground.incident, panel=panel, seat=Seat.objects.get(number=1), text="x", said_by=first.user
            )
        )


# ── who may sit ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("nations", "side"), [(["RU"], "accused"), (["NZ", "KR"], "harmed"), ([], None), (["XX"], None)]
)
def test_a_person_is_asked_their_own_nationality(ground: Ground, nations: list[str], side: str | None) -> None:
    ground.ready()
    ground.convened()
    member = ground.members[0]
    with as_(member):
        with pytest.raises((errors.NoSeatForNational, Invalid)) as refused:
            services.declare_conflict(
                actor=member, reference=ground.reference, seat=1, conflict=False, nationalities=nations
            )
        if side:
            assert refused.value.details == {"side": side}
        else:
            assert "nationalities" in getattr(refused.value, "fields", {})
        if nations != ["XX"]:
            refused_by_the_database(
                lambda: Seat.objects.filter(number=1).update(
                    conflict="none", member=member.user, declared_at=clock.now(), nationalities=nations
                )
            )
        assert not EvidenceItem.objects.exists()


def test_who_has_spoken_on_a_finding_does_not_sit_on_another_panel_of_it(ground: Ground) -> None:
    ground.ready()
    ground.revealed()
    with as_(ground.analyst):
        panel = services.convene_panel(actor=ground.analyst, reference=ground.reference, finding="F-1", deadline=soon())
        with pytest.raises(errors.LaterPanel):
            services.begin_second_round(actor=ground.analyst, reference=ground.reference, panel=1, deadline=soon(9))
        services.invite_seat(
            actor=ground.analyst, reference=ground.reference, panel=panel.number, discipline=SEATS[0][2],
            organisation=ground.people.meridian.organisation,
        )  # fmt: skip
    member = ground.members[0]
    with as_(member):
        with pytest.raises(errors.SpokeBefore):
            services.declare_conflict(
                actor=member, reference=ground.reference, seat=4, conflict=False, nationalities=["NZ"]
            )
        refused_by_the_database(
            lambda: Seat.objects.filter(number=4).update(
                conflict="none", member=member.user, declared_at=clock.now(), nationalities=["NZ"]
            )
        )


# ── who leaves ───────────────────────────────────────────────────────────────────────────────────────────────────────


def leaves(ground: Ground, house: str, role: str) -> None:
    """The house's administrator ends a membership."""
    people = getattr(ground.people, house)
    admin = people.admin
    with acting(admin):
        held = Membership.objects.get(user=people.person(role).user, organisation=people.organisation)
        end_membership(actor=admin, membership_id=held.pk)


def test_who_leaves_the_house_mid_round_leaves_the_seat_and_reads_nothing_more(ground: Ground) -> None:
    ground.ready()
    ground.sealed()
    member = ground.members[0]
    leaves(ground, *SEATS[0][:2])
    with as_(member):
        assert not EvidenceItem.objects.exists() and not Finding.objects.exists() and not Opinion.objects.exists()
        with pytest.raises((NotFound, NotAllowed)):
            services.seal_opinion(actor=member, reference=ground.reference, panel=1, facts=OPINION)
    with as_(ground.analyst):
        seat = Seat.objects.get(number=1)
        assert (seat.recused_reason, seat.recused_at is not None) == ("left_house", True)
        with pytest.raises(errors.NoQuorum):  # the seat of forensics is empty, and can be offered again
            services.reveal_panel(actor=ground.analyst, reference=ground.reference, panel=1)
        services.invite_seat(
            actor=ground.analyst, reference=ground.reference, panel=1, discipline=SEATS[0][2],
            organisation=ground.people.meridian.organisation,
        )  # fmt: skip
    with as_(ground.people.meridian.admin):
        assert Entry.objects.filter(verb="panel.seat_recused").count() == 1


def test_what_was_opened_while_they_sat_stays_said(ground: Ground) -> None:
    ground.corroborated()
    leaves(ground, *SEATS[1][:2])
    with as_(ground.members[1]):
        assert not Finding.objects.exists()
    with as_(ground.analyst):
        panel = Panel.objects.get()
        view = panel_view(panel, ground.incident.holder_id, standard_of(ground.finding().standard_version))
        assert [row.recused for row in view.opinions] == [False, False, False]
    assert ground.finding().tier == "T2"


def test_everyone_recused_leaves_nobody_to_open_the_round(ground: Ground) -> None:
    User.objects.get_or_create(email=SYSTEM_EMAIL)
    ground.ready()
    ground.sealed()
    for number, member in enumerate(ground.members, start=1):
        with as_(member):
            services.declare_conflict(
                actor=member, reference=ground.reference, seat=number, conflict=True, text="We were hired."
            )
    with as_(ground.analyst):
        with pytest.raises(errors.NoQuorum):
            services.reveal_panel(actor=ground.analyst, reference=ground.reference, panel=1)
        services.close_panel(actor=ground.analyst, reference=ground.reference, panel=1)
        assert not Opinion.objects.exists()
    assert ground.finding().tier == "T1"


@pytest.mark.duty("SHR-5")
def test_a_member_named_in_the_discussion_is_told_where_and_not_what(ground: Ground) -> None:
    ground.ready()
    ground.revealed({}, {}, {})
    first, second_member, third = ground.members
    for text in ("What does @S-2 say? And @S-2 again, me @S-1, nobody @S-99, mail a@S-3.example", "Once more, @S-2."):
        with as_(first):
            services.add_remark(actor=first, reference=ground.reference, panel=1, text=text)
    for member, times in ((first, 0), (second_member, 2), (third, 0)):
        with as_(member):
            told = Notification.objects.filter(kind="panel.mentioned")
            assert told.count() == times
            assert all(row.subject == "P-1" and row.reason == "mention" and not row.words for row in told)
