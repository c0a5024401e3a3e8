"""What differs between two states of one thing, as plain values: what was added, what is gone, what moved.

A state is parts of rows of named values: `{"items": {"E-1": {"grade": "B2", "status": "held"}}}`. Nothing here knows what a part
means. The difference of a state with itself is empty, that of two states turned round is the same turned round, and
the order in which anything stands changes nothing.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Value = str | int | bool | None | tuple[str, ...]
Row = Mapping[str, Value]
State = Mapping[str, Mapping[str, Row]]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs: a row that came or went (`what` is empty), or one value of a row."""

    part: str
    key: str
    kind: Literal["added", "gone", "moved"]
    what: str = ""
    before: Value = None
    after: Value = None

    @property
    def turned(self) -> "Change":
        """The same, seen from the other side."""
        kinds: dict[str, Literal["added", "gone", "moved"]] = {"added": "gone", "gone": "added", "moved": "moved"}
        return Change(self.part, self.key, kinds[self.kind], self.what, self.after, self.before)


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """E-9 before E-10."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", text) if part)


def ordered(value: Value) -> Value:
    """Lists of names are sets: their order says nothing."""
    return tuple(sorted(set(value), key=natural)) if isinstance(value, tuple) else value


def difference(before: State, after: State, *, parts: Iterable[str] = ()) -> tuple[Change, ...]:
    """Everything that differs, part by part: in the order of `parts`, then by name, rows and values by name."""
    order = list(parts)
    names = [*order, *sorted((before.keys() | after.keys()) - set(order))]
    return tuple(change for part in names for change in _of_part(part, before.get(part, {}), after.get(part, {})))


def _of_part(part: str, before: Mapping[str, Row], after: Mapping[str, Row]) -> Iterable[Change]:
    for key in sorted(before.keys() | after.keys(), key=natural):
        if key not in before:
            yield Change(part, key, "added")
        elif key not in after:
            yield Change(part, key, "gone")
        else:
            one, other = before[key], after[key]
            for what in sorted(one.keys() | other.keys()):
                was, now = ordered(one.get(what)), ordered(other.get(what))
                if was != now:
                    yield Change(part, key, "moved", what, was, now)
