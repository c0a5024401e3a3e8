"""What somebody sends who means it: one body that is taken, for every action and each of its doors, page and API.

Read by `test_actions.py` (each action is reached) and by `test_blind.py` (what an act answers names nobody).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from core import clock
from organisations.actors import Actor
from organisations.models import Organisation
from organisations.roles import Action as A
from tests.evidence.builders import FACTS
from tests.people import People

from .addresses import DECLARED
from .cast import everything
from .world import World

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Act:
    """One act at one address: its method and body; `address` names its door. `by` says who, when it is nobody of the holder's."""

    action: A
    address: str
    body: Callable[[World], Body] | Body = field(default_factory=dict)
    method: str = "POST"
    by: str = "holder"

    @property
    def is_api(self) -> bool:
        """Which door it is."""
        return self.address.startswith("api-")

    def sent(self, client: Client, world: World, parts: Mapping[str, str]) -> Any:
        """The answer."""
        body = self.body(world) if callable(self.body) else self.body
        url = reverse(self.address, kwargs=world.arguments(self.address, dict(parts)))
        send = getattr(client, self.method.lower())
        if self.is_api:
            return send(url, body, content_type="application/json", headers={"If-Match": '"1"'})
        return send(url, body)


def grant(_world: World) -> Body:
    """A share with a house that has none yet, by its number at a page."""
    return {"organisation": Organisation.objects.get(slug__endswith="ferrow").pk, "grade": 10, "reason": "Panel"}


def slug(name: str) -> str:
    """How the house is named in the API here."""
    return Organisation.objects.get(slug__endswith=name).slug


def due() -> str:
    """In a month."""
    return (clock.today() + timedelta(days=30)).isoformat()


REASON = {"reason": "No longer needed"}
STATEMENT = {"kind": "own_assessment", "said_by": "Press office"}
GRADES = {"reliability": "B", "reliability_reason": "Known", "credibility": "2", "credibility_reason": "Fits"}
PACKAGE = {"mark": "TLP:RED", "recipient": "District court", "purpose": "Order 17"}
MEASURE = {"code": "R02", "title": "Ask for an explanation"}
EMERGENCY = {"reason": "Ward down, patients at risk, nobody of the holder answers"}
REQUEST = {
    "kind": "authority",
    "requester": "District court",
    "legal_basis": "Order 17/2026",
    "asked": "Logs",
    "received_on": "2026-02-01",
}

