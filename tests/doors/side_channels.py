"""Every way round a permission that people of other platforms were hurt by: one list, read by `test_side_channels.py`.

A channel is a question somebody may ask, and everything the answer says: body, headers, names of files. An object is a thing on
the case with words that stand nowhere else, and the least grade that may read them: whoever holds less must not find those words
by any channel.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse

from core.errors import NotAllowed
from core.tenancy import acting_as
from incidents.searching import look_everywhere, save_search
from incidents.selectors import Wanted
from incidents.services import edit_incident
from notifications import hooks, sending
from notifications.feed import calendar_at
from notifications.mail import send_to
from notifications.models import Notification
from notifications.services import choose_email, make_calendar_address
from organisations.actors import Actor
from organisations.roles import Grade

from .addresses import READ, Address, Kind, walk
from .test_urls import url_of
from .world import World


@dataclass(frozen=True)
class Thing:
    """A kind of thing on a case, words of one of them, and the least grade that may read it; None: its owner alone."""

    name: str
    words: tuple[str, ...]
    grade: int | None


THINGS = [
    Thing("case", ("Quillwort", "Bergamot", "Saxifrage"), Grade.SUMMARY),
    Thing("statement", ("Tormentil office",), Grade.SUMMARY),
    Thing("remediation task", ("Tormentil task",), Grade.SUMMARY),
    Thing("restoration of a service", ("Saxifrage clinic",), Grade.SUMMARY),
    Thing("evidence item", ("Sign-in log", "Payments for the mail relay"), Grade.EVIDENCE),
    Thing("hold on an item", ("Tormentil claim",), Grade.EVIDENCE),
    Thing("finding", ("operation against the Games",), Grade.EVIDENCE),
    Thing("contest of a finding", ("Tormentil denial",), Grade.EVIDENCE),
    Thing("panel", ("/panels/1/",), Grade.EVIDENCE),
    Thing("reply to a finding", ("Saxifrage agrees",), Grade.EVIDENCE),
    Thing("measure", ("Tormentil measure",), Grade.EVIDENCE),
    Thing("recommendation", ("Tormentil advice",), Grade.EVIDENCE),
    Thing("package", ("Tormentil court",), Grade.EVIDENCE),
    Thing("draft", ("Tormentil draft",), None),
    Thing("saved search", ("Tormentil search",), None),
    Thing("key for programs", ("Tormentil key",), None),
]


def words_above(grade: int) -> tuple[str, ...]:
    """Words of everything that asks for more than this grade."""
    return tuple(word for thing in THINGS if thing.grade is None or thing.grade > grade for word in thing.words)


@dataclass(frozen=True)
class Asked:
    """Who asks, how, and about what."""

    actor: Actor
    client: Client
    world: World
    holder: Actor

    @property
    def case(self) -> str:
        """The page of the case."""
        return f"/incidents/{self.world.incident.reference}/"

    @property
    def api(self) -> str:
        """The case by API."""
        return f"/api/v1{self.case}"

    def get(self, address: str, **headers: str) -> str:
        """One answer, whole."""
        return self.send("get", address, headers=headers)

    def send(self, method: str, address: str, *body: Any, **more: Any) -> str:
        """The same for any request, which leaves nothing behind."""
        with transaction.atomic():
            text = said(getattr(self.client, method)(address, *body, **more))
            transaction.set_rollback(True)
        return text


def said(answer: Any) -> str:
    """Everything an answer says."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return " ".join([*(f"{name}: {value}" for name, value in answer.headers.items()), body.decode("utf-8", "replace")])


def told(asked: Asked) -> None:
    """Something about the case is on its way to them, as it would be to anybody: the database decides who hears of it."""
    from notifications.services import tell

    incident = asked.world.incident
    tell(
        kind="reply.received", to=[asked.actor.user], key=f"side:{asked.actor.user.pk}", root_id=incident.pk,
        reference=incident.reference, mark="TLP:CLEAR", subject="Quillwort Tormentil denial", url=asked.case,
    )  # fmt: skip


def inbox(asked: Asked) -> str:
    told(asked)
    return asked.get("/inbox/") + asked.get("/api/v1/inbox/") + asked.get("/inbox/?view=done")


def email(asked: Asked, how: str) -> str:
    told(asked)
    return mailed(asked, how)


def mailed(asked: Asked, how: str) -> str:
    """Everything an e-mail would say now of what they were told."""
    with acting_as(asked.actor.principal):
        choose_email(actor=asked.actor, email=how)
        Notification.objects.update(mailed_at=None)
    mail.outbox.clear()
    send_to(asked.actor.user.pk, how)
    return " ".join(f"{message.subject} {message.body} {message.extra_headers}" for message in mail.outbox)


def calendar(asked: Asked) -> str:
    secret = ""
    with acting_as(asked.actor.principal), contextlib.suppress(NotAllowed):  # a guest has no calendar
        secret = make_calendar_address(actor=asked.actor)
    return (calendar_at(secret) or b"").decode() + asked.get("/deadlines/") + asked.get("/api/v1/deadlines/")


