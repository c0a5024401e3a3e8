"""A finding as it stood on a day, with what was known then, and what differs between two days.

There are two histories and they are never mixed. *On record here*: what had been received, graded, linked, opened, answered
and computed on this platform by the end of that day; the tier is the one that was computed then, from its stored explanation.
*Known in the world*: before a finding was proposed there is no record of it, so the rules are applied to what somebody who
looked could have known by then, as the replay does. A day belongs to the first once the finding was proposed, else to the second;
the reader may ask for either. Everything is read as the reader: what they may not see now stands in neither day.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import Invalid
from evidence.models import CustodyEntry, EvidenceItem, GradeEntry, Lineage
from incidents.models import Incident

from .models import Contest, Extension, Finding, Hypothesis, Opinion, Panel, Reply, StandingChange
from .replay import known_since
from .rules import TierReport, known_by, tier_report
from .rules.history import Change, Row, State, difference
from .selectors import hypotheses_of, panel_that_counts, views_of

Basis = Literal["record", "world"]
PARTS = ("finding", "requirements", "robustness", "items", "hypotheses", "panels", "opinions", "contests", "replies")
# What an act of custody makes of an item; the last one by a day says how it stood.
BECOMES = {
    CustodyEntry.Act.RECEIVED: "held", CustodyEntry.Act.FROZEN: "frozen", CustodyEntry.Act.RESTORED: "held",
    CustodyEntry.Act.WITHDRAWN: "withdrawn", CustodyEntry.Act.DISPOSED: "disposed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AsOf:
    """A finding on one day. `recorded`: the step of its history that stood then; None: computed from what was known."""

    on: date
    basis: Basis
    recorded: StandingChange | None
    explanation: Mapping[str, Any]
    state: State

    @property
    def row(self) -> Row:
        """How the finding itself stood; empty when there was nothing of it yet."""
        return self.state["finding"].get("", {})


def basis_of(finding: Finding, on: date, asked: str = "") -> Basis:
    """Which history a day belongs to: the one asked for, else the record once the finding was proposed."""
    if asked not in ("", "record", "world"):
        raise Invalid({"by": [_("Choose one from the list.")]})
    if asked:
        return "record" if asked == "record" else "world"
    return "record" if on >= finding.proposed_at.date() else "world"


def as_of(finding: Finding, on: date, asked: str = "", *, field: str = "on") -> AsOf:
    """The finding as it stood at the end of a day. Raises Invalid, beside `field`, for a day that has not come."""
    if on > clock.today():
        raise Invalid({field: [_("The date must not be in the future.")]})
    basis = basis_of(finding, on, asked)
    return on_record(finding, on) if basis == "record" else known(finding, on)


def compared(before: AsOf, after: AsOf) -> tuple[Change, ...]:
    """What differs between two days, in the order of a finding's page."""
    return difference(before.state, after.state, parts=PARTS)


# ── on record here ───────────────────────────────────────────────────────────────────────────────────────────────────


def on_record(finding: Finding, on: date) -> AsOf:
    """From the record alone: no row that came later is looked at."""
    steps = StandingChange.objects.filter(finding=finding, at__date__lte=on).order_by("-pk")
    change = steps.first()
    explanation = change.explanation if change else {}
    head: dict[str, Row] = {}
    if change is not None:
        head[""] = {
            "tier": change.tier, "computed_tier": change.computed_tier, "standing": change.standing, "contested": change.contested,
            "review_on": review_by(finding, on).isoformat(), "marked_items": tuple(change.marked_items),
        }  # fmt: skip
    left_out = {row["item"] for row in explanation.get("exclusions", [])} if change else None
    return AsOf(
        on, "record", change, explanation,
        {
            "finding": head,
            "requirements": requirements_in(explanation),
            "robustness": robustness_in(explanation),
            "items": items_on_record(finding.incident, on, left_out),
            "hypotheses": hypotheses_by(finding, on),
            **spoken(finding, on),
        },
    )  # fmt: skip


