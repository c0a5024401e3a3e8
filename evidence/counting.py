"""What an item lacks to count toward each tier, said by the room that weighs items; this room shows it and knows no tier itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .models import EvidenceItem
from .selectors import Weighable


@dataclass(frozen=True, slots=True)
class Missing:
    """A sentence, and the fields of the standard (or acts) that mend it; none when nothing does."""

    text: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TierStanding:
    """An item toward one tier: it counts when nothing is missing."""

    tier: str
    name: str
    missing: tuple[Missing, ...]

    @property
    def counts(self) -> bool:
        return not self.missing


Weigher = Callable[[EvidenceItem, Sequence[Weighable]], list[TierStanding]]
WEIGHERS: list[Weigher] = []


def standings(item: EvidenceItem, around: Sequence[Weighable]) -> list[TierStanding]:
    """Toward every tier, by whoever weighs items. `around` are the item and those it is linked with."""
    return [standing for weigher in WEIGHERS for standing in weigher(item, around)]
