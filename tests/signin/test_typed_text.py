"""A form that comes after the session has ended: nothing typed is lost, nothing is shown to anybody else (interface, 11)."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core import clock
from core.tenancy import acting_as
from incidents.services import file_incident
from organisations.actors import Actor
from signin.keeping import KEPT, WHO
from signin.models import KeptText
from tests.people import People

pytestmark = [pytest.mark.duty("ATT-1"), pytest.mark.django_db]

PASSWORD = "correct horse battery"
LONG = "The control room saw the valves open by themselves. " * 40
FACTS = {"title": "Dam of the north", "summary": "Valves opened.", "victims": [{"sector": "health", "country": "KR"}]}


def enter(client: Client, actor: Actor, follow: str = "") -> Any:
    return client.post(
        f"/accounts/login/{f'?next={follow}' if follow else ''}",
        {"login": actor.user.email, "password": PASSWORD, **({"next": follow} if follow else {})},
    )


def expire() -> None:
    """Every session is over, as by itself."""
    Session.objects.all().delete()


@pytest.fixture
def case(people: People) -> str:
    analyst = people.vela.analyst
    with acting_as(analyst.principal):
        return str(file_incident(actor=analyst, facts=FACTS).reference)


def begun(actor: Actor) -> Client:
    """A browser at a page, whose session then ends."""
    client = Client()
    enter(client, actor)
    assert client.get("/incidents/").status_code == 200
    expire()
    return client


def kept_rows(actor: Actor) -> list[KeptText]:
    with acting_as(actor.principal):
        return list(KeptText.objects.all())


def test_what_was_typed_is_back_in_its_form_and_is_sent_by_its_author(people: People, case: str) -> None:
    analyst = people.vela.analyst
    client = begun(analyst)
    page = f"/incidents/{case}/statements/new/"
    typed = {"kind": "own_assessment", "said_by": "The ministry", "wording": LONG, "once": "abc"}
    turned = client.post(page, typed)
    assert (turned.status_code, turned["Location"]) == (302, "/accounts/login/?next=/account/kept/")
    assert "Your text is kept for an hour" in client.get(turned["Location"]).content.decode()
    assert LONG[:40].encode() not in bytes(kept_rows(analyst)[0].box)  # the database alone tells nothing
    assert client.cookies[KEPT]["httponly"]

    back = enter(client, analyst, "/account/kept/")
    assert back["Location"] == "/account/kept/"
    to_form = client.get("/account/kept/")
    assert to_form["Location"] == f"{page}?{KEPT}=1"
    form = client.get(to_form["Location"])
    html = form.content.decode()
    assert form.status_code == 200 and LONG.strip() in html and 'value="The ministry"' in html
    assert "What you typed is back in its place" in html
    sent = client.post(page, {**typed, "once": "def"})
    assert sent.status_code == 303
    assert kept_rows(analyst) == []
    assert client.cookies[KEPT].value == ""
    assert client.get("/account/kept/")["Location"] == "/incidents/"


def test_nobody_else_at_the_same_browser_sees_it(people: People, case: str) -> None:
    analyst, colleague = people.vela.analyst, people.vela.person("custodian")
    client = begun(analyst)
    client.post(f"/incidents/{case}/statements/new/", {"wording": LONG})
    enter(client, colleague, "/account/kept/")
    assert client.get("/account/kept/", follow=True).redirect_chain[0][0] == "/incidents/"
    for address in (f"/incidents/{case}/statements/new/?{KEPT}=1", "/account/kept/list/"):
        assert LONG[:40] not in client.get(address).content.decode()
    assert client.post("/account/kept/list/").status_code == 303
    assert len(kept_rows(analyst)) == 1  # another person throws nothing of theirs away


def test_after_signing_out_nothing_is_kept(people: People, case: str) -> None:
    client = Client()
    enter(client, people.vela.analyst)
    client.get("/incidents/")
    assert client.cookies[WHO].value
    client.post("/accounts/logout/")
    assert client.cookies[WHO].value == ""
    turned = client.post(f"/incidents/{case}/statements/new/", {"wording": LONG})
    assert turned["Location"].startswith("/accounts/login/?next=/incidents/")
    assert kept_rows(people.vela.analyst) == []


@pytest.mark.parametrize("cookie", ["", "1", "1:forged:mark"])
def test_a_stranger_gets_nothing_kept_in_anybodys_name(people: People, case: str, cookie: str) -> None:
    client = Client()
    client.cookies[WHO] = cookie
    client.post(f"/incidents/{case}/statements/new/", {"wording": LONG})
    assert kept_rows(people.vela.analyst) == [] and KEPT not in client.cookies


def test_an_hour_is_an_hour(people: People, case: str) -> None:
    analyst = people.vela.analyst
    client = begun(analyst)
    client.post(f"/incidents/{case}/statements/new/", {"wording": LONG})
    with acting_as(analyst.principal):
        row = KeptText.objects.get()
        KeptText.objects.all().delete()
        KeptText.objects.create(id=row.id, user=row.user, box=row.box, kept_at=clock.now() - timedelta(minutes=61))
    enter(client, analyst)
    assert client.get("/account/kept/")["Location"] == "/incidents/"


def test_passwords_and_files_are_not_kept_and_that_is_said(people: People, case: str) -> None:
    analyst = people.vela.analyst
    client = begun(analyst)
    client.post("/sealing-key/", {"passphrase": "marram grass holds the dune", "note": "typed by hand"})
    enter(client, analyst)
    assert "marram" not in client.get("/account/kept/list/").content.decode()
    expire()
    file = SimpleUploadedFile("log.txt", b"x")
    client.post(f"/incidents/{case}/evidence/new/?kind=log", {"title": "Log of the dam", "file": file})
    enter(client, analyst)
    html = client.get(client.get("/account/kept/")["Location"], follow=True).content.decode()
    assert "Log of the dam" in html and "Files are not kept" in html


def test_what_no_form_takes_is_listed_and_can_be_sent(people: People, case: str) -> None:
    analyst = people.vela.analyst
    client = begun(analyst)
    client.post("/organisation/switch/", {"organisation": str(people.vela.organisation.pk)})
    enter(client, analyst)
    listed = client.get(client.get("/account/kept/")["Location"])
    assert listed["Location"] == "/account/kept/list/"
    page = client.get("/account/kept/list/").content.decode()
    assert 'action="/organisation/switch/"' in page and f'value="{people.vela.organisation.pk}"' in page
    assert client.post("/organisation/switch/", {"organisation": str(people.vela.organisation.pk)}).status_code == 303
    assert kept_rows(analyst) == []


def test_a_sentence_the_page_has_no_place_for_is_listed_instead(people: People, case: str) -> None:
    analyst = people.vela.analyst
    client = begun(analyst)
    client.post(f"/incidents/{case}/statements/new/", {"said_by": "The ministry", "remark": LONG})
    enter(client, analyst)
    assert client.get(client.get("/account/kept/")["Location"])["Location"] == "/account/kept/list/"
    assert LONG.strip() in client.get("/account/kept/list/").content.decode()


def test_a_program_is_told_and_nothing_is_kept(people: People, case: str) -> None:
    client = begun(people.vela.analyst)
    answer = client.post(f"/api/v1/incidents/{case}/statements/", {"wording": LONG}, content_type="application/json")
    assert answer.status_code == 401 and kept_rows(people.vela.analyst) == []
