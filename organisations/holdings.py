"""What a member holds, so that nothing is left without somebody when they leave (SHR-2).

Each room says what of its things hang on a person: some are handed to another member first, the others end with the
membership. Leaving is refused while something of the first kind is unassigned.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .actors import Actor
from .models import User


@dataclass(frozen=True, slots=True)
class Held:
    """One thing somebody holds: its label and its page ("" when the reader may not open it)."""

    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of thing a member can hold in the actor's organisation.

    `move` hands all of them to another member and says how many; None: they end with the membership.
    """

    code: str
    words: Any
    find: Callable[[Actor, User], list[Held]]
    takers: Callable[[Actor, User], list[User]] | None = None
    move: Callable[[Actor, User, User], int] | None = None


SOURCES: dict[str, Source] = {}


def declare(source: Source) -> None:
    """Adds a kind; a room does so when it starts."""
    SOURCES[source.code] = source


@dataclass(frozen=True, slots=True)
class Holding:
    """What a member holds of one kind, and who could take it."""

    source: Source
    things: list[Held]
    takers: list[User]

    @property
    def must_move(self) -> bool:
        """Whether it has to be handed to somebody before the member leaves."""
        return self.source.move is not None


def holdings_of(actor: Actor, person: User) -> list[Holding]:
    """Everything the person holds in the actor's organisation, by kind; kinds of which they hold nothing are left out."""
    found = []
    for source in SOURCES.values():
        things = source.find(actor, person)
        if things:
            found.append(Holding(source, things, source.takers(actor, person) if source.takers else []))
    return found
