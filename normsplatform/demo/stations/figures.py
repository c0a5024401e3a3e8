"""Figures: a release needs more cases than eight. The others are made up, say so in their title, and are closed.

No list of real incidents comes with the platform under a licence of its own, so that nothing true can be counted here
in numbers that hide anybody. What the release shows is the form: what is counted, what is hidden, and why.
"""

from collections.abc import Iterator
from typing import Any

from incidents import services
from incidents.importing import Recorded, import_incident
from organisations.actors import Actor
from publication import services as publication

from ..cases import moment
from ..cast import Cast
from ..story import Names, Story

HOUSES = ("vela", "orrin", "amal", "brigid")
EACH = 36
SECTORS = ("health", "energy", "public-administration", "telecommunications")
COUNTRIES = ("AT", "BR", "GH", "ID", "NZ", "PT", "KE", "MX", "SE", "IN")
YEARS = (2021, 2022, 2023, 2024)
ABOUT = (
    "Made up for the demo: nothing of this happened to anybody. It is here so that the public figures have something to"
    " count, and is held by {house}, a fictional organisation."
)
KEY_POINTS = (
    "Nearly all cases counted here are made up for the demo: read these figures as an example of the form, not as figures"
    " about the world. Where a figure is hidden, fewer than ten cases or fewer than three organisations stand behind it."
)


def made_up(house: str) -> Iterator[Recorded]:
    """The same cases every time: some sectors and years are frequent, others rare, so that some figures stay hidden."""
    for place in range(EACH):
        number = HOUSES.index(house) * EACH + place + 1
        sector = SECTORS[(place * place) % 7 % len(SECTORS)]
        year = YEARS[place % 3 if place % 8 else 3]
        people = None if place % 5 == 0 else 40 + (place * 37) % 300
        facts: dict[str, Any] = {
            "title": f"Made-up case {number} for the figures",
            "summary": ABOUT.format(house=house.title()),
            "mark": "TLP:GREEN",
            "began": moment(f"{year}-{1 + place % 12:02}"),
            "people": {"best": people},
            "people_source": "" if people is None else "Made up.",
            "victims": [{"sector": sector, "country": COUNTRIES[place % len(COUNTRIES)], "organisations_hit": 1}],
        }
        yield Recorded(f"demo-figures-{number:03}", facts)


def fill(story: Story, cast: Cast) -> None:
    """Files and closes the made-up cases, each house its own."""
    for house in HOUSES:

        def act(actor: Actor, house: str = house) -> None:
            for recorded in made_up(house):
                incident, _new = import_incident(actor=actor, recorded=recorded)
                services.close_incident(actor=actor, reference=incident.reference)

        story.tell(f"figures/{house}", cast[f"{house}.analyst"], act)


def release(story: Story, cast: Cast) -> None:
    """One person has the figures counted, another opens them to everyone."""

    def begin(actor: Actor) -> Names:
        begun = publication.begin_release(actor=actor, key_points=KEY_POINTS)
        publication.prepare_release(actor=actor, release_id=begun.pk)  # a worker sent for it later finds it done
        return {"version": begun.version}

    def publish(actor: Actor) -> None:
        publication.publish_release(actor=actor, version=story.names("figures/counted")["version"])

    story.tell("figures/counted", cast["secretariat.publisher"], begin)
    story.tell("figures/published", cast["secretariat.second-publisher"], publish)
