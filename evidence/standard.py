"""What an item must carry to count, and what it still lacks. Pure; the standard is an argument (ATT-2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Fields of the standard that are columns or come from the file; every other field is kept under `details`.
COLUMNS = frozenset(
    {
        "source", "collection_method", "collected_at", "clock", "clock_source", "sha256", "format", "origin", "statement_type", "tlp",
        "reliability", "credibility", "evidence_class",
    }
)  # fmt: skip
# What a linked public statement answers by itself.
FROM_STATEMENT = frozenset({"statement_type", "statement_date", "stated_by", "wording"})
Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Lack:
    """A field the standard asks for and the item does not carry."""

    code: str
    name: str


def item_kinds(content: Content) -> list[tuple[str, str]]:
    """Kinds of item, with their names."""
    return [(row["code"], row["name"]) for row in content["item_kinds"]]


def evidence_classes(content: Content) -> list[tuple[str, str]]:
    """Classes of evidence, with their names."""
    return [(row["code"], row["name"]) for row in content["evidence_classes"]]


def statement_types(content: Content) -> list[tuple[str, str]]:
    """Types of statement, with their names."""
    return [(row["code"], row["name"]) for row in content["statement_types"]]


def grade_codes(content: Content, part: str) -> list[tuple[str, str]]:
    """Codes of `reliability` or `credibility`, with their names."""
    return [(row["code"], row["name"]) for row in content["admiralty"][part]]


def needs_corroboration(content: Content, credibility: str) -> bool:
    """Whether this credibility may be given only with a linked item of another lineage (R1.2)."""
    return any(
        row["code"] == credibility and row["requires_independent_corroboration"]
        for row in content["admiralty"]["credibility"]
    )


def kind_row(content: Content, kind: str) -> Mapping[str, Any] | None:
    """One kind of item, or None."""
    return next((row for row in content["item_kinds"] if row["code"] == kind), None)


def required_fields(content: Content, kind: str) -> Sequence[str]:
    """Codes of the fields an item of this kind must carry; a kind the standard does not know asks for all common ones."""
    row = kind_row(content, kind) or kind_row(content, "other") or {"required": []}
    return list(row["required"])


def default_class(content: Content, kind: str) -> str:
    """The evidence class an item of this kind has unless said otherwise."""
    row = kind_row(content, kind)
    return str(row["default_class"]) if row else ""


def detail_fields(content: Content) -> dict[str, str]:
    """Fields without a column of their own, with their names."""
    return {code: name for code, name in content["fields"].items() if code not in COLUMNS}


def propositions(text: str) -> list[str]:
    """The propositions written one per line, each once (R1.9)."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def carried(code: str, value: Any) -> bool:
    """Whether a value answers its field. A field of its own rule: a finding weighs at least two propositions (R1.9)."""
    if code == "propositions":
        return len(propositions(str(value or ""))) >= 2
    return bool(value.strip() if isinstance(value, str) else value)


def lacks(content: Content, kind: str, values: Mapping[str, Any]) -> list[Lack]:
    """What an item with these values still lacks to count, in the standard's order."""
    return [
        Lack(code, content["fields"].get(code, code))
        for code in required_fields(content, kind)
        if not carried(code, values.get(code))
    ]
