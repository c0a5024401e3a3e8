"""Names that are not shown: in a case worked on organisation-blind, organisations and people appear by handles (SHR-1, SHR-7).

One place: a model whose names may be hidden declares them with `Hidden` fields (`organisations.fields`), and reading
such a field asks `name_of` here. So a page, an answer, a document or an e-mail that prints a name prints a handle while a
blind case is open, whoever wrote it and whether they thought of it or not. What the database stores is never touched.

A veil belongs to one unit of work: `core.tenancy.acting_as` begins and ends with none.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils.translation import gettext as _

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Where a handle is kept on one object of a list: such an object is shown by it, whatever case is open.
OWN = "_handle"


@dataclass(frozen=True, slots=True)
class Handle:
    """How somebody appears in one blind case: a kind and a letter, given at first appearance and never again to another."""

    kind: str
    number: int

    @property
    def letter(self) -> str:
        """C; from the 27th on AC, BC, …: in no order that says anything."""
        block, place = divmod(self.number, len(LETTERS))
        return f"{LETTERS[block - 1] if block else ''}{LETTERS[place]}"

    @property
    def words(self) -> str:
        """In the reader's language."""
        if self.kind == "organisation":
            return _("Organisation %(letter)s") % {"letter": self.letter}
        if self.kind == "reviewer":
            return _("Reviewer %(letter)s") % {"letter": self.letter}
        return _("Person %(letter)s") % {"letter": self.letter}

    @property
    def slug(self) -> str:
        """For programs and addresses: the same in every language."""
        return f"{self.kind}-{self.letter}".lower()


@dataclass(slots=True)
class Veil:
    """A blind case as one reader sees it."""

    root_id: int
    own: frozenset[int]
    """Numbers shown by their names: the reader's own organisations and the people in them."""
    give: Callable[[int], Handle]
    """The handle of a number that has none yet: its first appearance."""
    handles: dict[int, Handle] = field(default_factory=dict)
    lifted: set[int] | None = None
    """For a keeper of names: everybody is shown by name, and whose names they were is noted here."""

    def handle(self, number: int) -> Handle | None:
        """None for the reader's own."""
        if self.lifted is not None:
            self.lifted.add(number)
            return None
        if number in self.own:
            return None
        if number not in self.handles:
            self.handles[number] = self.give(number)
        return self.handles[number]


_veil: ContextVar[Veil | None] = ContextVar("veil", default=None)
_for_all: ContextVar[bool] = ContextVar("for_all", default=False)


def veil() -> Veil | None:
    """The blind case that is open in this unit of work, or None."""
    return _veil.get()


def is_blind() -> bool:
    """Whether names are hidden now."""
    on = _veil.get()
    return on is not None and on.lifted is None


def put_on(made: Veil) -> None:
    """From here to the end of the unit of work names are handles. The first blind case that was opened holds."""
    if _veil.get() is None:
        _veil.set(made)


def for_all() -> bool:
    """Whether what is written now is read by others too, so that not even one's own name may stand in it."""
    return _for_all.get()


@contextmanager
def lifted() -> Iterator[set[int]]:
    """Inside the block the names of the open blind case are shown; gives the numbers of those whose names were read. For what a
    keeper of names takes out, who then tells each of them (`incidents.hiding.write_looks`)."""
    noted: set[int] = set()
    before = _veil.get()
    token = _veil.set(Veil(before.root_id, frozenset(), before.give, before.handles, noted) if before else None)
    try:
        yield noted
    finally:
        _veil.reset(token)


@contextmanager
def written_for_all() -> Iterator[None]:
    """Inside the block a veil that is put on, or is on already, has no own names: for documents, lists and what others are told."""
    token, before = _for_all.set(True), _veil.get()
    lifted = _veil.set(Veil(before.root_id, frozenset(), before.give, before.handles) if before else None)
    try:
        yield
    finally:
        _veil.reset(lifted)
        _for_all.reset(token)


def begin() -> Token[Veil | None]:
    """A unit of work begins without a veil; `end` brings back the one before."""
    return _veil.set(None)


def end(token: Token[Veil | None]) -> None:
    """As it was before `begin`."""
    _veil.reset(token)


@contextmanager
def true_names() -> Iterator[None]:
    """Inside the block names are names. Only for what is of no case: the directory one chooses from, the keepers' look-up."""
    token = begin()
    try:
        yield
    finally:
        end(token)


def handle_of(number: int, kept: Mapping[str, Any] | None = None) -> Handle | None:
    """The handle a person or organisation appears by now; None: by name. `kept`: the object's own attributes."""
    if kept and (own := kept.get(OWN)) is not None:
        return None if own is TRUE else own
    on = _veil.get()
    return on.handle(number) if on is not None else None


TRUE = object()
"""Kept instead of a handle on an object that is shown by its name in any case: a line of the directory."""


def name_of(number: int, name: str) -> str:
    """A name as it may be shown now: for names that come from elsewhere than a field."""
    found = handle_of(number)
    return found.words if found else name


class Bearer(Protocol):
    """A person or an organisation."""

    @property
    def pk(self) -> Any: ...
    @property
    def name(self) -> Any: ...


def name_for_all(bearer: Bearer) -> str:
    """A name as it may stand in what is kept or told to others: in a blind case not even one's own."""
    on = _veil.get()
    if on is None or on.lifted is not None:
        return str(bearer.name)
    if bearer.pk not in on.handles:
        on.handles[bearer.pk] = on.give(bearer.pk)
    return on.handles[bearer.pk].words


def covering_names(value: str) -> str:
    """A hash that covers who acted, as it may be told now: with everything else known, names could be tried against it."""
    return "" if is_blind() else value


def key_of(number: int) -> int | str:
    """The number of a person or organisation as it may be told now: a handle names nobody in another case."""
    found = handle_of(number)
    return found.slug if found else number
