"""Writing down who looked. The door says what is being looked at; the way into a case says which case it was.

One row, in the very statement that opens the case: what could not be written down was not shown.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db import connection


@dataclass(slots=True)
class Visit:
    """What somebody came for: the act, the door, the name of the address and the thing below the case."""

    act: str
    door: str
    what: str
    subject: str = ""
    noted: set[str] = field(default_factory=set)


_visit: ContextVar[Visit | None] = ContextVar("visit", default=None)


@contextmanager
def visiting(visit: Visit | None) -> Iterator[None]:
    """Inside the block a case that is opened is written down as looked at; None: nothing is."""
    token = _visit.set(visit)
    try:
        yield
    finally:
        _visit.reset(token)


def begin(visit: Visit | None) -> None:
    """From here to the end of the enclosing `visiting` this is what somebody came for."""
    _visit.set(visit)


def open_visit(reference: str) -> Visit | None:
    """What somebody came for, the first time a visit asks for this case; None afterwards, and when nobody came to look.

    The database writes the row (`ledger_look_note`) in the statement that opens the case.
    """
    visit = _visit.get()
    if visit is None or reference in visit.noted:
        return None
    visit.noted.add(reference)
    return visit


def make_months(ahead: int = 3) -> int:
    """Makes the partitions of this month and the next ones; how many were missing. Safe to run twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_look_months(%s)", [ahead])
        return int(cursor.fetchone()[0])
