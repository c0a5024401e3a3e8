"""Measures on a case: what the guardrails refuse is kept, what helps waits for nobody, and nobody agrees with themselves."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, transaction

from attribution.models import Finding
from attribution.services import rate_evidence
from core.clock import now, today
from core.errors import Invalid, NotAllowed, NotFound
from core.tenancy import acting_as
from escalation import errors, services
from escalation.models import Measure
from escalation.selectors import measure_as_json, situation
from escalation.states import TRANSITIONS, Status
from evidence.models import EvidenceItem
from evidence.services import change_mark
from incidents.access import case_for
from incidents.errors import AlreadyClosed
from incidents.services import close_incident, edit_incident
from ledger.models import Entry
from organisations.actors import Actor
from organisations.roles import Grade
from tests.evidence.builders import given
from tests.people import People
from tests.tenancy.test_walls import filed

from .conftest import Case, sound

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ESC-1"), pytest.mark.duty("ESC-3")]


def refusals(measure: Measure) -> set[tuple[str, str]]:
    """What was refused, and by which article or rule."""
    return {(line["code"], line["article"]) for line in measure.report["checks"] if not line["passed"]}


# --- protection does not wait for blame -------------------------------------------------------------------------------


@pytest.mark.duty("ATT-10")
@pytest.mark.parametrize("code", ["R01", "R02", "R03", "R04", "R05", "R06", "R07", "R10"])
def test_at_t0_protection_help_and_cooperation_are_possible(case: Case, code: str) -> None:
    """AT-01."""
    measure = case.propose(code)
    assert measure.status in (Status.APPROVED, Status.PROPOSED)
    assert measure.tier == "T0"
    assert measure.finding == ""


def test_where_the_ladder_asks_for_one_person_nobody_waits_for_another(case: Case) -> None:
    measure = case.propose("R02")
    assert measure.status == Status.APPROVED
    started = case.act(services.start_measure, measure, case.coordinator)
    assert started.status == Status.IN_FORCE
    assert case.verbs() == ["measure.proposed", "measure.started"]


# --- what the tier, the articles and the prohibitions refuse ----------------------------------------------------------


@pytest.mark.parametrize("code", ["R16", "R17", "R18", "R21"])
def test_without_a_state_found_responsible_pressure_on_a_state_is_refused(case: Case, code: str) -> None:
    """CASE-07: a criminal group is found at T1; due diligence is offered instead."""
    case.found("T1", country="", leg="operator", article=None)
    measure = case.propose(code, **sound(target_state="RU"))
    assert measure.status == Status.REFUSED
    assert {("tier", "R2.13"), ("X09", "ARSIWA art 49(1)")} <= refusals(measure)
    assert measure.report["alternatives"][0] == "R09"


def test_due_diligence_may_be_asked_of_a_state_nobody_accuses(case: Case) -> None:
    """CASE-07."""
    case.found("T1", country="", leg="operator", article=None)
    assert case.propose("R09", target_state="RU").status == Status.PROPOSED


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"notified_on": None}, ("notice", "52(1)(b)")),
        ({"negotiation_offered_on": None}, ("negotiation_offer", "52(1)(b)")),
        ({"reversal_plan": ""}, ("reversal_plan", "49(3)")),
        ({"called_on_state_on": None}, ("called_on_state", "52(1)(a)")),
        ({"clear_of": []}, ("prohibitions_answered", "50")),
    ],
)
def test_a_countermeasure_without_its_procedure_names_the_article(
    case: Case, changes: dict[str, Any], refused: tuple[str, str]
) -> None:
    """AT-05."""
    case.found("T3")
    assert refusals(case.propose("R21", **sound(**changes))) == {refused}


@pytest.mark.parametrize("code", ["R17", "R21"])
@pytest.mark.parametrize("aim", ["hospital", "health", "drinking-water", "power", "electricity-distribution"])
def test_pressure_on_hospital_water_or_power_stops_whatever_else_is_true(case: Case, code: str, aim: str) -> None:
    """AT-06."""
    case.found("T4")
    measure = case.propose(code, **sound(aimed_at=[aim]))
    assert measure.status == Status.REFUSED
    stops = [line for line in measure.report["checks"] if line["hard_stop"] and not line["passed"]]
    assert [line["code"] for line in stops] == ["X02"]


def test_a_countermeasure_that_answers_everything_waits_for_a_second_person(case: Case) -> None:
    finding = case.found("T3")
    measure = case.propose("R21", **sound())
    assert (measure.status, measure.finding, measure.tier) == (Status.PROPOSED, finding.label, "T3")
    assert refusals(measure) == set()


def test_a_strong_finding_against_a_group_lends_nothing_to_a_weak_one_against_a_state(case: Case) -> None:
    case.found("T3", country="", leg="operator", article=None)
    weak = case.found("T1", country="KP")
    measure = case.propose("R21", **sound())
    assert (measure.finding, measure.tier) == (weak.label, "T1")
    assert ("tier", "R2.13") in refusals(measure)


@pytest.mark.parametrize(
    ("finding", "refused"),
    [
        ({"leg": "technical", "article": None}, {("X09", "ARSIWA art 49(1)"), ("wrongful_act_attributed", "22")}),
        ({"leg": "sponsor"}, {("wrongful_act_attributed", "22")}),
    ],
)
def test_naming_an_actor_is_not_finding_a_state_responsible(
    case: Case, finding: dict[str, Any], refused: set[tuple[str, str]]
) -> None:
    """R2.5: no article, no responsible State; R3.1: a breach is found on the leg of State responsibility alone."""
    case.found("T3", **finding)
    assert refusals(case.propose("R21", **sound())) == refused


def test_a_withdrawn_finding_carries_nothing(case: Case) -> None:
    finding = case.found("T3")
    with acting_as(case.people.vela.analyst.principal):
        type(finding).objects.filter(pk=finding.pk).update(
            standing="withdrawn", standing_reason="The key item was forged."
        )
    assert case.propose("R21", **sound()).tier == "T0"


# --- refusals are kept ------------------------------------------------------------------------------------------------


def test_a_refusal_is_on_record_with_every_check_and_never_changes(case: Case) -> None:
    measure = case.propose("R21", **sound())
    assert case.verbs() == ["measure.refused"]
    with acting_as(case.coordinator.principal):
        entry = Entry.objects.get(verb="measure.refused")
        assert '"tier":"T0"' in entry.payload
        assert "measure-ladder" in entry.instruments
        assert "customs" not in entry.payload  # codes only: nothing anybody wrote
    with pytest.raises(errors.MeasureMoveRefused):
        case.act(services.approve_measure, measure, case.people.vela.another("coordinator"))
    with acting_as(case.coordinator.principal), pytest.raises(DatabaseError), transaction.atomic():
        Measure.objects.filter(pk=measure.pk).update(status="proposed", refused=False)


@pytest.mark.parametrize("change", [{"title": "Something else"}, {"answers": {}}, {"number": 9}, {"report": {}}])
def test_what_was_proposed_cannot_be_rewritten(case: Case, change: dict[str, Any]) -> None:
    measure = case.propose("R07")
    with acting_as(case.coordinator.principal), pytest.raises(DatabaseError), transaction.atomic():
        Measure.objects.filter(pk=measure.pk).update(**change)


def test_a_measure_is_never_dropped(case: Case, as_owner: Any) -> None:
    measure = case.propose("R07")
    with acting_as(case.coordinator.principal):
        assert Measure.objects.filter(pk=measure.pk)._raw_delete("default") == 0
        for statement in (
            "ALTER TABLE escalation_measure DISABLE ROW LEVEL SECURITY; DELETE FROM escalation_measure",
            "TRUNCATE escalation_measure",
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                as_owner().execute(statement)
        assert Measure.objects.filter(pk=measure.pk).exists()


# --- four eyes, and the tier at the moment of deciding ----------------------------------------------------------------


def test_nobody_approves_or_declines_what_they_proposed(case: Case) -> None:
    measure = case.propose("R07")
    for act, more in ((services.approve_measure, {}), (services.decline_measure, {"reason": "No."})):
        with pytest.raises(errors.FourEyesRequired):
            case.act(act, measure, case.coordinator, **more)


def test_the_database_refuses_approval_by_the_proposer_and_in_anothers_name(case: Case) -> None:
    measure, other = case.propose("R07"), case.people.vela.another("coordinator")
    facts = {"status": "approved", "approved_at": now(), "decided_tier": "T0", "decided_ladder": "2026.1"}
    for asked_by, named in ((case.coordinator, case.coordinator), (case.coordinator, other)):
        with acting_as(asked_by.principal), pytest.raises(DatabaseError), transaction.atomic():
            Measure.objects.filter(pk=measure.pk).update(approved_by=named.user, **facts)
    with acting_as(other.principal):
        assert Measure.objects.filter(pk=measure.pk).update(approved_by=other.user, **facts) == 1


def test_the_database_puts_nothing_in_force_that_two_people_did_not_agree_to(case: Case) -> None:
    measure = case.propose("R07")
    with acting_as(case.coordinator.principal), pytest.raises(DatabaseError), transaction.atomic():
        Measure.objects.filter(pk=measure.pk).update(
            status="in_force", started_by=case.coordinator.user, started_at=now()
        )


def test_the_way_of_a_measure_from_proposal_to_end(case: Case) -> None:
    other = case.people.vela.another("coordinator")
    case.found("T3")
    measure = case.propose("R21", **sound())
    measure = case.act(services.approve_measure, measure, other)
    assert (measure.status, measure.decided_tier, measure.decided_ladder) == (Status.APPROVED, "T3", "2026.1")
    measure = case.act(services.start_measure, measure, case.coordinator)
    assert measure.review_on == today() + timedelta(days=90)
    with acting_as(other.principal):
        assert situation(case_for(other, case.reference)).level == 5
    measure = case.act(services.end_measure, measure, case.coordinator, reason="The State complied.")
    assert measure.status == Status.ENDED
    with acting_as(other.principal):
        assert situation(case_for(other, case.reference)).level == 0
    assert case.verbs() == ["measure.proposed", "measure.approved", "measure.started", "measure.ended"]


@pytest.mark.parametrize("act", [services.approve_measure, services.start_measure])
def test_a_tier_that_has_fallen_stops_a_measure_on_its_way(case: Case, act: Any) -> None:
    other = case.people.vela.another("coordinator")
    finding = case.found("T3")
    measure = case.propose("R21", **sound())
    if act is services.start_measure:
        case.act(services.approve_measure, measure, other)
    case.falls(finding, "T1")
    with pytest.raises(errors.GuardrailsRefused) as refused:
        case.act(act, measure, other)
    failed = {line["code"] for line in refused.value.details["report"]["checks"] if not line["passed"]}
    assert failed == {"tier"}
    assert case.measures()[0].status != Status.IN_FORCE


def test_ending_is_possible_on_a_closed_case_and_stepping_up_is_not(case: Case) -> None:
    running, waiting = case.propose("R02"), case.propose("R07")
    case.act(services.start_measure, running, case.coordinator)
    analyst = case.people.vela.analyst
    with acting_as(analyst.principal):
        close_incident(actor=analyst, reference=case.reference)
    with pytest.raises(AlreadyClosed):
        case.propose("R01")
    with pytest.raises(AlreadyClosed):
        case.act(services.approve_measure, waiting, case.people.vela.another("coordinator"))
    assert case.act(services.end_measure, running, case.coordinator, reason="Over.").status == Status.ENDED


def test_a_measure_starts_on_its_day_and_not_after_its_end(case: Case) -> None:
    later = case.propose("R02", starts_on=today() + timedelta(days=3))
    with pytest.raises(errors.NotYet):
        case.act(services.start_measure, later, case.coordinator)
    over = case.propose("R02", expires_on=today())
    with pytest.raises(errors.Expired):
        case.act(services.start_measure, over, case.coordinator)
    assert over.expired


def test_a_measure_past_its_end_no_longer_counts(case: Case, time_machine: Any) -> None:
    measure = case.propose("R05", expires_on=today() + timedelta(days=10))
    case.act(services.start_measure, measure, case.coordinator)
    with acting_as(case.coordinator.principal):
        assert situation(case_for(case.coordinator, case.reference)).level == 2
        time_machine.move_to(now() + timedelta(days=11))
        assert situation(case_for(case.coordinator, case.reference)).level == 0
        assert Measure.objects.get(pk=measure.pk).expired


@pytest.mark.parametrize("act", [services.decline_measure, services.withdraw_measure])
def test_a_measure_is_turned_down_with_a_reason_or_not_at_all(case: Case, act: Any) -> None:
    other = case.people.vela.another("coordinator")
    measure = case.propose("R07")
    with pytest.raises(Invalid):
        case.act(act, measure, other, reason="  ")
    assert case.act(act, measure, other, reason="A call would do.").closing_reason == "A call would do."


def test_only_the_drawn_moves_are_possible(case: Case) -> None:
    """Every state against every act: the table in states.py and nothing else."""
    other = case.people.vela.another("coordinator")
    acts: dict[Status, tuple[Callable[..., Measure], dict[str, str]]] = {
        Status.APPROVED: (services.approve_measure, {}),
        Status.IN_FORCE: (services.start_measure, {}),
        Status.DECLINED: (services.decline_measure, {"reason": "No."}),
        Status.WITHDRAWN: (services.withdraw_measure, {"reason": "No."}),
        Status.ENDED: (services.end_measure, {"reason": "No."}),
    }
    ways: dict[Status, list[Status]] = {
        Status.PROPOSED: [], Status.APPROVED: [Status.APPROVED], Status.DECLINED: [Status.DECLINED],
        Status.WITHDRAWN: [Status.WITHDRAWN], Status.IN_FORCE: [Status.APPROVED, Status.IN_FORCE],
        Status.ENDED: [Status.APPROVED, Status.IN_FORCE, Status.ENDED],
    }  # fmt: skip
    for state, way in ways.items():
        for to, (act, more) in acts.items():
            measure = case.propose("R07")
            for step in way:
                case.act(acts[step][0], measure, other, **acts[step][1])
            if to in TRANSITIONS[state]:
                assert case.act(act, measure, other, **more).status == to
            else:
                with pytest.raises(errors.MeasureMoveRefused):
                    case.act(act, measure, other, **more)


def test_without_the_room_of_findings_measures_do_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing room is never read as "nobody was found responsible"."""
    config = apps.get_app_config("escalation")
    monkeypatch.setattr(apps, "is_installed", lambda name: name != "attribution")
    with pytest.raises(ImproperlyConfigured):
        config.ready()


