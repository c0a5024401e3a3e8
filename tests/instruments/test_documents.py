"""The instruments shipped with the platform: each fits its schema, and the documents agree with each other."""

import copy
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "instruments" / "data"
REFERENCE = ROOT.parent / "shared" / "data" / "reference"

KINDS = {
    "evidence-standard",
    "measure-ladder",
    "service-taxonomy",
    "harm-taxonomy",
    "disclosure-rules",
    "severity-model",
    "sharing-marks",
    "review-template",
    "reply-rules",
    "accreditation-rules",
    "retention-rules",
}


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def documents() -> list[Path]:
    return sorted(path for path in DATA.glob("*/*.json") if path.name != "schema.json")


def content(kind: str) -> dict[str, Any]:
    versions = sorted(path for path in documents() if path.parent.name == kind)
    found: dict[str, Any] = read(versions[-1])["content"]
    return found


def codes(rows: list[dict[str, Any]]) -> list[str]:
    return [row["code"] for row in rows]


def test_every_kind_is_there() -> None:
    assert {path.parent.name for path in documents()} == KINDS


@pytest.mark.parametrize("path", documents(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_document_fits_its_schema_and_its_place(path: Path) -> None:
    schema = read(path.parent / "schema.json")
    jsonschema.Draft202012Validator.check_schema(schema)
    document = read(path)
    jsonschema.Draft202012Validator(schema).validate(document)
    assert document["kind"] == path.parent.name
    assert document["version"] == path.stem
    date.fromisoformat(document["effective_from"])


@pytest.mark.parametrize("path", documents(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_schema_refuses_a_missing_part_and_an_unknown_part(path: Path) -> None:
    validator = jsonschema.Draft202012Validator(read(path.parent / "schema.json"))
    document = read(path)
    for key in document["content"]:
        broken = copy.deepcopy(document)
        del broken["content"][key]
        assert not validator.is_valid(broken), key
    broken = copy.deepcopy(document)
    broken["content"]["not_in_the_schema"] = 1
    assert not validator.is_valid(broken)


@pytest.mark.parametrize("path", documents(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_codes_are_unique_in_each_list(path: Path) -> None:
    def lists(value: Any) -> Iterator[list[Any]]:
        if isinstance(value, dict):
            for inner in value.values():
                yield from lists(inner)
        elif isinstance(value, list):
            yield value
            for inner in value:
                yield from lists(inner)

    for rows in lists(read(path)["content"]):
        if rows and all(isinstance(row, dict) and "code" in row and "rule" not in row for row in rows):
            assert len(set(codes(rows))) == len(rows)


def test_forgeable_class_can_never_be_declared_an_independent_origin() -> None:
    """R2.16 is in the schema too: an adopted version cannot switch it off."""
    path = DATA / "evidence-standard"
    validator = jsonschema.Draft202012Validator(read(path / "schema.json"))
    document = read(sorted(path.glob("2*.json"))[-1])
    for row in document["content"]["evidence_classes"]:
        if row["intruder_controlled"]:
            row["counts"] = "origin"
            assert not validator.is_valid(document)
            row["counts"] = "group"
    assert validator.is_valid(document)


def test_evidence_standard_refers_only_to_what_it_defines() -> None:
    standard = content("evidence-standard")
    classes = set(codes(standard["evidence_classes"]))
    for kind in standard["item_kinds"]:
        assert set(kind["required"]) <= set(standard["fields"]), kind["code"]
        assert kind["default_class"] in classes
    disciplines = set(codes(standard["disciplines"]))
    assert all(set(seat["disciplines"]) <= disciplines for seat in standard["seats"])
    assert set(standard["signing_positions"]) < set(codes(standard["positions"]))
    for scale in standard["scales"].values():
        assert scale["provisional_floor"] in codes(scale["terms"])
        assert [term["min"] for term in scale["terms"]] == sorted(term["min"] for term in scale["terms"])
    assert [tier["code"] for tier in standard["tiers"]] == ["T0", "T1", "T2", "T3", "T4"]
    assert standard["review"]["default_days"] <= standard["review"]["max_days"]


def test_evidence_standard_says_what_the_domain_says() -> None:
    standard = content("evidence-standard")
    assert (standard["review"]["default_days"], standard["review"]["max_days"]) == (14, 30)
    unknown = {
        grade["code"]
        for part in ("reliability", "credibility")
        for grade in standard["admiralty"][part]
        if grade["unknown"]
    }
    assert unknown == {"F", "6"}
    for counted in standard["admiralty"]["counts_for"].values():
        assert "F" not in counted["reliability"]
        assert "6" not in counted["credibility"]
    counts = {row["code"]: row["counts"] for row in standard["statement_types"]}
    for never in (
        "endorsement",
        "relay",
        "solidarity_no_attribution",
        "anonymous_official",
        "perpetrator_claim",
        "sanctions_listing",
    ):
        assert counts[never] == "no"
    assert {row["code"] for row in standard["statement_types"] if row["opens_contest"]} == {"denial", "counter_claim"}
    forged = {row["code"] for row in standard["evidence_classes"] if row["intruder_controlled"]}
    assert {"perpetrator_claim", "behavioural_ttp", "artefact_header", "artefact_timezone", "reused_tool"} <= forged
    assert not forged & {"host_forensics", "financial_trail", "signals"}


def test_ladder_is_complete_and_protection_never_waits_for_a_tier() -> None:
    ladder = content("measure-ladder")
    measures = {row["code"]: row for row in ladder["response_catalogue"]["values"]}
    assert list(measures) == [f"R{n:02}" for n in (*range(1, 23), 90, 91)]
    assert codes(ladder["prohibited"]["values"]) == [f"X{n:02}" for n in range(1, 11)]
    for row in measures.values():
        if row["class"] in ladder["always_allowed_classes"]:
            assert row["min_tier"] == "T0", row["code"]
    assert measures["R21"]["reversible"] == "must"
    assert measures["R21"]["min_tier"] == "T3"
    assert measures["R22"]["consultation_only"]
    assert [row["art"] for row in ladder["arsiwa"]["countermeasures"]] == [22, 49, 50, 51, 52, 53, 54]


def test_services_belong_to_known_sectors_and_tiers() -> None:
    taxonomy = content("service-taxonomy")
    sectors = set(codes(taxonomy["sectors"]))
    tiers = {row["tier"] for row in taxonomy["restoration_tiers"]}
    for service in taxonomy["services"]:
        assert service["sector"] in sectors
        assert service["restoration_tier"] in tiers
        assert service["lifeline"] is None or service["lifeline"] in taxonomy["lifelines"]
        if service["restoration_tier"] == 0:
            assert service["essential_civilian"], "what keeps people alive is never a target (X02)"
    assert set(taxonomy["restored_states"]) < set(taxonomy["states"])


def test_severity_vectors_follow_from_weights_and_bounds() -> None:
    model = content("severity-model")
    low, high = model["min"], model["max"]
    weights = list(model["weights"].values())
    extremes = {
        "all minimum": [min(options.values()) for options in model["options"].values()],
        "all maximum": [max(options.values()) for options in model["options"].values()],
    }
    for vector in model["test_vectors"]:
        values = vector.get("v") or extremes[vector["name"]]
        total = sum(weight * value for weight, value in zip(weights, values, strict=True))
        assert round(max(0.0, min(100.0, 100 * (total - low) / (high - low))), 1) == vector["score"], vector["name"]
    frozen = model["response_priority"]
    assert frozen["frozen_option"] in model["options"][frozen["category"]]


def test_disclosure_numbers() -> None:
    rules = content("disclosure-rules")
    assert (rules["threshold"], rules["rounding_base"], rules["min_contributing_tenants"], rules["embargo_days"]) == (
        10,
        5,
        3,
        90,
    )
    assert rules["threshold"] % rules["rounding_base"] == 0
    assert len(set(rules["marks"].values())) == 3


def test_marks_are_ranked_from_strict_to_open() -> None:
    marks = content("sharing-marks")
    assert codes(marks["tlp"]) == ["TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", "TLP:CLEAR"]
    assert [row["rank"] for row in marks["tlp"]] == [5, 4, 3, 2, 1]
    assert marks["tlp_default"] in codes(marks["tlp"])
    assert set(marks["legacy"].values()) <= set(codes(marks["tlp"]))


def test_review_template_has_a_place_for_dissent_and_redactions() -> None:
    sections = codes(content("review-template")["sections"])
    assert sections[0] == "executive_summary"
    assert {"dissent", "redactions", "source_evaluation", "timeline"} <= set(sections)


def test_documents_agree_with_the_reference_data_beside_the_checkout() -> None:
    """The reference files win where they differ. Without them this still holds the numbers known by heart."""
    ladder = {row["code"]: row for row in content("measure-ladder")["response_catalogue"]["values"]}
    expected = {
        "R01": ("protective", "T0"),
        "R09": ("diplomatic", "T1"),
        "R13": ("diplomatic", "T3"),
        "R17": ("restrictive", "T3"),
    }
    if REFERENCE.is_dir():
        rows = read(REFERENCE / "escalation.json")["response_catalogue"]["values"]
        expected = {row["code"]: (row["class"], row["min_tier"][:2]) for row in rows}
        nciss = read(REFERENCE / "nciss_model.json")
        assert content("severity-model")["options"] == nciss["options"]
        assert content("severity-model")["weights"] == nciss["weights"]
        scales = read(REFERENCE / "grading_scales.json")
        for ours, theirs in (("phia", "phia_yardstick"), ("icd203", "icd203_likelihood")):
            mine = [
                (term["code"], term["min"], term["max"])
                for term in content("evidence-standard")["scales"][ours]["terms"]
            ]
            assert mine == [(term["code"], term["min"], term["max"]) for term in scales[theirs]["values"]]
        states = read(REFERENCE / "remediation.json")["restoration_tiers"]["states"]
        assert content("service-taxonomy")["states"] == states
    assert {code: (ladder[code]["class"], ladder[code]["min_tier"]) for code in expected} == expected
