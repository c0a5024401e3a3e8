"""The right of reply through its doors: the holder's pages, the visitor without an account, the public page, the API (ATT-11)."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accountability import building
from accountability import services as accountability
from attribution import errors, services
from attribution.models import Finding, Reply
from attribution.ui import published
from core.tenancy import acting_as
from incidents.services import edit_incident
from organisations.actors import Actor

from .ground import Ground, as_
from .test_services_reply import ASK, answered, asked, named, noticed

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-11")]

SignIn = Callable[[Actor], Client]
JSON = "application/json"


@pytest.fixture(autouse=True)
def _public_login(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The public pages read this test's rows, with the role of the public login."""

    @contextmanager
    def as_public() -> Iterator[str]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE norms_public")
            yield "default"
            cursor.execute("SET LOCAL ROLE norms_app")

    monkeypatch.setattr(published, "as_public", as_public)


@pytest.fixture
def base(ground: Ground, found: Finding) -> str:
    return f"/incidents/{ground.reference}/attribution/findings/F-1/"


def test_from_the_notice_to_the_public_page(
    ground: Ground,
    publisher: Actor,
    base: str,
    sign_in: SignIn,
) -> None:
    client = sign_in(ground.analyst)
    assert "Not fixed yet" in client.get(f"{base}reply/").content.decode()
    sent = client.post(f"{base}reply/notice/", {"text": "The unit <b>ran</b> it.", "mark": "TLP:CLEAR"})
    assert sent.status_code == 303
    refused = client.post(f"{base}reply/invite/", {"party": "named", "name": "", "contact": "", "code_given": ""})
    assert refused.status_code == 422
    made = client.post(f"{base}reply/invite/", ASK)
    page = made.content.decode()
    assert made.status_code == 201 and "only this once" in page
    path = re.search(r"/reply/[\w-]{43}/", page)
    code = re.search(r'<code dir="ltr">([2-9A-Z]{5}-[2-9A-Z]{5})</code>', page)
    assert path and code
    held = client.get(f"{base}reply/").content.decode()
    assert path[0] not in held and code[1] not in held and "Ministry of Foreign Affairs" in held
    refused = sign_in(publisher).post(f"{base}publish/", {})
    assert refused.status_code == 409

    visitor = Client()
    first = visitor.get(path[0])
    assert first["Referrer-Policy"] == "no-referrer" and "no-store" in first["Cache-Control"]
    body = first.content.decode()
    for word in ("The unit", "GRU", ground.reference, "Vela", "Ministry"):
        assert word not in body, word
    assert visitor.post(path[0], {"code": "22222-22222"}).status_code == 422
    assert visitor.post(path[0], {"code": code[1]}).status_code == 303
    shown = visitor.get(path[0]).content.decode()
    assert "The unit &lt;b&gt;ran&lt;/b&gt; it." in shown and "GRU Unit 74455" in shown and "TLP:CLEAR" in shown
    assert "Northfield" not in shown and ground.reference not in shown
    assert visitor.post(path[0], {"save": "1", "text": "We den", "position": ""}).status_code == 303
    assert "We den" in visitor.get(path[0]).content.decode()
    assert visitor.post(path[0], {"send": "1", "text": "", "position": "denies"}).status_code == 422
    assert visitor.post(path[0], {"send": "1", "text": "We deny it.", "position": "denies"}).status_code == 303
    receipt = visitor.get(f"{path[0]}?receipt=1")
    assert "attachment" in receipt["Content-Disposition"] and "We deny it." in receipt.content.decode()
    assert Client().get(path[0]).content.decode().count("We deny it.") == 0, "another browser needs the code again"

    client = sign_in(publisher)
    on_page = client.get(base).content.decode()
    assert "We deny it." in on_page and "Contested" in on_page
    assert client.post(f"{base}publish/", {}).status_code == 303
    listed = visitor.get("/findings/").content.decode()
    public = re.search(r"/findings/\w{12}/", listed)
    assert public
    page = visitor.get(public[0]).content.decode()
    for words in ("We deny it.", "Denies it", "Contested", "Provisional", "TLP:CLEAR"):
        assert words in page, words
    assert visitor.get(f"{public[0]}issues.json").json()["issues"][0]["content"]["replies"][0]["text"] == "We deny it."
    assert visitor.get("/findings/nothing/").status_code == 404


def test_a_program_does_the_same(ground: Ground, publisher: Actor, base: str, sign_in: SignIn) -> None:
    api = f"/api/v1{base}"
    client = sign_in(ground.analyst)
    assert client.get(f"{api}reply/").json()["bars"] == ["no_notice"]
    assert client.post(f"{api}reply/", {"text": "It did."}, content_type=JSON).status_code == 201
    made = client.post(f"{api}reply/invitations/", ASK, content_type=JSON).json()
    assert (
        client.post(f"{api}reply/waivers/", {"reasons": "x", "invitation": made["id"]}, content_type=JSON).status_code
        == 409
    )
    door = (
        "/api/v1"
        + made["address"].partition("://")[2].partition("/")[1]
        + made["address"].partition("://")[2].partition("/")[2]
    )
    visitor = Client()
    assert visitor.get(door).status_code == 403
    right: dict[str, Any] = {"headers": {"X-Reply-Code": made["code"]}}
    assert visitor.get(door, **right).json()["claim"]["text"] == "It did."
    body = {"text": "A half", "position": ""}
    assert visitor.put(door, body, content_type=JSON, **right).json()["draft"]["text"] == "A half"
    body = {"text": "No.", "position": "denies"}
    sent = visitor.post(door, body, content_type=JSON, **right)
    assert sent.status_code == 201 and sent.json()["reply"]["receipt"].startswith("RR-")
    with transaction.atomic():  # the request has no transaction of its own: this one takes what the refusal undoes
        assert visitor.post(door, body, content_type=JSON, **right).status_code == 409
    client = sign_in(publisher)
    assert client.post(f"{api}publish/").status_code == 201
    assert client.post(f"{api}publish/").status_code == 409
    assert len(client.get(f"{api}reply/").json()["issues"]) == 1


