"""Findings: proposed, put under a clock, contested, corroborated by rule, withdrawn, superseded. Nothing is deleted."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import Invalid, NotFound
from incidents.facts import Errors, clean_choice, clean_text
from incidents.models import Incident
from incidents.numbering import next_number
from ledger.services import record
from organisations.actors import Actor
from organisations.roles import Action

from .. import errors as rules_broken
from .. import norms
from ..access import finding_in, hypothesis_in, not_in_sealed_round, open_case, open_finding_for
from ..models import Contest, Extension, Finding
from ..rules import TierReport, default_review_date, latest_review_date
from ..selectors import opinions_that_count, panel_that_counts
from ..states import TRANSITIONS, HypothesisStatus, Standing
from ..telling import tell_named
from .facts import check_judgement, check_record, clean_date
from .tiers import PROVISIONAL, recompute_finding

BY_PEOPLE = ("denial", "counter_claim", "counter_evidence")


def part_in_case(incident: Incident, finding: Finding, actor: Actor) -> str | None:
    """What the actor did in making the case: `filed`, `proposed`, `gave_in_evidence`, or nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT attribution_part_in_case(%s, %s, %s)", [incident.pk, finding.pk, actor.user.pk])
        found = cursor.fetchone()[0]
    return None if found is None else str(found)


def still_stands(finding: Finding) -> None:
    """A finding that is over is not changed."""
    if not TRANSITIONS[finding.standing]:
        raise rules_broken.FindingEnded


def lacking(report: TierReport, tier: str) -> list[dict[str, Any]]:
    """What is missing for a tier, line by line, as program and page tell it."""
    version = report.standard_version
    return [
        {
            "code": row.code,
            "rule": row.rule,
            "text": norms.say_text(row.text, version),
            "missing": [norms.say_text(text, version) for text in row.missing],
        }
        for row in report.requirements
        if row.tier <= tier and not row.met
    ]


def recorded(actor: Actor, finding: Finding, verb: str, **payload: Any) -> None:
    """The ledger entry of an act on a finding."""
    record(
        actor=actor, verb=verb, subject=finding, root_id=finding.incident_id, payload={"finding": finding.label, **payload},
        instruments={"evidence-standard": finding.standard_version},
    )  # fmt: skip


@transaction.atomic
def propose_finding(*, actor: Actor, reference: str, facts: Mapping[str, Any]) -> Finding:
    """Proposes a finding under the standard in force. It is provisional, with a review date, or it is refused with what is
    missing (R2.14); no tier is asked for or given.

    `facts`: hypothesis (`H1`), leg (that of the hypothesis; said again it must agree), statement, scale, likelihood, confidence, reasons, review_on, and what is known
    already of false_flag_check, article, norm_13b, analysis.
    """
    case = open_case(actor, reference, Action.PROPOSE_FINDING)
    version = norms.version_in_force()
    standard = norms.standard_of(version)
    errors: Errors = {}
    try:
        hypothesis = hypothesis_in(case.incident, str(facts.get("hypothesis") or ""))
    except NotFound:
        hypothesis = None
        errors["hypothesis"] = [_("Choose a hypothesis of this case.")]
    scale = clean_choice(facts.get("scale"), "scale", errors, norms.scales(version))
    today = clock.today()
    review_on = default_review_date(today, standard)
    if facts.get("review_on"):
        review_on = clean_date(facts["review_on"], "review_on", errors) or review_on
    if review_on < today:
        errors.setdefault("review_on", []).append(_("The review date must not be in the past."))
    latest = latest_review_date(today, standard)
    if review_on > latest:
        errors.setdefault("review_on", []).append(_("Choose a date up to %(latest)s (R2.14).") % {"latest": latest})
    leg = clean_choice(
        facts.get("leg") or (hypothesis.leg if hypothesis else ""), "leg", errors, norms.named("legs", version)
    )
    if hypothesis and leg and leg != hypothesis.leg:
        errors.setdefault("leg", []).append(
            _("This hypothesis is on another leg. Legs are never merged: choose one of this leg.")
        )
    columns = {
        "leg": leg,
        "statement": clean_text(facts.get("statement"), "statement", errors, required=True),
        "scale": scale,
        **check_judgement(facts, scale, errors, version),
        **check_record(facts, errors, version),
    }
    if errors or hypothesis is None:
        raise Invalid(errors)
    if hypothesis.status == HypothesisStatus.REJECTED:
        raise rules_broken.HypothesisClosed
    columns["article"] = columns.get("article") or hypothesis.article
    if columns["article"] is not None and not standard.legs[hypothesis.leg].holds_state:
        raise Invalid({"article": [_("An article is claimed on the leg of State responsibility, not here.")]})
    number = next_number(Finding.objects.filter(incident=case.incident))
    finding = Finding.objects.create(
        incident=case.incident, number=number, hypothesis=hypothesis, standard_version=version, proposed_by=actor.user,
        organisation=actor.organisation, review_on=review_on, review_set_on=today, **columns,
    )  # fmt: skip
    recorded(actor, finding, "finding.proposed", hypothesis=hypothesis.label, review_on=review_on.isoformat())
    report = recompute_finding(actor=actor, finding=finding, cause="finding.proposed")
    if report.tier == "T0":
        raise rules_broken.NotYetProvisional(missing=lacking(report, "T1"))
    return finding


