"""The figures of one measure (incidents, or victims) laid out in the rings of a shape, one network for each ring."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence

from .network import UNBOUNDED, Network
from .shape import GATHERS, TOTAL, Key, Shape, gathered, key

# low, high and flow of a figure
Bounds = tuple[int, int, int]


class Rings:
    """Where each figure stands: its arcs, and the networks that hold them."""

    def __init__(
        self,
        shape: Shape,
        categories: Mapping[str, Sequence[str]],
        bounds: Callable[[Key], Bounds],
        *,
        is_zero: Callable[[Key], bool],
        signed: bool = False,
    ) -> None:
        """`is_zero` tells which cells are true zeros, which can never be anything else; `signed` allows flow below 0."""
        self.networks: list[Network] = []
        self.arcs: dict[Key, list[tuple[int, int]]] = {}
        self.keys: list[dict[int, Key]] = []
        self._shape, self._categories, self._bounds = shape, categories, bounds
        self._is_zero = is_zero
        self._free_low = -UNBOUNDED if signed else 0
        self.shared = {
            figure
            for figure in [
                TOTAL,
                *(key((dimension, each)) for dimension in shape.shared for each in categories[dimension]),
            ]
            if len(shape.rings) > 1
        }
        for ring in shape.rings:
            self._lay(ring)
        self._shared_arcs: list[dict[Key, int]] = [{} for _ in self.networks]
        for figure in self.shared:
            for number, arc in self.arcs[figure]:
                self._shared_arcs[number][figure] = arc

    def shift(self, changes: Mapping[Key, int], *, opening: bool = False) -> frozenset[Key] | None:
        """Whether some figures can change by these amounts in all rings at once; the figures that had to open for it.

        One ring after the other is balanced, and what it does to shared figures binds the following ones. What is
        found is therefore possible; with several rings something possible may be missed.
        """
        found = [self._in_order(order, changes, opening=opening) for order in self._orders(changes)]
        return min(
            (each for each in found if each is not None), key=lambda each: (len(each), sorted(each)), default=None
        )

    def _orders(self, changes: Mapping[Key, int]) -> list[list[int]]:
        """Rings that hold a figure of their own among the changes come first; otherwise both ways round."""
        numbers = list(range(len(self.networks)))
        own = [ring for figure in changes if figure not in self.shared for ring, _ in self.arcs[figure]]
        if own:
            return [own + [number for number in numbers if number not in own]]
        return [numbers, numbers[::-1]] if len(numbers) > 1 else [numbers]

    def _in_order(self, order: Sequence[int], changes: Mapping[Key, int], *, opening: bool) -> frozenset[Key] | None:
        imposed = dict(changes)
        opened: set[Key] = set()
        for number in order:
            network, shared = self.networks[number], self._shared_arcs[number]
            here = {
                arc: amount for figure, amount in imposed.items() for ring, arc in self.arcs[figure] if ring == number
            }
            after: Sequence[int] = network.flow
            if any(here.values()):
                found = network.shift(here, opening=opening)
                if found is None:
                    return None
                after = found.flow
                opened |= {self.keys[number][arc] for arc in found.opened}
            for figure, arc in shared.items():
                imposed.setdefault(figure, after[arc] - network.flow[arc])
        return frozenset(opened)

    def _lay(self, ring: Sequence[str]) -> None:
        network = Network()
        number = len(self.networks)
        self.networks.append(network)
        self.keys.append({})
        self._figure(number, ("all", "in"), ("all", "out"), TOTAL)
        for dimension in ring:
            for each in self._categories[dimension]:
                self._figure(number, (dimension, each, "in"), (dimension, each, "out"), key((dimension, each)))
        self._ends(network, ring)
        for first, second in itertools.pairwise(ring):
            if self._shape.links[frozenset((first, second))].is_table:
                self._table(number, first, second)
            else:
                self._gathering(network, first, second)

    def _ends(self, network: Network, ring: Sequence[str]) -> None:
        for each in self._categories[ring[0]]:
            self._free(network, ("all", "out"), (ring[0], each, "in"), key((ring[0], each)))
        for each in self._categories[ring[-1]]:
            self._free(network, (ring[-1], each, "out"), ("all", "in"), key((ring[-1], each)))

    def _table(self, number: int, first: str, second: str) -> None:
        for one, other in self._pairs(first, second):
            figure = key((first, one), (second, other))
            if not self._is_zero(figure):  # a true zero is no arc at all
                self._figure(number, (first, one, "out"), (second, other, "in"), figure)

    def _gathering(self, network: Network, first: str, second: str) -> None:
        coarse, fine = (first, second) if GATHERS.get(first) == second else (second, first)
        for each in self._categories[fine]:
            names = {fine: each, coarse: gathered(coarse, each)}
            self._free(network, (first, names[first], "out"), (second, names[second], "in"), key((fine, each)))

    def _pairs(self, first: str, second: str) -> Iterator[tuple[str, str]]:
        return ((one, other) for one in self._categories[first] for other in self._categories[second])

    def _figure(self, number: int, tail: tuple[str, ...], head: tuple[str, ...], figure: Key) -> None:
        low, high, flow = self._bounds(figure)
        arc = self.networks[number].add(tail, head, low=low, high=high, flow=flow)
        self.arcs.setdefault(figure, []).append((number, arc))
        self.keys[number][arc] = figure

    def _free(self, network: Network, tail: tuple[str, ...], head: tuple[str, ...], figure: Key) -> None:
        """An arc that only connects: it carries what the figure carries and limits nothing."""
        network.add(tail, head, low=self._free_low, high=UNBOUNDED, flow=self._bounds(figure)[2])
