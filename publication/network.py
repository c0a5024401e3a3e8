"""A circulation with bounds: the shape that additive tables have together.

Promise: in one ring of tables (sector x year, year x tier, their margins and their grand total) every figure is an arc
and additivity is conservation of flow. Such a system is totally unimodular: a change of some figures that `shift` finds
is possible in whole numbers, and where it finds none there is none.
"""

import heapq
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

UNBOUNDED = 10**12

Step = tuple[int, bool]  # (arc, forwards)


@dataclass(frozen=True)
class Shift:
    """A change that is possible: the flow of the changed world, and which closed arcs had to open for it at what price."""

    flow: tuple[int, ...]
    price: int
    opened: frozenset[int]


class Network:
    """Arcs with a flow, the bounds on it, and the bounds it would have if it were opened (`price` None: it may not)."""

    def __init__(self) -> None:
        self.tail: list[int] = []
        self.head: list[int] = []
        self.low: list[int] = []
        self.high: list[int] = []
        self.flow: list[int] = []
        self.least: list[int] = []
        self.price: list[int | None] = []
        self._numbers: dict[Hashable, int] = {}
        self._steps: list[list[Step]] = []

    def add(self, tail: Hashable, head: Hashable, *, low: int, high: int, flow: int) -> int:
        """Add an arc and return its number."""
        arc = len(self.tail)
        self.tail.append(self._number(tail))
        self.head.append(self._number(head))
        self.low.append(low)
        self.high.append(high)
        self.flow.append(flow)
        self.least.append(low)
        self.price.append(None)
        self._steps[self.tail[arc]].append((arc, True))
        self._steps[self.head[arc]].append((arc, False))
        return arc

    def close(self, arc: int, *, least: int, price: int | None) -> None:
        """Fix the arc at its flow; opened, at this price, it could fall to `least` and rise without end."""
        self.low[arc] = self.high[arc] = self.flow[arc]
        self.least[arc], self.price[arc] = least, price

    def open(self, arc: int) -> None:
        """Let the arc move."""
        self.low[arc], self.high[arc], self.price[arc] = self.least[arc], UNBOUNDED, None

    def shift(self, changes: Mapping[int, int], *, opening: bool = False) -> Shift | None:
        """Change some arcs by fixed amounts and make up for it elsewhere; with `opening`, at the least price found."""
        flow, low, high = list(self.flow), list(self.low), list(self.high)
        surplus = [0] * len(self._steps)
        for arc, amount in changes.items():
            flow[arc] += amount
            low[arc] = high[arc] = flow[arc]
            surplus[self.head[arc]] += amount
            surplus[self.tail[arc]] -= amount
        return self._balance(flow, low, high, surplus, barred=set(changes), opening=opening)

    def settle(self) -> bool:
        """Find some flow within all bounds, as a reader who has only the bounds must; False when there is none."""
        flow = [min(max(0, low), high) for low, high in zip(self.low, self.high, strict=True)]
        surplus = [0] * len(self._steps)
        for arc, amount in enumerate(flow):
            surplus[self.head[arc]] += amount
            surplus[self.tail[arc]] -= amount
        found = self._balance(flow, self.low, self.high, surplus, barred=set(), opening=False)
        if found is not None:
            self.flow = list(found.flow)
        return found is not None

    def can_move(self, arc: int, amount: int) -> bool:
        """Whether the arc can be this much more (or less) in a world that keeps every bound."""
        inside = self.low[arc] <= self.flow[arc] + amount <= self.high[arc]
        return inside and self.shift({arc: amount}) is not None

    def _balance(
        self,
        flow: list[int],
        low: list[int],
        high: list[int],
        surplus: list[int],
        *,
        barred: set[int],
        opening: bool,
    ) -> Shift | None:
        low, high = list(low), list(high)
        price, opened = 0, set[int]()
        while sources := [node for node, amount in enumerate(surplus) if amount > 0]:
            goals = {node for node, amount in enumerate(surplus) if amount < 0}
            path = self._cheapest_path(flow, low, high, sources, goals, barred=barred, opening=opening)
            if path is None:
                return None
            for arc, forwards in path:
                if (high[arc] if forwards else low[arc]) == flow[arc]:
                    price += self.price[arc] or 0
                    opened.add(arc)
                    low[arc], high[arc] = self.least[arc], UNBOUNDED
            start, goal = self._start(path[0]), self._end(path[-1])
            rooms = (high[arc] - flow[arc] if forwards else flow[arc] - low[arc] for arc, forwards in path)
            amount = min(surplus[start], -surplus[goal], *rooms)
            for arc, forwards in path:
                flow[arc] += amount if forwards else -amount
            surplus[start] -= amount
            surplus[goal] += amount
        return Shift(tuple(flow), price, frozenset(opened))

    def _cheapest_path(
        self,
        flow: list[int],
        low: list[int],
        high: list[int],
        sources: Iterable[int],
        goals: set[int],
        *,
        barred: set[int],
        opening: bool,
    ) -> list[Step] | None:
        """Fewest opened arcs by price, then fewest steps; no path where only what may never open leads on."""
        best = {node: (0, 0) for node in sources}
        came: dict[int, Step] = {}
        queue = [(0, 0, node) for node in best]
        while queue:
            paid, steps, node = heapq.heappop(queue)
            if node in goals:
                return self._trace(came, node)
            if (paid, steps) > best[node]:
                continue
            for arc, forwards in self._steps[node]:
                if arc in barred:
                    continue
                extra = 0
                if (high[arc] if forwards else low[arc]) == flow[arc]:
                    asked = self.price[arc] if opening else None
                    if asked is None or not (forwards or flow[arc] > self.least[arc]):
                        continue
                    extra = asked
                following = self.head[arc] if forwards else self.tail[arc]
                offer = (paid + extra, steps + 1)
                if offer < best.get(following, (UNBOUNDED, 0)):
                    best[following] = offer
                    came[following] = (arc, forwards)
                    heapq.heappush(queue, (*offer, following))
        return None

    def _trace(self, came: Mapping[int, Step], node: int) -> list[Step]:
        path: list[Step] = []
        while node in came:
            path.append(came[node])
            node = self._start(came[node])
        return path[::-1]

    def _start(self, step: Step) -> int:
        return self.tail[step[0]] if step[1] else self.head[step[0]]

    def _end(self, step: Step) -> int:
        return self.head[step[0]] if step[1] else self.tail[step[0]]

    def _number(self, name: Hashable) -> int:
        if name not in self._numbers:
            self._numbers[name] = len(self._steps)
            self._steps.append([])
        return self._numbers[name]
