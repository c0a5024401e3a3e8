"""The attacker: what a reader can deduce from published releases alone, by adding and subtracting (R5.8).

He knows the tables, how they add up, which figures are true zeros and which range each shown number stands for. In each
ring of tables his deductions are exact (see `publication.network`); dimensions that stand in several rings are first
narrowed to what all rings agree on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .network import UNBOUNDED, Network
from .release import MEASURES, SUPPRESSED, Cell, Release
from .rings import Bounds, Rings
from .shape import Key, Shape, shape_of

ABSENT = Cell(value=0, low=0, high=0)
# How far a figure is moved to see whether anything limits it.
FAR = 1_000


@dataclass(frozen=True)
class Isolated:
    """A figure in which two releases show that between 1 and threshold - 1 came (or went)."""

    measure: str
    figure: Key
    went: bool


def difference_attack(earlier: Release, later: Release, rules: Mapping[str, Any]) -> list[Isolated]:
    """Subtract two releases in all tables at once; every figure whose change is shown to be a small number (R5.8)."""
    threshold = rules["threshold"]
    shape = shape_of(rules)
    found = []
    for measure in MEASURES:
        old, new = earlier.figures(measure), later.figures(measure)
        categories = _all_categories(earlier, later)

        def change(figure: Key, old: Mapping[Key, Cell] = old, new: Mapping[Key, Cell] = new) -> tuple[int, int]:
            low, high = _range(old.get(figure, ABSENT)), _range(new.get(figure, ABSENT))
            return high[0] - low[1], high[1] - low[0]

        rings = _narrowed(shape, categories, change)
        for figure, places in rings.arcs.items():
            for ring, arc in places:
                network = rings.networks[ring]
                if not _may_reach(network, arc, lambda by: by <= 0 or by >= threshold, (0, threshold)):
                    found.append(Isolated(measure, figure, went=False))
                elif not _may_reach(network, arc, lambda by: by >= 0 or by <= -threshold, (0, -threshold)):
                    found.append(Isolated(measure, figure, went=True))
    return list(dict.fromkeys(found))


def hidden_ranges(release: Release, rules: Mapping[str, Any]) -> dict[tuple[str, Key], tuple[int, int]]:
    """For each hidden figure the least and the largest value that the release leaves possible."""
    ranges: dict[tuple[str, Key], tuple[int, int]] = {}
    for measure in MEASURES:
        figures = release.figures(measure)

        def known(figure: Key, figures: Mapping[Key, Cell] = figures) -> tuple[int, int]:
            return _range(figures.get(figure, ABSENT))

        rings = _narrowed(shape_of(rules), release.categories(), known)
        for figure in rings.arcs:
            if figures.get(figure, ABSENT).mark == SUPPRESSED:
                ranges[measure, figure] = _agreed(rings, figure, known(figure))
    return ranges


def _range(cell: Cell) -> tuple[int, int]:
    low = cell.low if cell.low is not None else 0
    if cell.high is not None:
        return low, cell.high
    return (low, UNBOUNDED) if cell.mark == SUPPRESSED else (low, low)


def _all_categories(*releases: Release) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    for release in releases:
        for dimension, each in release.categories().items():
            found.setdefault(dimension, {}).update(dict.fromkeys(each))
    return {dimension: list(each) for dimension, each in found.items()}


def _narrowed(shape: Shape, categories: Mapping[str, list[str]], known: Callable[[Key], tuple[int, int]]) -> Rings:
    """The rings in a possible state, with shared figures limited to what every ring leaves possible for them."""
    agreed: dict[Key, tuple[int, int]] = {}

    def bounds(figure: Key) -> Bounds:
        low, high = agreed.get(figure) or known(figure)
        return low, high, min(max(0, low), high)

    rings = _settled(shape, categories, bounds)
    if rings.shared:
        for figure in rings.shared:
            agreed[figure] = _agreed(rings, figure, known(figure))
        rings = _settled(shape, categories, bounds)
    return rings


def _settled(shape: Shape, categories: Mapping[str, list[str]], bounds: Callable[[Key], Bounds]) -> Rings:
    rings = Rings(shape, categories, bounds, is_zero=lambda figure: bounds(figure) == (0, 0, 0), signed=True)
    if not all(network.settle() for network in rings.networks):
        raise ValueError("the published figures contradict each other")
    return rings


def _may_reach(network: Network, arc: int, harmless: Callable[[int], bool], targets: tuple[int, ...]) -> bool:
    flow = network.flow[arc]
    return harmless(flow) or any(network.can_move(arc, target - flow) for target in targets)


def _agreed(rings: Rings, figure: Key, known: tuple[int, int]) -> tuple[int, int]:
    """The range that every ring leaves possible. What moves as far as was looked is taken to move to its known end."""
    low, high = known
    for ring, arc in rings.arcs[figure]:
        network = rings.networks[ring]
        flow = network.flow[arc]
        down = _farthest(network, arc, -1, min(FAR, flow - network.low[arc]))
        up = _farthest(network, arc, 1, min(FAR, network.high[arc] - flow))
        low = low if down == FAR else max(low, flow - down)
        high = high if up == FAR else min(high, flow + up)
    return low, high


def _farthest(network: Network, arc: int, sign: int, limit: int) -> int:
    possible, impossible = 0, limit + 1
    attempt = limit
    while possible < impossible - 1:
        if network.can_move(arc, sign * attempt):
            possible = attempt
        else:
            impossible = attempt
        attempt = (possible + impossible) // 2
    return possible
