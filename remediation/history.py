"""The history of a service as it is believed today: updates in the order given, corrections in the place of what they correct."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Protocol, TypeVar


class Correctable(Protocol):
    """An update that may stand for an earlier one."""

    @property
    def pk(self) -> int: ...
    @property
    def corrects_id(self) -> int | None: ...


T = TypeVar("T", bound=Correctable)


def believed(updates: Iterable[T]) -> list[T]:
    """The updates that hold, oldest first; `updates` come in the order in which they were given."""
    places: dict[int, int] = {}
    held: list[T] = []
    for update in updates:
        place = places.get(update.corrects_id) if update.corrects_id is not None else None
        if place is None:
            place = len(held)
            held.append(update)
        else:
            held[place] = update
        places[update.pk] = place
    return held


def pairs(states: Sequence[str]) -> list[tuple[str, str]]:
    """Each change of state, from and to; a report that changes nothing is none."""
    return [(before, after) for before, after in pairwise(states) if before != after]
