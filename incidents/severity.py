"""Severity of an incident on the CISA NCISS scale, scored twice so that blame never drives care (domain 2.8, AT-07).

Promise: `response_priority` is the same whoever is thought to be the author, because it is always computed with the
actor "Unknown"; only `analytic` moves with an attribution. The weights and options are the `severity-model` instrument.
The model weighs health at 30 of 100: it must not be used alone as a measure of civilian harm.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

ACTOR = "actor_characterization"
UNKNOWN_ACTOR = "Unknown"
ONE_DECIMAL = Decimal("0.1")


class UnknownOption(ValueError):
    """A category or an option that the severity model in force does not have."""


@dataclass(frozen=True)
class Severity:
    """Both scores, 0.0 to 100.0; None while an answer they need is missing (unknown is never the middle)."""

    analytic: Decimal | None
    response_priority: Decimal | None
    missing: tuple[str, ...]


def score(choices: Mapping[str, str], model: Mapping[str, Any]) -> Severity:
    """The two NCISS scores of the chosen options: one with the actor as judged, one frozen with the actor Unknown."""
    _require_known(choices, model)
    missing = tuple(category for category in model["weights"] if category not in choices)
    frozen = {**choices, ACTOR: UNKNOWN_ACTOR}
    return Severity(
        analytic=None if missing else _weigh(choices, model),
        response_priority=None if set(missing) - {ACTOR} else _weigh(frozen, model),
        missing=missing,
    )


def weigh_values(values: Mapping[str, int], model: Mapping[str, Any]) -> Decimal:
    """The weighted mean of raw option values, scaled so that all-minimum is 0.0 and all-maximum is 100.0."""
    weights: Mapping[str, int] = model["weights"]
    options: Mapping[str, Mapping[str, int]] = model["options"]
    lowest = sum(weight * min(options[category].values()) for category, weight in weights.items())
    highest = sum(weight * max(options[category].values()) for category, weight in weights.items())
    total = sum(weight * values[category] for category, weight in weights.items())
    scaled = Decimal(100 * (total - lowest)) / Decimal(highest - lowest)
    return min(max(scaled, Decimal(0)), Decimal(100)).quantize(ONE_DECIMAL, ROUND_HALF_UP)


def _weigh(choices: Mapping[str, str], model: Mapping[str, Any]) -> Decimal:
    return weigh_values(
        {category: model["options"][category][choices[category]] for category in model["weights"]}, model
    )


def _require_known(choices: Mapping[str, str], model: Mapping[str, Any]) -> None:
    for category, option in choices.items():
        if category not in model["options"] or option not in model["options"][category]:
            raise UnknownOption(f"{category}: {option}")
