"""Whether two items go back to the same place. Pure.

Cautious on purpose: derivation, a common origin, the same telemetry or the same hands make two items one lineage; only
what shares nothing can confirm (R1.2).
"""

from collections.abc import Iterable, Mapping

JOINS = frozenset({"derived_from", "same_origin", "same_collector", "same_telemetry"})


def families(
    items: Mapping[int, int | None], links: Iterable[tuple[int, int, str]], hands: Mapping[int, str] | None = None
) -> dict[int, int]:
    """For each item the smallest number of its lineage. `items` gives each item's origin (None: not known), `hands` who collected it.

    Joined over the whole graph: what shares something with something that shares something is one lineage too.
    """
    parent = {item: item for item in items}

    def find(key: int) -> int:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    def join(one: int, other: int) -> None:
        low, high = sorted((find(one), find(other)))
        parent[high] = low

    first_of_origin: dict[int, int] = {}
    for item, origin in items.items():
        if origin is not None:
            join(item, first_of_origin.setdefault(origin, item))
    first_of_hands: dict[str, int] = {}
    for item, hand in (hands or {}).items():
        name = " ".join(hand.split()).casefold()
        if name and item in parent:
            join(item, first_of_hands.setdefault(name, item))
    for one, other, kind in links:
        if kind in JOINS and one in parent and other in parent:
            join(one, other)
    return {item: find(item) for item in items}


def corroborated(
    item: int,
    items: Mapping[int, int | None],
    links: Iterable[tuple[int, int, str]],
    usable: Iterable[int],
    hands: Mapping[int, str] | None = None,
) -> bool:
    """Whether an item in use, of another lineage and of known origin, is linked as corroborating (R1.2)."""
    links = list(links)
    family = families(items, links, hands)
    usable = set(usable)
    return any(
        kind == "corroborated_by" and one == item and other in usable and items.get(other) is not None
        and items.get(item) is not None and family[other] != family[item]
        for one, other, kind in links
    )  # fmt: skip


def descendants(item: int, links: Iterable[tuple[int, int, str]]) -> set[int]:
    """Everything derived from an item, however far."""
    children: dict[int, set[int]] = {}
    for one, other, kind in links:
        if kind == "derived_from":
            children.setdefault(other, set()).add(one)
    found: set[int] = set()
    todo = [item]
    while todo:
        for child in children.get(todo.pop(), set()) - found:
            found.add(child)
            todo.append(child)
    return found


def ancestors(item: int, links: Iterable[tuple[int, int, str]]) -> set[int]:
    """Everything an item is derived from, however far back."""
    return descendants(item, ((other, one, kind) for one, other, kind in links))


def near(item: int, links: Iterable[tuple[int, int, str]]) -> list[int]:
    """The item and everything linked with it in any way, however far: the nearest first."""
    beside: dict[int, set[int]] = {}
    for one, other, _kind in links:
        beside.setdefault(one, set()).add(other)
        beside.setdefault(other, set()).add(one)
    found = [item]
    for key in found:
        found.extend(sorted(beside.get(key, set()) - set(found)))
    return found
