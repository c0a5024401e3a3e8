"""What an incident may say of itself, checked once for the filing form, the edit page, the API and the importer.

Facts travel as plain JSON. `check` answers with the normalised facts or raises `Invalid`, naming each field.
"""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pycountry
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import clock
from core.errors import Invalid
from core.marks import Mark, Pap
from instruments import taxonomy

from .models import Precision

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
MOMENTS = ("first_access", "began", "detected", "ended")
PEOPLE = ("min", "best", "max")
LIMITS = {
    "title": 200,
    "summary": 20_000,
    "harm": 20_000,
    "people_source": 4_000,
    "name": 160,
    "external_reference": 80,
}
LARGEST = 9_000_000_000

Errors = dict[str, list[Any]]


def clean_text(value: Any, field: str, errors: Errors, *, required: bool = False) -> str:
    """Text as typed, without control characters or direction overrides (they hide what a name really says)."""
    text = str(value or "")
    limit = LIMITS.get(field.rsplit(".", 1)[-1], 20_000)
    # A text far too long is not looked at sign by sign: ten megabytes would take seconds.
    if len(text) <= 4 * limit:
        text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()
    if len(text) <= 4 * limit and any(
        (unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\t")
        or sign in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
        for sign in text
    ):
        errors.setdefault(field, []).append(_("Remove the invisible control characters."))
    if len(text) > limit:
        errors.setdefault(field, []).append(
            ngettext(
                "Shorten this to %(limit)d character; it has %(length)d.",
                "Shorten this to %(limit)d characters; it has %(length)d.",
                limit,
            )
            % {"limit": limit, "length": len(text)}
        )
    if required and not text:
        errors.setdefault(field, []).append(_("Enter an answer."))
    return text


def clean_moment(value: Any, field: str, errors: Errors) -> dict[str, Any]:
    """`{"at": ISO 8601 with zone or null, "precision": …}`; unknown is null, never a placeholder."""
    given = value if isinstance(value, Mapping) else {}
    chosen = given.get("precision") or Precision.UNKNOWN
    if chosen not in Precision.values:
        errors.setdefault(field, []).append(_("Choose how exactly this is known."))
        return {"at": None, "precision": "unknown"}
    if chosen == Precision.UNKNOWN or not given.get("at"):
        if chosen != Precision.UNKNOWN:
            errors.setdefault(field, []).append(_("Enter the date, or choose that it is not known."))
        return {"at": None, "precision": "unknown"}
    try:
        at = given["at"] if isinstance(given["at"], datetime) else parse_datetime(str(given["at"]))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        errors.setdefault(field, []).append(
            _("Enter a real date and time with its zone, for example 2026-11-03T04:12:00Z.")
        )
        return {"at": None, "precision": "unknown"}
    if at < EARLIEST:
        errors.setdefault(field, []).append(_("The date must be in 1970 or later."))
    if at > clock.now():
        errors.setdefault(field, []).append(_("The date must be in the past."))
    return {"at": at.astimezone(UTC).isoformat(), "precision": str(chosen)}


def clean_count(value: Any, field: str, errors: Errors) -> int | None:
    """A number of people or organisations; None is "not known", never 0."""
    if value is None or value == "":
        return None
    try:
        number = int(str(value))
    except ValueError:
        errors.setdefault(field, []).append(_("Enter a whole number, or leave it empty if it is not known."))
        return None
    if not 0 <= number <= LARGEST:
        errors.setdefault(field, []).append(_("Enter a number between 0 and 9,000,000,000."))
        return None
    return number


def clean_people(value: Any, field: str, errors: Errors) -> dict[str, int | None]:
    """`{"min", "best", "max"}` in this order of size; any of them may be unknown."""
    given = value if isinstance(value, Mapping) else {}
    people = {part: clean_count(given.get(part), field, errors) for part in PEOPLE}
    known = [number for number in people.values() if number is not None]
    if known != sorted(known):
        errors.setdefault(field, []).append(_("The numbers must grow: at least, best estimate, at most."))
    return people


def clean_country(value: Any, field: str, errors: Errors) -> str:
    """ISO 3166-1 alpha-2; empty is "not known"."""
    code = str(value or "").strip().upper()
    if code and pycountry.countries.get(alpha_2=code) is None:
        errors.setdefault(field, []).append(_("“%(code)s” is not a country code of ISO 3166.") % {"code": code[:8]})
    return code


def clean_choice(value: Any, field: str, errors: Errors, known: list[tuple[str, str]]) -> str:
    """One code of a list in force."""
    code = str(value or "")
    if code not in dict(known):
        errors.setdefault(field, []).append(_("Choose one from the list."))
    return code


def clean_victims(value: Any, field: str, errors: Errors) -> list[dict[str, Any]]:
    """Each sector in each country once."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for row in value if isinstance(value, list) else []:
        given = row if isinstance(row, Mapping) else {}
        sector = clean_choice(given.get("sector"), field, errors, taxonomy.sectors())
        country = clean_country(given.get("country"), field, errors)
        count = clean_count(given.get("organisations_hit"), field, errors)
        rows[sector, country] = {"sector": sector, "country": country, "organisations_hit": count}
    return list(rows.values())


def clean_services(value: Any, field: str, errors: Errors) -> list[dict[str, Any]]:
    """Essential services that were hit."""
    rows = []
    for row in value if isinstance(value, list) else []:
        given = row if isinstance(row, Mapping) else {}
        known = given.get("id")
        rows.append(
            {
                # The number of a service recorded before, which this row changes; without it the row adds one.
                "id": known if isinstance(known, int) and not isinstance(known, bool) else None,
                "service": clean_choice(given.get("service"), field, errors, taxonomy.services()),
                "name": clean_text(given.get("name"), f"{field}.name", errors, required=True),
                "country": clean_country(given.get("country"), field, errors),
                "people": clean_people(given.get("people"), field, errors),
            }
        )
    return rows


def clean_mark(value: Any, field: str, errors: Errors) -> str:
    """A TLP 2.0 mark; TLP:WHITE is read as CLEAR (R2.10)."""
    mark = "TLP:CLEAR" if value == "TLP:WHITE" else str(value or Mark.AMBER)
    if mark not in Mark.values:
        errors.setdefault(field, []).append(_("Choose a TLP 2.0 mark."))
    return mark


def clean_pap(value: Any, field: str, errors: Errors) -> str:
    """A PAP mark; left open, PAP:GREEN: nothing was said against open action."""
    pap = str(value or Pap.GREEN)
    if pap not in Pap.values:
        errors.setdefault(field, []).append(_("Choose a PAP mark."))
    return pap


CLEANERS: dict[str, Callable[[Any, str, Errors], Any]] = {
    "title": lambda value, field, errors: clean_text(value, field, errors, required=True),
    "summary": lambda value, field, errors: clean_text(value, field, errors, required=True),
    "harm": clean_text,
    "mark": clean_mark,
    "pap": clean_pap,
    **dict.fromkeys(MOMENTS, clean_moment),
    "people": clean_people,
    "people_source": clean_text,
    "victims": clean_victims,
    "services": clean_services,
    "is_exercise": lambda value, field, errors: bool(value),
    # Asked when the case is filed; afterwards it is turned by an act of its own (`incidents.hiding`).
    "blind": lambda value, field, errors: bool(value),
}


# How long after its first instant a moment known only so far may have been.
SPREAD = {
    Precision.HOUR: timedelta(hours=1),
    Precision.DAY: timedelta(days=1),
    Precision.MONTH: timedelta(days=31),
    Precision.YEAR: timedelta(days=366),
}


def latest(moment: Mapping[str, Any]) -> datetime:
    """The last instant a known moment may mean: an end "on the 3rd" is not before a beginning at noon of the 3rd."""
    spread = SPREAD.get(moment["precision"])
    last = datetime.fromisoformat(moment["at"])
    return last + spread - timedelta.resolution if spread else last


def check(given: Mapping[str, Any], *, whole: bool = False) -> dict[str, Any]:
    """The facts given, normalised; with `whole`, every fact, the missing ones checked as empty.

    Raises Invalid with every field that cannot stand, each with sentences that say what to do.
    """
    errors: Errors = {}
    names = list(CLEANERS) if whole else [name for name in CLEANERS if name in given]
    facts = {name: CLEANERS[name](given.get(name), name, errors) for name in names}
    began, ended = facts.get("began"), facts.get("ended")
    if began and ended and began["at"] and ended["at"] and latest(ended) < datetime.fromisoformat(began["at"]):
        errors.setdefault("ended", []).append(_("The end must not be before the beginning."))
    if errors:
        raise Invalid(errors)
    return facts
