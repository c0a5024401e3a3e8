"""Handling marks, and the one rule of what may leave where (TLP 2.0, FIRST 2022; PAP, MISP taxonomy 3; rules R2.8–R2.12).

TLP says who may learn something, PAP what may be done with it. Both go along with whatever is made of a marked thing.
"""

from collections.abc import Iterable, Mapping
from enum import Enum, IntEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from .errors import DomainError


class Mark(TextChoices):
    """Labels are never translated (TLP 2.0)."""

    CLEAR = "TLP:CLEAR", "TLP:CLEAR"
    GREEN = "TLP:GREEN", "TLP:GREEN"
    AMBER = "TLP:AMBER", "TLP:AMBER"
    AMBER_STRICT = "TLP:AMBER+STRICT", "TLP:AMBER+STRICT"
    RED = "TLP:RED", "TLP:RED"


class Pap(TextChoices):
    """The Permissible Actions Protocol: what a receiver may do with it without showing the other side that it is known."""

    CLEAR = "PAP:CLEAR", "PAP:CLEAR"
    GREEN = "PAP:GREEN", "PAP:GREEN"
    AMBER = "PAP:AMBER", "PAP:AMBER"
    RED = "PAP:RED", "PAP:RED"


ORDER = {mark: rank for rank, mark in enumerate(Mark.values)}
PAP_ORDER = {mark: rank for rank, mark in enumerate(Pap.values)}


def strictest(*marks: str) -> str:
    """The mark a thing made of these carries (R2.8)."""
    return max(marks, key=ORDER.__getitem__)


def strictest_pap(*marks: str) -> str:
    """The same for PAP."""
    return max(marks, key=PAP_ORDER.__getitem__)


def relaxes(before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Whether `after` (`mark`, `pap`) is less strict in either: only the originator may, with a reason (R2.9)."""
    return ORDER[after["mark"]] < ORDER[before["mark"]] or PAP_ORDER[after["pap"]] < PAP_ORDER[before["pap"]]


def may_be_approached(pap: str) -> bool:
    """Whether an act that the other side can see is allowed, such as fetching its page (PAP:GREEN and below)."""
    return PAP_ORDER[pap] <= PAP_ORDER[Pap.GREEN]


class Way(Enum):
    """How something leaves."""

    PUBLIC = "for anybody: public pages, feeds, releases"
    CHANNEL = "over lines that are not ours: e-mail, calendar, webhook"
    TAKEN = "a file made for whoever takes it: review, custody record, list"
    OPENED = "an original, opened by a named person for a purpose that is recorded"
    PASSED_ON = "a file made for somebody else: an evidence package"


class Reader(IntEnum):
    """What somebody is to the thing that leaves."""

    STRANGER = 0
    GUEST = 1
    """Invited by an organisation that received it, and of no organisation it was given to."""
    PARTNER = 2
    """Of an organisation it was shared with."""
    NAMED = 3
    """Somebody it was shared with by name, or the organisation it was given to (the holder of the case)."""
    ORIGINATOR = 4
    """Of the organisation whose it is."""


# The strictest mark each may carry out, each way. TLP:RED is for individual recipients, who do not pass it on; AMBER+STRICT stays in
# the receiving organisation; AMBER may go to its clients; GREEN to the community; only CLEAR to everybody. Whose it is
# may hand it to whom they choose, but puts it before the public only after relaxing the mark, on record (R2.9).
LIMITS: Mapping[Way, Mapping[Reader, Mark]] = {
    Way.PUBLIC: dict.fromkeys(Reader, Mark.CLEAR),
    Way.CHANNEL: dict.fromkeys(Reader, Mark.GREEN),
    Way.TAKEN: {
        Reader.STRANGER: Mark.CLEAR, Reader.GUEST: Mark.AMBER, Reader.PARTNER: Mark.AMBER_STRICT, Reader.NAMED: Mark.RED,
        Reader.ORIGINATOR: Mark.RED,
    },
    # A guest is a client of the house that invited them, and no part of it: what stays in it (AMBER+STRICT) stays.
    Way.OPENED: {
        Reader.STRANGER: Mark.CLEAR, Reader.GUEST: Mark.AMBER, Reader.PARTNER: Mark.RED, Reader.NAMED: Mark.RED,
        Reader.ORIGINATOR: Mark.RED,
    },
    Way.PASSED_ON: {
        Reader.STRANGER: Mark.CLEAR, Reader.GUEST: Mark.CLEAR, Reader.PARTNER: Mark.AMBER, Reader.NAMED: Mark.AMBER,
        Reader.ORIGINATOR: Mark.RED,
    },
}  # fmt: skip


def may_leave(mark: str, way: Way, reader: Reader = Reader.STRANGER) -> bool:
    """Whether something so marked may leave this way with this reader. An unknown mark never does."""
    return mark in ORDER and ORDER[mark] <= ORDER[LIMITS[way][reader]]


def marks_that_leave(way: Way, reader: Reader = Reader.STRANGER) -> list[str]:
    """The marks that may, for a filter."""
    return [mark for mark in Mark.values if may_leave(mark, way, reader)]


def stricter(mark: str, than: str) -> bool:
    """Whether something so marked may not stand on a paper marked `than`."""
    return ORDER[mark] > ORDER[than]


def above(things: Iterable[tuple[str, str]], ceiling: str) -> list[tuple[str, str]]:
    """Those of `(label, mark)` that are marked more strictly than the paper they would stand on."""
    return [(label, mark) for label, mark in things if stricter(mark, ceiling)]


class NotCleared(DomainError):
    """Raised with the things concerned in `details`."""

    code = "above_clearance"

    def __init__(self, things: Iterable[tuple[str, str]]) -> None:
        self.things = list(things)
        words = _(
            "Their marks do not let you take this out: %(things)s. Ask the organisation they come from to relax the mark, or to hand it out itself (R2.9)."
        )
        named = ", ".join(f"{label} ({mark})" for label, mark in self.things)
        super().__init__(words % {"things": named}, items=[label for label, _mark in self.things])
