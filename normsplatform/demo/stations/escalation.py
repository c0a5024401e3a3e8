"""Measures: proposed by one, decided by another, and refused by the guardrails where the rules say no."""

from collections.abc import Mapping
from typing import Any

from escalation import services
from organisations.actors import Actor

from .. import cases
from ..stage import Stage
from ..story import Names


def propose(stage: Stage, row: Mapping[str, Any]) -> None:
    """One proposal, with the answers its proposer gives; a refusal stays on record."""

    def act(actor: Actor) -> Names:
        proposal = dict(row["proposal"])
        proposal["expires_on"] = cases.in_days(proposal.pop("expires_in_days")).date().isoformat()
        measure = services.propose_measure(actor=actor, reference=stage.reference, proposal=proposal)
        return {"number": measure.label, "status": str(measure.status)}

    stage.tell(f"measure/{row['key']}", row["by"], act)


def decide(stage: Stage, row: Mapping[str, Any]) -> None:
    """As far as the file says: agreed to by somebody else, and put in force."""

    def about(actor: Actor) -> dict[str, Any]:
        number = stage.named(f"measure/{row['key']}")["number"]
        return {"actor": actor, "reference": stage.reference, "number": number}

    def approve(actor: Actor) -> None:
        services.approve_measure(**about(actor))

    def start(actor: Actor) -> None:
        services.start_measure(**about(actor))

    if "approve" in row:
        stage.tell(f"measure/{row['key']}/approved", row["approve"], approve)
    if "start" in row:
        stage.tell(f"measure/{row['key']}/in-force", row["start"], start)


def tell(stage: Stage) -> None:
    """The whole station."""
    for row in stage.rows("measures"):
        propose(stage, row)
        decide(stage, row)
