"""What a member holds, so that nothing is left without somebody when they leave (SHR-2).

Each room says what of its things hang on a person. Some are handed to another member first; some end with the membership, and
the room says what becomes of them; and where leaving would take away what others need, it waits. Leaving is refused while
something of the first kind is unassigned or something of the last kind hangs on them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .actors import Actor
from .models import User


@dataclass(frozen=True, slots=True)
class Held:
    """One thing somebody holds: its label and its page ("" when the reader may not open it).

    `first`: what has to be done before they can leave, in words; "" when leaving does no harm to it.
    """

    label: str
    url: str = ""
    first: Any = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of thing a member can hold in the actor's organisation.

    `move` hands as many of them as another member may take to that member, and says how many; None: nobody takes them.
    `must`: leaving waits until all of them are handed on. Otherwise `after` says what becomes of them. `asks`: handing on is
    proposed to whoever decides it, and what was proposed stays with the member until they did.
    """

    code: str
    words: Any
    find: Callable[[Actor, User], list[Held]]
    takers: Callable[[Actor, User], list[User]] | None = None
    move: Callable[[Actor, User, User], int] | None = None
    must: bool = True
    after: Any = ""
    asks: bool = False


SOURCES: dict[str, Source] = {}


def declare(*sources: Source) -> None:
    """Adds kinds; a room does so when it starts."""
    SOURCES.update({source.code: source for source in sources})


@dataclass(frozen=True, slots=True)
class Holding:
    """What a member holds of one kind, and who could take it."""

    source: Source
    things: list[Held]
    takers: list[User]

    @property
    def can_move(self) -> bool:
        """Whether it can be handed to somebody at all, now or by asking for it."""
        return self.source.move is not None

    @property
    def must_move(self) -> bool:
        """Whether it has to be handed to somebody before the member leaves."""
        return self.can_move and self.source.must

    @property
    def keeping(self) -> int:
        """Of how many things the member cannot leave yet."""
        return len(self.things) if self.must_move else sum(bool(thing.first) for thing in self.things)


def holdings_of(actor: Actor, person: User) -> list[Holding]:
    """Everything the person holds in the actor's organisation, by kind; kinds of which they hold nothing are left out."""
    found = []
    for source in SOURCES.values():
        things = source.find(actor, person)
        if things:
            found.append(Holding(source, things, source.takers(actor, person) if source.takers else []))
    return found


def to_do_first(holdings: list[Holding]) -> list[str]:
    """What has to be done before they can leave, each sentence once."""
    said = (str(thing.first) for each in holdings for thing in each.things if thing.first)
    return list(dict.fromkeys(said))
