"""Computing a finding anew. Nobody ticks a tier: this is the only place that writes one (ATT-6)."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from core import clock
from core.tenancy import acting_as
from incidents.models import Incident
from ledger.services import record
from organisations.actors import Actor

from ..models import Contest, Finding, StandingChange
from ..rules import TierReport
from ..selectors import views_of
from ..states import Standing
from ..telling import tell_change
from .platform import system_for

PROVISIONAL = ("T0", "T1")
LARGEST_TRIED = 200


def marked(views_items: dict[str, str], rated: set[str]) -> list[str]:
    """Items the finding uses that may not be used any more."""
    return sorted(
        (label for label in rated if views_items[label] != "active"), key=lambda label: int(label.removeprefix("E-"))
    )


def put_contests_on_record(actor: Actor, finding: Finding, report: TierReport) -> None:
    """What the evidence itself says against a finding is kept until somebody resolves it with reasons (AT-04)."""
    known = {(row.kind, tuple(sorted(row.items))) for row in Contest.objects.filter(finding=finding)}
    for row in report.contests:
        items = tuple(sorted(row.item_ids))
        if not row.resolved and (row.kind, items) not in known:
            known.add((row.kind, items))
            Contest.objects.create(
                incident_id=finding.incident_id, finding=finding, kind=row.kind, items=list(items), opened_by=actor.user
            )


def flips(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The requirements that were met and are not, or the other way, as codes."""
    was = {(row["tier"], row["code"]): row["met"] for row in before.get("requirements", ())}
    return [
        {"tier": row["tier"], "code": row["code"], "met": row["met"]}
        for row in after.get("requirements", ())
        if was.get((row["tier"], row["code"]), row["met"]) != row["met"]
    ]


@transaction.atomic
def recompute_finding(*, actor: Actor, finding: Finding, cause: str) -> TierReport:
    """Computes the tier with all its reasons and keeps it; a difference becomes a row of history and a ledger entry.

    The finding is locked before anything is read, so that of two changes at once the later sees both. An approval lapses
    when the record no longer carries a corroborated finding. What waited to be computed waits no more: with the same change.
    """
    incident = finding.incident
    locked = Finding.objects.select_for_update(of=("self",), no_key=True).get(pk=finding.pk)
    locked.incident = incident
    views = views_of(locked)
    report = views.report()
    lead = next((row.id for row in views.hypotheses if row.lead), "")
    used = {item.id for item in views.items if item.ratings.get(lead) not in (None, "NA")}
    before = (locked.tier, locked.computed_tier, locked.contested, list(locked.marked_items))
    signed_by = locked.approved_by
    flipped = flips(locked.explanation, report.as_dict())
    because, locked.stale_since, locked.stale_because = locked.stale_because or [cause], None, []
    if report.tier in PROVISIONAL:
        locked.approved_by, locked.approved_at = None, None
    locked.computed_tier = report.tier
    locked.tier = report.tier if report.tier in PROVISIONAL or locked.approved_at else "T1"
    locked.contested = report.contested
    locked.marked_items = marked({item.id: item.status for item in views.items}, used)
    # Every single loss and every single new item is tried: too much on a case of thousands of items.
    more = views.robustness(report.tier) if len(views.items) <= LARGEST_TRIED else {}
    locked.explanation, locked.computed_at = {**report.as_dict(), **more}, clock.now()
    locked.version += 1
    locked.save(
        update_fields=[
            "tier", "computed_tier", "contested", "marked_items", "explanation", "computed_at", "approved_by", "approved_at", "version",
            "stale_since", "stale_because",
        ]
    )  # fmt: skip
    put_contests_on_record(actor, locked, report)
    last = StandingChange.objects.filter(finding=locked).order_by("-pk").first()
    after = (locked.tier, locked.computed_tier, locked.contested, list(locked.marked_items))
    if last is None or after != before or last.standing != locked.standing:
        change = StandingChange.objects.create(
            incident=incident, finding=locked, cause=cause, tier_before=last.tier if last else "", tier=locked.tier,
            computed_tier=locked.computed_tier, standing=locked.standing, contested=locked.contested,
            marked_items=locked.marked_items, explanation=locked.explanation, flipped=flipped,
            standard_version=locked.standard_version, actor=actor.user,
        )  # fmt: skip
        record(
            actor=actor, verb="finding.recomputed", subject=locked, root_id=incident.pk,
            payload={
                "finding": locked.label, "cause": cause, "from": last.tier if last else "", "to": locked.tier,
                "computed": locked.computed_tier, "contested": locked.contested, "marked": locked.marked_items, "because": because,
            },
            instruments={"evidence-standard": locked.standard_version},
        )  # fmt: skip
        if last is not None and after[:3] != before[:3]:
            tell_change(locked, change, signed_by)
    for name in (
        "stale_since",
        "stale_because",
        "tier",
        "computed_tier",
        "contested",
        "marked_items",
        "explanation",
        "computed_at",
        "approved_by",
        "approved_at",
        "version",
    ):
        setattr(finding, name, getattr(locked, name))
    return report


def settle_case(incident: Incident) -> None:
    """Whatever waits to be computed is computed now, by the platform: asked before anything is decided on a tier, so that
    no gate acts on what stood before a change."""
    waiting = list(Finding.objects.filter(incident=incident).stale().order_by("number"))
    if not waiting:
        return
    system = system_for(incident.holder_id)
    with acting_as(system.principal):
        for finding in waiting:
            finding.incident = incident
            recompute_finding(actor=system, finding=finding, cause=finding.stale_because[-1])


def recompute_case(*, actor: Actor, incident: Incident, cause: str) -> int:
    """Every finding of a case that is not over, in one order so that two never wait for each other. How many."""
    findings = list(
        Finding.objects.filter(incident=incident)
        .exclude(standing__in=[Standing.WITHDRAWN, Standing.SUPERSEDED])
        .order_by("number")
    )
    for finding in findings:
        finding.incident = incident
        recompute_finding(actor=actor, finding=finding, cause=cause)
    return len(findings)
