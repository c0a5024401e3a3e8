"""A sealed item for tests: three organisations hold a share each, two must agree."""

import io
from dataclasses import dataclass, field
from typing import Any

from core.tenancy import acting_as
from evidence import services
from evidence.models import EvidenceItem, Seal, SealRequest, StoredFile
from evidence.services import Opened
from incidents.models import Incident
from organisations.actors import Actor
from organisations.roles import Grade, Role
from sealing.services import make_key
from tests.people import People
from tests.tenancy.test_walls import filed

from .builders import given, shared, the_file

PASSPHRASE = "velvet anchor nine lanterns"
SECRET = b"The witness is Ilse Marrow, seen at the pump house on the night of the outage.\n" * 30
OUTWARD = {
    "title": "A witness account",
    "summary": "An account of the night of the outage.",
    "reason": "Protects a person",
}


@dataclass
class Sealed:
    """The case, its item and those who hold shares. Vela gave the item in."""

    people: People
    threshold: int = 2
    data: bytes = SECRET
    incident: Incident = field(init=False)
    item: EvidenceItem = field(init=False)
    file: StoredFile = field(init=False)

    def __post_init__(self) -> None:
        self.incident = filed(self.depositor)
        for house in (self.people.meridian, self.people.tessera, self.people.amal, self.people.brigid):
            shared(self.depositor, self.incident, house.organisation, Grade.ASSESS)
        self.item = given(
            self.depositor, self.incident, data=self.data, name="marrow-interview.txt", title="Interview with Ilse Marrow",
            description="Ilse Marrow tells of the pump house.", source="Ilse Marrow, in person",
        )  # fmt: skip
        self.file = the_file(self.depositor, self.item)
        for person in (*self.custodians, self.requester, self.depositor):
            self.with_key(person)

    @property
    def depositor(self) -> Actor:
        return self.people.vela.analyst

    @property
    def custodians(self) -> list[Actor]:
        """One of each of three organisations, none of them the depositor's."""
        return [
            self.people.meridian.person(Role.FORENSIC_ASSESSOR), self.people.tessera.person(Role.LEGAL_ASSESSOR),
            self.people.amal.person(Role.HUMAN_RIGHTS_ASSESSOR),
        ]  # fmt: skip

    @property
    def requester(self) -> Actor:
        return self.people.brigid.person(Role.FORENSIC_ASSESSOR)

    def with_key(self, person: Actor) -> Actor:
        with acting_as(person.principal):
            make_key(actor=person, passphrase=PASSPHRASE)
        return person

    @property
    def names(self) -> dict[str, Any]:
        return {"reference": self.incident.reference, "label": self.item.label}

    def asked_for(self, **change: Any) -> Seal:
        """The depositor asks for the seal."""
        given_words: dict[str, Any] = {
            **OUTWARD, "threshold": self.threshold,
            "custodians": [f"{person.user.pk}:{person.organisation.pk}" for person in self.custodians], **change,
        }  # fmt: skip
        with acting_as(self.depositor.principal):
            return services.seal_item(actor=self.depositor, **self.names, **given_words)

    def sealed(self, **change: Any) -> Seal:
        """Sealed, as the worker does it."""
        seal = self.asked_for(**change)
        assert services.carry_out(self.depositor, seal.pk)
        with acting_as(self.depositor.principal):
            seal.refresh_from_db()
            self.item.refresh_from_db()
            self.file.refresh_from_db()
        return seal

    def request(self, by: Actor | None = None, kind: str = "open", **more: Any) -> SealRequest:
        by = by or self.requester
        with acting_as(by.principal):
            return services.ask_custodians(actor=by, **self.names, kind=kind, purpose="Panel reading", **more)

    def answer(
        self, request: SealRequest, by: Actor, *, approve: bool = True, passphrase: str = PASSPHRASE
    ) -> SealRequest:
        with acting_as(by.principal):
            services.answer_request(
                actor=by,
                **self.names,
                request_id=request.pk,
                approve=approve,
                reason="Within the mandate",
                passphrase=passphrase,
            )
            request.refresh_from_db()
        return request

    def granted(self, by: Actor | None = None, kind: str = "open", **more: Any) -> SealRequest:
        request = self.request(by, kind, **more)
        for custodian in self.custodians[: self.threshold]:
            self.answer(request, custodian)
        return request

    def opened(self, request: SealRequest, by: Actor | None = None, passphrase: str = PASSPHRASE) -> Opened:
        by = by or self.requester
        with acting_as(by.principal):
            return services.open_sealed(
                actor=by, **self.names, request_id=request.pk, sha256=self.file.sha256, passphrase=passphrase
            )

    def read(self, request: SealRequest, by: Actor | None = None) -> bytes:
        opened = self.opened(request, by)
        assert opened.handle is not None, opened.refusal
        with opened.handle as handle:
            return io.BytesIO(handle.read()).getvalue()