def review_by(finding: Finding, on: date) -> date:
    """The review date that held on a day: put off since then it was an earlier one."""
    later = Extension.objects.filter(finding=finding, extended_at__date__gt=on).order_by("pk").first()
    return later.review_from if later else finding.review_on


def requirements_in(explanation: Mapping[str, Any]) -> dict[str, Row]:
    """Each line the standard asks, met or not, by which items."""
    return {
        f"{row['tier']} {row['code']}": {"met": bool(row["met"]), "items": tuple(row["items"])}
        for row in explanation.get("requirements", [])
    }


def robustness_in(explanation: Mapping[str, Any]) -> dict[str, Row]:
    """Independence in numbers, and whether it stood without any one source."""
    if "robust" not in explanation:
        return {}
    return {
        "": {
            "stands": bool(explanation["robust"]),
            "origins": int(explanation.get("independent_origins", 0)),
            "classes": tuple(explanation.get("evidence_classes", ())),
        }
    }


def grades_by(incident: Incident, on: date) -> dict[int, str]:
    """Each item's grade as it was on a day."""
    rows = GradeEntry.objects.filter(incident=incident, graded_at__date__lte=on).order_by("pk")
    return {
        item: f"{source}{truth}" for item, source, truth in rows.values_list("item_id", "reliability", "credibility")
    }


def states_by(incident: Incident, on: date) -> dict[int, str]:
    """What each item was on a day, by its custody."""
    rows = CustodyEntry.objects.filter(incident=incident, at__date__lte=on, act__in=list(BECOMES)).order_by(
        "item_id", "place"
    )
    return {item: BECOMES[CustodyEntry.Act(act)] for item, act in rows.values_list("item_id", "act")}


def links_by(incident: Incident, on: date | None) -> dict[int, tuple[str, ...]]:
    """How items hung together on a day; `None`: as they do now."""
    rows = Lineage.objects.filter(incident=incident)
    if on is not None:
        rows = rows.filter(added_at__date__lte=on)
    found: dict[int, list[str]] = {}
    for item, kind, other in rows.values_list("item_id", "kind", "other__number"):
        found.setdefault(item, []).append(f"{kind} E-{other}")
    return {item: tuple(sorted(links)) for item, links in found.items()}


def items_on_record(incident: Incident, on: date, left_out: set[str] | None) -> dict[str, Row]:
    """Items that had been received. `counts`: in full for this finding, as it was computed then; None when it was not."""
    grades, states, links = grades_by(incident, on), states_by(incident, on), links_by(incident, on)
    rows = EvidenceItem.objects.filter(incident=incident, received_at__date__lte=on).order_by("number")
    return {
        f"E-{number}": {
            "grade": grades.get(key, ""), "status": states.get(key, "held"), "links": links.get(key, ()),
            "counts": None if left_out is None else f"E-{number}" not in left_out,
        }
        for key, number in rows.values_list("pk", "number")
    }  # fmt: skip


def hypotheses_by(finding: Finding, on: date) -> dict[str, Row]:
    """Explanations on the finding's leg that were there."""
    rows = Hypothesis.objects.filter(incident_id=finding.incident_id, leg=finding.leg, added_at__date__lte=on)
    return {row.label: hypothesis_row(row, on) for row in rows.order_by("number")}


def hypothesis_row(row: Hypothesis, on: date) -> Row:
    """An explanation: set aside on a day or not yet."""
    aside = row.rejected_at is not None and row.rejected_at.date() <= on
    return {"name": row.name, "status": "rejected" if aside else "active"}


# ── what was said, by its day, in either history ─────────────────────────────────────────────────────────────────────


