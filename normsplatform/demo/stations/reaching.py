"""Reaching people: rotas of duty contacts that answer round the clock, a webhook kept ready, and a search that is watched."""

from incidents.searching import save_search
from incidents.selectors import Wanted
from notifications import services
from organisations.actors import Actor

from ..cast import Cast
from ..story import Story

EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]
# House: its time zone, and whether a mailbox stands behind the person on duty.
ROTAS = {"vela": "Europe/Lisbon", "orrin": "Europe/Oslo"}


def keep_rota(story: Story, cast: Cast, slug: str, zone: str) -> None:
    """The duty officer first, the coordinator second, at night too a mailbox the operations room reads."""

    def act(actor: Actor) -> None:
        for order, person in enumerate(("duty", "coordinator"), start=1):
            services.add_contact(
                actor=actor, facts={
                    "order": order, "person": cast[f"{slug}.{person}"].user.pk, "weekdays": EVERY_DAY, "time_zone": zone,
                    "phone": f"+999 20 555 01{order}0",
                },
            )  # fmt: skip
        services.add_contact(
            actor=actor, facts={
                "order": 3, "email": f"operations@{slug}.example", "name": "Operations room", "weekdays": EVERY_DAY,
                "time_zone": zone, "phone": "+999 20 555 0199",
            },
        )  # fmt: skip

    story.tell(f"duty/{slug}", cast[f"{slug}.admin"], act)


def tell(story: Story, cast: Cast) -> None:
    """The whole station. The webhook is disabled: its address is made up, and nothing should be sent there."""
    for slug, zone in ROTAS.items():
        keep_rota(story, cast, slug, zone)

    def hook(actor: Actor) -> None:
        endpoint, _secret = services.add_endpoint(
            actor=actor, name="Case desk", url="https://desk.vela.example/norms",
            kinds=["finding.overdue", "duty.called", "watched.evidence"],
        )  # fmt: skip
        services.disable_endpoint(actor=actor, endpoint_id=endpoint.pk)

    def watch(actor: Actor) -> None:
        save_search(actor=actor, name="Hospitals", wanted=Wanted(sector="health"))

    story.tell("webhook/vela", cast["vela.admin"], hook)
    story.tell("search/vela", cast["vela.analyst"], watch)
