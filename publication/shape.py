"""Which figures a release holds, and how they add up (R5.2: fixed breakdowns, no free query).

Promise: every additive relation between published figures is known here, or the release is refused. The breakdowns must
form a forest of one- and two-way tables: in a cycle of tables (a x b, b x c, c x a) a reader can deduce figures that no
single table gives away, and a three-way table cannot be protected by the method used.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# A figure: the categories it is limited to, by dimension in alphabetical order. () is the grand total.
Key = tuple[tuple[str, str], ...]
TOTAL: Key = ()

# A coarser dimension, and the finer one whose categories it gathers.
GATHERS = {"five_years": "year"}


def gathered(dimension: str, finer_category: str) -> str:
    """The category of a coarser dimension that a finer category falls into; unknown stays unknown."""
    if dimension == "five_years":
        if not finer_category.isdigit():
            return finer_category
        first = int(finer_category) // 5 * 5
        return f"{first}-{first + 4}"
    raise KeyError(dimension)


def key(*categories: tuple[str, str]) -> Key:
    """The key of a figure from its categories, in whatever order they are given."""
    return tuple(sorted(categories))


@dataclass(frozen=True)
class Link:
    """Two dimensions whose figures are related: by a two-way table, or because one gathers the other."""

    first: str
    second: str
    is_table: bool


@dataclass(frozen=True)
class Shape:
    """The tables of a release and the rings in which their figures add up. A ring is a path through the links."""

    tables: tuple[tuple[str, tuple[str, ...]], ...]
    dimensions: tuple[str, ...]
    rings: tuple[tuple[str, ...], ...]
    links: Mapping[frozenset[str], Link]

    @property
    def shared(self) -> frozenset[str]:
        """Dimensions that stand in more than one ring: their figures must move in all of them at once."""
        return frozenset(each for each in self.dimensions if sum(each in ring for ring in self.rings) > 1)


def shape_of(rules: Mapping[str, Any]) -> Shape:
    """The shape that the `disclosure-rules` instrument fixes."""
    return make_shape(
        [(table["code"], tuple(table["dimensions"])) for table in rules["breakdowns"] if table["offered"]]
    )


def make_shape(tables: Sequence[tuple[str, tuple[str, ...]]]) -> Shape:
    """Check that the tables can be protected together, and lay them out in rings."""
    dimensions = tuple(sorted({dimension for _, each in tables for dimension in each}))
    links = [Link(min(each), max(each), is_table=True) for _, each in tables if len(each) == 2]
    links += [
        Link(coarse, fine, is_table=False)
        for coarse, fine in GATHERS.items()
        if coarse in dimensions and fine in dimensions
    ]
    if any(not 1 <= len(each) <= 2 or len(set(each)) != len(each) for _, each in tables):
        raise ValueError("only one-way and two-way tables can be protected")
    _require_forest(links)
    shape = Shape(
        tables=tuple(tables),
        dimensions=dimensions,
        rings=tuple(_paths(dimensions, links)),
        links={frozenset((link.first, link.second)): link for link in links},
    )
    if len(shape.shared) > 1:
        raise ValueError(f"more than one dimension stands in several rings: {sorted(shape.shared)}")
    return shape


def _require_forest(links: Iterable[Link]) -> None:
    root: dict[str, str] = {}

    def find(name: str) -> str:
        while root.get(name, name) != name:
            name = root[name]
        return name

    for link in links:
        first, second = find(link.first), find(link.second)
        if first == second:
            raise ValueError(f"the tables form a cycle at {link.first} and {link.second}")
        root[first] = second


def _paths(dimensions: Sequence[str], links: Iterable[Link]) -> list[tuple[str, ...]]:
    """Every link in exactly one path; a dimension without links is a path of its own."""
    around: dict[str, set[str]] = {dimension: set() for dimension in dimensions}
    for link in links:
        around[link.first].add(link.second)
        around[link.second].add(link.first)
    paths: list[tuple[str, ...]] = [(dimension,) for dimension in dimensions if not around[dimension]]
    while starts := sorted(dimension for dimension in dimensions if len(around[dimension]) % 2 == 1):
        path = [starts[0]]
        while around[path[-1]]:
            following = min(around[path[-1]])
            around[path[-1]].discard(following)
            around[following].discard(path[-1])
            path.append(following)
        paths.append(tuple(path))
    return paths
