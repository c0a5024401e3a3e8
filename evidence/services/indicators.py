"""A paste of indicators as one item: typed, normalised, written into a file of ours that is hashed and kept like any other."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from incidents.access import case_for
from organisations.actors import Actor
from organisations.roles import Action

from .. import indicators as rules
from ..access import must_be_open
from ..models import EvidenceItem
from ..uploads import Upload
from .intake import keep_file, new_item

FILE_NAME = "indicators.json"


def as_file(reading: rules.Reading, *, left_out: bool) -> bytes:
    """The indicators as JSON, the same bytes for the same paste: what each line said and what was made of it."""
    rows = [{"line": one.line, "type": one.kind, "value": one.value, "as_given": one.given} for one in reading.good]
    body: dict[str, Any] = {"format": "norms-indicators-1", "indicators": rows}
    if reading.repeated:
        body["repeated"] = [{"line": line, "same_as_line": first} for line, first in reading.repeated]
    if left_out and reading.bad:
        body["not_understood"] = [{"line": bad.line, "as_given": bad.given} for bad in reading.bad]
    return (json.dumps(body, indent=1, ensure_ascii=False) + "\n").encode()


def refusal(reading: rules.Reading) -> dict[str, list[Any]]:
    """Each line that was not understood, by its number."""
    fields: dict[str, list[Any]] = {
        f"indicators.{bad.line}": [format_lazy("“{given}”: {why}", given=bad.given[:80], why=bad.why)]
        for bad in reading.bad
    }
    if not reading.good and not reading.bad:
        fields["indicators"] = [_("Paste at least one indicator, one on each line.")]
    return fields


@transaction.atomic
def add_indicators(
    *, actor: Actor, reference: str, facts: Mapping[str, Any], lines: list[str], leave_out: bool = False
) -> tuple[EvidenceItem, rules.Reading]:
    """One item with every line that was understood. Unless the others may be left out, one bad line refuses all, each named.

    The evidence standard has no kind for indicators: the item is of kind “other”, class “infrastructure” unless said otherwise.
    """
    case = case_for(actor, reference, Action.ADD_EVIDENCE)
    must_be_open(case)
    reading = rules.read(lines)
    wrong = refusal(reading)
    if wrong and not (leave_out and reading.good):
        raise Invalid(wrong)
    counted = Counter(one.kind for one in reading.good)
    said = ", ".join(f"{kind} {count}" for kind, count in sorted(counted.items()))
    given = {
        "kind": "other",
        "evidence_class": "infrastructure",
        **{name: value for name, value in facts.items() if value},
    }
    given["description"] = "\n\n".join(text for text in (str(given.get("description") or ""), said) if text)
    item = new_item(actor=actor, incident=case.incident, facts=given)
    data = as_file(reading, left_out=leave_out)
    keep_file(actor=actor, item=item, upload=Upload(FILE_NAME, [data]), follow=False)
    return item, reading
