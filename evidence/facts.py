"""What an item may say of itself, checked once for the form, the API and the importer.

Facts travel as plain JSON; `check` answers with columns or raises `Invalid`, naming each field. What the standard asks
beyond the columns stands under `details`, by the standard's own codes, so that a new version needs no new column.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from incidents.facts import Errors, clean_choice, clean_mark, clean_moment, clean_pap, clean_text

from . import standard

SHORT = {"collected_by": 200, "clock.source": 200, "clock.zone": 60, "origin": 160}
OFFSET = re.compile(r"[+-](0\d|1[0-4]):[0-5]\d")
LARGEST_OFFSET = 10 * 366 * 24 * 3600  # a clock may be years off, and that is a finding; ten are a typing error

# Names of the facts, apart from `details`.
FACTS = (
    "title", "kind", "evidence_class", "description", "source", "collection_method", "collected", "collected_by",
    "clock", "origin", "statement", "statement_type", "mark", "pap", "details",
)  # fmt: skip


def short_text(value: Any, field: str, errors: Errors) -> str:
    """Text for a column that ends somewhere."""
    text = clean_text(value, field, errors)
    if "\n" in text:
        errors.setdefault(field, []).append(_("Write this on one line."))
    if len(text) > SHORT[field]:
        errors.setdefault(field, []).append(_("Shorten this to %(limit)d characters.") % {"limit": SHORT[field]})
    return text


def clean_clock(value: Any, errors: Errors) -> dict[str, Any]:
    """Zone, offset and source of the clock that stamped the item; an unknown offset is null, never 0 (R1.15)."""
    given = value if isinstance(value, Mapping) else {}
    zone = short_text(given.get("zone"), "clock.zone", errors)
    if zone and zone not in available_timezones() and not OFFSET.fullmatch(zone):
        errors.setdefault("clock.zone", []).append(_("Enter a zone such as Africa/Nairobi, UTC or +03:00."))
    seconds = given.get("offset_seconds")
    offset: int | None = None
    if seconds is not None and seconds != "":
        try:
            offset = int(str(seconds))
        except ValueError:
            errors.setdefault("clock.offset_seconds", []).append(
                _("Enter whole seconds, such as -4, or leave it empty if it is not known.")
            )
        if offset is not None and abs(offset) > LARGEST_OFFSET:
            errors.setdefault("clock.offset_seconds", []).append(_("This offset is larger than ten years."))
    return {
        "clock_zone": zone,
        "clock_offset_seconds": offset,
        "clock_source": short_text(given.get("source"), "clock.source", errors),
    }


def clean_details(value: Any, errors: Errors, content: standard.Content) -> dict[str, str]:
    """Answers to the standard's other fields; a code it does not know is refused."""
    given = value if isinstance(value, Mapping) else {}
    known = standard.detail_fields(content)
    details = {}
    for code, answer in given.items():
        if code not in known:
            errors.setdefault("details", []).append(
                _("“%(code)s” is not a field of this evidence standard.") % {"code": str(code)[:40]}
            )
            continue
        text = clean_text(
            "\n".join(map(str, answer)) if isinstance(answer, list) else answer, f"details.{code}", errors
        )
        if text:
            details[code] = text
    return details


def check(given: Mapping[str, Any], content: standard.Content, *, whole: bool = False) -> dict[str, Any]:
    """Columns for the facts given; with `whole`, for every fact, the missing ones checked as empty.

    `origin` and `statement` stay as given, for the service to find in the case.
    """
    errors: Errors = {}
    columns: dict[str, Any] = {}
    kinds, classes = standard.item_kinds(content), standard.evidence_classes(content)

    def collected(value: Any) -> None:
        moment = clean_moment(value, "collected", errors)
        columns["collected_at"] = datetime.fromisoformat(moment["at"]) if moment["at"] else None
        columns["collected_precision"] = moment["precision"]

    def evidence_class(value: Any) -> None:
        chosen = value or standard.default_class(content, str(given.get("kind") or ""))
        if chosen or "kind" not in errors:  # one sentence for one mistake: without a kind there is no usual class
            columns["evidence_class"] = clean_choice(chosen, "evidence_class", errors, classes)

    def statement_type(value: Any) -> None:
        columns["statement_type"] = clean_choice(
            value, "statement_type", errors, [("", ""), *standard.statement_types(content)]
        )

    def statement(value: Any) -> None:
        text = str(value or "")
        if text and not (text.isascii() and text.isdigit() and len(text) < 19):
            errors.setdefault("statement", []).append(_("Choose one from the list."))
            return
        columns["statement"] = int(text) if text else None

    def set_text(name: str, *, required: bool = False) -> Callable[[Any], None]:
        def clean(value: Any) -> None:
            columns[name] = clean_text(value, name, errors, required=required)

        return clean

    cleaners: dict[str, Callable[[Any], None]] = {
        "title": set_text("title", required=True),
        "kind": lambda value: columns.update(kind=clean_choice(value, "kind", errors, kinds)),
        "evidence_class": evidence_class,
        "description": set_text("description"),
        "source": set_text("source"),
        "collection_method": set_text("collection_method"),
        "collected": collected,
        "collected_by": lambda value: columns.update(collected_by=short_text(value, "collected_by", errors)),
        "clock": lambda value: columns.update(clean_clock(value, errors)),
        "origin": lambda value: columns.update(origin=short_text(value, "origin", errors)),
        "statement": statement,
        "statement_type": statement_type,
        "mark": lambda value: columns.update(mark=clean_mark(value, "mark", errors)),
        "pap": lambda value: columns.update(pap=clean_pap(value, "pap", errors)),
        "details": lambda value: columns.update(details=clean_details(value, errors, content)),
    }
    for name in FACTS if whole else [name for name in FACTS if name in given]:
        cleaners[name](given.get(name))
    if errors:
        raise Invalid(errors)
    return columns
