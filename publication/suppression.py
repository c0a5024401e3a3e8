"""Complementary suppression: which figures must be hidden so that the hidden ones stay hidden (R5.3, AT-10).

Promise: against a reader who knows every figure that is shown exactly (before any rounding), knows how all tables add
up and which figures are true zeros, each hidden figure could still have any value in a range at least `width` wide.
For tables in one ring the range is exact. Where a dimension stands in several rings, a change counts only if it was
carried through in all of them at once, so the true range can only be wider.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from .rings import Bounds, Rings
from .shape import TOTAL, Key, Shape

Move = dict[Key, int]

# What hiding a figure costs the reader: rather a cell than a margin, rather a margin than the total, rather a small one.
CELL, MARGIN, GRAND_TOTAL = 1, 20, 1_000
SEARCHED_MOVES = 2


class Suppression:
    """The hidden figures of one measure."""

    def __init__(
        self,
        shape: Shape,
        categories: Mapping[str, Sequence[str]],
        values: Mapping[Key, int],
        *,
        counts: Mapping[Key, int],
        least: int,
        width: Callable[[Key], int],
        hidden_before: frozenset[Key] = frozenset(),
    ) -> None:
        """`values` is what to protect, at least `least` where something is hidden; `counts` are the cases behind it."""
        self.hidden: set[Key] = set()
        self._values, self._counts, self._least = values, counts, least
        self._width, self._hidden_before = width, hidden_before

        def bounds(figure: Key) -> Bounds:
            value = values.get(figure, 0)
            return value, value, value

        self._rings = Rings(shape, categories, bounds, is_zero=lambda figure: figure not in counts)
        for figure, places in self._rings.arcs.items():
            for ring, arc in places:
                self._rings.networks[ring].close(arc, least=least, price=self._price(figure))

    def protect(self, sensitive: Iterable[Key]) -> set[Key]:
        """Hide the sensitive figures and as many others as they need; the figures hidden in the end."""
        for figure in sorted(sensitive):
            self._hide(figure)
        while narrow := self.unprotected():
            for figure in narrow:
                while (missing := self._missing(figure)) > 0:
                    for each in self._cheapest(figure, missing):
                        self._hide(each)
        return self.hidden

    def unprotected(self) -> list[Key]:
        """Hidden figures whose range is too narrow: empty after `protect`, and asked again as a gate."""
        return [figure for figure in sorted(self.hidden) if self._missing(figure)]

    def _missing(self, figure: Key) -> int:
        """By how much the range of a hidden figure falls short of its width; 0 when it is wide enough."""
        width = self._width(figure)
        up = self._reach(figure, 1, width)
        if up == width:
            return 0
        down = self._reach(figure, -1, width - up)
        if up + down == width:
            return 0
        # A search by halves may miss what lies between; ask for exactly what would do.
        for sign, amount in ((1, width - down), (-1, width - up)):
            if any(self._possible(move, amount) for move in self._moves(figure, sign)):
                return 0
        return width - up - down

    def _reach(self, figure: Key, sign: int, limit: int) -> int:
        """How far a figure can move, by its first ways only: the others are asked for one amount, not searched."""
        farthest = 0
        for move in itertools.islice(self._moves(figure, sign), SEARCHED_MOVES):
            farthest = max(farthest, self._farthest(move, limit))
            if farthest == limit:
                break
        return farthest

    def _farthest(self, move: Move, limit: int) -> int:
        """How many times a move is possible, up to a limit, found by halves."""
        possible, impossible = 0, limit + 1
        attempt = limit
        while possible < impossible - 1:
            if self._possible(move, attempt):
                possible = attempt
            else:
                impossible = attempt
            attempt = (possible + impossible) // 2
        return possible

    def _possible(self, move: Move, amount: int) -> bool:
        changes = {figure: step * amount for figure, step in move.items()}
        if not self._keeps_least(changes) or any(step and figure not in self.hidden for figure, step in move.items()):
            return False
        return self._rings.shift(changes) is not None

    def _keeps_least(self, changes: Move) -> bool:
        return all(self._values[each] + by >= self._least for each, by in changes.items() if by)

    def _moves(self, figure: Key, sign: int) -> Iterator[Move]:
        """The ways in which a figure may move.

        First as the rings find it. Then with all that several rings share held still (a step of 0), or a shared figure
        against another of its kind. Last as whole cases that come or go, together with the total: that needs more
        hidden figures, but it never fails for a figure that grows.
        """
        shared = self._rings.shared
        yield {figure: sign}
        if not shared:
            return
        still = dict.fromkeys(sorted(shared), 0)
        others = [each for each in still if each in self._counts and each not in (TOTAL, figure)]
        if figure in shared - {TOTAL}:
            yield from (still | {figure: sign, each: -sign} for each in others)
            yield still | {figure: sign, TOTAL: sign}
            return
        if figure != TOTAL:
            yield still | {figure: sign}
        own = [each for each in others if set(each) <= set(figure)]
        yield from (still | {figure: sign, mine: sign, each: -sign} for mine in own for each in others if each != mine)
        yield from (still | {figure: sign, TOTAL: sign, each: sign} for each in own or others)

    def _cheapest(self, figure: Key, missing: int) -> list[Key]:
        """What to hide besides, at the least loss, so that the figure can move by `missing` more than it can now."""
        offers: list[tuple[int, list[Key]]] = []
        for sign in (1, -1):
            amount = missing + self._reach(figure, sign, self._width(figure))
            for move in self._moves(figure, sign):
                changes = {each: step * amount for each, step in move.items()}
                needed = self._rings.shift(changes, opening=True) if self._keeps_least(changes) else None
                if needed is None:
                    continue
                opened = needed | {each for each, step in move.items() if step and each not in self.hidden}
                if opened:
                    offers.append((sum(self._price(each) or 0 for each in opened), sorted(opened)))
        return min(offers)[1]

    def _hide(self, figure: Key) -> None:
        self.hidden.add(figure)
        for ring, arc in self._rings.arcs[figure]:
            self._rings.networks[ring].open(arc)

    def _price(self, figure: Key) -> int | None:
        """What the reader loses; None for a true zero, which is never hidden (R5.6)."""
        amount = self._counts.get(figure)
        if not amount:
            return None
        if figure in self._hidden_before:
            return 1  # what was hidden once is the first choice: another choice would unveil its neighbours
        return (1 + amount) * (GRAND_TOTAL, MARGIN, CELL)[len(figure)]
