"""What a public statement and a timeline entry may say."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from instruments.models import Instrument
from instruments.selectors import in_force

from .facts import Errors, clean_moment, clean_text


def statement_kinds() -> list[tuple[str, str]]:
    """The kinds of statement the evidence standard in force knows."""
    return [
        (kind["code"], kind["name"]) for kind in in_force(Instrument.Kind.EVIDENCE_STANDARD).content["statement_types"]
    ]


def _at(moment: Mapping[str, Any]) -> datetime | None:
    return datetime.fromisoformat(moment["at"]) if moment["at"] else None


def check_statement(given: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of a statement; raises Invalid naming each field."""
    errors: Errors = {}
    said = clean_moment(given.get("said"), "said", errors)
    names = [clean_text(name, "names", errors) for name in given.get("names") or []]
    columns = {
        "kind": str(given.get("kind") or ""),
        "said_by": clean_text(given.get("said_by"), "said_by", errors, required=True),
        "said_at": _at(said),
        "said_precision": said["precision"],
        "names": [name for name in names if name],
        "wording": clean_text(given.get("wording"), "wording", errors),
        "source": clean_text(given.get("source"), "source", errors),
        "origin": clean_text(given.get("origin"), "origin", errors),
        "external_reference": clean_text(given.get("external_reference"), "external_reference", errors),
    }
    if columns["kind"] not in dict(statement_kinds()):
        errors.setdefault("kind", []).append(_("Choose one from the list."))
    if len(str(columns["said_by"])) > 200 or len(str(columns["origin"])) > 120:
        errors.setdefault("said_by", []).append(_("Shorten the name."))
    if errors:
        raise Invalid(errors)
    return columns


def check_timeline_entry(given: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of a timeline entry; raises Invalid naming each field."""
    errors: Errors = {}
    at = clean_moment(given.get("at"), "at", errors)
    what = clean_text(given.get("what"), "what", errors, required=True)
    if len(what) > 300:
        errors.setdefault("what", []).append(_("Shorten this to 300 characters."))
    source = clean_text(given.get("source"), "source", errors)
    if errors:
        raise Invalid(errors)
    return {"at": _at(at), "at_precision": at["precision"], "what": what, "source": source}
