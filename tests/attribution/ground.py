"""A case like Olympic Destroyer (domain 7, CASE-01), built through the services by the people who would do it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from attribution import services
from attribution.models import Finding, Panel
from attribution.tasks import recompute_stale
from core import clock
from evidence.models import EvidenceItem
from incidents.models import Incident
from organisations.actors import SYSTEM_EMAIL, Actor, acting
from organisations.models import User
from tests.evidence.builders import LOG, given, graded
from tests.people import People
from tests.tenancy.test_walls import filed

SEPARATES = {"H1": "CC", "H2": "I", "H3": "I", "H4": "I"}
ITEMS = (
    ("Sign-in log of the domain controller", "host_forensics", "The operator's responders"),
    ("Payments for the mail relay", "financial_trail", "A bank's compliance office"),
    ("Servers rented by the unit", "infrastructure", "A registrar's records"),
)
SEATS = (
    ("meridian", "forensic_assessor", "digital_forensics"),
    ("tessera", "legal_assessor", "international_law_state_responsibility"),
    ("amal", "human_rights_assessor", "human_rights"),
)
FINDING: dict[str, Any] = {
    "hypothesis": "H1",
    "leg": "operator",
    "statement": "The unit ran the operation against the Games.",
    "scale": "phia",
    "likelihood": "likely",
    "confidence": "moderate",
    "reasons": "Three origins agree; the forged header points elsewhere and is forgeable.",
    "false_flag_check": "The Rich header was compared byte by byte: it was forged.",
}
OPINION: dict[str, Any] = {
    "position": "concur",
    "likelihood": "likely",
    "confidence": "moderate",
    "reasons": "The logs and the payments do not depend on each other.",
}


def as_(actor: Actor) -> Any:
    """The database is asked as this person, in one transaction."""
    return acting(actor)


def soon(days: int = 3) -> datetime:
    """A deadline."""
    return clock.now() + timedelta(days=days)


@dataclass
class Ground:
    """The case, its people and what was made so far."""

    people: People
    incident: Incident
    items: list[EvidenceItem] = field(default_factory=list)

    def __post_init__(self) -> None:
        """The platform's own account is there, as in every installation."""
        User.objects.get_or_create(email=SYSTEM_EMAIL, defaults={"name": "Norms Platform", "is_system": True})

    @property
    def reference(self) -> str:
        return self.incident.reference

    @property
    def analyst(self) -> Actor:
        """Files the case and proposes the finding."""
        return self.people.vela.analyst

    @property
    def collector(self) -> Actor:
        """Gives the evidence in."""
        return self.people.vela.person("custodian")

    @property
    def grader(self) -> Actor:
        """Grades what others gave in."""
        return self.people.vela.person("forensic_assessor")

    @property
    def members(self) -> list[Actor]:
        """Forensics, law, human rights, each of another house."""
        return [getattr(self.people, house).person(role) for house, role, _discipline in SEATS]

    def evidence(self) -> None:
        """Three graded items of three origins and three classes."""
        for title, evidence_class, origin in ITEMS:
            data = LOG + title.encode()
            item = given(
                self.collector, self.incident, data=data, title=title, evidence_class=evidence_class, origin=origin
            )
            graded(self.grader, item)
            self.items.append(item)

    def hypotheses(self) -> None:
        """The proposition and, by themselves, the alternatives."""
        with as_(self.analyst):
            services.add_hypothesis(
                actor=self.analyst, reference=self.reference,
                facts={"kind": "state", "country": "RU", "actor": "GRU Unit 74455", "article": 4},
            )  # fmt: skip

    def rated(self, cells: dict[str, str] | None = None) -> None:
        """Every item rated alike."""
        with as_(self.analyst):
            services.rate_evidence(
                actor=self.analyst, reference=self.reference,
                ratings={item.label: cells or {**SEPARATES, "H5": "C"} for item in self.items},
            )  # fmt: skip

    def proposed(self, **facts: Any) -> Finding:
        """A provisional finding."""
        with as_(self.analyst):
            return services.propose_finding(actor=self.analyst, reference=self.reference, facts={**FINDING, **facts})

    def ready(self) -> Finding:
        """Evidence, hypotheses, ratings and a provisional finding."""
        self.evidence()
        self.hypotheses()
        self.rated()
        return self.proposed()

    def convened(self, finding: str = "F-1") -> Panel:
        """A panel with its three seats offered."""
        with as_(self.analyst):
            panel = services.convene_panel(
                actor=self.analyst, reference=self.reference, finding=finding, deadline=soon()
            )
            for house, _role, discipline in SEATS:
                services.invite_seat(
                    actor=self.analyst, reference=self.reference, panel=panel.number, discipline=discipline,
                    organisation=getattr(self.people, house).organisation,
                )  # fmt: skip
        return panel

    def seated(self) -> Panel:
        """A panel whose three members declared no conflict."""
        panel = self.convened()
        for number, member in enumerate(self.members, start=1):
            with as_(member):
                services.declare_conflict(
                    actor=member, reference=self.reference, seat=number, conflict=False, nationalities=["NZ"]
                )
        return panel

    def sealed(self, *opinions: dict[str, Any]) -> Panel:
        """A panel whose members gave their opinions."""
        panel = self.seated()
        for member, facts in zip(self.members, opinions or ({}, {}, {}), strict=True):
            self.opines(member, round_number=panel.number, **facts)
        return panel

    def opines(self, member: Actor, /, *, round_number: int = 1, **facts: Any) -> None:
        """One sealed opinion."""
        with as_(member):
            services.seal_opinion(
                actor=member, reference=self.reference, panel=round_number, facts={**OPINION, **facts}
            )

    def revealed(self, *opinions: dict[str, Any]) -> Panel:
        """All opinions open."""
        panel = self.sealed(*opinions)
        with as_(self.analyst):
            return services.reveal_panel(actor=self.analyst, reference=self.reference, panel=panel.number)

    def corroborated(self) -> Finding:
        """The whole way."""
        self.ready()
        self.revealed()
        member = self.members[0]
        with as_(member):
            return services.corroborate_finding(actor=member, reference=self.reference, label="F-1")

    def finding(self, label: str = "F-1") -> Finding:
        """As it is stored once a worker has been at work."""
        recompute_stale()
        with as_(self.analyst):
            return Finding.objects.get(incident=self.incident, number=int(label[2:]))


@pytest.fixture
def ground(people: People) -> Ground:
    """An open case of Vela's, with nothing in it."""
    return Ground(people, filed(people.vela.analyst, victims=[{"sector": "health", "country": "KR"}]))


@pytest.fixture
def found(ground: Ground) -> Finding:
    """A provisional finding that names a State."""
    ground.evidence()
    ground.hypotheses()
    ground.rated()
    return ground.proposed()


@pytest.fixture
def publisher(ground: Ground) -> Actor:
    """A colleague of whoever proposed it."""
    return ground.people.vela.another("analyst")
