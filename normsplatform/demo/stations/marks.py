"""PAP at work: an item that only passive use is allowed of, and a takedown that is refused because it rests on it (SHR-4)."""

from escalation.services import propose_measure
from evidence.services import change_mark
from incidents.access import case_for
from incidents.states import Status
from organisations.actors import Actor

from ..cast import Cast
from ..story import Names, Story

CASE, ITEM = "albania-2022", "dart"


def tell(story: Story, cast: Cast) -> None:
    """On a case that is open; one that was closed since stays as it is."""
    reference = str(story.names(f"{CASE}/filed")["reference"])
    label = str(story.names(f"{CASE}/evidence/{ITEM}")["label"])

    def closed(actor: Actor) -> bool:
        return case_for(actor, reference).incident.status == Status.CLOSED

    def mark(actor: Actor) -> None:
        if not closed(actor):
            change_mark(actor=actor, reference=reference, label=label, mark="TLP:CLEAR", pap="PAP:AMBER")

    def take_down(actor: Actor) -> Names:
        if closed(actor):
            return {}
        measure = propose_measure(
            actor=actor, reference=reference,
            proposal={
                "code": "R11",
                "title": "Seize the servers the wiper was controlled from",
                "text": "A court order for two servers at a provider in our jurisdiction. The operators would see at once which"
                " of their machines are known.",
            },
        )  # fmt: skip
        return {"number": measure.label, "status": str(measure.status)}

    story.tell(f"{CASE}/marked/{ITEM}", cast["orrin.analyst"], mark)
    story.tell(f"{CASE}/measure/takedown", cast["orrin.coordinator"], take_down)