@transaction.atomic
def amend_finding(*, actor: Actor, reference: str, label: str, facts: Mapping[str, Any], why: str = "") -> Finding:
    """Adds what the standard asks to be written; a change of likelihood or confidence revises the finding and says what
    changed (R1.7). An approval lapses with a revised judgement: it was given to another one."""
    _case, finding = open_finding_for(actor, reference, label, Action.PROPOSE_FINDING)
    still_stands(finding)
    errors: Errors = {}
    version = finding.standard_version
    columns = check_record(facts, errors, version)
    judgement = {name: facts[name] for name in ("likelihood", "confidence", "reasons") if name in facts}
    if judgement:
        now = {"likelihood": finding.likelihood, "confidence": finding.confidence, "reasons": finding.reasons}
        columns |= check_judgement({**now, **judgement}, finding.scale, errors, version)
    changed = sorted(name for name, value in columns.items() if getattr(finding, name) != value)
    revised = bool({"likelihood", "confidence"} & set(changed))
    reason = clean_text(why, "why", errors, required=revised)
    if errors:
        raise Invalid(errors)
    if not changed:
        return finding
    for name in changed:
        setattr(finding, name, columns[name])
    if revised:
        finding.standing, finding.standing_reason = Standing.REVISED, reason
        finding.approved_by, finding.approved_at = None, None
        finding.tier = min(finding.tier, "T1")
    finding.save(update_fields=[*changed, "standing", "standing_reason", "approved_by", "approved_at", "tier"])
    recorded(actor, finding, "finding.amended", fields=changed, revised=revised)
    recompute_finding(actor=actor, finding=finding, cause="finding.amended")
    return finding


@transaction.atomic
def extend_review(*, actor: Actor, reference: str, label: str, review_on: Any, reasons: str) -> Extension:
    """Puts a review off, with reasons, never further than the standard's longest clock from today (ATT-9)."""
    case, finding = open_finding_for(actor, reference, label, Action.PROPOSE_FINDING)
    still_stands(finding)
    errors: Errors = {}
    day = clean_date(review_on, "review_on", errors)
    text = clean_text(reasons, "reasons", errors, required=True)
    if errors or day is None:
        raise Invalid(errors)
    today = clock.today()
    if day <= finding.review_on or day < today:
        raise rules_broken.ReviewNotLater
    latest = latest_review_date(today, norms.standard_of(finding.standard_version))
    if day > latest:
        raise rules_broken.ReviewTooFar(latest=latest.isoformat())
    extension = Extension.objects.create(
        incident=case.incident,
        finding=finding,
        review_from=finding.review_on,
        review_to=day,
        reasons=text,
        extended_by=actor.user,
    )
    finding.review_on, finding.review_set_on, finding.flagged_overdue_on = day, today, None
    finding.save(update_fields=["review_on", "review_set_on", "flagged_overdue_on"])
    recorded(
        actor, finding, "finding.review_extended", **{"from": extension.review_from.isoformat(), "to": day.isoformat()}
    )
    recompute_finding(actor=actor, finding=finding, cause="finding.review_extended")
    return extension


@transaction.atomic
def contest_finding(*, actor: Actor, reference: str, label: str, kind: str, text: str) -> Contest:
    """Puts on record what speaks against a finding: a denial, a counter-claim, counter-evidence. Nothing is hidden by it (AT-04)."""
    case, finding = open_finding_for(actor, reference, label, Action.ANALYSE)
    not_in_sealed_round(actor, finding)
    still_stands(finding)
    errors: Errors = {}
    known = [row for row in norms.named("contest_kinds", finding.standard_version) if row[0] in BY_PEOPLE]
    columns = {
        "kind": clean_choice(kind, "kind", errors, known),
        "text": clean_text(text, "text", errors, required=True),
    }
    if errors:
        raise Invalid(errors)
    contest = Contest.objects.create(incident=case.incident, finding=finding, opened_by=actor.user, **columns)
    recorded(actor, finding, "finding.contested", kind=contest.kind, contest=contest.pk)
    recompute_finding(actor=actor, finding=finding, cause="finding.contested")
    tell_named(actor, finding, contest.text, f"contest:{contest.pk}")
    return contest