ACTS = [
    Act(A.VIEW, "incident-watch"),
    Act(A.VIEW, "api-incident-watch", method="PUT"),
    Act(A.SEE_ATTRIBUTION, "finding-watch"),
    Act(A.SEE_ATTRIBUTION, "api-finding-watch", method="PUT"),
    Act(A.FILE, "api-incident-list", {"title": "Pumps stopped", "summary": "By hand now."}),
    Act(A.FILE, "draft-new"),
    Act(A.EDIT, "statement-new", STATEMENT),
    Act(A.EDIT, "api-statement-list", STATEMENT),
    Act(A.SHARE, "grant-new", grant),
    Act(A.SHARE, "api-grant-list", lambda _w: {"organisation": slug("ferrow"), "grade": "summary", "reason": "Panel"}),
    Act(A.HIDE_NAMES, "incident-names"),
    Act(A.HIDE_NAMES, "api-incident-names", {"hidden": True}, "PUT"),
    Act(A.CLOSE, "incident-close"),
    Act(A.CLOSE, "api-incident-close"),
    Act(A.ADD_EVIDENCE, "evidence-withdraw", REASON),
    Act(A.ADD_EVIDENCE, "api-evidence-list", FACTS),
    Act(A.GRADE_EVIDENCE, "evidence-grade", GRADES),
    Act(A.GRADE_EVIDENCE, "api-evidence-grades", GRADES),
    Act(A.OPEN_FILE, "evidence-open", {"purpose": "Panel"}),
    Act(A.OPEN_FILE, "api-evidence-content", {"purpose": "Panel"}),
    Act(A.DOWNLOAD_EVIDENCE, "evidence-verify"),
    Act(A.DOWNLOAD_EVIDENCE, "api-evidence-verify"),
    Act(A.EXPORT_EVIDENCE, "package-new", PACKAGE),
    Act(A.EXPORT_EVIDENCE, "api-package-list", PACKAGE),
    Act(A.ANALYSE, "finding-contest", {"kind": "denial", "text": "Not so."}),
    Act(A.ANALYSE, "api-contest-list", {"kind": "denial", "text": "Not so."}),
    Act(A.PROPOSE_FINDING, "finding-withdraw", REASON),
    Act(A.PROPOSE_FINDING, "api-finding-withdraw", REASON),
    Act(A.CONVENE_PANEL, "seat-release"),
    Act(A.CONVENE_PANEL, "api-seat-release"),
    Act(A.PROPOSE_MEASURE, "measure-new", MEASURE),
    Act(A.PROPOSE_MEASURE, "api-measure-list", MEASURE),
    Act(A.DECIDE_MEASURE, "measure-start"),
    Act(A.DECIDE_MEASURE, "api-measure-start"),
    Act(A.RESTORE, "task-new", lambda _w: {"title": "Check", "organisation": slug("vela"), "due": due()}),
    Act(A.RESTORE, "api-task-list", lambda _w: {"title": "Check", "organisation": slug("vela"), "due": due()}),
    Act(A.REQUEST_REVIEW, "review-new", {"mark": "TLP:RED", "language": "en"}),
    Act(A.REQUEST_REVIEW, "api-review-list", {"mark": "TLP:RED", "language": "en"}),
    Act(
        A.OPEN_IN_EMERGENCY,
        "emergency-open",
        lambda w: {**EMERGENCY, "reference": w.incident.reference},
        by="secretariat",
    ),
    Act(
        A.OPEN_IN_EMERGENCY,
        "api-emergency-open",
        lambda w: {**EMERGENCY, "reference": w.incident.reference},
        by="secretariat",
    ),
    Act(A.PREPARE_RELEASE, "release-prepare", by="secretariat"),
    Act(A.PREPARE_RELEASE, "api-release-list", by="secretariat"),
    Act(A.HANDLE_REQUESTS, "data-request-new", REQUEST),
    Act(A.HANDLE_REQUESTS, "api-data-requests", REQUEST),
    Act(A.MANAGE_ORGANISATION, "organisation-exports", {"reason": "Moving"}),
    Act(A.MANAGE_ORGANISATION, "api-house-exports", {"reason": "Moving"}),
    Act(A.ATTEST, "attestation-new"),
    Act(A.ATTEST, "api-attestation-list"),
]

# Acts whose thing takes several people to bring about: their own tests do that, at both doors.
ELSEWHERE = {
    A.SEE_EVIDENCE: ("tests/evidence/test_sealing_doors.py", "tests/evidence/test_sealing_doors.py"),
    A.TAKE_SEAT: ("tests/attribution/test_ui_attribution.py", "tests/attribution/test_api_attribution.py"),
    A.VERIFY_TASK: ("tests/remediation/test_ui.py", "tests/remediation/test_api.py"),
    A.PUBLISH_RELEASE: ("tests/publication/test_ui_preparing.py", "tests/publication/test_api_releases.py"),
    A.LOOK_UP_NAMES: ("tests/doors/test_names.py", "tests/doors/test_names.py"),
    A.REVIEW_ATTESTATION: ("tests/accreditation/test_doors.py", "tests/accreditation/test_doors.py"),
}


# Declared with another action than they offer: filing is one method of an address that is for everybody, and the page of a
# release is shown to whoever prepares it; the services ask.
OFFERED_UNDER = {A.FILE: "api-incident-list", A.PUBLISH_RELEASE: "release-publish"}


def doer(people: People, act: Act, known: dict[str, Actor]) -> Actor:
    """Somebody who may: every role, in the house the act is for."""
    if act.by not in known:
        house = {"holder": people.vela, "secretariat": people.secretariat}[act.by]
        known[act.by] = everything(house, f"doer-{act.by}")
    return known[act.by]


def acts_of(action: A, *, api: bool) -> list[str]:
    """Addresses that ask for this action to change something, at this door."""
    return [
        name for name, door in DECLARED.items()
        if name.startswith("api-") == api and any(asks is action for method, asks in door.methods.items() if method != "GET")
    ]  # fmt: skip
