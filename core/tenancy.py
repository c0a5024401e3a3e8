"""Who is asking, as the database sees it.

A *principal* is a person acting for an organisation. Organisations and people share one number space, so a grant
can name either. The database backend writes the current principal into every transaction, and the row-level security
policies read it; without one they answer with nothing (SHR-7).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connections

from core import clock

from . import naming


@dataclass(frozen=True, slots=True)
class Principal:
    """A person acting for an organisation in some roles, each with its number."""

    user_id: int
    organisation_id: int | None = None
    role_ids: tuple[int, ...] = ()

    @property
    def ids(self) -> tuple[int, ...]:
        """All the numbers a grant to this person may name: themselves, their organisation, their roles in it."""
        own = (self.user_id,) if self.organisation_id is None else (self.user_id, self.organisation_id)
        return own + self.role_ids


_current: ContextVar[Principal | None] = ContextVar("principal", default=None)


def current() -> Principal | None:
    """The principal bound to this thread or task, or None: nobody."""
    return _current.get()


BIND = "SELECT set_config('app.user_id', %s, true), set_config('app.org_ids', %s, true)"
# With the tickets of the reader's grants that have an end, as long as that is in the future: a grant is over by its date,
# whether or not anything swept it away (docs/explanation/tenancy.md).
BIND_WITH_TICKETS = "SELECT set_config('app.user_id', %s, true), set_config('app.org_ids', app_numbers(%s::int[], %s::timestamptz), true)"


def binding(principal: Principal | None, *, tickets: bool) -> tuple[str, list[object]]:
    """The statement that tells a transaction who is asking: the two values the policies read."""
    if principal is None:
        return BIND, ["", ""]
    if not tickets:
        return BIND, [str(principal.user_id), ",".join(str(number) for number in principal.ids)]
    return BIND_WITH_TICKETS, [str(principal.user_id), list(principal.ids), clock.now()]


def _rebind_open_transactions() -> None:
    for connection in connections.all(initialized_only=True):
        bind = getattr(connection, "bind_principal", None)
        if bind is not None and connection.in_atomic_block and not connection.needs_rollback:
            bind()


@contextmanager
def acting_as(principal: Principal | None) -> Iterator[None]:
    """Inside the block the database answers as it would to `principal`; afterwards as before."""
    token, names = _current.set(principal), naming.begin()
    try:
        _rebind_open_transactions()
        yield
    finally:
        naming.end(names)
        _current.reset(token)
        _rebind_open_transactions()
