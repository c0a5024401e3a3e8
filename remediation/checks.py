"""What an update or a task may say, checked once for pages and API. Each answers with plain values or raises Invalid."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from incidents.facts import EARLIEST, Errors, clean_moment, clean_people, clean_text

from .states import ServiceState

LONGEST_TARGET = timedelta(days=3650)
LATEST = date(2100, 1, 1)


def fail(errors: Errors) -> None:
    """Raises Invalid if anything cannot stand."""
    if errors:
        raise Invalid(errors)


def clean_capacity(value: Any, field: str, errors: Errors) -> int | None:
    """Percent of normal; None is "not known", never 0."""
    if value is None or value == "":
        return None
    try:
        number = int(str(value))
    except ValueError:
        number = -1
    if not 0 <= number <= 100:
        errors.setdefault(field, []).append(
            _("Enter a whole number from 0 to 100, or leave it empty if it is not known.")
        )
        return None
    return number


def clean_future(value: Any, field: str, errors: Errors) -> datetime | None:
    """A promised moment, with its zone; None: nothing was promised."""
    if value is None or value == "":
        return None
    try:
        at = value if isinstance(value, datetime) else parse_datetime(str(value))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not EARLIEST <= at < datetime(LATEST.year, 1, 1, tzinfo=UTC):
        errors.setdefault(field, []).append(
            _("Enter a real date and time with its zone, for example 2026-11-03T04:12:00Z.")
        )
        return None
    return at.astimezone(UTC)


def check_update(given: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an update: state, capacity, people, since when, note, next update."""
    errors: Errors = {}
    state = str(given.get("state") or "")
    if state not in ServiceState.values:
        errors["state"] = [_("Choose a state from the list.")]
    capacity = clean_capacity(given.get("capacity"), "capacity", errors)
    if state == ServiceState.DOWN and capacity:
        errors.setdefault("capacity", []).append(
            _("A service that is down has no capacity. Choose another state, or leave the capacity empty.")
        )
    people = clean_people(given.get("people"), "people", errors)
    at = clean_moment(given.get("at"), "at", errors)
    note = clean_text(given.get("note"), "note", errors)
    due = clean_future(given.get("next_update_due"), "next_update_due", errors)
    moment = datetime.fromisoformat(at["at"]) if at["at"] else None
    if due and moment and due <= moment:
        errors.setdefault("next_update_due", []).append(
            _("The next update must come after the moment this one tells of.")
        )
    fail(errors)
    return {
        "state": state, "capacity": capacity, "at": moment, "at_precision": at["precision"], "note": note, "next_update_due": due,
        **{f"people_{part}": number for part, number in people.items()},
    }  # fmt: skip


def check_target(hours: Any) -> timedelta | None:
    """A target time to recover, given in hours; None takes it back."""
    if hours is None or hours == "":
        return None
    try:
        target = timedelta(hours=float(str(hours)))
    except (ValueError, OverflowError):
        target = timedelta()
    if not timedelta() < target <= LONGEST_TARGET:
        raise Invalid({"target_hours": [_("Enter a number of hours above 0 and up to ten years (87,600).")]})
    return target


def check_text(value: Any, field: str, sentence: Any) -> str:
    """A text that must not be empty; `sentence` asks for it."""
    errors: Errors = {}
    text = clean_text(value, field, errors)
    if not text and not errors:
        errors[field] = [sentence]
    fail(errors)
    return text


def clean_due(value: Any, field: str, errors: Errors) -> date | None:
    """A day; None: none was set."""
    if value is None or value == "":
        return None
    try:
        day = value if isinstance(value, date) else parse_date(str(value))
    except ValueError:
        day = None
    if day is None or not EARLIEST.date() <= day < LATEST:
        errors.setdefault(field, []).append(_("Enter a real date such as 2026-11-30."))
        return None
    return day


def clean_evidence_number(value: Any, field: str, errors: Errors) -> str:
    """`E-17`, named only: this room does not look into evidence."""
    number = str(value or "").strip().upper()
    if number and not re.fullmatch(r"E-[0-9]{1,6}", number):
        errors.setdefault(field, []).append(_("Name the item by its number, such as E-17."))
        return ""
    return number


def check_task(given: Mapping[str, Any], *, whole: bool) -> dict[str, Any]:
    """The plain columns of a task among those given; owner, person, service and dependencies need the case and come later."""
    errors: Errors = {}
    facts: dict[str, Any] = {}
    if whole or "title" in given:
        facts["title"] = clean_text(given.get("title"), "title", errors, required=True)
    if whole or "description" in given:
        facts["description"] = clean_text(given.get("description"), "description", errors)
    if whole or "due" in given:
        facts["due"] = clean_due(given.get("due"), "due", errors)
    fail(errors)
    return facts
