"""Sharing beyond houses: who is in charge, a guest until a day, a person by name, and an opening in an emergency (SHR-2)."""

from datetime import timedelta

from core import clock
from incidents import emergency, handing, services
from organisations.actors import Actor
from organisations.roles import Grade

from ..cast import Cast
from ..stage import house
from ..story import Story

HIVE, TIMS = "costa-rica-hive-2022", "albania-tims-2022"


def tell(story: Story, cast: Cast) -> None:
    """On the two cases that follow others: what an organisation does with a case beside sharing it with houses."""
    hive = str(story.names(f"{HIVE}/filed")["reference"])
    tims = str(story.names(f"{TIMS}/filed")["reference"])
    until = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)

    def lead(actor: Actor) -> None:
        handing.put_in_charge(actor=actor, reference=hive, person_id=actor.user.pk)

    def guest(actor: Actor) -> None:
        services.invite_guest(
            actor=actor, reference=hive, email="pharmacist@outside.example", name="Elena Brouwer", grade=Grade.SUMMARY,
            reason="Runs a hospital pharmacy; checks what patients were told", until=until + timedelta(days=30),
        )  # fmt: skip

    def named(actor: Actor) -> None:
        services.grant_person(
            actor=actor, reference=hive, email=cast["tessera.forensic"].user.email, organisation=house("tessera"),
            grade=Grade.EVIDENCE, reason="Has analysed this family before", until=until + timedelta(days=60),
            may_export=True,
        )  # fmt: skip

    def urgent(actor: Actor) -> None:
        emergency.open_in_emergency(
            actor=actor,
            reference=tims,
            reason="Border posts ask tonight whether the traveller register can be trusted.",
        )

    holder = cast["vela.deputy"]
    story.tell(f"{HIVE}/in-charge", holder, lead)
    story.tell(f"{HIVE}/guest", holder, guest)
    story.tell(f"{HIVE}/by-name", holder, named)
    story.tell(f"{TIMS}/emergency", cast["secretariat.emergency"], urgent)
