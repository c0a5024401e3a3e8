"""Figures for the public that expose nobody: the disclosure control of a release (domain 5, R5.1-R5.8, PUB-2).

What is guaranteed, and tested by an attacker who tries:
- A figure is shown only if it rests on at least `threshold` incidents, on at least `threshold` known victims (or on none
  or on an unknown number), and on at least `min_contributing_tenants` organisations (R5.1).
- A sum of victims that one case dominates is hidden, in every table that holds it (p-percent rule).
- Whoever subtracts shown figures from each other, in all tables of the release at once and even if rounding is undone,
  cannot learn a hidden figure closer than a range of `threshold - 1` neighbouring values; for a sensitive figure that
  is larger, than a range as wide as 30 % of it, which may lie to one side (R5.3; see `publication.suppression`).
- Every shown figure is rounded under the cell-key table; each carries the range of true values it can stand for.
- Subtracting two releases never shows that between 1 and `threshold - 1` incidents or victims came or went in a figure
  (R5.8): a figure keeps its last published value until it has moved by more than one step, and `difference_attack`
  is a gate that refuses the release where that is not enough.
- Exercises never count; open cases count only after the embargo (R5.4).

What is not: that a hidden figure is at least 1 (a true zero is shown as 0 by R5.6); facts that zeros give away about a
whole group; a contributing organisation that subtracts its own cases from a figure; knowledge from elsewhere about the
cases behind a number; conclusions from knowing the order in which this program chooses what to hide.
Where a dimension stands in several rings of tables, `difference_attack` judges each ring with the ranges of the others,
which is less than the sharpest reader could do. There is no differential privacy here.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .attack import Isolated, difference_attack
from .perturbation import Perturbation, ThresholdAndBase, cell_key, record_key
from .release import INCIDENTS, MEASURES, SUPPRESSED, UNKNOWN, VICTIMS, Cell, Release, Table, places
from .shape import GATHERS, TOTAL, Key, Shape, gathered, key, shape_of
from .suppression import Suppression

__all__ = [
    "Cell",
    "DisclosureRefused",
    "Isolated",
    "Record",
    "Release",
    "Table",
    "build_release",
    "difference_attack",
    "is_dominated",
    "is_sensitive",
    "may_be_counted",
]

UNKNOWN_CATEGORY = "unknown"
# p-percent rule: nobody may estimate a hidden amount within this share of it.
PROTECTION_PERCENT = 15
# A hidden figure is known to hold at least one incident; its victims may be known to nobody.
LEAST_HIDDEN = {INCIDENTS: 1, VICTIMS: 0}


class DisclosureRefused(Exception):
    """The release would say more than the rules allow; `findings` says where."""

    def __init__(self, findings: Sequence[object]) -> None:
        super().__init__(f"{len(findings)} figures would be exposed: {findings[:3]}")
        self.findings = tuple(findings)


@dataclass(frozen=True)
class Record:
    """One incident as it may be counted: in one category of each dimension ("several" is a category, too).

    `key` is the incident's stable identifier; it is hashed under the secret and never published.
    """

    key: str
    tenants: frozenset[str]
    opened_on: date
    year: int | None = None
    sector: str = ""
    tier: str = ""
    region: str = ""
    victims: int | None = None
    closed: bool = False
    exercise: bool = False

    def category(self, dimension: str) -> str:
        """The record's category; what is not known is the category "unknown", never a guess."""
        if dimension in GATHERS:
            return gathered(dimension, self.category(GATHERS[dimension]))
        value = {"year": self.year, "sector": self.sector, "tier": self.tier, "region": self.region}[dimension]
        return str(value) if value not in (None, "") else UNKNOWN_CATEGORY


@dataclass
class Count:
    """What lies behind one figure."""

    incidents: int = 0
    victims: int = 0
    unknown_victims: int = 0
    largest: tuple[int, int] = (0, 0)
    tenants: set[str] = field(default_factory=set)
    keys: int = 0

    def add(self, record: Record, own_key: int) -> None:
        self.incidents += 1
        self.victims += record.victims or 0
        self.unknown_victims += record.victims is None
        first, second, _ = sorted((*self.largest, record.victims or 0), reverse=True)
        self.largest = (first, second)
        self.tenants |= record.tenants
        self.keys = cell_key((self.keys, own_key))


def may_be_counted(record: Record, rules: Mapping[str, Any], on: date) -> bool:
    """R5.4: closed, or older than the embargo; R3.9: an exercise never."""
    return not record.exercise and (record.closed or (on - record.opened_on).days > rules["embargo_days"])


def is_sensitive(count: Count, rules: Mapping[str, Any]) -> bool:
    """R5.1: too few incidents, too few victims (none at all exposes nobody), or too few organisations behind them."""
    threshold = rules["threshold"]
    return count.incidents > 0 and (
        count.incidents < threshold
        or 0 < count.victims < threshold
        or len(count.tenants) < rules["min_contributing_tenants"]
    )


def is_dominated(count: Count) -> bool:
    """p-percent rule for sums: what all but the two largest cases add could not hide the largest (domain 5).

    Otherwise the one large case, hidden in its own cell, would be read off the total.
    """
    first, second = count.largest
    return 100 * (count.victims - first - second) < PROTECTION_PERCENT * first


