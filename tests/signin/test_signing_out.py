"""Signing out of the organisation's own issuer too, and being signed out by it."""

import json
import re
import time
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.cache import cache
from django.test import Client

from core.errors import Invalid
from core.tenancy import acting_as
from ledger.models import Entry
from organisations.models import User
from signin import connections
from signin.models import Connection, SignIn
from tests.people import People

from .houses import connected, verified
from .issuer import SECRET, Issuer
from .test_oidc import come

pytestmark = [pytest.mark.duty("SHR-1"), pytest.mark.django_db]

PASSWORD = "correct horse battery"
Commit = Callable[..., Any]
PAGE = "/accounts/organisation/signed-out/"


def there(people: People) -> Connection:
    with acting_as(people.vela.admin.principal):
        return Connection.objects.get()


def address_of(people: People) -> str:
    return f"/accounts/organisation/openid-connect/{there(people).public_id}/ended/"


def person(email: str = "new@vela.example") -> User:
    return User.objects.get(email=email)


def enter(issuer: Issuer, **said: Any) -> Client:
    """A browser that came by the issuer."""
    issuer.claims = said
    client = Client()
    assert come(client, issuer).status_code == 302
    assert client.get("/incidents/").status_code == 200
    return client


def offered(client: Client) -> str | None:
    """Where the page leads whoever has signed out."""
    answer = client.post("/accounts/logout/")
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    found = re.search(r'href="(http[^"]+)" rel="noreferrer"', client.get(PAGE).content.decode())
    return unescape(found[1]) if found else None


# --- from here (RP-Initiated Logout 1.0)


def test_whoever_signs_out_here_is_offered_to_sign_out_there(vela: People, issuer: Issuer) -> None:
    client = enter(issuer)
    address = offered(client)
    assert address is not None and client.get("/incidents/").status_code == 302
    back = issuer.sign_out(address)
    assert back.startswith(connections.signed_out_uri())
    page = client.get(PAGE, {"state": back.partition("?state=")[2]}).content.decode()
    assert "Here, and at your organisation." in page
    assert (
        "Here, and at your organisation."
        not in client.get(PAGE, {"state": back.partition("?state=")[2]}).content.decode()
    )


def test_the_token_is_in_no_session_as_it_is(vela: People, issuer: Issuer) -> None:
    client = enter(issuer)
    kept = dict(client.session)
    assert "eyJ" not in str(kept) and kept["signin.there"]["token"].startswith("gAAAAA")


def test_another_state_is_not_the_issuers_answer(vela: People, issuer: Issuer) -> None:
    client = enter(issuer)
    assert offered(client) is not None
    for state in ("", "other", "ü"):
        assert "Here, and at your organisation." not in client.get(PAGE, {"state": state}).content.decode()
    assert "Sign out there too" in client.get(PAGE).content.decode()
    assert "Sign out there too" not in Client().get(PAGE).content.decode()


def test_after_ten_minutes_and_for_the_next_person_there_is_no_way_out(vela: People, issuer: Issuer) -> None:
    client = enter(issuer)
    offered(client)
    session = client.session
    session["signin.leaving"] = {**session["signin.leaving"], "at": time.time() - 601}
    session.save()
    assert "Sign out there too" not in client.get(PAGE).content.decode()
    client.post("/accounts/login/", {"login": vela.vela.analyst.user.email, "password": PASSWORD})
    assert client.get(PAGE).status_code == 302
    answer = client.post("/accounts/logout/")
    assert answer["Location"] == "/"  # who came by a password owes the issuer nothing


def test_an_issuer_without_such_an_address_and_one_that_was_ended_offer_nothing(vela: People, issuer: Issuer) -> None:
    issuer.document = {"end_session_endpoint": None}
    client = enter(issuer)
    with acting_as(vela.vela.admin.principal):
        Connection.objects.update(
            document={k: v for k, v in there(vela).document.items() if k != "end_session_endpoint"}
        )
    assert client.post("/accounts/logout/")["Location"] == "/"
    client = enter(issuer)
    with acting_as(vela.vela.admin.principal):
        connections.disconnect(actor=vela.vela.admin)
    assert client.post("/accounts/logout/")["Location"] == "/"


def test_an_issuer_that_would_end_sessions_without_tls_is_not_taken(people: People, issuer: Issuer) -> None:
    for address in ("http://elsewhere.example/end", "javascript:alert(1)", 7):
        issuer.document = {"end_session_endpoint": address}
        with pytest.raises(Invalid):
            connected(people.vela.admin, issuer)


# --- from there (Back-Channel Logout 1.0)


def told(people: People, token: str) -> int:
    """What the platform answers the issuer."""
    answer = Client().post(address_of(people), {"logout_token": token})
    assert "no-store" in answer["Cache-Control"]
    return int(answer.status_code)


