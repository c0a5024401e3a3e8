"""NCISS against the published vectors, and the frozen priority that no attribution can move (AT-07)."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from incidents.severity import ACTOR, UnknownOption, score, weigh_values

pytestmark = [pytest.mark.duty("ATT-10")]

DOCUMENTS = sorted((Path(__file__).parents[2] / "instruments/data/severity-model").glob("[0-9]*.json"))
MODEL: dict[str, Any] = json.loads(DOCUMENTS[-1].read_text(encoding="utf-8"))["content"]
CATEGORIES = list(MODEL["weights"])

# CISA NCISS vectors, in the order of the published table (domain 2.8).
VECTORS = {
    "ukraine-2015-like": ([100, 100, 90, 100, 100, 40, 100, 75], "86.0"),
    "viasat-like": ([100, 100, 80, 100, 100, 60, 75, 75], "84.9"),
    "icrc-like": ([70, 100, 40, 80, 70, 40, 30, 50], "57.4"),
    "olympic-like": ([60, 100, 60, 100, 60, 20, 30, 25], "52.5"),
    "defacement": ([20, 100, 30, 20, 0, 20, 40, 0], "22.6"),
}
ORDER = [
    "functional_impact",
    "observed_activity",
    "location_of_observed_activity",
    "actor_characterization",
    "information_impact",
    "recoverability",
    "cross_sector_dependency",
    "potential_impact",
]
UKRAINE_2015 = {
    "functional_impact": "Denial of Critical Services or Loss of Control",
    "observed_activity": "Effect",
    "location_of_observed_activity": "Level 6 - Critical Systems",
    "actor_characterization": "APT (Targeted)",
    "information_impact": "Destruction of Critical System",
    "recoverability": "Supplemented",
    "cross_sector_dependency": "Energy",
    "potential_impact": "High",
}


@pytest.mark.parametrize("name", VECTORS)
def test_published_vectors_are_met(name: str) -> None:
    values, expected = VECTORS[name]
    assert weigh_values(dict(zip(ORDER, values, strict=True)), MODEL) == Decimal(expected)


@pytest.mark.parametrize(("pick", "expected"), [(min, "0.0"), (max, "100.0")])
def test_the_scale_runs_from_nothing_to_everything(pick: Any, expected: str) -> None:
    values = {category: pick(MODEL["options"][category].values()) for category in CATEGORIES}
    assert weigh_values(values, MODEL) == Decimal(expected)


def test_naming_an_actor_changes_the_analytic_score_and_never_the_priority_of_care() -> None:
    """AT-07 on CASE-04: 79.5 with the actor Unknown, 86.0 with APT (Targeted)."""
    named = score(UKRAINE_2015, MODEL)
    unnamed = score({**UKRAINE_2015, ACTOR: "Unknown"}, MODEL)
    assert (unnamed.analytic, named.analytic) == (Decimal("79.5"), Decimal("86.0"))
    assert named.response_priority == unnamed.response_priority == Decimal("79.5")


@pytest.mark.parametrize("actor", list(MODEL["options"][ACTOR]))
def test_every_actor_leaves_the_priority_where_it_was(actor: str) -> None:
    assert score({**UKRAINE_2015, ACTOR: actor}, MODEL).response_priority == Decimal("79.5")


def test_care_does_not_wait_for_an_answer_about_the_actor() -> None:
    without_actor = {category: option for category, option in UKRAINE_2015.items() if category != ACTOR}
    result = score(without_actor, MODEL)
    assert result.analytic is None
    assert result.missing == (ACTOR,)
    assert result.response_priority == Decimal("79.5")


def test_a_missing_answer_gives_no_score_rather_than_a_middle_one() -> None:
    partial = {category: option for category, option in UKRAINE_2015.items() if category != "recoverability"}
    result = score(partial, MODEL)
    assert (result.analytic, result.response_priority) == (None, None)
    assert result.missing == ("recoverability",)


@pytest.mark.parametrize("wrong", [{"potential_impact": "Apocalyptic"}, {"weather": "Bad"}])
def test_an_option_the_model_does_not_have_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(UnknownOption):
        score({**UKRAINE_2015, **wrong}, MODEL)
