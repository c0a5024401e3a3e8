"""Keeping: labels on the cases, a fact put right, a court's request answered in part, one refused, one still open (SHR-1, SHR-6)."""

from typing import Any

from incidents import labels
from incidents.models import Incident
from keeping import requests
from organisations.actors import Actor

from ..cast import Cast
from ..story import Names, Story

LABELS = {
    "Hospitals": "A hospital, clinic or ambulance service was hit.",
    "Election year": "Within twelve months of a national vote.",
    "Ask counsel": "Counsel reads along before anything leaves.",
}


def make(story: Story, cast: Cast, name: str) -> int:
    """A label; its number."""

    def act(actor: Actor) -> Names:
        return {"label": labels.make_label(actor=actor, name=name, meaning=LABELS[name]).pk}

    return int(story.tell(f"keeping/label/{name}", cast["vela.admin"], act)["label"])


def label_cases(story: Story, cast: Cast) -> None:
    """Vela's own words, on the cases it holds."""
    names = [make(story, cast, name) for name in LABELS]

    def act(actor: Actor) -> None:
        for incident in Incident.objects.filter(holder=actor.organisation).order_by("pk")[:2]:
            labels.set_labels(actor=actor, reference=incident.reference, labels=names[:2])

    story.tell("keeping/labelled", cast["vela.analyst"], act)


def first_case(actor: Actor) -> str:
    """A case this person's organisation holds."""
    return Incident.objects.filter(holder=actor.organisation).order_by("pk").first().reference  # type: ignore[union-attr]


def request(story: Story, cast: Cast, step: str, words: dict[str, Any]) -> int:
    """Filed by the administrator as it came in."""

    def act(actor: Actor) -> Names:
        filed = requests.file_request(actor=actor, kind="authority", incident=first_case(actor), **words)
        return {"number": filed.number}

    return int(story.tell(f"keeping/{step}/filed", cast["vela.admin"], act)["number"])


def tell(story: Story, cast: Cast) -> None:
    """After the cases are there."""
    label_cases(story, cast)
    granted = request(
        story, cast, "court",
        {"requester": "District Court of Vela, Second Chamber", "contact": "registry@court.example", "asked": "The facts of the case, and every log of the night.",
         "legal_basis": "Order 2 K 117/26 of the District Court, Code of Criminal Procedure § 94"},
    )  # fmt: skip

    def grant(actor: Actor) -> None:
        requests.decide_request(
            actor=actor, number=granted, outcome="partly", parts=["facts"],
            reasons="The order covers the facts. It names no item of evidence, so none goes along.",
        )  # fmt: skip

    story.tell("keeping/court/decided", cast["vela.custodian"], grant)
    refused = request(
        story, cast, "insurer",
        {"requester": "Harbour Mutual Insurance", "contact": "", "asked": "Names of everybody who worked on the case.",
         "legal_basis": "Their own terms of contract, clause 14"},
    )  # fmt: skip

    def refuse(actor: Actor) -> None:
        requests.decide_request(
            actor=actor, number=refused, outcome="refused",
            reasons="A clause of a contract between others is no legal basis to receive personal data from us.",
        )  # fmt: skip

    story.tell("keeping/insurer/decided", cast["vela.coordinator"], refuse)
    story.tell(
        "keeping/own", cast["vela.deputy"],
        lambda actor: {"number": requests.ask_about_myself(
            actor=actor, kind="erasure", asked="My old telephone number stands in a note of 2025. Please take it out."
        ).number},
    )  # fmt: skip
