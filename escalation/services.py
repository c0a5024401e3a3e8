"""What is done to measures. Each function checks, changes and records in one transaction.

Stepping up needs two persons where the ladder says so; stepping down needs one, at any time (R3.7).
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from attribution import reply_rules
from attribution.services import require_replies, settle_case
from core import clock
from core.errors import Invalid
from incidents.access import case_for
from incidents.numbering import next_number
from ledger.services import record
from organisations.actors import Actor
from organisations.roles import Action

from . import answers, errors, reports, selectors
from .access import measure_for, must_be_open
from .models import Measure
from .rules import GuardrailReport, measures
from .standing import Standing
from .states import TRANSITIONS, Status


@transaction.atomic
def propose_measure(*, actor: Actor, reference: str, proposal: Mapping[str, Any]) -> Measure:
    """Puts a proposal through the guardrails and keeps it with their answer, whatever that is (ESC-3).

    A refusal is no exception here: the row and its ledger entry have to stay. Doors answer it with 409
    (`GuardrailsRefused.code`) and the whole report.
    """
    incident = case_for(actor, reference, Action.PROPOSE_MEASURE, lock=True).incident
    must_be_open(incident)
    ladder = selectors.ladder()
    given = answers.read(proposal, ladder.content, selectors.taxonomy().content, clock.today())
    settle_case(incident)
    report, standing = selectors.judge(incident, given.view)
    rung = measures(ladder.content)[given.view.code]
    measure = Measure.objects.create(
        incident=incident, number=next_number(Measure.objects.filter(incident=incident)), code=given.view.code, title=given.title, text=given.text,
        target_state=given.view.target_state or "", starts_on=given.view.starts_on, expires_on=given.view.expires_on,
        answers=answers.as_json(given), proposed_by=actor.user, organisation=actor.organisation,
        ladder_version=ladder.version, people_needed=rung["approvals"], level=rung["level"],
        review_days=rung["review_days"], finding=standing.label, tier=standing.view.tier,
        report=reports.as_json(report), refused=not report.allowed, status=_first_status(report, rung),
    )  # fmt: skip
    verb = "measure.proposed" if report.allowed else "measure.refused"
    _record(actor, verb, measure, tier=standing.view.tier, finding=standing.label, failed=reports.failed_codes(report))
    return Measure.objects.with_people().get(pk=measure.pk)


@transaction.atomic
def approve_measure(*, actor: Actor, reference: str, number: str) -> Measure:
    """Agrees to a measure somebody else proposed; the guardrails are asked again as things stand now."""
    measure = _moving(actor, reference, number, Action.DECIDE_MEASURE, Status.APPROVED)
    must_be_open(measure.incident)
    _another_person(actor, measure)
    _not_expired(measure)
    standing = _still_allowed(measure)
    measure.status, measure.approved_by, measure.approved_at = Status.APPROVED, actor.user, clock.now()
    measure.decided_tier, measure.decided_ladder = standing.view.tier, selectors.ladder().version
    measure.save(update_fields=["status", "approved_by", "approved_at", "decided_tier", "decided_ladder"])
    _record(actor, "measure.approved", measure, tier=standing.view.tier, finding=standing.label)
    return measure


@transaction.atomic
def start_measure(*, actor: Actor, reference: str, number: str) -> Measure:
    """Puts an approved measure in force, on its day and not before; the guardrails are asked once more."""
    measure = _moving(actor, reference, number, Action.DECIDE_MEASURE, Status.IN_FORCE)
    must_be_open(measure.incident)
    if measure.starts_on and measure.starts_on > clock.today():
        raise errors.NotYet
    _not_expired(measure)
    if measure.code in reply_rules.in_force().measures_that_name:
        # To name somebody in public is to publish (ATT-11).
        require_replies(measure.incident, country=measure.target_state or None)
    started = {} if measure.starts_on else {"starts_on": clock.today().isoformat()}
    standing = _still_allowed(measure, **started)
    measure.status, measure.started_by, measure.started_at = Status.IN_FORCE, actor.user, clock.now()
    measure.save(update_fields=["status", "started_by", "started_at"])
    _record(actor, "measure.started", measure, tier=standing.view.tier, finding=standing.label)
    return measure


@transaction.atomic
def end_measure(*, actor: Actor, reference: str, number: str, reason: str) -> Measure:
    """Ends a measure in force: at any time, by one person, also on a closed case (R3.7, 53)."""
    return _close(actor, reference, number, Action.PROPOSE_MEASURE, Status.ENDED, reason)


@transaction.atomic
def withdraw_measure(*, actor: Actor, reference: str, number: str, reason: str) -> Measure:
    """Takes back a measure that is not in force yet."""
    return _close(actor, reference, number, Action.PROPOSE_MEASURE, Status.WITHDRAWN, reason)


@transaction.atomic
def decline_measure(*, actor: Actor, reference: str, number: str, reason: str) -> Measure:
    """Decides against a proposal, with the reason; the proposer withdraws instead."""
    return _close(actor, reference, number, Action.DECIDE_MEASURE, Status.DECLINED, reason)


def _close(actor: Actor, reference: str, number: str, action: Action, to: Status, reason: str) -> Measure:
    measure = _moving(actor, reference, number, action, to)
    if to == Status.DECLINED:
        _another_person(actor, measure)
    why = reason.strip()
    if not why:
        raise Invalid({"reason": [_("Say why.")]})
    if len(why) > answers.MOST_TEXT:
        raise Invalid({"reason": [_("This is too long: at most %(most)s characters.") % {"most": answers.MOST_TEXT}]})
    measure.status, measure.closed_by, measure.closed_at, measure.closing_reason = to, actor.user, clock.now(), why
    measure.save(update_fields=["status", "closed_by", "closed_at", "closing_reason"])
    _record(actor, f"measure.{to.value}", measure)
    return measure


def _moving(actor: Actor, reference: str, number: str, action: Action, to: Status) -> Measure:
    """The measure under the case's lock, if it can move there."""
    measure = measure_for(case_for(actor, reference, action, lock=True).incident, number)
    if to not in TRANSITIONS[measure.status]:
        raise errors.MeasureMoveRefused(measure=measure.label, status=measure.status, to=to.value)
    return measure


def _another_person(actor: Actor, measure: Measure) -> None:
    if measure.proposed_by_id == actor.user.pk:
        raise errors.FourEyesRequired


def _not_expired(measure: Measure) -> None:
    if measure.expires_on and measure.expires_on <= clock.today():
        raise errors.Expired


def _still_allowed(measure: Measure, **changes: Any) -> Standing:
    settle_case(measure.incident)
    report, standing = selectors.judge_again(measure, **changes)
    if not report.allowed:
        raise errors.GuardrailsRefused(report=reports.told(reports.as_json(report)), measure=measure.label)
    return standing


def _first_status(report: GuardrailReport, rung: Mapping[str, Any]) -> Status:
    if not report.allowed:
        return Status.REFUSED
    return Status.APPROVED if rung["approvals"] == 1 else Status.PROPOSED


def _record(actor: Actor, verb: str, measure: Measure, **more: Any) -> None:
    payload = {"number": measure.label, "code": measure.code, "status": str(measure.status), **more}
    record(
        actor=actor, verb=verb, subject=measure, root_id=measure.incident_id, payload=payload,
        instruments=selectors.instruments(),
    )  # fmt: skip
