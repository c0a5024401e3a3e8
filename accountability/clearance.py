"""What may stand in a document at its mark: the one place that says no, for reviews and verification reports alike (R2.8)."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from attribution.rules.texts import MESSAGES, Text
from core.marks import above
from documents.failures import NotMade
from evidence.models import EvidenceItem

WITHHELD = "withheld"


def stop_above(marked: Iterable[tuple[str, str]], limit: str) -> None:
    """Stops a document, and nothing of it is made, when one of these things (name, mark) is marked above `limit`."""
    for name, mark in above(marked, limit):
        raise NotMade("above_mark", f"{name} ({mark})")


def hidden_origins(items: Iterable[EvidenceItem], closed: Collection[str]) -> frozenset[str]:
    """Names of origins that are known only from items in `closed`: to say them would tell of those items (R2.12)."""
    known: dict[str, bool] = {}
    for item in items:
        if item.origin is not None:
            known[item.origin.name] = known.get(item.origin.name, True) and item.label in closed
    return frozenset(name for name, hidden in known.items() if hidden)


def retold(text: Mapping[str, Any], hidden: frozenset[str], *, instead: str = WITHHELD) -> dict[str, Any]:
    """A sentence of the rules (code, values, English) without the name of an origin that is hidden."""
    params = {
        name: instead if isinstance(value, str) and value in hidden else value for name, value in text["params"].items()
    }
    if params == dict(text["params"]) or text["code"] not in MESSAGES:
        return dict(text)
    said = {name: tuple(value) if isinstance(value, list) else value for name, value in params.items()}
    return {"code": text["code"], "params": params, "english": Text(text["code"], said).english}


def loss_hidden(row: Mapping[str, Any], hidden: frozenset[str]) -> bool:
    """Whether a loss of the robustness test is that of an origin which is hidden."""
    return row["kind"] == "origin" and row["key"] in hidden
