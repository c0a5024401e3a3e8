"""Work without names: a case whose panel is at work is judged by people who do not see whose it is, and a keeper looks once (SHR-1)."""

from incidents import blind, hiding
from incidents.access import case_for
from organisations.actors import Actor

from ..cast import Cast
from ..stage import house
from ..story import Names, Story

CASE = "olympic-destroyer-2018"


def tell(story: Story, cast: Cast) -> None:
    """Turned by the holder's coordinator. What somebody has turned the other way since stays as they want it."""
    reference = str(story.names(f"{CASE}/filed")["reference"])

    def hide(actor: Actor) -> Names:
        incident = case_for(actor, reference).incident
        if not incident.blind:
            hiding.set_blind(actor=actor, reference=reference, hidden=True)
        pair = (incident.pk, house("tessera").pk)
        return {"handle": blind.give_handles([pair])[pair].slug}

    turned = story.tell(f"{CASE}/without-names", cast["orrin.coordinator"], hide)

    def still_hidden(actor: Actor) -> Names:
        return {"hidden": case_for(actor, reference).incident.blind}

    def look(actor: Actor) -> None:
        hiding.look_up(
            actor=actor, reference=reference, handle=str(turned["handle"]),
            reason="A member asks whether the assessor advised the organisers of the Games.",
        )  # fmt: skip

    if story.tell(f"{CASE}/names-still-hidden", cast["orrin.coordinator"], still_hidden)["hidden"]:
        story.tell(f"{CASE}/looked-up", cast["secretariat.keeper"], look)