def webhook(asked: Asked) -> str:
    """What a program of their organisation would be sent now: the marks it may know of, or nothing."""
    from notifications.models import Delivery

    incident = asked.world.incident
    row = Delivery(root_id=incident.pk, mark=incident.mark, grade=Grade.EVIDENCE, kind="finding.contested")
    with acting_as(asked.actor.principal):
        marks = sending.marks_for(asked.actor.organisation.pk, row)
    if marks is None:
        return ""
    return hooks.body(
        kind=row.kind, message_id="m", made_at=incident.filed_at, reference=incident.reference, link="/inbox/", marks=marks,
        subject="Quillwort Tormentil denial",
    )  # fmt: skip


def searches(asked: Asked) -> str:
    """Lists, counts, snippets and the order of what is found, for words of the case that the question does not say."""
    found = ""
    for query in ("", "?q=dialysis", "?q=ward", "?q=clinic", "?sector=health", "?country=KR", "?status=open"):
        found += "".join(
            asked.get(f"{address}{query}") for address in ("/incidents/", "/search/", "/api/v1/incidents/")
        )
    return found


def files(asked: Asked) -> str:
    """By the address of the content itself, in part, and as somebody who has it already."""
    sha256 = asked.world.names["str:sha256"]
    parts = [asked.world.incident.reference, "E-1", sha256]
    return "".join(
        asked.get(reverse(name, args=parts), **more)
        for name in ("evidence-open", "api-evidence-content")
        for more in ({}, {"Range": "bytes=0-9"}, {"If-None-Match": f'"{sha256}"'})
    ) + asked.get(f"{asked.case}evidence/E-1/")


def conditional(asked: Asked) -> str:
    """As somebody who knows the version: an ETag must not be confirmed."""
    known = {"If-Match": '"1"'}
    return asked.get(asked.api, **{"If-None-Match": '"1"'}) + asked.send(
        "patch", asked.api, {"title": "x"}, content_type="application/json", headers=known
    )


def case_addresses() -> list[Address]:
    """Every address of a case that is read."""
    return [address for address in walk() if address.door.kind is Kind.CASE and READ in address.door.methods]


TAKEN = ("csv", "json", "document", "data", "file", "content", "list", "receipt")


def exports(asked: Asked) -> str:
    """Every file there is to take, and every list of what was made for taking: documents, packages, records, tables."""
    found = [address for address in case_addresses() if address.name.rsplit("-", 1)[-1] in TAKEN]
    return "".join(asked.get(url_of(address, asked.world)) for address in found)


def every_page(asked: Asked) -> str:
    """Everything on the case that can be asked for, page and API."""
    return "".join(asked.get(url_of(address, asked.world)) for address in case_addresses())


def own_house(asked: Asked) -> str:
    """All there is of one's own and one's house's: members, grants, audit and its files, exports, retention, deadlines, duty."""
    found = [address for address in walk() if address.door.kind is Kind.PERSON and READ in address.door.methods]
    return "".join(asked.get(url_of(address, asked.world)) for address in found)


def watched_search(asked: Asked) -> str:
    """A search of theirs that begins to match the case: what the clock tells them, in the inbox and by e-mail."""
    incident, analyst = asked.world.incident, asked.holder
    with acting_as(asked.actor.principal), contextlib.suppress(NotAllowed):  # a guest keeps none
        save_search(actor=asked.actor, name="Wings", wanted=Wanted(words="wolfsbane"))
    with acting_as(analyst.principal):
        incident.refresh_from_db()
        edit_incident(
            actor=analyst,
            reference=incident.reference,
            version=incident.version,
            facts={"summary": "Bergamot, wolfsbane wing."},
        )
    look_everywhere()
    return asked.get("/inbox/") + asked.get("/searches/") + asked.get("/api/v1/searches/") + mailed(asked, "each")


def ledger(asked: Asked) -> str:
    """Its activity, its changes, who looked, and the log that is for everybody."""
    places = ("activity/", "changes/", "looks/")
    return "".join(asked.get(f"{base}{place}") for base in (asked.case, asked.api) for place in places) + asked.get(
        "/transparency/"
    )


def messages(asked: Asked) -> str:
    """What errors say: of a name that clashes, a link that points there, a version that is stale."""
    reference = asked.world.incident.reference
    return "".join(
        asked.send(method, f"{base}{end}", *body)
        for method, base, end, *body in (
            ("post", asked.api, "links/", {"other": reference, "kind": "related"}),
            ("post", asked.api, "evidence/", {"title": "x"}),
            ("put", asked.api, "watch/"),
            ("post", asked.case, "watch/"),
            ("post", asked.case, "close/"),
        )
    )


@dataclass(frozen=True)
class Channel:
    """One way. `of_house`: it is the house that is told, whoever of it asks."""

    name: str
    ask: Callable[[Asked], str]
    of_house: bool = False
    inside: bool = (
        False  # asked of whoever sees something of the case; of the others, `test_table.py` asks every address
    )


CHANNELS = [
    Channel("notifications", inbox),
    Channel("e-mail", lambda asked: email(asked, "each")),
    Channel("digest", lambda asked: email(asked, "digest")),
    Channel("calendar and deadlines", calendar),
    Channel("webhook", webhook, of_house=True),
    Channel("lists, counts, search", searches),
    Channel("file addresses", files),
    Channel("versions and ETags", conditional),
    Channel("exports", exports),
    Channel("ledger views", ledger),
    Channel("error messages", messages),
    Channel("watched searches", watched_search),
    Channel("one's own house and its audit", own_house),
    Channel("every page of the case", every_page, inside=True),
]
