"""The right of reply (ATT-11): when a finding that names a party may be published. Pure; the numbers are in an instrument."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class ReplyRules:
    """One version of the rules of the right of reply."""

    version: str
    reply_days: int
    late_days: int
    code_attempts: int
    most_text: int
    must_be_asked: frozenset[str]
    opens_contest: Mapping[str, str]
    measures_that_name: frozenset[str]
    marks_that_publish: frozenset[str]
    most_files: int = 0
    most_file_bytes: int = 0

    @classmethod
    def from_content(cls, content: Mapping[str, Any], *, version: str) -> "ReplyRules":
        """Reads the instrument."""
        return cls(
            version=version, reply_days=content["reply_days"], late_days=content["late_days"],
            code_attempts=content["code_attempts"], most_text=content["most_text"],
            must_be_asked=frozenset(row["code"] for row in content["parties"] if row["must_be_asked"]),
            opens_contest={row["code"]: row["opens_contest"] for row in content["positions"]},
            measures_that_name=frozenset(content["measures_that_name"]),
            marks_that_publish=frozenset(content["marks_that_publish"]),
            most_files=content.get("most_files", 0), most_file_bytes=content.get("most_file_bytes", 0),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AskedView:
    """Somebody who was asked: settled when they have answered, or when their reply was expressly waived with reasons."""

    party: str
    deadline: datetime
    answered: bool = False
    waived: bool = False

    @property
    def settled(self) -> bool:
        return self.answered or self.waived


def deadline_from(opened: datetime, rules: ReplyRules) -> datetime:
    """The moment until which publication waits for those who do not answer."""
    return opened + timedelta(days=rules.reply_days)


def channel_ends(deadline: datetime, rules: ReplyRules) -> datetime:
    """The moment after which the channel takes nothing more: a late reply is still printed."""
    return deadline + timedelta(days=rules.late_days)


def names_a_party(kind: str, country: str, actor: str) -> bool:
    """Whether a hypothesis says who: a State, a group, a unit. "Unknown" names nobody."""
    return kind != "unknown" and bool(country or actor)


def publication_bars(asked: Iterable[AskedView], *, names: bool, now: datetime, rules: ReplyRules) -> tuple[str, ...]:
    """Why a finding may not be published now; empty when it may.

    `party_not_asked`: it names a party and nobody of that kind was asked, nor was asking waived with reasons.
    `reply_awaited`: somebody asked has neither answered nor been waived, and their deadline has not passed.
    """
    rows = tuple(asked)
    bars = []
    if names and not rules.must_be_asked <= {row.party for row in rows}:
        bars.append("party_not_asked")
    if any(not row.settled and now < row.deadline for row in rows):
        bars.append("reply_awaited")
    return tuple(bars)
