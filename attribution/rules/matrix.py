"""Analysis of competing hypotheses: what an item says for each, and which it separates (ATT-5, ATT-8).

Scores are counts of contradiction by independent origin. They are never probabilities and never weighted by a grade.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from .standard import EvidenceStandard
from .views import EvidenceView, HypothesisView
from .weighing import Weighed

HypothesisStanding = Literal["rejected", "weakened", "open"]


@dataclass(frozen=True, slots=True)
class PooledRating:
    """A group's rating: the middle view, the more sceptical of two middles, and how far apart the members are."""

    value: int | None
    spread: int
    split: bool


def rating_value(item: EvidenceView, hypothesis_id: str, standard: EvidenceStandard) -> int | None:
    """How consistent an item is with a hypothesis; None when blank or not applicable."""
    code = item.ratings.get(hypothesis_id)
    return None if code is None else standard.ratings.get(code)


def diagnosticity(item: EvidenceView, hypotheses: Sequence[HypothesisView], standard: EvidenceStandard) -> int | None:
    """How much an item separates the hypotheses: 0 is useless (it fits all alike), None is too few ratings to say."""
    values = [rating_value(item, row.id, standard) for row in hypotheses]
    rated = [value for value in values if value is not None]
    return max(rated) - min(rated) if len(rated) > 1 else None