def test_wrong_codes_lock_through_the_api_too(ground: Ground, base: str) -> None:
    noticed(ground)
    secret = asked(ground).secret
    for _try in range(6):
        assert Client().get(f"/api/v1/reply/{secret}/", headers={"X-Reply-Code": "WRONG"}).status_code == 403
    assert "locked" in Client().get(f"/reply/{secret}/").content.decode()


def test_who_relies_is_on_a_page_and_in_the_api(ground: Ground, base: str, sign_in: SignIn) -> None:
    client = sign_in(ground.analyst)
    client.get(base)
    client.get(f"/api/v1{base}")
    sent = client.post(f"{base}relying/", {"addressee": "A paper", "channel": "desk@paper.example"})
    assert sent.status_code == 303
    rows = client.get(f"/api/v1{base}relying/").json()
    assert {row["name"] for row in rows["parties"]} == {"vela analyst", "A paper"} and rows["waiting"] == 0
    with as_(ground.analyst):
        services.withdraw_finding(**named(ground, ground.analyst), reason="Forged")
    page = client.get(f"{base}relying/").content.decode()
    assert "1 has not acknowledged the last change." in page and "Not acknowledged" in page
    row = next(each["id"] for each in rows["parties"] if each["name"] == "A paper")
    assert client.post(f"{base}relying/{row}/", {"note": "By telephone"}).status_code == 303
    assert client.get(f"/api/v1{base}relying/").json()["waiting"] == 0


def test_a_review_anybody_may_read_waits_for_the_reply_too(
    ground: Ground,
    publisher: Actor,
    base: str,
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("documents.kinds.send", lambda kind, job: None)
    coordinator = ground.people.vela.coordinator
    with acting_as(ground.analyst.principal):
        edit_incident(
            actor=ground.analyst,
            reference=ground.reference,
            version=1,
            facts={"mark": "TLP:CLEAR"},
            mark_reason="Public.",
        )
    noticed(ground)
    invitation = asked(ground)
    for mark in ("TLP:CLEAR", "TLP:GREEN"):
        with as_(coordinator), pytest.raises(errors.ReplyAwaited):
            accountability.request_review(actor=coordinator, reference=ground.reference, mark=mark)
    with as_(coordinator):
        accountability.request_review(actor=coordinator, reference=ground.reference, mark="TLP:AMBER")
    answered(invitation)
    with as_(coordinator):
        for mark in ("TLP:CLEAR", "TLP:GREEN"):
            accountability.request_review(actor=coordinator, reference=ground.reference, mark=mark)
        assert Reply.objects.count() == 1


def test_what_was_found_between_the_asking_and_the_making_waits_too(
    ground: Ground, publisher: Actor, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A review for the public is asked for, the claim changes, and the worker comes: it is not made."""
    monkeypatch.setattr("documents.kinds.send", lambda kind, job: None)
    coordinator = ground.people.vela.coordinator
    with acting_as(ground.analyst.principal):
        edit_incident(
            actor=ground.analyst,
            reference=ground.reference,
            version=1,
            facts={"mark": "TLP:CLEAR"},
            mark_reason="For the public",
        )
    noticed(ground)
    answered(asked(ground), position="comments")
    with as_(coordinator):
        review = accountability.request_review(actor=coordinator, reference=ground.reference, mark="TLP:GREEN")
    with as_(ground.analyst):
        services.amend_finding(
            actor=ground.analyst, reference=ground.reference, label="F-1", facts={"confidence": "high"}, why="A log"
        )
    with as_(coordinator), pytest.raises(errors.ReplyAwaited):
        building.prepare_review(coordinator, review.job)


@pytest.mark.duty("SHR-7")
def test_the_public_login_reads_what_is_for_everybody_and_nothing_else(
    ground: Ground, publisher: Actor, base: str
) -> None:
    def as_public(statement: str) -> list[Any]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE norms_public")
            try:
                cursor.execute(statement)
                return list(cursor.fetchall())
            finally:
                if not connection.needs_rollback:
                    cursor.execute("SET LOCAL ROLE norms_app")

    count = "SELECT count(*) FROM attribution_findingissue"
    for mark, seen in (("TLP:AMBER", 0), ("TLP:CLEAR", 1)):
        with as_(ground.analyst):
            services.open_notice(**named(ground, ground.analyst), text="The unit ran it.", mark=mark)
        answered(asked(ground), position="comments")
        with as_(publisher):
            services.publish_finding(**named(ground, publisher))
        assert as_public(count) == [(seen,)], mark
    for table in ("notice", "invitation", "reply", "relyingparty", "finding"):
        with pytest.raises(DatabaseError):
            as_public(f"SELECT count(*) FROM attribution_{table}")
