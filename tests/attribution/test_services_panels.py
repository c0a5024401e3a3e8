"""Panels: from outside, free of conflict, blind until all opinions are opened at once (ATT-7)."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from attribution import errors, services
from attribution.boards import read_board
from attribution.models import Finding, Opinion, Panel, Rating, Seat
from attribution.selectors import opened_opinions, seats_of, tier_report_for
from attribution.services.opinions import commitment_of, committed
from attribution.snapshots import panel_values
from core import clock
from core.errors import Invalid, NotAllowed, NotFound
from evidence.models import EvidenceItem
from incidents.access import case_for
from incidents.models import Incident
from ledger.models import Entry
from organisations.actors import SYSTEM_EMAIL, Actor
from organisations.models import Organisation, User
from tests.evidence.builders import given

from .ground import OPINION, Ground, as_, soon

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-7")]


def refused_by_the_database(act: Any) -> None:
    """The database itself says no."""
    with pytest.raises(DatabaseError), transaction.atomic():
        act()


def invite(ground: Ground, house: Organisation, discipline: str = "human_rights") -> Seat:
    with as_(ground.analyst):
        return services.invite_seat(
            actor=ground.analyst, reference=ground.reference, panel=1, organisation=house, discipline=discipline
        )


# ── who may sit ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("house", "side"), [("vela", "claimant"), ("orrin", "kind"), ("brigid", "kind"), ("palaver", "kind")]
)
def test_claimant_states_operators_and_mediators_have_no_seat(ground: Ground, house: str, side: str) -> None:
    ground.ready()
    ground.convened()
    organisation = getattr(ground.people, house).organisation
    with pytest.raises(errors.NoSeatFor) as refused:
        invite(ground, organisation)
    assert refused.value.details == {"side": side}
    with as_(ground.analyst):
        refused_by_the_database(lambda: raw_seat(ground, organisation))


@pytest.mark.parametrize(("country", "side"), [("RU", "accused"), ("KR", "harmed")])
def test_the_side_of_the_accused_and_of_the_harmed_has_no_seat(ground: Ground, country: str, side: str) -> None:
    ground.ready()
    ground.convened()
    organisation = ground.people.amal.organisation
    Organisation.objects.filter(pk=organisation.pk).update(country=country)
    with pytest.raises(errors.NoSeatFor) as refused:
        invite(ground, organisation)
    assert refused.value.details == {"side": side}
    with as_(ground.analyst):
        refused_by_the_database(lambda: raw_seat(ground, organisation))


def raw_seat(ground: Ground, organisation: Organisation) -> Seat:
    """A seat written past every service."""
    return Seat.objects.create(
        incident=ground.incident, panel=Panel.objects.get(), number=77, discipline="human_rights", seat="human_rights",
        organisation=organisation, about="x", answer_by=soon(), invited_by=ground.analyst.user,
    )  # fmt: skip


def test_evidence_opens_to_the_member_only_after_they_declared_no_conflict(ground: Ground) -> None:
    ground.ready()
    ground.convened()
    member = ground.members[0]
    with as_(member):
        assert Incident.objects.exists()  # the summary
        assert not EvidenceItem.objects.exists() and not Finding.objects.exists() and not Panel.objects.exists()
        assert [seat.about[:3] for seat in Seat.objects.all()] == ["GRU"]
        services.declare_conflict(
            actor=member, reference=ground.reference, seat=1, conflict=False, nationalities=["NZ"]
        )
        assert EvidenceItem.objects.count() == 3
        assert Panel.objects.get().state == "inviting"


def test_a_conflict_frees_the_seat_and_opens_nothing(ground: Ground) -> None:
    ground.ready()
    ground.convened()
    member = ground.members[0]
    with as_(member):
        with pytest.raises(Invalid):
            services.declare_conflict(actor=member, reference=ground.reference, seat=1, conflict=True, text="")
        services.declare_conflict(
            actor=member, reference=ground.reference, seat=1, conflict=True, text="I advised the operator."
        )
        assert not EvidenceItem.objects.exists()
        with pytest.raises(errors.SeatTaken):
            services.declare_conflict(
                actor=member, reference=ground.reference, seat=1, conflict=False, nationalities=["NZ"]
            )
        assert Entry.objects.filter(verb="panel.seat_recused").count() == 1


def test_a_conflict_that_appears_after_the_vote_takes_the_opinion_out_and_closes_access(ground: Ground) -> None:
    ground.corroborated()
    User.objects.get_or_create(email=SYSTEM_EMAIL)
    member = ground.members[1]
    with as_(member):
        services.declare_conflict(
            actor=member, reference=ground.reference, seat=2, conflict=True, text="My institute was hired by the bank."
        )
        assert not Finding.objects.exists()
        with pytest.raises(NotAllowed):
            services.seal_opinion(actor=member, reference=ground.reference, panel=1, facts=OPINION)
    finding = ground.finding()
    assert (finding.tier, finding.approved_by_id) == ("T1", None)
    with as_(ground.analyst):
        assert Opinion.objects.count() == 3  # it stays on the record


def test_only_the_right_role_of_the_invited_organisation_takes_a_seat(ground: Ground) -> None:
    ground.ready()
    ground.convened()
    wrong_role = ground.people.meridian.person("legal_assessor")
    with as_(wrong_role), pytest.raises(NotFound):  # the summary was opened to the role of the seat alone
        services.declare_conflict(
            actor=wrong_role, reference=ground.reference, seat=1, conflict=False, nationalities=["NZ"]
        )
    wrong_house = ground.members[1]
    with as_(wrong_house), pytest.raises(NotFound):
        services.declare_conflict(
            actor=wrong_house, reference=ground.reference, seat=1, conflict=False, nationalities=["NZ"]
        )


def test_nobody_declares_for_another(ground: Ground) -> None:
    ground.ready()
    ground.convened()
    first, second = ground.members[0], ground.people.meridian.another("forensic_assessor")
    with as_(second):
        refused_by_the_database(
            lambda: Seat.objects.filter(number=1).update(conflict="none", member=first.user, declared_at=clock.now())
        )
    with as_(ground.analyst):
        refused_by_the_database(
            lambda: Seat.objects.filter(number=1).update(
                conflict="none", member=ground.analyst.user, declared_at=clock.now()
            )
        )


def test_whoever_gave_in_evidence_has_no_seat_and_leaves_the_one_they_hold(ground: Ground) -> None:
    ground.ready()
    ground.seated()
    member = ground.members[0]
    given(member, ground.incident, data=b"own analysis" * 50, title="My own analysis")
    with as_(member):
        seat = Seat.objects.get(number=1)
        assert seat.recused_reason == "gave_in_evidence"
        with pytest.raises(NotAllowed):
            services.seal_opinion(actor=member, reference=ground.reference, panel=1, facts=OPINION)
        assert Entry.objects.filter(verb="panel.seat_recused").count() == 1
    invite(ground, ground.people.meridian.organisation, "digital_forensics")
    with as_(member):
        with pytest.raises(errors.MemberHasPart):
            services.declare_conflict(
                actor=member, reference=ground.reference, seat=4, conflict=False, nationalities=["NZ"]
            )
        refused_by_the_database(
            lambda: Seat.objects.filter(number=4).update(conflict="none", member=member.user, declared_at=clock.now())
        )


def test_nobody_with_a_part_in_the_case_can_approve_past_the_services(ground: Ground) -> None:
    ground.ready()
    ground.revealed()
    stamp = {"approved_at": clock.now(), "tier": "T2"}
    with as_(ground.collector):  # gave the evidence in
        refused_by_the_database(lambda: Finding.objects.update(approved_by=ground.collector.user, **stamp))
    with as_(ground.analyst):  # filed the case, proposed the finding
        refused_by_the_database(lambda: Finding.objects.update(approved_by=ground.analyst.user, **stamp))
        # Nor does anybody sign in another's name, or lift a tier above what was computed, or corroborate unsigned.
        refused_by_the_database(lambda: Finding.objects.update(approved_by=ground.members[0].user, **stamp))
        refused_by_the_database(lambda: Finding.objects.update(tier="T3"))
        refused_by_the_database(lambda: Finding.objects.update(tier="T2"))


def test_an_approval_lapses_when_its_giver_gives_in_evidence(ground: Ground) -> None:
    ground.corroborated()
    given(ground.members[0], ground.incident, data=b"late analysis" * 50, title="A late analysis")
    finding = ground.finding()
    assert (finding.tier, finding.approved_by_id) == ("T1", None)


# ── blind ────────────────────────────────────────────────────────────────────────────────────────────────────────────

TELLING: dict[str, Any] = {
    "position": "dissent",
    "dissent": "XYZZY the logs were copied twice",
    "reasons": "XYZZY reasons",
}


def test_a_sealed_opinion_is_nowhere_to_be_read_but_by_its_author(ground: Ground) -> None:
    ground.ready()
    ground.seated()
    ground.opines(ground.members[0], **TELLING)
    for reader in (ground.members[1], ground.analyst, ground.collector, ground.grader):
        with as_(reader):
            assert not Opinion.objects.exists()
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*), count(*) FILTER (WHERE position = 'dissent') FROM attribution_opinion")
                assert cursor.fetchone() == (0, 0)
            panel = Panel.objects.select_related("finding").get()
            panel.finding.incident = ground.incident
            assert opened_opinions(panel) == []
            said = json.dumps(panel_values(panel, seats_of(panel), opened_opinions(panel)))
            assert "XYZZY" not in said and "dissent" not in said
            assert tier_report_for(panel.finding).dissents == ()
    with as_(ground.members[0]):
        assert Opinion.objects.get().dissent.startswith("XYZZY")


def test_the_ledger_holds_a_commitment_and_not_the_opinion(ground: Ground) -> None:
    ground.ready()
    ground.seated()
    ground.opines(ground.members[0], **TELLING)
    with as_(ground.members[0]):
        entry = Entry.objects.get(verb="panel.opinion_sealed")
        opinion = Opinion.objects.get()
    payload = json.loads(entry.payload)
    payload.pop("~changes", "")  # a salted digest of what changed on the panel, which holds no opinion
    assert payload == {"panel": "P-1", "seat": "S-1", "commitment": opinion.commitment}
    # The salt makes three guesses of the position worth nothing; with it, anybody can check afterwards.
    assert commitment_of(committed(opinion), opinion.salt) == opinion.commitment
    assert commitment_of({**committed(opinion), "position": "concur"}, opinion.salt) != opinion.commitment


def test_the_same_opinion_twice_has_two_commitments(ground: Ground) -> None:
    ground.ready()
    ground.seated()
    for member in ground.members[:2]:
        ground.opines(member)
    with as_(ground.analyst):
        commitments = set(Seat.objects.exclude(commitment="").values_list("commitment", flat=True))
    assert len(commitments) == 2


def test_an_opinion_changes_until_the_round_is_open_and_never_after(ground: Ground) -> None:
    ground.ready()
    ground.sealed({"position": "dissent", "dissent": "Not yet"}, {}, {})
    member = ground.members[0]
    ground.opines(member, position="concur")
    with as_(ground.analyst):
        services.reveal_panel(actor=ground.analyst, reference=ground.reference, panel=1)
        assert [row.position for row in Opinion.objects.all()] == ["concur"] * 3
    with as_(member):
        with pytest.raises(errors.RoundOver):
            services.seal_opinion(actor=member, reference=ground.reference, panel=1, facts=OPINION)
        assert Opinion.objects.filter(author=member.user).update(position="dissent", dissent="Too late") == 0
    with as_(ground.analyst), pytest.raises(errors.RoundOver):
        services.reveal_panel(actor=ground.analyst, reference=ground.reference, panel=1)


def test_nobody_opens_a_round_before_everybody_has_spoken_or_the_time_is_over(ground: Ground) -> None:
    ground.ready()
    ground.seated()
    for member in ground.members[:2]:
        ground.opines(member)
    ask: dict[str, Any] = {"actor": ground.analyst, "reference": ground.reference, "panel": 1}
    with as_(ground.analyst):
        with pytest.raises(errors.StillSealed):
            services.reveal_panel(**ask)
        # Past the services too: neither the panel nor an opinion can be opened by hand.
        refused_by_the_database(lambda: Panel.objects.update(state="revealed", revealed_at=clock.now()))
        assert Opinion.objects.update(revealed_at=clock.now()) == 0
        Panel.objects.update(deadline=clock.now() - timedelta(hours=1))
        with pytest.raises(errors.NoQuorum):
            services.reveal_panel(**ask)
    late = ground.members[2]
    with as_(late), pytest.raises(errors.DeadlineOver):
        services.seal_opinion(actor=late, reference=ground.reference, panel=1, facts=OPINION)
    with as_(ground.members[0]):
        refused_by_the_database(lambda: Opinion.objects.update(revealed_at=clock.now()))


def test_no_opinion_before_all_three_disciplines_are_seated_or_before_the_declaration(ground: Ground) -> None:
    ground.ready()
    ground.convened()
    member = ground.members[0]
    with as_(member):
        with pytest.raises(NotAllowed):  # nothing but the summary is theirs yet
            services.seal_opinion(actor=member, reference=ground.reference, panel=1, facts=OPINION)
        services.declare_conflict(
            actor=member, reference=ground.reference, seat=1, conflict=False, nationalities=["NZ"]
        )
        with pytest.raises(errors.SeatsFilling):
            services.seal_opinion(actor=member, reference=ground.reference, panel=1, facts=OPINION)


def test_ratings_of_a_sitting_member_are_sealed_and_count_when_the_round_opens(ground: Ground) -> None:
    ground.ready()
    ground.seated()
    member = ground.members[0]
    with as_(member):
        services.rate_evidence(actor=member, reference=ground.reference, ratings={"E-1": {"H1": "II"}})
    with as_(ground.analyst):
        assert not Rating.objects.filter(assessor=member.user).exists()
        shown = read_board(ground.incident, "operator", ground.analyst.user, view="group", sort="number")
        row = shown.rows[0]
        assert row.cells[0].group == "CC"
    with as_(member):
        refused_by_the_database(lambda: Rating.objects.filter(assessor=member.user).update(is_open=True))
    for one in ground.members:
        ground.opines(one)
    with as_(ground.analyst):
        services.reveal_panel(actor=ground.analyst, reference=ground.reference, panel=1)
        assert Rating.objects.get(assessor=member.user).value == "II"


def test_ratings_of_a_round_that_ended_unopened_stay_with_their_author(ground: Ground) -> None:
    ground.ready()
    ground.seated()
    member = ground.members[0]
    ground.opines(member, **TELLING)
    with as_(member):
        services.rate_evidence(actor=member, reference=ground.reference, ratings={"E-1": {"H1": "II"}})
    with as_(ground.analyst):
        services.close_panel(actor=ground.analyst, reference=ground.reference, panel=1)
        assert not Rating.objects.filter(assessor=member.user).exists()
        assert not Opinion.objects.exists()  # what was sealed is never shown
        with pytest.raises(errors.RoundOver):
            services.reveal_panel(actor=ground.analyst, reference=ground.reference, panel=1)
    with as_(member):
        services.rate_evidence(actor=member, reference=ground.reference, ratings={"E-1": {"H1": "II"}})
        assert [(row.value, row.is_open) for row in Rating.objects.filter(assessor=member.user)] == [("II", True)]


# ── the round ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"position": "maybe"}, "position"),
        ({"position": "dissent"}, "dissent"),
        ({"likelihood": "almost_no_chance"}, "likelihood"),
        ({"confidence": ""}, "confidence"),
        ({"reasons": ""}, "reasons"),
        ({"blocking_objection": True}, "objection"),
        ({"article": 4, "article_reasons": "x"}, "article"),
    ],
)
def test_an_opinion_that_cannot_be_is_refused_beside_its_field(
    ground: Ground, facts: dict[str, Any], field: str
) -> None:
    ground.ready()
    ground.seated()
    member = ground.members[0]
    with as_(member), pytest.raises(Invalid) as refused:
        services.seal_opinion(actor=member, reference=ground.reference, panel=1, facts={**OPINION, **facts})
    assert field in refused.value.fields


def test_one_round_at_a_time_of_at_least_three_with_a_deadline_ahead(ground: Ground) -> None:
    ground.ready()
    ground.convened()
    ask: dict[str, Any] = {"actor": ground.analyst, "reference": ground.reference, "finding": "F-1"}
    with as_(ground.analyst):
        with pytest.raises(errors.RoundOpen):
            services.convene_panel(**ask, deadline=soon())
        with pytest.raises(Invalid):
            services.convene_panel(**ask, deadline=clock.now() - timedelta(days=1))
        with pytest.raises(Invalid):
            services.convene_panel(**ask, deadline=soon(), quorum=1)


def test_a_blocking_objection_is_answered_by_another_member_and_both_are_printed(ground: Ground) -> None:
    ground.ready()
    ground.revealed({"blocking_objection": True, "objection": "The bank was not asked."}, {}, {})
    objector, other = ground.members[:2]
    ask: dict[str, Any] = {"reference": ground.reference, "panel": 1, "seat": 1}
    with as_(objector), pytest.raises(NotAllowed):
        services.answer_objection(actor=objector, **ask, reasons="Never mind")
    with as_(other):
        services.answer_objection(actor=other, **ask, reasons="It answered on 4 March; see E-2.")
        with pytest.raises(errors.ObjectionAnswered):
            services.answer_objection(actor=other, **ask, reasons="Again")
        with pytest.raises(errors.NoObjection):
            services.answer_objection(actor=other, **{**ask, "seat": 3}, reasons="x")


def test_an_invitation_is_taken_back_until_it_is_answered(ground: Ground) -> None:
    ground.ready()
    ground.convened()
    with as_(ground.analyst):
        services.release_seat(actor=ground.analyst, reference=ground.reference, seat=1)
    member = ground.members[0]
    with as_(member), pytest.raises(errors.SeatTaken):
        services.declare_conflict(
            actor=member, reference=ground.reference, seat=1, conflict=False, nationalities=["NZ"]
        )


def test_the_member_assesses_and_does_nothing_else_on_the_case(ground: Ground) -> None:
    ground.ready()
    ground.seated()
    member: Actor = ground.members[0]
    with as_(member):
        actions = {action.value for action in case_for(member, ground.reference).actions}
    assert {"evidence.view", "attribution.sit", "attribution.analyse"} <= actions
    assert not actions & {"incident.edit", "incident.share", "attribution.propose", "attribution.convene"}


def test_a_state_as_responsible_needs_its_article_from_law_alone(ground: Ground) -> None:
    """R2.5: the same article, reasoned by the member of law; then and only then the line is met."""
    ground.ready()
    ground.revealed({}, {"article": 4, "article_reasons": "The unit is an organ of the State."}, {})
    lines = {(row["tier"], row["code"]): row for row in ground.finding().explanation["requirements"]}
    assert lines["T2", "seat_signed.law"]["met"]
    reasoned = tier_of_line(ground, "state_responsibility")
    assert [text["code"] for text in reasoned["missing"]] == ["miss.article_reasoned"]  # T3 asks for high confidence


def tier_of_line(ground: Ground, code: str) -> dict[str, Any]:
    """One line of the stored explanation."""
    return next(row for row in ground.finding().explanation["requirements"] if row["code"] == code)
