"""Person × channel × object: what may not be read at the front is not read at the side (SHR-7), from one list."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client

from core.tenancy import acting_as
from incidents.services import revoke_grant
from instruments.models import Instrument
from notifications.kinds import KINDS
from notifications.mail import send_to
from notifications.services import choose_email, tell
from organisations.actors import Actor
from organisations.roles import Grade
from tests.people import People

from .cast import CAST, everything
from .side_channels import CHANNELS, THINGS, Asked, words_above
from .test_crawl import leaks_in
from .workers import by_owner
from .world import World, shared

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("room"),
    pytest.mark.duty("SHR-1"),
    pytest.mark.duty("SHR-7"),
    pytest.mark.duty("SHR-5"),
]

Make = Callable[[People, World], Actor]


def stranger(people: People, _world: World) -> Actor:
    """Every role, in a house that has no part in the case."""
    return everything(people.orrin, "side-stranger")


def former(people: People, world: World) -> Actor:
    """Every role, in a house whose share was ended."""
    actor = everything(people.brigid, "side-former")
    grant = shared(people.vela.analyst, world.incident, people.brigid.organisation, Grade.OVERSEE)
    with acting_as(people.vela.analyst.principal):
        revoke_grant(actor=people.vela.analyst, reference=world.incident.reference, grant_id=grant.pk)
    return actor


def summary(people: People, _world: World) -> Actor:
    """Every role, in a house that may see the summary."""
    return everything(people.palaver, "side-summary")


def reader(people: People, world: World) -> Actor:
    """Every role, in a house that may read evidence: the channels tell, so the table is no table of silence."""
    shared(people.vela.analyst, world.incident, people.secretariat.organisation, Grade.SUMMARY)
    return everything(people.vela, "side-holder")


def of_cast(name: str) -> Make:
    """Somebody of the cast."""
    (person,) = (person for person in CAST if person.name == name)

    def make(people: People, world: World) -> Actor:
        actor = person.make(people, world)
        assert actor is not None
        return actor

    make.__name__ = name.replace(" ", "_")
    return make


# (Whoever belongs to two houses gets the post of both, whichever they act for at a page.)
# Who asks, the grade they hold, and whether they belong to a house that holds something of the case.
PERSONS: list[tuple[Make, int, bool]] = [
    (stranger, 0, False),
    (former, 0, False),
    (summary, Grade.SUMMARY, False),
    *((of_cast(name), 0, False) for name in ("superuser", "expired partner", "expired named person")),
    *((of_cast(name), 0, True) for name in ("expired guest", "suspended member", "former member")),
]


@pytest.mark.parametrize(("make", "grade", "of_holder"), PERSONS, ids=lambda each: getattr(each, "__name__", ""))
def test_no_channel_tells_more_than_the_front_door(
    people: People, world: World, sign_in: Callable[[Actor], Client], make: Make, grade: int, *, of_holder: bool
) -> None:
    """Person × channel × thing: what a channel says holds no word of a thing that asks for more than the person holds."""
    actor = make(people, world)
    client = sign_in(actor)
    wrong = []
    for channel in CHANNELS:
        if channel.inside and not grade:
            continue
        if channel.of_house and of_holder:  # their house may know; they are not its post
            continue
        with transaction.atomic():
            text = channel.ask(Asked(actor, client, world, people.vela.analyst))
            transaction.set_rollback(True)
        # An address that was typed is no secret: it stands in what was asked.
        wrong += [(channel.name, word) for word in words_above(grade) if word in text.replace(TYPED, "")]
        if not grade and world.incident.reference in text.replace(f"/incidents/{world.incident.reference}/", ""):
            wrong.append((channel.name, "reference"))
    assert not wrong, "\n".join(map(str, wrong))


# The address of a panel that does not answer is repeated by the page that says so.
TYPED = "attribution/panels/1/"


def test_each_channel_tells_whoever_may_know(people: People, world: World, sign_in: Callable[[Actor], Client]) -> None:
    """The table above would pass on a platform that says nothing: here each channel speaks, and of each thing some channel does."""
    actor = reader(people, world)
    heard: dict[str, set[str]] = {}
    for channel in CHANNELS:
        with transaction.atomic():
            text = channel.ask(Asked(actor, sign_in(actor), world, people.vela.analyst))
            transaction.set_rollback(True)
        heard[channel.name] = {thing.name for thing in THINGS if any(word in text for word in thing.words)}
        if world.incident.reference in text:
            heard[channel.name].add("reference")
    assert [name for name, told in heard.items() if not told] == []
    unheard = {thing.name for thing in THINGS if thing.grade is not None} - set().union(*heard.values())
    assert unheard == set()
    mine = "".join(
        CHANNELS[at].ask(Asked(people.vela.analyst, sign_in(people.vela.analyst), world, people.vela.analyst))
        for at in OWN
    )
    assert [
        thing.name for thing in THINGS if thing.grade is None and not any(word in mine for word in thing.words)
    ] == []


# Where one's own things are.
OWN = [at for at, channel in enumerate(CHANNELS) if channel.name == "one's own house and its audit"]


def words_for(code: str) -> dict[str, str | int] | None:
    """A value for everything this kind has to say, a word of the case wherever a word can stand; None: it wants codes of ours."""
    words: dict[str, str | int] = {"verb": "incident.edited"}
    while True:
        try:
            KINDS[code].sentence({**words, "subject": "", "reference": ""})
        except KeyError as missing:
            words[str(missing.args[0])] = "Bergamot"
        except (TypeError, ValueError):  # a number is asked for
            words = {name: 1 if value == "Bergamot" else value for name, value in words.items()}
        except Instrument.DoesNotExist:
            return None
        else:
            return words


@pytest.mark.duty("SHR-4")
@pytest.mark.parametrize("how", ["each", "digest"])
@pytest.mark.parametrize("mark", ["TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"])
def test_an_email_at_amber_and_above_carries_an_id_and_a_link_whatever_it_tells(
    people: People, world: World, how: str, mark: str
) -> None:
    """Every kind of thing that is told, with words of the case in every place that has room for words."""
    reads, incident = everything(people.vela, "post"), world.incident
    by_owner("UPDATE incidents_incident SET mark = %s WHERE id = %s", mark, incident.pk)
    with acting_as(reads.principal):
        choose_email(actor=reads, email=how)
    spoken = {code: words for code in KINDS if (words := words_for(code)) is not None}
    assert len(spoken) > len(KINDS) - 5
    for code, words in spoken.items():
        tell(
            kind=code, to=[reads.user], key=f"kind:{code}", root_id=incident.pk, reference=incident.reference, mark=mark,
            subject="Quillwort", words=words, url=f"/incidents/{incident.reference}/",
        )  # fmt: skip
    mail.outbox.clear()
    send_to(reads.user.pk, how)
    assert mail.outbox
    said = "\n".join(f"{letter.subject}\n{letter.body}\n{letter.extra_headers}" for letter in mail.outbox)
    assert said.count(incident.reference) >= len(spoken)
    assert leaks_in(said.replace(incident.reference, ""), world) == []
    # Nothing but the reference, a link, and the sentences every such letter has.
    assert len({re.sub(r"\d+", "", str(letter.body)) for letter in mail.outbox}) == 1