@transaction.atomic
def resolve_contest(*, actor: Actor, reference: str, label: str, contest_id: int, reasons: str) -> Contest:
    """Resolves a contest with reasons; it stays on record. Whoever proposed the finding does not resolve what is said against it."""
    _case, finding = open_finding_for(actor, reference, label, Action.ANALYSE)
    not_in_sealed_round(actor, finding)
    contest = Contest.objects.filter(finding=finding, pk=contest_id).first()
    if contest is None:
        raise NotFound(contest_id)
    if finding.proposed_by_id == actor.user.pk:
        raise rules_broken.ResolvedByProposer
    if contest.resolved_at is not None:
        raise rules_broken.ContestClosed
    errors: Errors = {}
    text = clean_text(reasons, "reasons", errors, required=True)
    if errors:
        raise Invalid(errors)
    contest.resolved_at, contest.resolved_by, contest.resolution = clock.now(), actor.user, text
    contest.save(update_fields=["resolved_at", "resolved_by", "resolution"])
    recorded(actor, finding, "finding.contest_resolved", kind=contest.kind, contest=contest.pk)
    recompute_finding(actor=actor, finding=finding, cause="finding.contest_resolved")
    tell_named(actor, finding, contest.resolution, f"contest:{contest.pk}:resolved")
    return contest


@transaction.atomic
def corroborate_finding(*, actor: Actor, reference: str, label: str) -> Finding:
    """A panel member who concurs puts their name to a finding that the rules compute as corroborated (ATT-6, ATT-7).

    The tier is computed, never given: below T2 this is refused with everything that is missing. Nobody who filed the case,
    proposed the finding or gave in evidence may do it; the database refuses them too.
    """
    case, finding = open_finding_for(actor, reference, label, Action.TAKE_SEAT)
    still_stands(finding)
    if part_in_case(case.incident, finding, actor):
        raise rules_broken.ApproverHasPart
    report = recompute_finding(actor=actor, finding=finding, cause="finding.corroborated")
    if report.tier in PROVISIONAL:
        raise rules_broken.NotCorroborated(missing=lacking(report, "T2"))
    if finding.approved_at is not None:
        raise rules_broken.AlreadyApproved
    panel = panel_that_counts(finding)
    if panel is not None and panel.sealed_again:
        raise rules_broken.SealedAgain
    signing = norms.standard_of(finding.standard_version).signing_positions
    if (
        panel is None
        or not opinions_that_count(panel)
        .filter(author=actor.user, seat__recused_at__isnull=True, position__in=signing)
        .exists()
    ):
        raise rules_broken.ApproverNotOnPanel
    finding.approved_by, finding.approved_at = actor.user, clock.now()
    finding.save(update_fields=["approved_by", "approved_at"])
    recorded(actor, finding, "finding.corroborated", tier=report.tier)
    recompute_finding(actor=actor, finding=finding, cause="finding.corroborated")
    return finding


@transaction.atomic
def withdraw_finding(*, actor: Actor, reference: str, label: str, reason: str) -> Finding:
    """Withdraws a finding; it stays on record with all its history."""
    _case, finding = open_finding_for(actor, reference, label, Action.PROPOSE_FINDING)
    still_stands(finding)
    errors: Errors = {}
    text = clean_text(reason, "reason", errors, required=True)
    if errors:
        raise Invalid(errors)
    finding.standing, finding.standing_reason = Standing.WITHDRAWN, text
    finding.save(update_fields=["standing", "standing_reason"])
    recorded(actor, finding, "finding.withdrawn")
    recompute_finding(actor=actor, finding=finding, cause="finding.withdrawn")
    return finding


@transaction.atomic
def supersede_finding(*, actor: Actor, reference: str, label: str, by: str, reason: str) -> Finding:
    """Says that another finding of the case stands in the place of this one."""
    case, finding = open_finding_for(actor, reference, label, Action.PROPOSE_FINDING)
    still_stands(finding)
    errors: Errors = {}
    text = clean_text(reason, "reason", errors, required=True)
    try:
        other = finding_in(case.incident, by)
    except NotFound:
        other = None
        errors["by"] = [_("Choose another finding of this case.")]
    if errors or other is None:
        raise Invalid(errors)
    if other.pk == finding.pk or other.standing in (Standing.WITHDRAWN, Standing.SUPERSEDED):
        raise rules_broken.SupersedesItself
    finding.standing, finding.standing_reason, finding.superseded_by = Standing.SUPERSEDED, text, other
    finding.save(update_fields=["standing", "standing_reason", "superseded_by"])
    recorded(actor, finding, "finding.superseded", by=other.label)
    recompute_finding(actor=actor, finding=finding, cause="finding.superseded")
    return finding
