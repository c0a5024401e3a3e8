"""What every station works with: the story so far, the cast, and the names a case has left."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from organisations.actors import Actor
from organisations.models import Organisation

from .cases import Case
from .cast import Cast
from .story import Act, Names, Story


@dataclass(frozen=True, slots=True)
class Stage:
    """One case being told."""

    story: Story
    cast: Cast
    case: Case

    @property
    def key(self) -> str:
        """The case's name within the demo."""
        return str(self.case["key"])

    @property
    def reference(self) -> str:
        """The reference the case was given when it was filed."""
        return str(self.story.names(f"{self.key}/filed")["reference"])

    def tell(self, step: str, by: str, act: Act) -> Names:
        """One step of this case, by one of the cast."""
        return self.story.tell(f"{self.key}/{step}", self.cast[by], act)

    def named(self, step: str) -> Names:
        """What an earlier step of this case left."""
        return self.story.names(f"{self.key}/{step}")

    def rows(self, station: str) -> list[Mapping[str, Any]]:
        """What the case says for a station; nothing when it says nothing."""
        return list(self.case.get(station, ()))


def house(slug: str) -> Organisation:
    """An organisation of the cast."""
    return Organisation.objects.get(slug=slug)


def name_of(actor: Actor) -> str:
    """How a person is written in free text."""
    return f"{actor.user.name}, {actor.organisation.name}"