def spoken(finding: Finding, on: date) -> dict[str, dict[str, Row]]:
    """Panels, opinions that were open, contests and replies. Of a sealed round nothing, today as on any day (ATT-7)."""
    panels = list(Panel.objects.filter(finding=finding, convened_at__date__lte=on).order_by("number"))
    opened = Opinion.objects.filter(panel__in=panels, revealed_at__date__lte=on).select_related("seat", "panel")
    contests = Contest.objects.filter(finding=finding).order_by("pk")
    replies = Reply.objects.filter(finding=finding).order_by("pk")
    return {
        "panels": {row.label: panel_row(row, on) for row in panels},
        "opinions": {row.seat.label: opinion_row(row) for row in opened.order_by("seat__number", "round")},
        "contests": {
            str(place): {"kind": row.kind, "items": tuple(row.items), "resolved": row.resolved_at is not None and row.resolved_at.date() <= on}
            for place, row in enumerate(contests, start=1) if row.opened_at.date() <= on
        },
        "replies": {
            str(place): {"name": row.name, "position": row.position}
            for place, row in enumerate(replies, start=1) if row.received_at.date() <= on
        },
    }  # fmt: skip


def panel_row(panel: Panel, on: date) -> Row:
    """How far a panel was."""
    closed = panel.closed_at is not None and panel.closed_at.date() <= on
    opened = panel.revealed_at is not None and panel.revealed_at.date() <= on
    return {"state": "closed" if closed else "revealed" if opened else "at_work"}


def opinion_row(opinion: Opinion) -> Row:
    """An opened opinion: a member's last one by that day."""
    return {
        "panel": opinion.panel.label, "round": opinion.round, "position": opinion.position, "scale": opinion.scale,
        "likelihood": opinion.likelihood, "confidence": opinion.confidence, "dissent": opinion.dissent,
    }  # fmt: skip


# ── known in the world ───────────────────────────────────────────────────────────────────────────────────────────────


def known(finding: Finding, on: date) -> AsOf:
    """What the rules say of what somebody who looked could have known by then; judgements are as they stand now."""
    record = views_of(finding)
    rows = EvidenceItem.objects.filter(incident=finding.incident).select_related("statement").order_by("number")
    since = {row.label: known_since(row) for row in rows}
    items = known_by(tuple(replace(item, known_on=since.get(item.id)) for item in record.items), on)
    if not items:
        return AsOf(on, "world", None, {}, {**{part: {} for part in PARTS}, **spoken(finding, on)})
    lead = next(row.id for row in record.hypotheses if row.lead)
    panel = panel_that_counts(finding)
    seated = record.panel if panel and panel.convened_at.date() <= on else None
    report = tier_report(replace(record.finding, contests=()), items, record.hypotheses, seated, record.standard)
    explanation = report.as_dict()
    left_out = {row["item"] for row in explanation["exclusions"]}
    links = links_by(finding.incident, None)
    inside = {item.id for item in items}
    told: dict[str, Row] = {
        row.label: {
            "grade": f"{row.reliability}{row.credibility}", "status": row.status, "links": kept(links.get(row.pk, ()), inside),
            "counts": row.label not in left_out,
        }
        for row in rows if row.label in inside
    }  # fmt: skip
    return AsOf(
        on, "world", None, explanation,
        {
            "finding": {"": head_of(report, lead)},
            "requirements": requirements_in(explanation),
            "robustness": robustness_in(explanation),
            "items": told,
            "hypotheses": {row.label: hypothesis_row(row, on) for row in hypotheses_of(finding.incident, finding.leg)},
            **spoken(finding, on),
        },
    )  # fmt: skip


def head_of(report: TierReport, lead: str) -> Row:
    """How the finding would have stood: the tier the record carried, and whether its hypothesis held."""
    return {
        "tier": report.tier, "computed_tier": report.tier, "contested": report.contested, "hypothesis": report.standings[lead],
    }  # fmt: skip


def kept(links: Iterable[str], inside: set[str]) -> tuple[str, ...]:
    """The links to items that were known too."""
    return tuple(link for link in links if link.rpartition(" ")[2] in inside)
