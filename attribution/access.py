"""The only way to a finding, a panel or a seat: through its case. One of another case is not there (404)."""

import re

from core.errors import NotFound
from incidents.access import CaseAccess, case_for
from incidents.errors import AlreadyClosed
from incidents.models import Incident
from incidents.states import Status as CaseStatus
from organisations.actors import Actor
from organisations.roles import Action

from .errors import SpeaksSealed
from .models import Finding, Hypothesis, Panel, Seat
from .states import Conflict, Round

FINDING = re.compile(r"F-(\d{1,6})")
HYPOTHESIS = re.compile(r"H(\d{1,4})")


def number_in(label: str, pattern: re.Pattern[str]) -> int:
    """3 of `F-3`; NotFound for anything else."""
    found = pattern.fullmatch(label)
    if found is None:
        raise NotFound(label)
    return int(found[1])


def must_be_open(case: CaseAccess) -> None:
    """A closed case is read, not changed."""
    if case.incident.status == CaseStatus.CLOSED:
        raise AlreadyClosed


def open_case(actor: Actor, reference: str, action: Action) -> CaseAccess:
    """A case to change something in, one change at a time."""
    case = case_for(actor, reference, action, lock=True)
    must_be_open(case)
    return case


def hypothesis_in(incident: Incident, label: str) -> Hypothesis:
    """The case's hypothesis with this label (`H1`)."""
    found = Hypothesis.objects.filter(incident=incident, number=number_in(label, HYPOTHESIS)).first()
    if found is None:
        raise NotFound(label)
    return found


def finding_in(incident: Incident, label: str) -> Finding:
    """The case's finding with this label (`F-3`)."""
    findings = Finding.objects.filter(incident=incident, number=number_in(label, FINDING))
    found = findings.select_related(
        "hypothesis", "proposed_by", "organisation", "approved_by", "superseded_by", "resolution"
    ).first()
    if found is None:
        raise NotFound(label)
    found.incident = incident
    return found


def finding_for(
    actor: Actor, reference: str, label: str, action: Action = Action.SEE_ATTRIBUTION
) -> tuple[CaseAccess, Finding]:
    """The case and its finding, to read."""
    case = case_for(actor, reference, action)
    return case, finding_in(case.incident, label)


def open_finding_for(actor: Actor, reference: str, label: str, action: Action) -> tuple[CaseAccess, Finding]:
    """The case and its finding, to change; one change at a time."""
    case = open_case(actor, reference, action)
    return case, finding_in(case.incident, label)


def panel_in(incident: Incident, number: int) -> Panel:
    """The case's panel with this number."""
    found = (
        Panel.objects.filter(incident=incident, number=number).select_related("finding", "finding__hypothesis").first()
    )
    if found is None:
        raise NotFound(number)
    found.incident = found.finding.incident = incident
    return found


def panel_for(
    actor: Actor, reference: str, number: int, action: Action = Action.SEE_ATTRIBUTION
) -> tuple[CaseAccess, Panel]:
    """The case and its panel, to read."""
    case = case_for(actor, reference, action)
    return case, panel_in(case.incident, number)


def not_in_sealed_round(actor: Actor, finding: Finding) -> None:
    """Whoever sits in a round that is not open says nothing else of the finding: it would give their opinion away (ATT-7)."""
    if Seat.objects.filter(
        panel__finding=finding, panel__state__in=[Round.INVITING, Round.SEALED], member=actor.user,
        conflict=Conflict.NONE, recused_at__isnull=True,
    ).exists():  # fmt: skip
        raise SpeaksSealed


def own_seat_for(actor: Actor, reference: str, number: int, *, lock: bool = False) -> tuple[CaseAccess, Seat]:
    """A seat offered to the actor's organisation: seen before anything of the evidence is."""
    case = case_for(actor, reference, Action.VIEW, lock=lock)
    seat = Seat.objects.filter(incident=case.incident, number=number, organisation=actor.organisation).first()
    if seat is None:
        raise NotFound(number)
    return case, seat