def pool_ratings(codes: Iterable[str | None], standard: EvidenceStandard) -> PooledRating:
    """One rating out of several assessors'; blanks are left out, not read as neutral."""
    values = sorted(value for code in codes if code is not None and (value := standard.ratings.get(code)) is not None)
    if not values:
        return PooledRating(None, 0, split=False)
    spread = values[-1] - values[0]
    return PooledRating(values[(len(values) - 1) // 2], spread, split=spread > 1)


class Pooling:
    """The group's rating out of how often each code was given: the middle view, the more sceptical of two.

    Counts come in the order of `codes`. Equal counts are pooled once, so that thirty assessors on a hundred thousand cells
    cost little more than three. "Not applicable" says nothing unless nobody said anything else; no count at all is a blank.
    """

    def __init__(self, standard: EvidenceStandard, codes: Sequence[str]) -> None:
        self._codes = tuple(codes)
        values = [(standard.ratings[code], place) for place, code in enumerate(codes) if code in standard.ratings]
        self._sceptical_first = [place for value, place in sorted((v, p) for v, p in values if v is not None)]
        self._silent = next((code for code in codes if standard.ratings.get(code, 0) is None), None)
        self._pooled: dict[tuple[int, ...], str | None] = {}

    def code(self, tally: tuple[int, ...]) -> str | None:
        """The code of the group; None for a blank."""
        try:
            return self._pooled[tally]
        except KeyError:
            found = self._pooled[tally] = self._middle(tally)
            return found

    def _middle(self, tally: tuple[int, ...]) -> str | None:
        left = sum(tally[place] for place in self._sceptical_first)
        if not left:
            return self._silent if any(tally) else None
        middle = (left - 1) // 2
        for place in self._sceptical_first:
            middle -= tally[place]
            if middle < 0:
                return self._codes[place]
        raise AssertionError("the middle lies within what was counted")


def supports(item: EvidenceView, lead: HypothesisView, standard: EvidenceStandard) -> bool:
    value = rating_value(item, lead.id, standard)
    return value is not None and value > 0


def separates(item: EvidenceView, lead: HypothesisView, other: HypothesisView, standard: EvidenceStandard) -> bool:
    """Whether an item favours the lead over another. A blank separates nothing, except from "an actor not known":
    that one is left over, not rated, and can only be rated as fitting just as well."""
    value = rating_value(item, lead.id, standard)
    against = rating_value(item, other.id, standard)
    if value is None or value <= 0:
        return False
    if against is None:
        return other.kind in standard.residual_kinds
    return against < value


class Contradictions:
    """How strongly origins contradict each hypothesis, with each origin or class left out in turn.

    Only items that count as an origin of their own contradict: what an intruder can plant for a hypothesis, it can plant
    against one. An origin contradicts once, by its strongest item.
    """

    def __init__(
        self, rows: Iterable[Weighed], hypotheses: Sequence[HypothesisView], standard: EvidenceStandard
    ) -> None:
        self._hypotheses = hypotheses
        self._residual = standard.residual_kinds
        self._by_roots: dict[frozenset[str], dict[str, list[int]]] = {}
        size = len(hypotheses)
        ids = [hypothesis.id for hypothesis in hypotheses]
        weight = {code: -value for code, value in standard.ratings.items() if value is not None and value < 0}
        for row in rows:
            if row.counts != "origin":
                continue
            ratings = row.item.ratings
            against = [weight.get(ratings.get(key, ""), 0) for key in ids]
            if any(against):
                by_class = self._by_roots.setdefault(row.roots, {})
                before = by_class.get(row.item.evidence_class)
                by_class[row.item.evidence_class] = against if before is None else _strongest((before, against), size)
        self._strongest = {roots: _strongest(by_class.values(), size) for roots, by_class in self._by_roots.items()}
        self._total = [sum(column) for column in zip(*self._strongest.values(), strict=True)] or [0] * size
        self._without_origin: dict[str, list[int]] = {}
        for roots, strongest in self._strongest.items():
            for origin in roots:
                left = self._without_origin.setdefault(origin, list(self._total))
                for place, value in enumerate(strongest):
                    left[place] -= value

    def scores(self) -> Mapping[str, int]:
        """Contradiction per hypothesis: lower fits better."""
        return {row.id: score for row, score in zip(self._hypotheses, self._total, strict=True)}

    def overtaking(self, lead: HypothesisView) -> tuple[HypothesisView, ...]:
        """The alternatives that are contradicted less than the lead."""
        return self._overtaking(lead, self._total)

    def overtaking_without_origin(self, lead: HypothesisView) -> dict[str, tuple[HypothesisView, ...]]:
        """For each origin whose loss lets an alternative overtake the lead: which alternatives."""
        found = {origin: self._overtaking(lead, totals) for origin, totals in self._without_origin.items()}
        return {origin: others for origin, others in found.items() if others}

    def overtaking_without_class(self, lead: HypothesisView) -> dict[str, tuple[HypothesisView, ...]]:
        """The same for each class of evidence."""
        size = len(self._hypotheses)
        totals: dict[str, list[int]] = {}
        for roots, by_class in self._by_roots.items():
            for code in by_class:
                left = totals.setdefault(code, list(self._total))
                rest = _strongest((row for other, row in by_class.items() if other != code), size)
                for place, value in enumerate(self._strongest[roots]):
                    left[place] -= value - rest[place]
        found = {code: self._overtaking(lead, row) for code, row in totals.items()}
        return {code: others for code, others in found.items() if others}

    def _overtaking(self, lead: HypothesisView, totals: Sequence[int]) -> tuple[HypothesisView, ...]:
        bar = totals[self._hypotheses.index(lead)]
        if bar == 0 or min(totals) >= bar:
            return ()
        return tuple(
            row
            for row, score in zip(self._hypotheses, totals, strict=True)
            if row.id != lead.id and row.kind not in self._residual and score < bar
        )


def contradicting(rows: Iterable[Weighed], hypothesis: HypothesisView, standard: EvidenceStandard) -> tuple[str, ...]:
    """The items that count and are rated inconsistent with a hypothesis."""
    return tuple(
        row.item.id
        for row in rows
        if row.counts == "origin" and (rating_value(row.item, hypothesis.id, standard) or 0) < 0
    )


def standing(
    rows: Sequence[Weighed],
    hypothesis: HypothesisView,
    hypotheses: Sequence[HypothesisView],
    standard: EvidenceStandard,
) -> HypothesisStanding:
    """Rejected: strongly contradicted, and nothing that could not be forged favours it over any other hypothesis.
    It stays in the list and on the page all the same."""
    against = [rating_value(row.item, hypothesis.id, standard) or 0 for row in rows if row.counts == "origin"]
    if not any(value < 0 for value in against):
        return "open"
    others = [other for other in hypotheses if other.id != hypothesis.id]
    favoured = any(
        row.anchors and any(separates(row.item, hypothesis, other, standard) for other in others) for row in rows
    )
    strongest = min((value for value in standard.ratings.values() if value is not None), default=0)
    return "rejected" if not favoured and strongest in against else "weakened"


def _strongest(rows: Iterable[Sequence[int]], size: int) -> list[int]:
    kept = list(rows)
    if len(kept) == 1:
        return list(kept[0])
    return [max(column) for column in zip(*kept, strict=True)] if kept else [0] * size
