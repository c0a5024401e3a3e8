"""How long a session goes on: told before it runs out, prolonged by one press, and never by merely asking (WCAG 2.2.1)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from core import clock
from core.tenancy import acting_as
from organisations.actors import Actor
from organisations.keys import issue_token
from signin.keeping import KEPT
from signin.models import KeptText
from tests.people import People

pytestmark = [pytest.mark.duty("SHR-1"), pytest.mark.django_db]

SignIn = Callable[[Actor], Client]
PASSWORD = "correct horse battery"
ASK, PAGE = "/api/v1/sessions/current/", "/account/session/"
HERE = "http://testserver"
LONG = "The pumps were stopped by hand, one after the other, and nobody had asked for it. " * 10


def enter(actor: Actor, **more: Any) -> Client:
    """A browser that signs in by password."""
    client = Client(**more)
    client.get("/accounts/login/")
    token = client.cookies["csrftoken"].value if "csrftoken" in client.cookies else ""
    answers = {"login": actor.user.email, "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert client.post("/accounts/login/", answers, headers={"origin": HERE}).status_code == 302
    return client


def ends(client: Client) -> datetime:
    return datetime.fromisoformat(client.get(ASK).json()["ends_at"])


@pytest.fixture
def hour(settings: Any) -> None:
    settings.SESSION_COOKIE_AGE = 3600


def test_asking_does_not_prolong_and_a_page_does(people: People, hour: None) -> None:
    with time_machine.travel(clock.now().replace(microsecond=0), tick=False) as moved:
        client = enter(people.vela.analyst)
        assert client.get("/incidents/").status_code == 200  # where the greeting is shown, and forgotten
        began = clock.now()
        for minutes in (10, 30, 50):
            moved.move_to(began + timedelta(minutes=minutes))
            told = client.get(ASK).json()
            assert told["seconds_left"] == (60 - minutes) * 60 and told["warn_seconds"] == 600
            assert client.get(PAGE).status_code == 200  # the page that says it does not prolong it either
        kept = Session.objects.get(session_key=client.session.session_key).expire_date
        assert kept <= began + timedelta(hours=1)
        assert client.get("/incidents/").status_code == 200
        assert client.get(ASK).json()["seconds_left"] == 3600
        moved.move_to(began + timedelta(minutes=50, hours=1, seconds=1))
        assert client.get(ASK).status_code == 401
        assert client.get("/incidents/").status_code == 302


@pytest.mark.parametrize("address", [ASK, PAGE])
def test_one_press_prolongs_it(people: People, hour: None, address: str) -> None:
    with time_machine.travel(clock.now().replace(microsecond=0), tick=False) as moved:
        client, began = enter(people.vela.analyst), clock.now()
        moved.move_to(began + timedelta(minutes=58))
        answer = client.post(address)
        assert answer.status_code == (200 if address == ASK else 303)
        moved.move_to(began + timedelta(minutes=117))
        assert client.get(ASK).json()["seconds_left"] == 60
        assert client.get("/incidents/").status_code == 200


def test_prolonging_asks_for_the_token_against_forgery_and_is_limited(people: People) -> None:
    strict = enter(people.vela.analyst, enforce_csrf_checks=True)
    before = ends(strict)
    assert strict.post(ASK).status_code == 403
    assert strict.post(PAGE).status_code == 403
    assert ends(strict) == before
    token = strict.cookies["csrftoken"].value
    assert strict.post(ASK, headers={"x-csrftoken": token}).status_code == 200
    client = enter(people.vela.analyst)
    answers = [client.post(ASK) for _ in range(40)]
    assert {answer.status_code for answer in answers} == {200, 429}
    assert answers[-1].json()["code"] == "too_often" and client.post(PAGE).status_code == 429
    assert client.get(ASK).status_code == 200  # asking is not limited, and the session goes on


def test_a_key_has_no_session(people: People) -> None:
    analyst = people.vela.analyst
    with acting_as(analyst.principal):
        key = issue_token(actor=analyst, name="k", scopes=["read", "act", "account"])[1]
    by_key = {"authorization": f"Token {key}"}
    assert Client().get(ASK, headers=by_key).status_code == 404
    assert Client().post(ASK, headers=by_key).status_code == 403


def test_the_mark_tells_persons_apart_and_says_nothing_of_them(people: People) -> None:
    first, again, other = enter(people.vela.analyst), enter(people.vela.analyst), enter(people.vela.admin)
    marks = [client.get(ASK).json()["person"] for client in (first, again, other)]
    assert marks[0] == marks[1] != marks[2]
    page = first.get("/incidents/").content.decode()
    assert f'data-person="{marks[0]}"' in page


def test_every_page_says_until_when_and_how_to_stay(people: People, hour: None) -> None:
    with time_machine.travel(datetime.fromisoformat("2026-11-28T10:00:30+00:00"), tick=False):
        client = enter(people.vela.analyst)
        page = client.get("/incidents/").content.decode()
        assert "11:00 UTC" in page and 'href="/account/session/"' in page
        assert 'role="status"' in page and 'data-warn="600"' in page and 'data-sure="3300"' in page
        assert 'data-sure="0"' in client.get(PAGE).content.decode()
    visitor = Client().get("/accounts/login/").content.decode()
    assert "session-notice" not in visitor and "js/session.js" not in visitor


def test_a_short_session_that_is_used_goes_on(people: People, settings: Any) -> None:
    settings.SESSION_COOKIE_AGE = 60
    with time_machine.travel(clock.now().replace(microsecond=0), tick=False) as moved:
        client, began = enter(people.vela.analyst), clock.now()
        for seconds in range(0, 200, 20):
            moved.move_to(began + timedelta(seconds=seconds))
            assert client.get("/incidents/").status_code == 200, seconds
        assert client.get(ASK).json()["warn_seconds"] == 30


# --- a page that was left open while its reader signed in again beside it


def kept_rows(actor: Actor) -> list[KeptText]:
    with acting_as(actor.principal):
        return list(KeptText.objects.all())


def left_open(actor: Actor) -> tuple[Client, dict[str, str]]:
    """A browser with a form that was open over a new sign-in: its token is the old one."""
    client = enter(actor, enforce_csrf_checks=True)
    client.get("/incidents/")
    old = client.cookies["csrftoken"].value
    Session.objects.all().delete()
    token = client.get("/accounts/login/") and client.cookies["csrftoken"].value
    answers = {"login": actor.user.email, "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert client.post("/accounts/login/", answers, headers={"origin": HERE}).status_code == 302
    client.get("/incidents/")
    assert client.cookies["csrftoken"].value != old
    return client, {"csrfmiddlewaretoken": old, "title": LONG[:80], "summary": LONG}


FORM = "/incidents/searches/"


def test_what_was_typed_over_a_new_sign_in_is_kept_and_not_done(people: People) -> None:
    client, typed = left_open(people.vela.analyst)
    answer = client.post(FORM, typed, headers={"origin": HERE})
    assert (answer.status_code, answer["Location"]) == (303, "/account/kept/")
    assert len(kept_rows(people.vela.analyst)) == 1 and client.cookies[KEPT].value
    assert LONG.strip() in client.get("/account/kept/list/").content.decode()


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {}, {"origin": HERE, "hx-request": "true"}, {"origin": HERE, "x-autosave": "1"}],
    ids=["another site", "no word of where from", "part of a page", "a draft"],
)  # fmt: skip
def test_a_form_of_another_site_puts_nothing_there(people: People, headers: dict[str, str]) -> None:
    client, typed = left_open(people.vela.analyst)
    assert client.post(FORM, typed, headers=headers).status_code == 403
    assert kept_rows(people.vela.analyst) == []


def test_what_another_person_left_open_is_not_taken_for_ones_own(people: People) -> None:
    client, typed = left_open(people.vela.analyst)
    client.cookies["norms_who"] = enter(people.vela.admin).cookies["norms_who"].value
    assert client.post(FORM, typed, headers={"origin": HERE}).status_code == 403
    assert kept_rows(people.vela.analyst) == [] and kept_rows(people.vela.admin) == []
