"""One's deadlines as a calendar (RFC 5545): ids, times and a link, so that a calendar service learns nothing else."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event

from organisations.actors import Actor, acting

from . import selectors, services
from .mail import acting_ways

# Rooms above this one that know of further deadlines, asked as the calendar's owner: `{"id", "reference", "subject", "due_at", "url"}`.
SOURCES: list[Callable[[Actor], Iterable[dict[str, Any]]]] = []
MOST = 500


def further(digest: str, known: set[tuple[str, str, Any]]) -> list[dict[str, Any]]:
    """Deadlines of the owner's houses that they were not told of already."""
    found: dict[str, dict[str, Any]] = {}
    user = selectors.calendar_owner(digest)
    for actor in acting_ways(user) if user else []:
        with acting(actor):
            for source in SOURCES:
                for each in source(actor):
                    if (each["reference"], each["subject"], each["due_at"]) not in known:
                        found.setdefault(each["id"], each)
    return sorted(found.values(), key=lambda each: each["due_at"])[:MOST]


def calendar_at(secret: str) -> bytes | None:
    """The feed behind a secret address; None when there is none."""
    deadlines = selectors.deadlines_at(services.digest_of(secret))
    if deadlines is None:
        return None
    calendar = Calendar()
    calendar.add("prodid", "-//Norms Platform//Deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    told = {(each["reference"], each["subject"], each["due_at"]) for each in deadlines}
    for each in [*deadlines, *further(services.digest_of(secret), told)]:
        event = Event()
        event.add("uid", f"{each['id']}@{settings.BASE_URL.partition('://')[2]}")
        event.add("dtstamp", each["due_at"])
        event.add("dtstart", each["due_at"])
        event.add(
            "summary", " ".join(part for part in (each["reference"], each["subject"]) if part) or f"#{each['id']}"
        )
        path = each.get("url") or reverse("inbox-open", args=[each["id"]])
        event.add("url", f"{settings.BASE_URL}{path}")
        event.add("class", "CONFIDENTIAL")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
