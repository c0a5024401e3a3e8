"""Every line of every tier: met, taken away, missing with its reason (ATT-6, domain 2.11)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from attribution.rules import (
    CHECKS,
    MESSAGES,
    ContestView,
    EvidenceStandard,
    Likelihood,
    StandardMismatch,
    Text,
    known_by,
    raising_classes,
    single_items,
    tier_report,
)
from tests.attribution.builders import (
    DOCUMENT,
    FINDING,
    FITS,
    FLAG,
    FORENSIC,
    FORGEABLE,
    GROUP,
    HYPOTHESES,
    ITEMS,
    LEAD,
    LEGAL,
    OPENED,
    OTHER,
    PANEL,
    RIGHTS,
    STANDARD,
    UNKNOWN,
    item,
    line,
    opinion,
    panel,
    report,
    unmet,
)


def test_full_case_is_substantiated_and_stands_without_any_one_source() -> None:
    found = report()
    assert found.tier == "T3"
    assert unmet(found) == {"T4:decision_reference"}
    assert found.robust
    assert found.sentence == Text("robust.stands")
    assert not found.contested
    assert found.next_tier == "T4"
    assert [row.code for row in found.missing_for_next] == ["decision_reference"]


def test_decision_of_a_court_makes_it_adjudicated_and_nothing_less_than_t3_below_it() -> None:
    assert report(decision_reference="ICJ 2030/1").tier == "T4"
    assert report(decision_reference="   ").tier == "T3"
    assert report(decision_reference="ICJ 2030/1", sitting=None).tier == "T1"


def test_nothing_is_under_investigation() -> None:
    found = report(items=(), sitting=None)
    assert found.tier == "T0"
    assert found.sentence.code == "robust.nothing"
    assert line(found, "graded_item").missing == (Text("miss.graded_item"),)


@pytest.mark.parametrize(
    ("changes", "tier", "code", "left"),
    [
        ({"standing": "withdrawn"}, "T1", "finding_current", "T0"),
        ({"standing": "superseded"}, "T1", "finding_current", "T0"),
        ({"likelihood": None}, "T1", "likelihood_floor", "T0"),
        ({"likelihood": Likelihood("phia", "unlikely")}, "T1", "likelihood_floor", "T0"),
        ({"likelihood": Likelihood("stix", "likely")}, "T1", "likelihood_floor", "T0"),
        ({"likelihood": Likelihood("icd203", "likely")}, "T2", "one_scale", "T1"),
        ({"review_on": None}, "T1", "review_date", "T0"),
        ({"review_on": OPENED + timedelta(days=31)}, "T1", "review_date", "T0"),
        ({"extended": True}, "T1", "review_date", "T0"),
        ({"false_flag_check": False}, "T2", "false_flag_check", "T1"),
        ({"confidence": "low"}, "T2", "finding_confidence", "T1"),
        ({"confidence": None}, "T2", "finding_confidence", "T1"),
        ({"confidence": "moderate"}, "T3", "finding_confidence", "T2"),
        ({"analysis_done": frozenset({"outside-expertise-review"})}, "T3", "alternative_analysis", "T2"),
        ({"analysis_done": frozenset({"competitive-analysis"})}, "T3", "alternative_analysis", "T2"),
        ({"article": None}, "T3", "state_responsibility", "T2"),
        ({"article": 99}, "T3", "state_responsibility", "T2"),
        ({"article_reasoned_by": "F"}, "T3", "state_responsibility", "T2"),
        ({"article": 8}, "T3", "specific_control", "T2"),
        ({"norm_13b": frozenset(STANDARD.norm_13b_factors[:3])}, "T3", "norm_13b_factors", "T2"),
        ({"contests": (ContestView("denial"),)}, "T3", "no_open_contest", "T2"),
        ({"contests": (ContestView("something new"),)}, "T3", "no_open_contest", "T2"),
        ({"contests": (ContestView("overtaken"),)}, "T2", "least_inconsistent", "T1"),
        ({"contests": (ContestView("rejected"),)}, "T1", "not_rejected", "T0"),
    ],
)
def test_what_the_record_lacks(changes: dict[str, Any], tier: str, code: str, left: str) -> None:
    found = report(**changes)
    assert found.tier == left
    assert not line(found, code, tier).met
    assert line(found, code, tier).missing


def test_what_the_record_may_have_instead() -> None:
    assert report(standing="revised").tier == "T3"
    assert report(extended=True, extension_reasoned=True).tier == "T3"
    assert report(review_on=OPENED + timedelta(days=30)).tier == "T3"
    assert report(article=8, specific_control_shown=True).tier == "T3"
    assert report(contests=(ContestView("denial", resolved=True),)).tier == "T3"


def test_non_state_needs_no_article() -> None:
    """R2.5 asks for an article when a State is named; naming a group never implies one."""
    group = (replace(GROUP, lead=True), OTHER, LEAD_AS_ALTERNATIVE, FLAG, UNKNOWN)
    items = tuple(replace(row, ratings={"H3": "CC", "H1": "I", "H2": "I", "H4": "I"}) for row in ITEMS)
    hypotheses = (*group, replace(GROUP, id="H6"))
    items = tuple(replace(row, ratings={**row.ratings, "H6": "I"}) for row in items)
    assert report(items=items, hypotheses=hypotheses, article=None).tier == "T3"


LEAD_AS_ALTERNATIVE = replace(LEAD, lead=False)


@pytest.mark.parametrize("left_out", [OTHER, GROUP, FLAG, UNKNOWN])
def test_every_kind_of_alternative_is_needed(left_out: Any) -> None:
    """ATT-5: another State, a non-State group, a false flag, an actor not known."""
    found = report(hypotheses=tuple(row for row in HYPOTHESES if row is not left_out))
    assert found.tier == "T1"
    assert line(found, "alternatives_recorded").missing == (Text("miss.alternative", {"kind": left_out.kind}),)


@pytest.mark.parametrize("leads", [0, 2])
def test_exactly_one_hypothesis_is_the_proposition(leads: int) -> None:
    hypotheses = tuple(replace(row, lead=place < leads) for place, row in enumerate(HYPOTHESES))
    found = report(hypotheses=hypotheses)
    assert found.tier == "T0"
    assert line(found, "finding_current").missing == (Text("miss.lead"),)


def test_one_source_is_provisional_and_says_on_what_it_rests() -> None:
    found = report(items=ITEMS[:1])
    assert found.tier == "T1"
    assert found.sentence == Text("robust.alone", {"items": ("E-1",)})
    assert found.sentence.english == "Rests on E-1 alone."
    assert line(found, "independent_origins").missing == (Text("miss.origins", {"found": 1, "min": 2}),)
    assert not line(found, "robust_origins").met


def test_two_origins_in_two_classes_are_corroborated() -> None:
    assert report(items=ITEMS[:2]).tier == "T3"
    one_class = (ITEMS[0], item("E-9", "host_forensics", "bank"))
    found = report(items=one_class)
    assert found.tier == "T1"
    assert not line(found, "evidence_classes").met
    assert not line(found, "robust_classes").met
    assert line(found, "robust_origins").met
    assert found.sentence == Text("robust.class", {"key": "host_forensics"})


def test_forgeable_items_alone_stay_provisional_and_the_check_says_why() -> None:
    """AT-02."""
    found = report(items=tuple(item(code, code) for code in FORGEABLE))
    assert found.tier == "T1"
    assert found.support.origins.total == 1
    assert found.support.classes == ("intruder_controlled",)
    assert line(found, "beyond_forgery").rule == "AT-02"
    assert "intruder" in line(found, "beyond_forgery").missing[0].english
    assert not found.robust


def test_one_real_source_and_any_number_of_forgeable_ones_rest_on_the_real_one() -> None:
    """ATT-8: if that one source were false, only what could be forged would be left."""
    found = report(items=(ITEMS[0], *(item(code, code) for code in FORGEABLE)))
    assert found.tier == "T1"
    assert found.sentence == Text("robust.alone", {"items": ("E-1",)})


def test_location_of_infrastructure_alone_stays_provisional() -> None:
    """R2.3, A/76/135 para 71(g)."""
    found = report(items=tuple(item(f"E-{n}", "infrastructure_location") for n in range(4)))
    assert found.tier == "T1"
    assert line(found, "beyond_location").rule == "R2.3"
    assert not line(found, "beyond_location").met
    forged = report(items=(item("E-1", "infrastructure_location"), item("E-2", "artefact_language")))
    assert forged.tier == "T1"


def test_perpetrator_claim_alone_is_provisional() -> None:
    claim = item("E-1", "perpetrator_claim", statement_type="perpetrator_claim")
    assert report(items=(claim,)).tier == "T1"
    assert report(items=tuple(replace(claim, id=f"E-{n}") for n in range(5))).tier == "T1"


def test_techniques_open_nothing() -> None:
    """Technique overlap never raises a tier: not even to provisional."""
    assert report(items=tuple(item(f"E-{n}", "behavioural_ttp") for n in range(5))).tier == "T0"
    assert report(items=(*ITEMS[:1], item("E-9", "behavioural_ttp"))).tier == "T1"


@pytest.mark.parametrize(("reliability", "credibility"), [("F", "2"), ("B", "6"), (None, "2"), ("B", None), ("E", "2")])
def test_ungraded_item_opens_nothing(reliability: str | None, credibility: str | None) -> None:
    found = report(items=(item("E-1", reliability=reliability, credibility=credibility),))
    assert found.tier == "T0"


def test_weakly_graded_item_opens_a_provisional_finding_and_corroborates_nothing() -> None:
    weak = tuple(replace(row, reliability="D", credibility="4") for row in ITEMS)
    found = report(items=weak)
    assert found.tier == "T1"
    assert {row.item_id: row.reasons for row in found.exclusions}["E-1"] == (Text("out.weak_grade", {"grade": "D4"}),)


def test_interested_parties_need_another_origin() -> None:
    victims = tuple(replace(row, statement_type="victim_claim") for row in ITEMS[:2])
    found = report(items=victims)
    assert found.tier == "T1"
    assert unmet(found) >= {"T2:disinterested_origin"}
    assert report(items=(victims[0], ITEMS[1])).tier == "T3"


def test_evidence_that_fits_an_alternative_as_well_does_not_corroborate() -> None:
    """ATT-8: equally consistent with an alternative cannot be corroborated."""
    alike = tuple(replace(row, ratings={"H1": "C", "H2": "C", "H3": "C", "H4": "C"}) for row in ITEMS)
    found = report(items=alike)
    assert found.tier == "T1"
    assert found.support.items == ()
    assert [row.reasons for row in found.exclusions] == [(Text("out.separates_nothing"),)] * len(alike)
    flag = tuple(replace(row, ratings={**FITS, "H4": "CC"}) for row in ITEMS)
    found = report(items=flag)
    assert found.tier == "T1"
    assert line(found, "separates_alternatives").missing == (Text("miss.separation", {"hypothesis": "A false flag"}),)


def test_blank_rating_separates_nothing_except_from_an_actor_not_known() -> None:
    blank = tuple(replace(row, ratings={"H1": "CC", "H2": "I", "H3": "I"}) for row in ITEMS)
    assert not line(report(items=blank), "separates_alternatives").met
    unknown = tuple(replace(row, ratings={**FITS, "H5": "CC"}) for row in ITEMS)
    assert not line(report(items=unknown), "separates_alternatives").met


def test_alternative_excluded_by_one_source_only_is_fragile() -> None:
    weak = replace(ITEMS[1], ratings={**FITS, "H2": "CC"})
    found = report(items=(ITEMS[0], weak))
    assert found.tier == "T1"
    loss = found.support.lost_with("origin")[0]
    assert (loss.key, loss.unseparated) == ("responder", ("H2",))
    assert line(found, "robust_origins").missing[0].english == "Without the origin responder it does not stand."


def test_report_that_mixes_two_origins_falls_with_either() -> None:
    mixed = item("E-1", origin=None, origin_ids=frozenset({"bank", "responder"}))
    found = report(items=(mixed, ITEMS[1]))
    assert found.tier == "T1"
    assert [loss.key for loss in found.support.lost_with("origin")] == ["bank"]


def test_alternative_that_fits_better_overtakes() -> None:
    against = tuple(item(f"E-9{n}", ratings={"H1": "II", "H2": "C", "H3": "N", "H4": "N"}) for n in range(3))
    items = (*(replace(row, ratings={**FITS, "H3": "C"}) for row in ITEMS), *against)
    found = report(items=items)
    assert found.tier == "T1"
    assert not line(found, "least_inconsistent").met
    assert found.contested
    assert found.sentence.code == "robust.overtaken"


def test_mild_contradiction_weakens_and_only_a_strong_one_rejects() -> None:
    """Rejected means: strongly contradicted, and nothing that could not be forged favours it."""
    forged = item("E-1", "artefact_header")
    for rating, standing, tier in (("I", "weakened", "T1"), ("II", "rejected", "T0")):
        found = report(items=(forged, item("E-2", "malware_code", ratings={"H1": rating, "H2": "N"})))
        assert (found.standings["H1"], found.tier) == (standing, tier)
        assert found.contested
    kept = report(items=(*ITEMS, item("E-9", "malware_code", ratings={"H1": "II", "H2": "N"})))
    assert kept.standings["H1"] == "weakened"


def test_finding_that_leads_only_thanks_to_one_source_is_fragile() -> None:
    against = item("E-8", "malware_code", ratings={"H1": "I", "H2": "N", "H3": "N", "H4": "N"})
    only = item("E-9", "signals", "ear", ratings={"H1": "C", "H2": "I", "H3": "I", "H4": "I"})
    fits = tuple(replace(row, ratings={"H1": "C", "H2": "N", "H3": "N", "H4": "N"}) for row in ITEMS)
    found = report(items=(*fits, against, only))
    assert found.tier == "T1"
    loss = found.support.lost_with("origin")[0]
    assert (loss.key, loss.overtaken_by) == ("ear", ("H2", "H3", "H4"))
    assert [row.key for row in found.support.lost_with("class")] == ["signals"]


def test_planted_artefact_does_not_contradict() -> None:
    planted = tuple(item(f"E-9{n}", "artefact_header", ratings={"H1": "II", "H2": "CC"}) for n in range(5))
    found = report(items=(*ITEMS, *planted))
    assert found.tier == "T3"
    assert not found.contested


def test_one_origin_contradicts_once() -> None:
    """Ten items of one origin are one voice, for a hypothesis and against it."""
    chorus = tuple(
        item(f"E-9{n}", "malware_code", "chorus", ratings={"H1": "I", "H2": "N", "H3": "I", "H4": "I"})
        for n in range(10)
    )
    found = report(items=(*ITEMS, *chorus))
    assert found.tier == "T2"
    assert unmet(found) >= {"T3:no_open_contest"}


@pytest.mark.parametrize("kind", ["denial", "counter_claim"])
def test_denial_opens_a_contest_that_only_a_recorded_resolution_closes(kind: str) -> None:
    """AT-04: contested at T2, both stay visible, T3 refused until resolved; the denied finding is not lowered below."""
    denial = item("S-1", "open_statement", statement_type=kind, ratings={"H1": "II"})
    found = report(items=(*ITEMS, denial))
    assert (found.tier, found.contested) == ("T2", True)
    assert found.contests == (ContestView(kind, frozenset({"S-1"})),)
    on_record = (ContestView(kind, frozenset({"S-1"})),)
    gone = report(items=(*ITEMS, replace(denial, status="withdrawn")), contests=on_record)
    assert (gone.tier, gone.contested) == ("T2", True)
    closed = report(items=(*ITEMS, denial), contests=(replace(on_record[0], resolved=True),))
    assert (closed.tier, closed.contested) == ("T3", False)
    second = replace(denial, id="S-2")
    assert report(items=(*ITEMS, denial, second), contests=(replace(on_record[0], resolved=True),)).tier == "T2"


def test_custody_must_be_complete_on_items_that_suffice_alone() -> None:
    loose = tuple(replace(row, custody_complete=False) for row in ITEMS)
    assert report(items=loose).tier == "T2"
    assert report(items=(loose[0], *ITEMS[1:])).tier == "T3"
    assert report(items=(*loose[:2], ITEMS[2])).tier == "T2"


def test_closed_evidence_supports_and_one_open_item_must_say_the_same() -> None:
    """AT-08, R2.12."""
    closed = tuple(replace(row, is_open=False) for row in ITEMS)
    found = report(items=closed)
    assert found.tier == "T2"
    assert line(found, "open_item").missing == (Text("miss.open_item"),)
    assert report(items=(*closed[:2], ITEMS[2])).tier == "T3"


def test_frozen_item_takes_its_finding_down() -> None:
    """AT-13: an item whose file changed counts nowhere."""
    found = report(items=(ITEMS[0], replace(ITEMS[1], status="frozen")))
    assert found.tier == "T1"
    assert {row.item_id: row.reasons for row in found.exclusions}["E-2"] == (Text("out.frozen"),)


def test_standard_changed_in_mid_panel_is_refused() -> None:
    with pytest.raises(StandardMismatch):
        tier_report(FINDING, ITEMS, HYPOTHESES, PANEL, replace(STANDARD, version="2027.1"))


def test_numbers_come_from_the_standard() -> None:
    content = {**DOCUMENT["content"], "tiers": [dict(tier) for tier in DOCUMENT["content"]["tiers"]]}
    content["tiers"][2]["requires"] = [
        {**row, "params": {"min": 4}} if row["code"] == "independent_origins" else row
        for row in content["tiers"][2]["requires"]
    ]
    strict = EvidenceStandard.from_content(content, version=STANDARD.version)
    assert tier_report(FINDING, ITEMS, HYPOTHESES, PANEL, strict).tier == "T1"


def test_every_requirement_of_the_standard_is_known_and_has_its_words() -> None:
    asked = {row.code for tier in STANDARD.tiers for row in tier.requires}
    assert asked == set(CHECKS)
    assert {f"ask.{code}" for code in CHECKS} <= set(MESSAGES)


def test_every_sentence_can_be_said() -> None:
    """A placeholder without a value would fail on the page: say every line of a full and of an empty report."""
    for found in (report(), report(items=(), sitting=None), report(items=ITEMS[:1], sitting=panel())):
        said = found.as_dict()
        assert said["sentence"]["english"]
        for row in said["requirements"]:
            assert row["text"]["english"]
            assert "%(" not in row["text"]["english"]
            assert row["met"] is not bool(row["missing"])
    assert line(report(), "seat_signed.law", "T2").text.english == "Signed by the seat: law"


def test_which_single_item_would_raise_it() -> None:
    found = raising_classes(single_items(FINDING, ITEMS[:1], HYPOTHESES, PANEL, STANDARD), "T1")
    assert "financial_trail" in found
    assert "host_forensics" not in found
    assert not set(found) & {*FORGEABLE, "infrastructure_location", "behavioural_ttp", "perpetrator_claim"}


def test_as_of_shows_what_was_known_then() -> None:
    dated = tuple(replace(row, known_on=date(2026, 1, day)) for day, row in enumerate(ITEMS, start=1))
    assert [len(known_by(dated, date(2026, 1, day))) for day in (1, 2, 3)] == [1, 2, 3]
    assert known_by(ITEMS, date(2026, 1, 1)) == ()
    assert report(items=known_by(dated, date(2026, 1, 1))).tier == "T1"


def test_panel_is_named_where_it_is_missing() -> None:
    found = report(sitting=None)
    assert found.tier == "T1"
    assert line(found, "seat_signed.law", "T2").missing == (Text("miss.panel"),)


def test_seats_for_each_tier() -> None:
    """R2.1: forensics and law for T2; human rights and someone from outside for T3."""
    assert report(sitting=panel(FORENSIC, LEGAL)).tier == "T2"
    assert report(sitting=panel(FORENSIC, RIGHTS)).tier == "T1"
    assert report(sitting=panel(LEGAL, RIGHTS)).tier == "T1"
    inside = panel(replace(FORENSIC, outside_tenant=False), LEGAL, RIGHTS)
    assert unmet(report(sitting=inside)) >= {"T3:outside_member"}
    assert report(sitting=panel(FORENSIC, opinion("L", "statistics"), RIGHTS)).tier == "T1"
