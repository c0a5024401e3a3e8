"""The deadlines of one's house for one's calendar, besides what one was told of."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from core import clock
from organisations.actors import Actor

from .deadlines import of_house

AHEAD = timedelta(days=180)


def events_for(actor: Actor) -> Iterator[dict[str, Any]]:
    """References, labels, times and addresses; whoever acts sees what their role in the house shows them."""
    for row in of_house(actor, clock.now() + AHEAD):
        yield {
            "id": f"{row.clock.code}-{row.due.key}-{row.due.incident.pk}", "reference": row.due.incident.reference,
            "subject": row.due.subject, "due_at": row.due.due_at, "url": row.due.url,
        }  # fmt: skip
