"""Every way round a permission that people of other platforms were hurt by: one list, read by `test_side_channels.py`.

A channel is a question somebody may ask, and everything the answer says: body, headers, names of files. `at` is the least
grade on the case at which it may tell what stands beside it; whoever holds less must learn nothing by it, and the words
they may not learn are those of their grade and above.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core import mail
from django.test import Client
from django.urls import reverse

from core.tenancy import acting_as
from notifications import hooks, sending
from notifications.feed import calendar_at
from notifications.mail import send_to
from notifications.models import Notification
from notifications.services import choose_email, make_calendar_address
from organisations.actors import Actor
from organisations.roles import Grade

from .world import World

# Words of the case, by the least grade that may read them: part of its facts; what hangs on its evidence.
FACTS = ("Quillwort", "Bergamot", "Saxifrage")
EVIDENCE = ("Tormentil denial", "Tormentil measure", "Tormentil advice", "Tormentil court", "Sign-in log")


@dataclass(frozen=True)
class Asked:
    """Who asks, how, and about what."""

    actor: Actor
    client: Client
    world: World

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
        return said(self.client.get(address, headers=headers))


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
    with acting_as(asked.actor.principal):
        choose_email(actor=asked.actor, email=how)
        Notification.objects.update(mailed_at=None)
    mail.outbox.clear()
    send_to(asked.actor.user.pk, how)
    return " ".join(f"{message.subject} {message.body} {message.extra_headers}" for message in mail.outbox)


def calendar(asked: Asked) -> str:
    with acting_as(asked.actor.principal):
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
    return asked.get(asked.api, **{"If-None-Match": '"1"'}) + said(
        asked.client.patch(asked.api, {"title": "x"}, content_type="application/json", headers={"If-Match": '"1"'})
    )


def exports(asked: Asked) -> str:
    """Every file there is to take."""
    reference = asked.world.incident.reference
    names = (
        "evidence-csv", "api-evidence-csv", "attribution-matrix-csv", "package-list", "incident-looks-csv", "incident-looks-json",
    )  # fmt: skip
    return "".join(asked.get(reverse(name, args=[reference])) for name in names) + asked.get(
        reverse("review-document", args=[reference, asked.world.names["int:number"]])
    )


def ledger(asked: Asked) -> str:
    """Its activity, its changes, who looked, and the log that is for everybody."""
    places = ("activity/", "changes/", "looks/")
    return "".join(asked.get(f"{base}{place}") for base in (asked.case, asked.api) for place in places) + asked.get(
        "/transparency/"
    )


def messages(asked: Asked) -> str:
    """What errors say: of a name that clashes, a link that points there, a version that is stale."""
    answers = [
        asked.client.post(f"{asked.api}links/", {"other": asked.world.incident.reference, "kind": "related"}),
        asked.client.post(f"{asked.api}evidence/", {"title": "x"}, content_type="application/json"),
        asked.client.put(f"{asked.api}watch/"),
        asked.client.post(f"{asked.case}watch/"),
    ]
    return "".join(said(answer) for answer in answers)


@dataclass(frozen=True)
class Channel:
    """One way, and the least grade at which it tells what hangs on evidence."""

    name: str
    ask: Callable[[Asked], str]


CHANNELS = [
    Channel("notifications", inbox),
    Channel("e-mail", lambda asked: email(asked, "each")),
    Channel("digest", lambda asked: email(asked, "digest")),
    Channel("calendar and deadlines", calendar),
    Channel("webhook", webhook),
    Channel("lists, counts, search", searches),
    Channel("file addresses", files),
    Channel("versions and ETags", conditional),
    Channel("exports", exports),
    Channel("ledger views", ledger),
    Channel("error messages", messages),
]
