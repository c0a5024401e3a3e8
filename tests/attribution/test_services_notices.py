"""Who is told what of a panel: a seat, a round, a reveal; and that no notice says that or when anybody gave an opinion (ATT-7)."""

from typing import Any

import pytest
from django.db import connection

from attribution import services, tasks
from attribution.models import Panel
from notifications.models import Notification
from organisations.actors import Actor

from .ground import SEATS, Ground, as_, soon

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-7")]


def told(actor: Actor) -> list[str]:
    """The kinds of what somebody was told of panels."""
    with as_(actor):
        rows = Notification.objects.filter(recipient=actor.user, kind__startswith="panel.")
        return sorted(rows.values_list("kind", flat=True))


def everything() -> list[tuple[Any, ...]]:
    """Every notice to anybody, as only the owner of the tables sees them."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE; SET LOCAL ROLE norms_definer")
        cursor.execute(
            "SELECT recipient_id, kind, key, words::text, told_at FROM notifications_notification ORDER BY id"
        )
        rows = list(cursor.fetchall())
        cursor.execute("RESET ROLE; SET LOCAL ROLE norms_app")
    return rows


def test_a_seat_is_told_to_who_could_take_it_and_to_the_house_that_is_asked(ground: Ground, sign_in: Any) -> None:
    able, admin = ground.members[0], ground.people.meridian.admin
    other = ground.people.meridian.person("researcher")
    ground.ready()
    ground.convened()
    assert (told(able), told(admin), told(other)) == (["panel.seat_offered"], ["panel.seat_offered"], [])
    assert told(ground.people.orrin.analyst) == []
    with as_(able):
        row = Notification.objects.get()
        assert (row.subject, row.root_id, row.words["discipline"]) == ("P-1", ground.incident.pk, "digital_forensics")
    assert sign_in(able).get(row.url).status_code == 200
    assert "Digital forensics" in sign_in(able).get("/inbox/").content.decode()
    with as_(admin):  # who sees nothing of the case is told its reference and mark, and given no link into it
        row = Notification.objects.get()
        assert (row.root_id, row.url) == (None, "")


def test_a_round_is_told_to_its_members_when_its_seats_are_filled(ground: Ground) -> None:
    ground.ready()
    ground.convened()
    for number, member in enumerate(ground.members, start=1):
        assert "panel.round_opened" not in told(member)
        with as_(member):
            services.declare_conflict(
                actor=member, reference=ground.reference, seat=number, conflict=False, nationalities=["NZ"]
            )
    for member in ground.members:
        assert told(member).count("panel.round_opened") == 1
        with as_(member):
            assert Notification.objects.get(kind="panel.round_opened").due_at == Panel.objects.get().deadline
    assert "panel.round_opened" not in told(ground.analyst)
    # Somebody who joins later is told; the others are not told again.
    with as_(ground.analyst):
        services.invite_seat(
            actor=ground.analyst, reference=ground.reference, panel=1, discipline="digital_forensics",
            organisation=ground.people.tessera.organisation,
        )  # fmt: skip
    late = ground.people.tessera.person("forensic_assessor")
    with as_(late):
        services.declare_conflict(actor=late, reference=ground.reference, seat=4, conflict=False, nationalities=["NZ"])
    assert [told(each).count("panel.round_opened") for each in (*ground.members, late)] == [1, 1, 1, 1]


def test_an_opinion_given_or_changed_tells_nobody_anything(ground: Ground) -> None:
    """Neither that one was given nor what: not one row more, whoever gives it, the last one least of all."""
    ground.ready()
    ground.seated()
    before = everything()
    for member in ground.members:
        ground.opines(member)
        assert everything() == before
    ground.opines(
        ground.members[1],
        position="dissent",
        dissent="The logs were copied twice.",
        blocking_objection=True,
        objection="x",
    )
    assert everything() == before
    tasks.remind()
    assert everything() == before


def test_the_opening_is_told_to_everybody_concerned_at_once(ground: Ground) -> None:
    coordinator = ground.people.vela.coordinator
    ground.ready()
    ground.sealed()
    before = len(everything())
    opener = ground.members[1]
    with as_(opener):
        services.reveal_panel(actor=opener, reference=ground.reference, panel=1)
    assert [told(each).count("panel.opened") for each in (*ground.members, ground.analyst, coordinator)] == [
        1,
        0,
        1,
        1,
        1,
    ]
    new = [row for row in everything()[before:] if row[1] == "panel.opened"]
    assert len({row[4] for row in new}) == 1  # one moment
    with as_(ground.analyst):
        services.begin_second_round(actor=ground.analyst, reference=ground.reference, panel=1, deadline=soon(6))
    assert [told(each).count("panel.round_opened") for each in ground.members] == [2, 2, 2]


def changes(actor: Actor) -> list[tuple[str, str]]:
    """What somebody was told of findings that stand otherwise: the tier now, and why."""
    with as_(actor):
        rows = Notification.objects.filter(recipient=actor.user, kind="finding.changed").order_by("pk")
        return [(row.words["after"], row.words["cause"]) for row in rows]


@pytest.mark.duty("ATT-6")
def test_acts_on_a_finding_and_its_panel_are_told_like_what_evidence_moves(ground: Ground) -> None:
    """They are computed with the act (decision 0007), and those concerned hear of the difference all the same."""
    ground.ready()
    ground.revealed()
    signer, steps_out, third = ground.members
    with as_(signer):
        services.corroborate_finding(actor=signer, reference=ground.reference, label="F-1")
    heard = [cause for _tier, cause in changes(ground.analyst)]
    assert heard == ["panel.revealed", "finding.corroborated"]
    assert ("T2", "finding.corroborated") in changes(third)
    with as_(steps_out):
        services.declare_conflict(
            actor=steps_out, reference=ground.reference, seat=2, conflict=True, text="We were hired."
        )
    for who in (ground.analyst, signer, third):
        assert changes(who)[-1] == ("T1", "panel.seat_recused"), who
    grader = ground.grader
    with as_(grader):
        services.contest_finding(
            actor=grader, reference=ground.reference, label="F-1", kind="denial", text="They deny it."
        )
    assert changes(ground.analyst)[-1] == ("T1", "finding.contested")
    assert len(SEATS) == 3
