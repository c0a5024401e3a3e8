"""Where an item comes from in the end. Many statements, few origins: only origins are counted (AT-03, ATT-8)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .views import EvidenceView


@dataclass(frozen=True)
class Lineage:
    """For each item the origins it rests on in the end, and what takes it out of the count.

    `roots` follows every derivation to its origins, two origins found to be one standing under one name.
    `broken` holds items that rest on something withdrawn, frozen or not at hand. `cycles` holds items derived
    from each other: they share their roots, so a circle can never look like two sources.
    """

    roots: Mapping[str, frozenset[str]]
    broken: frozenset[str]
    cycles: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class OriginCount:
    """How many independent origins there are: those that stand alone, and at most one more for all the rest."""

    alone: frozenset[str]
    mixed: bool

    @property
    def total(self) -> int:
        return len(self.alone) + int(self.mixed)


def trace(items: Sequence[EvidenceView], same_origin: Iterable[tuple[str, str]] = ()) -> Lineage:
    """Follow every item to its origins, in time linear in items and links."""
    by_id = {item.id: item for item in items}
    if len(by_id) != len(items):
        raise ValueError("two items with one id")
    name = _merge(same_origin)
    roots: dict[str, frozenset[str]] = {}
    broken: set[str] = set()
    cycles: list[frozenset[str]] = []
    for circle in _circles(by_id):
        members = set(circle)
        found: set[str] = set()
        is_broken = False
        for key in circle:
            item = by_id[key]
            found.update(name.get(origin, origin) for origin in item.origin_ids)
            for parent in item.derived_from - members:
                is_broken |= parent not in by_id or parent in broken or by_id[parent].status != "active"
                found |= roots.get(parent, frozenset())
        if len(circle) > 1 or circle[0] in by_id[circle[0]].derived_from:
            cycles.append(frozenset(circle))
            is_broken |= len(circle) > 1 and any(by_id[key].status != "active" for key in circle)
        shared = frozenset(found)
        for key in circle:
            roots[key] = shared
        if is_broken:
            broken |= members
    return Lineage(roots, frozenset(broken), tuple(cycles))


def count_origins(full: Iterable[frozenset[str]], grouped: Iterable[frozenset[str]] = ()) -> OriginCount:
    """Count independent origins among the roots of items.

    An item that rests on one origin counts for that origin. Items that mix origins, and items of the one group the
    intruder could forge (`grouped`), together add at most one, and only if one of them rests on nothing counted yet.
    More items never make this smaller, whatever they are: the count cannot be talked down.
    """
    full = list(full)
    alone = frozenset(next(iter(roots)) for roots in full if len(roots) == 1)
    rest = [roots for roots in full if len(roots) > 1] + [roots for roots in grouped if roots]
    return OriginCount(alone, any(roots.isdisjoint(alone) for roots in rest))


def _merge(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """One name, the smallest, for all origins that are said to be the same (union-find)."""
    parent: dict[str, str] = {}

    def find(key: str) -> str:
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for one, other in pairs:
        low, high = sorted((find(one), find(other)))
        parent[high] = low
    return {key: find(key) for key in list(parent)}


def _circles(by_id: Mapping[str, EvidenceView]) -> Iterable[list[str]]:
    """Items grouped into circles of derivation (mostly of one), parents first: Tarjan's algorithm without recursion."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    for start in by_id:
        if start in index:
            continue
        work = [(start, iter(sorted(by_id[start].derived_from)))]
        index[start] = low[start] = len(index)
        stack.append(start)
        on_stack.add(start)
        while work:
            key, parents = work[-1]
            for parent in parents:
                if parent not in by_id:
                    continue
                if parent not in index:
                    index[parent] = low[parent] = len(index)
                    stack.append(parent)
                    on_stack.add(parent)
                    work.append((parent, iter(sorted(by_id[parent].derived_from))))
                    break
                if parent in on_stack:
                    low[key] = min(low[key], index[parent])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[key])
                if low[key] == index[key]:
                    cut = stack.index(key) if stack[-1] != key else len(stack) - 1
                    circle = stack[cut:]
                    del stack[cut:]
                    on_stack.difference_update(circle)
                    yield circle