@pytest.mark.parametrize(
    ("claims", "ends"),
    [({"sub": "u1", "sid": "one"}, [True, False]), ({"sid": "two"}, [False, True]), ({"sub": "u1"}, [True, True])],
    ids=["a session of a person", "a session", "a person"],
)  # fmt: skip
def test_what_ended_there_ends_here_and_nothing_else(
    vela: People,
    issuer: Issuer,
    django_capture_on_commit_callbacks: Commit,
    claims: dict[str, Any],
    ends: list[bool],
) -> None:
    one, two = enter(issuer, sid="one"), enter(issuer, sid="two")
    by_password = Client()
    by_password.post("/accounts/login/", {"login": vela.vela.analyst.user.email, "password": PASSWORD})
    with django_capture_on_commit_callbacks(execute=True):
        assert told(vela, issuer.logout_token(**claims)) == 200
    assert [client.get("/incidents/").status_code == 302 for client in (one, two)] == ends
    assert by_password.get("/incidents/").status_code == 200
    with acting_as(vela.vela.admin.principal):
        entry = Entry.objects.get(verb="session.ended_there")
    assert json.loads(entry.payload) == {"sessions": sum(ends)} and entry.subject_id == str(person().pk)
    with acting_as(vela.vela.person("analyst").principal):
        assert not SignIn.objects.filter(session_there="one").exists()  # of somebody else


LIES: dict[str, Any] = {
    "another key": lambda issuer: setattr(issuer, "signing_key", ec.generate_private_key(ec.SECP256R1())),
    "the client's secret": lambda issuer: setattr(issuer, "signing_key", SECRET),
    "another issuer": {"iss": "https://other.example"},
    "for another client": {"aud": "other"},
    "over": {"exp": int(time.time()) - 600},
    "old": {"iat": int(time.time()) - 3600},
    "without an end": {"exp": None},
    "no number": {"jti": None},
    "no event": {"events": None},
    "another event": {"events": {"http://schemas.openid.net/event/other": {}}},
    "an event that is none": {"events": {"http://schemas.openid.net/event/backchannel-logout": "yes"}},
    "an id_token": {"nonce": "n"},
    "nobody": {"sub": None, "sid": None},
    "an empty name": {"sub": "", "sid": ""},
    "a name that is none": {"sub": ["u1"]},
    "of another kind": {"header": {"typ": "at+jwt"}},
}


@pytest.mark.parametrize("lie", LIES)
def test_what_is_not_the_issuers_word_ends_nothing(vela: People, issuer: Issuer, lie: str) -> None:
    client = enter(issuer, sid="one")
    change = LIES[lie]
    if callable(change):
        change(issuer)
        change = {}
    assert told(vela, issuer.logout_token(**{"sub": "u1", "sid": "one", **change})) == 400
    assert client.get("/incidents/").status_code == 200
    with acting_as(vela.vela.admin.principal):
        assert not Entry.objects.filter(verb="session.ended_there").exists()


def test_the_same_word_twice_ends_nothing_new(
    vela: People,
    issuer: Issuer,
    django_capture_on_commit_callbacks: Commit,
) -> None:
    token = issuer.logout_token(sub="u1")
    assert told(vela, token) == 200
    client = enter(issuer)
    with django_capture_on_commit_callbacks(execute=True):
        assert told(vela, token) == 400
    assert client.get("/incidents/").status_code == 200


def test_an_issuer_ends_no_session_of_another_house_even_under_the_same_name(
    vela: People,
    issuer: Issuer,
    django_capture_on_commit_callbacks: Commit,
) -> None:
    connected(vela.orrin.admin, issuer)
    verified(vela.orrin.admin, "orrin.example")
    issuer.person = {"sub": "u1", "email": "new@orrin.example", "name": "Bo", "groups": ["Analysts"]}
    theirs = Client()
    assert come(theirs, issuer, "orrin").status_code == 302
    with django_capture_on_commit_callbacks(execute=True):
        assert told(vela, issuer.logout_token(sub="u1")) == 200
    assert theirs.get("/incidents/").status_code == 200


def test_where_no_issuer_is_there_is_no_address(vela: People, issuer: Issuer) -> None:
    nothing = "/accounts/organisation/openid-connect/00000000-0000-4000-8000-000000000000/ended/"
    assert Client().post(nothing, {"logout_token": issuer.logout_token(sub="u1")}).status_code == 404
    assert Client().get(address_of(vela)).status_code == 405
    cache.clear()
    strict = Client(enforce_csrf_checks=True)  # a server has no token of ours
    assert strict.post(address_of(vela), {"logout_token": issuer.logout_token(sub="u1")}).status_code == 200
    answers = {Client().post(address_of(vela), {"logout_token": "x.y.z"}).status_code for _ in range(125)}
    assert answers == {400, 429}