def build_release(
    records: Iterable[Record],
    rules: Mapping[str, Any],
    *,
    on: date,
    secret: bytes,
    earlier: Sequence[Release] = (),
    categories: Mapping[str, Sequence[str]] | None = None,
    perturbation: Perturbation | None = None,
) -> Release:
    """The release of this day, or `DisclosureRefused`.

    `earlier` are all releases published so far, oldest first; `categories` names those to show even at zero, in order.
    """
    shape = shape_of(rules)
    counted = [record for record in records if may_be_counted(record, rules, on)]
    listed = _categories(shape, counted, categories or {})
    counts = _count(shape, counted, secret)
    hidden = {measure: _protect(measure, shape, listed, counts, rules, earlier) for measure in MEASURES}
    table = perturbation or ThresholdAndBase(rules["threshold"], rules["rounding_base"])
    release = Release(
        on=on,
        tables=tuple(
            Table(
                code=code,
                measure=measure,
                dimensions=dimensions,
                rows=tuple(listed[dimensions[0]]),
                columns=tuple(listed[dimensions[1]]) if len(dimensions) == 2 else (),
                cells={
                    place: _cell(
                        measure,
                        figure,
                        counts.get(figure, Count()),
                        table,
                        earlier,
                        is_hidden=figure in hidden[measure],
                    )
                    for place, figure in places(dimensions, listed)
                },
            )
            for code, dimensions in shape.tables
            for measure in MEASURES
        ),
    )
    isolated = [found for before in earlier for found in difference_attack(before, release, rules)]
    if isolated:
        raise DisclosureRefused(isolated)
    return release


def _categories(
    shape: Shape, records: Sequence[Record], fixed: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """Of each dimension the categories that are always listed, in their order, then those that occur besides."""
    listed: dict[str, tuple[str, ...]] = {}
    for dimension in shape.dimensions:
        first = list(fixed.get(dimension, ()))
        if dimension in GATHERS:
            first += [gathered(dimension, each) for each in fixed.get(GATHERS[dimension], ())]
        occurring = sorted({record.category(dimension) for record in records})
        listed[dimension] = tuple(dict.fromkeys([*first, *occurring]))
    return listed


def _count(shape: Shape, records: Iterable[Record], secret: bytes) -> dict[Key, Count]:
    counts: dict[Key, Count] = {}
    pairs = [(link.first, link.second) for link in shape.links.values() if link.is_table]
    for record in records:
        own_key = record_key(secret, record.key)
        has = {dimension: record.category(dimension) for dimension in shape.dimensions}
        figures = [TOTAL, *(key(each) for each in has.items())]
        figures += [key((first, has[first]), (second, has[second])) for first, second in pairs]
        for figure in figures:
            counts.setdefault(figure, Count()).add(record, own_key)
    return counts


def _protect(
    measure: str,
    shape: Shape,
    listed: Mapping[str, Sequence[str]],
    counts: Mapping[Key, Count],
    rules: Mapping[str, Any],
    earlier: Sequence[Release],
) -> set[Key]:
    sensitive = {
        figure
        for figure, count in counts.items()
        if is_sensitive(count, rules) or (measure == VICTIMS and is_dominated(count))
    }
    values = {figure: count.incidents if measure == INCIDENTS else count.victims for figure, count in counts.items()}

    def width(figure: Key) -> int:
        """The range a hidden figure must keep: that of any number below the threshold, or twice p percent of it."""
        narrow: int = rules["threshold"] - 2
        if figure not in sensitive:
            return narrow
        return max(narrow, math.ceil(2 * PROTECTION_PERCENT * values[figure] / 100))

    suppression = Suppression(
        shape,
        listed,
        values,
        counts={figure: count.incidents for figure, count in counts.items()},
        least=LEAST_HIDDEN[measure],
        width=width,
        hidden_before=frozenset(
            figure
            for release in earlier
            for figure, cell in release.figures(measure).items()
            if cell.mark == SUPPRESSED
        ),
    )
    hidden = suppression.protect(sensitive)
    if unprotected := suppression.unprotected():
        raise DisclosureRefused(unprotected)
    return hidden


def _cell(
    measure: str, figure: Key, count: Count, table: Perturbation, earlier: Sequence[Release], *, is_hidden: bool
) -> Cell:
    if not count.incidents:
        return Cell(value=0, low=0, high=0)
    if is_hidden:
        return Cell(value=None, mark=SUPPRESSED, low=LEAST_HIDDEN[measure])
    true_value = count.incidents if measure == INCIDENTS else count.victims
    at_least = measure == VICTIMS and count.unknown_victims > 0
    if true_value == 0:
        return Cell(value=None, mark=UNKNOWN) if at_least else Cell(value=0, low=0, high=0)
    shown = table.published(true_value, count.keys)
    if shown <= 0:
        return Cell(value=None, mark=SUPPRESSED, low=LEAST_HIDDEN[measure])
    before = [release.figures(measure).get(figure) for release in earlier]
    return _settled(shown, table, before, at_least=at_least)


def _settled(shown: int, table: Perturbation, before: Sequence[Cell | None], *, at_least: bool) -> Cell:
    """A number one step away from one that was published before is not news: it would show that a few were added.

    Once there has been a release, a reader cannot tell a number kept from a number counted, so its range is that of
    the step below, its own and the step above.
    """
    published = [cell.value for cell in before if cell is not None and cell.value]
    kept = next((value for value in reversed(published) if abs(value - shown) <= table.base), shown)
    low, high = table.bounds(kept)
    if kept in published:
        low, high = min(low, table.bounds(kept - table.base)[0]), table.bounds(kept + table.base)[1]
    return Cell(value=kept, low=low, high=high, at_least=at_least)
