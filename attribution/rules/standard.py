"""The evidence standard as typed values, read from the `evidence-standard` instrument. Numbers and lists come from there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

TIERS = ("T0", "T1", "T2", "T3", "T4")
Counting = Literal["origin", "group", "never"]


class StandardMismatch(ValueError):
    """A finding was computed under another version than the one it was opened with (GOV-1)."""


@dataclass(frozen=True, slots=True)
class EvidenceClass:
    code: str
    counts: Counting
    intruder_controlled: bool
    supports_provisional: bool
    alone_max_tier: str | None

    @property
    def anchors(self) -> bool:
        """Whether an item of this class can carry a corroborated finding when all else is taken away."""
        return self.counts == "origin" and not self.intruder_controlled and self.alone_max_tier is None


@dataclass(frozen=True, slots=True)
class StatementType:
    code: str
    counts: Literal["yes", "no", "if_evidence_base_stated"]
    interested_party: bool
    opens_contest: bool


@dataclass(frozen=True, slots=True)
class Term:
    code: str
    name: str
    minimum: int
    maximum: int
    maximum_open: bool

    def holds(self, percent: float) -> bool:
        return self.minimum <= percent and (percent < self.maximum if self.maximum_open else percent <= self.maximum)


@dataclass(frozen=True, slots=True)
class Scale:
    code: str
    name: str
    terms: tuple[Term, ...]
    provisional_floor: str

    def rank(self, term: str) -> int | None:
        return next((rank for rank, row in enumerate(self.terms) if row.code == term), None)


@dataclass(frozen=True, slots=True)
class Leg:
    """One part of what is claimed, never merged with another (ATT-5): what may explain it, and what proof it is held to.

    `says_who` legs name somebody; only `holds_state` legs can hold a State responsible, and only with an article (R2.5).
    """

    code: str
    kinds: tuple[str, ...]
    proof: str
    proofs: tuple[str, ...]
    says_who: bool
    holds_state: bool
    needs_article: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """One requirement as the standard words it: which check, by which rule, with which numbers, on which legs (None: all)."""

    code: str
    rule: str
    params: Mapping[str, Any]
    legs: frozenset[str] | None = None

    def applies_to(self, leg: str) -> bool:
        return self.legs is None or leg in self.legs


@dataclass(frozen=True, slots=True)
class Tier:
    code: str
    builds_on: str | None
    requires: tuple[Asked, ...]


@dataclass(frozen=True)
class EvidenceStandard:
    """One version of the standard. Build it once per version and pass it in; it never changes."""

    version: str
    classes: Mapping[str, EvidenceClass]
    statement_types: Mapping[str, StatementType]
    ratings: Mapping[str, int | None]
    residual_kinds: frozenset[str]
    contest_blocks: Mapping[str, str]
    unknown_grades: frozenset[str]
    provisional_grades: tuple[frozenset[str], frozenset[str]]
    corroboration_grades: tuple[frozenset[str], frozenset[str]]
    needs_corroboration: frozenset[str]
    tiers: tuple[Tier, ...]
    review_default_days: int
    review_max_days: int
    overdue_asks: tuple[str, ...]
    seats: Mapping[str, frozenset[str]]
    signing_positions: frozenset[str]
    scales: Mapping[str, Scale]
    confidence: tuple[str, ...]
    articles: Mapping[int, bool]
    norm_13b_factors: tuple[str, ...]
    wording: Mapping[str, str]
    legs: Mapping[str, Leg]
    proof_tiers: Mapping[str, str]

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "EvidenceStandard":
        """Read a whole instrument document, version included."""
        return cls.from_content(document["content"], version=document["version"])

    @classmethod
    def from_content(cls, content: Mapping[str, Any], *, version: str) -> "EvidenceStandard":
        """Read the content of a document that already passed its schema; a missing part raises KeyError."""
        grades = content["admiralty"]
        counts_for = grades["counts_for"]
        return cls(
            version=version,
            classes={
                row["code"]: EvidenceClass(
                    row["code"],
                    row["counts"],
                    row["intruder_controlled"],
                    row["supports_provisional"],
                    row["alone_max_tier"],
                )
                for row in content["evidence_classes"]
            },
            statement_types={
                row["code"]: StatementType(row["code"], row["counts"], row["interested_party"], row["opens_contest"])
                for row in content["statement_types"]
            },
            ratings={row["code"]: row["value"] for row in content["ratings"]},
            residual_kinds=frozenset(row["code"] for row in content["hypothesis_kinds"] if row["residual"]),
            contest_blocks={row["code"]: row["blocks"] for row in content["contest_kinds"]},
            unknown_grades=frozenset(
                row["code"] for part in ("reliability", "credibility") for row in grades[part] if row["unknown"]
            ),
            provisional_grades=_grades(counts_for["provisional"]),
            corroboration_grades=_grades(counts_for["corroboration"]),
            needs_corroboration=frozenset(
                row["code"] for row in grades["credibility"] if row["requires_independent_corroboration"]
            ),
            tiers=tuple(
                Tier(
                    row["code"],
                    row["builds_on"],
                    tuple(_asked(asked) for asked in row["requires"]),
                )
                for row in content["tiers"]
            ),
            review_default_days=content["review"]["default_days"],
            review_max_days=content["review"]["max_days"],
            overdue_asks=tuple(content["review"]["overdue_asks"]),
            seats={row["code"]: frozenset(row["disciplines"]) for row in content["seats"]},
            signing_positions=frozenset(content["signing_positions"]),
            scales={
                code: Scale(
                    code,
                    row["name"],
                    tuple(Term(t["code"], t["name"], t["min"], t["max"], t["max_open"]) for t in row["terms"]),
                    row["provisional_floor"],
                )
                for code, row in content["scales"].items()
            },
            confidence=tuple(row["code"] for row in content["confidence"]),
            articles={row["art"]: row["needs_specific_control"] for row in content["state_responsibility"]},
            norm_13b_factors=tuple(row["code"] for row in content["norm_13b_factors"]),
            wording={row["text"]: row["maps"] for row in content["statement_wording"]},
            legs={row["code"]: _leg(row) for row in content["legs"]},
            proof_tiers={row["code"]: row["tier"] for row in content.get("standards_of_proof", ())},
        )


# What 2026.1 did not say of its legs yet: the same four kinds of actor on each, no standard of proof.
WHO = ("state", "non_state", "false_flag", "unknown")
HELD_STATES = frozenset({"operator", "sponsor", "legal"})


def _leg(row: Mapping[str, Any]) -> Leg:
    code = row["code"]
    return Leg(
        code=code,
        kinds=tuple(row.get("kinds", WHO)),
        proof=row.get("proof", ""),
        proofs=tuple(row.get("proofs", ())),
        says_who=row.get("says_who", code != "political"),
        holds_state=row.get("holds_state", code in HELD_STATES),
        needs_article=row.get("needs_article", code == "legal"),
    )


def _asked(row: Mapping[str, Any]) -> Asked:
    legs = row.get("legs")
    return Asked(row["code"], row["rule"], row.get("params", {}), None if legs is None else frozenset(legs))


def _grades(row: Mapping[str, Any]) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(row["reliability"]), frozenset(row["credibility"])
