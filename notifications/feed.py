"""One's deadlines as a calendar (RFC 5545): ids, times and a link, so that a calendar service learns nothing else."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event

from . import selectors, services


def calendar_at(secret: str) -> bytes | None:
    """The feed behind a secret address; None when there is none."""
    deadlines = selectors.deadlines_at(services.digest_of(secret))
    if deadlines is None:
        return None
    calendar = Calendar()
    calendar.add("prodid", "-//Norms Platform//Deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for each in deadlines:
        event = Event()
        event.add("uid", f"{each['id']}@{settings.BASE_URL.partition('://')[2]}")
        event.add("dtstamp", each["due_at"])
        event.add("dtstart", each["due_at"])
        event.add(
            "summary", " ".join(part for part in (each["reference"], each["subject"]) if part) or f"#{each['id']}"
        )
        event.add("url", f"{settings.BASE_URL}{reverse('inbox-open', args=[each['id']])}")
        event.add("class", "CONFIDENTIAL")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
