"""A finding on a day, and what differs between two days, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from evidence.models import Lineage
from evidence.states import Status as ItemStatus

from . import norms, reply_rules
from .asof import PARTS, AsOf
from .models import Opinion
from .pictures import class_words
from .rules.history import Change, Row, Value
from .states import HypothesisStatus, Standing

TITLES = {
    "finding": _("The finding"), "requirements": _("What the standard asks"), "robustness": _("Independence"), "items": _("Evidence"),
    "hypotheses": _("Hypotheses"), "panels": _("Panels"), "opinions": _("Opinions that were open"), "contests": _("Contests"),
    "replies": _("Replies"),
}  # fmt: skip
FIELDS = {
    "tier": _("Tier"), "computed_tier": _("What the record carries by the standard"), "standing": _("Standing"),
    "contested": _("Contested"), "review_on": _("Review by"), "marked_items": _("Items it uses that are frozen or withdrawn"),
    "hypothesis": _("The hypothesis"), "met": _("Met"), "items": _("Items"), "stands": _("Stands without any one source"),
    "origins": _("Independent origins"), "classes": _("Classes of evidence"), "grade": _("Grade"), "status": _("Status"),
    "links": _("Hangs together with others"), "counts": _("Counts in full"), "name": _("Name"), "panel": _("Panel"), "round": _("Round"),
    "position": _("Position"), "scale": _("Scale"), "likelihood": _("Likelihood"), "confidence": _("Confidence in the analysis"),
    "dissent": _("Dissent"), "kind": _("Kind"), "resolved": _("Resolved"), "state": _("State"),
}  # fmt: skip
STATES = {"at_work": _("at work"), "revealed": _("opinions are open"), "closed": _("ended")}
LEADS = {"rejected": _("rejected by evidence"), "weakened": _("weakened"), "open": _("open")}
CAME = {
    "finding": _("The finding was proposed"), "requirements": _("is asked"), "robustness": _("computed"),
    "items": _("was added"), "hypotheses": _("was added"), "panels": _("was convened"), "opinions": _("was opened"),
    "contests": _("was put on record"), "replies": _("came"),
}  # fmt: skip
WENT = {
    "finding": _("There is no finding yet"), "requirements": _("is not asked"), "robustness": _("not computed"),
    "items": _("is not there yet"), "hypotheses": _("is not there yet"), "panels": _("is not convened yet"),
    "opinions": _("is not open yet"), "contests": _("is not on record yet"), "replies": _("has not come yet"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One difference as it is printed: of what, which way, and from what to what."""

    name: str
    tag: str
    text: str
    before: str
    after: str


class Words:
    """Codes of one finding in words; `days` give the sentences of its requirements."""

    def __init__(self, version: str, *days: AsOf) -> None:
        self.version, self.lists = version, dict[str, dict[str, str]]()
        self.asks = {
            f"{row['tier']} {row['code']}": norms.say(row["text"]["code"], row["text"]["params"], version)
            for day in days
            for row in day.explanation.get("requirements", [])
        }

    def named(self, part: str, code: str) -> str:
        """A code of the standard."""
        if part not in self.lists:
            self.lists[part] = dict(norms.named(part, self.version))
        return self.lists[part].get(code, code)

    def key(self, part: str, key: str) -> str:
        """What a row is called."""
        if part == "requirements":
            return f"{key.split(' ')[0]} {self.asks.get(key, key)}"
        return key

    def value(self, part: str, what: str, row: Row, value: Value) -> str:
        """A value in words; what is not known says so."""
        if isinstance(value, bool):
            return gettext("Yes") if value else gettext("No")
        if value is None or value == "":
            return "–"
        if isinstance(value, tuple):
            return ", ".join(self.one(part, what, row, each) for each in value) or gettext("none")
        return self.one(part, what, row, str(value))

    def one(self, part: str, what: str, row: Row, code: str) -> str:
        """One code in words."""
        if what == "standing":
            return str(Standing(code).label)
        if what == "status":
            return str(HypothesisStatus(code).label) if part == "hypotheses" else str(ItemStatus(code).label)
        if what == "links":
            kind, _space, item = code.partition(" ")
            return f"{Lineage.Kind(kind).label} {item}"
        if what == "position" and part == "replies":
            return dict(reply_rules.named("positions")).get(code, code)
        if what == "position":
            return str(Opinion.Position(code).label)
        if what == "likelihood":
            return norms.term_words(str(row.get("scale", "")), code, self.version)
        if what == "scale":
            return dict(norms.scales(self.version)).get(code, code)
        if what in ("confidence", "kind"):
            return self.named("confidence" if what == "confidence" else "contest_kinds", code)
        if what == "classes":
            return class_words(code, self.version)
        return str({"state": STATES, "hypothesis": LEADS}.get(what, {}).get(code, code))

    def rows(self, part: str, rows: Mapping[str, Row]) -> list[tuple[str, list[tuple[str, str]]]]:
        """Every row of a part: its name, and its values with their names."""
        return [
            (self.key(part, key), [(str(FIELDS[what]), self.value(part, what, row, row[what])) for what in row])
            for key, row in rows.items()
        ]

    def line(self, change: Change, before: AsOf, after: AsOf) -> Line:
        """One difference."""
        name, old, new = self.key(change.part, change.key), before.state, after.state
        if change.kind == "added":
            return Line(name, "good", str(CAME[change.part]), "", "")
        if change.kind == "gone":
            return Line(name, "warn", str(WENT[change.part]), "", "")
        was = self.value(change.part, change.what, old[change.part][change.key], change.before)
        now = self.value(change.part, change.what, new[change.part][change.key], change.after)
        return Line(name, "info", str(FIELDS[change.what]), was, now)


def day_shown(day: AsOf, version: str) -> list[tuple[str, str, list[tuple[str, list[tuple[str, str]]]]]]:
    """A day, part by part: code, title, rows. A part with nothing in it is left out."""
    words = Words(version, day)
    return [(part, str(TITLES[part]), words.rows(part, day.state[part])) for part in PARTS if day.state[part]]


def difference_shown(
    changes: tuple[Change, ...], before: AsOf, after: AsOf, version: str
) -> list[tuple[str, list[Line]]]:
    """What differs, part by part."""
    words = Words(version, before, after)
    return [
        (str(TITLES[part]), [words.line(row, before, after) for row in changes if row.part == part])
        for part in PARTS
        if any(row.part == part for row in changes)
    ]


def sentence_of(day: AsOf, version: str) -> str:
    """Whether it would still have stood, in one sentence."""
    said: Any = day.explanation.get("sentence")
    return norms.say(said["code"], said["params"], version) if said else ""


def day_values(day: AsOf) -> dict[str, Any]:
    """A day for a program: plain rows, each with its name."""
    return {
        "on": day.on.isoformat(),
        "by": day.basis,
        "recorded_at": day.recorded.at.isoformat() if day.recorded else None,
        "cause": day.recorded.cause if day.recorded else None,
        "sentence": day.explanation.get("sentence"),
        "finding": plain(day.row) if day.row else None,
        "robustness": plain(day.state["robustness"].get("", {})) or None,
        **{
            part: [{"key": key, **plain(row)} for key, row in day.state[part].items()]
            for part in PARTS
            if part not in ("finding", "robustness")
        },
    }


def plain(row: Row) -> dict[str, Any]:
    """A row with lists for tuples."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in row.items()}


def change_values(change: Change) -> dict[str, Any]:
    """One difference for a program."""
    pair = plain({"before": change.before, "after": change.after})
    return {"part": change.part, "key": change.key, "kind": change.kind, "what": change.what, **pair}