# --- answers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"target_state": "XX"}, "target_state"),
        ({"aimed_at": ["somebody's hospital"]}, "aimed_at"),
        ({"interrupts": "health"}, "interrupts"),
        ({"touches": ["X77"]}, "touches"),
        ({"touches": ["X01"], "clear_of": ["X01"]}, "touches"),
        ({"notified_on": "2999-01-01"}, "notified_on"),
        ({"expires_on": "9999-01-01"}, "expires_on"),
        ({"starts_on": "1969-12-31"}, "starts_on"),
        ({"starts_on": "soon"}, "starts_on"),
        ({"necessity": "x" * 20_001}, "necessity"),
        ({"reversible": "maybe"}, "reversible"),
        ({"act_ceased": "yes"}, "act_ceased"),
    ],
)
def test_an_answer_that_cannot_be_names_its_field_and_keeps_nothing(
    case: Case, answers: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as wrong:
        case.propose("R21", **sound(**answers))
    assert set(wrong.value.fields) == {field}
    assert case.measures() == []


def test_a_measure_the_ladder_does_not_have_is_a_mistake(case: Case) -> None:
    with pytest.raises(Invalid) as wrong:
        case.propose("R99")
    assert set(wrong.value.fields) == {"code"}


# --- who may, and who may not even know -------------------------------------------------------------------------------


def test_another_tenants_case_has_no_measures(case: Case) -> None:
    measure = case.propose("R07")
    stranger = case.people.orrin.coordinator
    for act, more in (
        (services.approve_measure, {}), (services.start_measure, {}), (services.decline_measure, {"reason": "No."}),
        (services.withdraw_measure, {"reason": "No."}), (services.end_measure, {"reason": "No."}),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            case.act(act, measure, stranger, **more)
    with pytest.raises(NotFound):
        case.propose("R01", actor=stranger)
    with acting_as(stranger.principal):
        assert not Measure.objects.exists()


def test_a_measure_is_reached_through_its_own_case_only(case: Case, people: People) -> None:
    measure, other = case.propose("R07"), filed(people.vela.analyst)
    with acting_as(case.coordinator.principal), pytest.raises(NotFound):
        services.approve_measure(actor=case.coordinator, reference=other.reference, number=measure.label)


@pytest.mark.parametrize("role", ["analyst", "legal_assessor", "org_admin", "mediator"])
def test_only_coordinators_propose_and_decide(case: Case, role: str) -> None:
    with pytest.raises(NotAllowed):
        case.propose("R01", actor=case.people.vela.person(role))
    with pytest.raises(NotAllowed):
        case.act(services.approve_measure, case.propose("R07"), case.people.vela.person(role))


def test_a_summary_shows_no_measures_and_a_grant_to_coordinate_lets_others_decide(case: Case) -> None:
    measure, partner = case.propose("R07"), case.people.orrin
    case.share(partner.organisation, Grade.SUMMARY)
    with acting_as(partner.coordinator.principal):
        assert not Measure.objects.exists()
    case.share(partner.organisation, Grade.COORDINATE)
    assert case.act(services.approve_measure, measure, partner.coordinator).status == Status.APPROVED


def test_nobody_proposes_in_anothers_name(case: Case) -> None:
    measure = case.propose("R07")
    other = case.people.vela.another("coordinator")
    facts = {
        field.attname: getattr(measure, field.attname) for field in Measure._meta.concrete_fields if field.name != "id"
    }
    with acting_as(other.principal), pytest.raises(DatabaseError), transaction.atomic():
        Measure.objects.create(**{**facts, "number": 77})


# ── what may be shown to the other side (PAP) ────────────────────────────────────────────────────────────────────────


def rests_on(case: Case, finding: Finding, pap: str) -> EvidenceItem:
    """An item of the case, so marked, that speaks for the finding."""
    custodian, analyst = case.people.vela.person("custodian"), case.people.vela.analyst
    item = given(custodian, case.incident, pap=pap)
    with acting_as(analyst.principal):
        rate_evidence(actor=analyst, reference=case.reference, ratings={item.label: {finding.hypothesis.label: "CC"}})
    settled(case, finding)
    return item


def settled(case: Case, finding: Finding) -> None:
    """It stands as it did: what is asked here is the mark, not whether the evidence carries the tier."""
    analyst, assessor = case.people.vela.analyst, case.people.vela.person("legal_assessor")
    steps: list[tuple[Actor, dict[str, Any]]] = [
        (analyst, {"stale_since": None, "stale_because": [], "computed_tier": "T4"}),
        (assessor, {"tier": "T3", "approved_by": assessor.user, "approved_at": now()}),
    ]
    for who, facts in steps:
        with acting_as(who.principal):
            Finding.objects.filter(pk=finding.pk).update(**facts)


def marked(case: Case, finding: Finding, item: EvidenceItem, pap: str) -> None:
    """Marked otherwise by whose it is."""
    custodian = case.people.vela.person("custodian")
    with acting_as(custodian.principal):
        change_mark(
            actor=custodian,
            reference=case.reference,
            label=item.label,
            mark=item.mark,
            pap=pap,
            reason="It is known now.",
        )
    settled(case, finding)


@pytest.mark.duty("SHR-4")
@pytest.mark.parametrize("pap", ["PAP:AMBER", "PAP:RED"])
def test_acting_on_their_systems_may_not_rest_on_what_only_passive_use_is_allowed_of(case: Case, pap: str) -> None:
    finding = case.found("T3")
    rests_on(case, finding, "PAP:GREEN")
    item = rests_on(case, finding, pap)
    measure = case.propose("R21", **sound())
    assert refusals(measure) == {("pap", "PAP")}
    line = next(line for line in measure.report["checks"] if line["code"] == "pap")
    assert line["params"] == {"items": item.label}
    with acting_as(case.coordinator.principal):
        told = measure_as_json(measure)
        assert (told["pap"], told["forbidden_by"]) == (pap, [item.label])
        closed = {
            entry.code
            for entry in situation(case_for(case.coordinator, case.reference)).catalogue
            if not entry.possible
        }
        assert {"R11", "R21"} <= closed
        assert not {"R02", "R12", "R17"} & closed
    # Protection, and what tells without acting on systems, is not held up.
    assert case.propose("R02").status == Status.APPROVED
    marked(case, finding, item, "PAP:GREEN")
    assert refusals(case.propose("R21", **sound())) == set()


@pytest.mark.duty("SHR-4")
def test_a_mark_made_stricter_stops_a_measure_that_is_not_in_force_yet_and_shows_on_one_that_is(case: Case) -> None:
    finding = case.found("T3")
    item = rests_on(case, finding, "PAP:GREEN")
    other = case.people.vela.another("coordinator")
    begun = case.act(services.approve_measure, case.propose("R21", **sound()), other)
    begun = case.act(services.start_measure, begun, other)
    waiting = case.propose("R21", **sound())
    marked(case, finding, item, "PAP:RED")
    with pytest.raises(errors.GuardrailsRefused) as refused:
        case.act(services.approve_measure, waiting, other)
    failed = [line for line in refused.value.details["report"]["checks"] if not line["passed"]]
    assert [(line["code"], line["params"]["items"]) for line in failed] == [("pap", item.label)]
    with acting_as(case.coordinator.principal):
        told = measure_as_json(Measure.objects.select_related("incident", "organisation").get(pk=begun.pk))
    assert (told["pap"], told["forbidden_by"]) == ("PAP:RED", [item.label])


@pytest.mark.duty("SHR-4")
def test_a_measure_without_a_finding_carries_the_mark_of_its_case(case: Case) -> None:
    with acting_as(case.people.vela.analyst.principal):
        edit_incident(actor=case.people.vela.analyst, reference=case.reference, facts={"pap": "PAP:AMBER"}, version=1)
    measure = case.propose("R02")
    with acting_as(case.coordinator.principal):
        told = measure_as_json(Measure.objects.select_related("incident", "organisation").get(pk=measure.pk))
    assert (told["pap"], told["forbidden_by"]) == ("PAP:AMBER", [])
