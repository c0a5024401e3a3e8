"""A case of Vela's at each station of attribution, and proposals as a coordinator types them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from attribution.models import Finding, Hypothesis
from core.clock import now, today
from core.tenancy import acting_as
from escalation import services
from escalation.models import Measure
from escalation.rules import prohibitions
from escalation.selectors import ladder
from incidents.models import Incident
from incidents.services import grant_access
from ledger.models import Entry
from organisations.actors import Actor
from organisations.models import Organisation
from organisations.roles import Grade
from tests.people import People
from tests.stores import own_store
from tests.tenancy.test_walls import filed


@dataclass(frozen=True)
class Case:
    """A case, and what people do to measures on it."""

    people: People
    incident: Incident

    @property
    def reference(self) -> str:
        return self.incident.reference

    @property
    def coordinator(self) -> Actor:
        return self.people.vela.coordinator

    def found(self, tier: str = "T3", *, country: str = "KP", leg: str = "legal", article: int | None = 4) -> Finding:
        """A finding that stands at this tier; above provisional somebody without a part in the case has approved it."""
        analyst, assessor = self.people.vela.analyst, self.people.vela.person("legal_assessor")
        with acting_as(analyst.principal):
            number = Finding.objects.filter(incident=self.incident).count() + 1
            hypothesis = Hypothesis.objects.create(
                incident=self.incident, number=90 + number, leg=leg, kind="state" if country else "non_state", country=country,
                actor="" if country else "A ransomware group", article=article, added_by=analyst.user,
            )  # fmt: skip
            finding = Finding.objects.create(
                incident=self.incident, number=number, hypothesis=hypothesis, leg=leg, statement="It was them.",
                scale="phia", likelihood="highly_likely", confidence="high", reasons="Four independent origins.",
                article=article, standard_version="2026.1", proposed_by=analyst.user, organisation=analyst.organisation,
                review_on=today(), review_set_on=today(), tier="T1", computed_tier="T4",
            )  # fmt: skip
        if tier != "T1":
            with acting_as(assessor.principal):
                Finding.objects.filter(pk=finding.pk).update(tier=tier, approved_by=assessor.user, approved_at=now())
        return finding

    def falls(self, finding: Finding, tier: str) -> None:
        """The finding is worth less than it was."""
        with acting_as(self.people.vela.analyst.principal):
            Finding.objects.filter(pk=finding.pk).update(tier=tier)

    def propose(self, code: str, actor: Actor | None = None, **answers: Any) -> Measure:
        """A proposal by Vela's coordinator, unless somebody else makes it."""
        who = actor or self.coordinator
        with acting_as(who.principal):
            return services.propose_measure(
                actor=who, reference=self.reference, proposal={"code": code, "title": "A measure", **answers}
            )

    def act(self, act: Callable[..., Measure], measure: Measure, actor: Actor, **more: Any) -> Measure:
        """An act on a measure by somebody."""
        with acting_as(actor.principal):
            return act(actor=actor, reference=self.reference, number=measure.label, **more)

    def share(self, organisation: Organisation, grade: int) -> None:
        """Vela opens the case to another organisation."""
        analyst = self.people.vela.analyst
        with acting_as(analyst.principal):
            grant_access(
                actor=analyst,
                reference=self.reference,
                organisation=organisation,
                grade=Grade(grade),
                reason="Response",
            )

    def verbs(self) -> list[str]:
        """What the ledger holds about measures, oldest first."""
        with acting_as(self.people.vela.analyst.principal):
            rows = Entry.objects.filter(root_id=self.incident.pk, verb__startswith="measure.").order_by("pk")
            return list(rows.values_list("verb", flat=True))

    def measures(self) -> list[Measure]:
        """Every measure of the case, as the holder sees them."""
        with acting_as(self.people.vela.analyst.principal):
            return list(Measure.objects.filter(incident=self.incident).order_by("number"))


@pytest.fixture(autouse=True)
def files_root(tmp_path: Path, settings: Any) -> Path:
    """An empty store."""
    return own_store(tmp_path, settings)


@pytest.fixture
def case(people: People) -> Case:
    """Filed, nothing found: T0."""
    return Case(people, filed(people.vela.analyst))


# A countermeasure that answers everything articles 22 and 49 to 54 ask (tests/escalation/test_rules.py: SOUND).
SOUND: dict[str, Any] = {
    "title": "Suspend customs data exchange",
    "target_state": "KP",
    "aimed_at": ["military"],
    "reversible": "yes",
    "necessity": "The operation continues and every call has gone unanswered.",
    "proportionality": "Three weeks without customs data in return for six without tax service.",
    "aims_at_compliance": True,
    "civilian_effect": "None expected: only government procurement is concerned.",
    "third_state_effect": "None expected.",
    "obligation_suspended": "Article 4 of the bilateral agreement on customs data",
    "reversal_plan": "Exchange is switched back by the customs authority within an hour.",
    "reversal_by": "Head of customs operations",
    "reversal_on": "2027-09-01",
    "called_on_state_on": "2026-05-01",
    "notified_on": "2026-05-15",
    "negotiation_offered_on": "2026-05-15",
    "expires_on": "2027-09-01",
    "compliance_signal": "The access is closed and the State says so in writing.",
}


def sound(**changes: Any) -> dict[str, Any]:
    """SOUND, every prohibition answered "no", with some answers changed."""
    return {**SOUND, "clear_of": sorted(prohibitions(ladder().content)), **changes}
