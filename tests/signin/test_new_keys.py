"""A SAML provider gets a new key: old and new count side by side, and new metadata are taken when an administrator has seen them."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core import outward
from core.tenancy import acting_as
from ledger.models import Entry
from organisations.actors import Actor
from organisations.founding import found_platform
from organisations.keys import issue_token
from signin import connections
from signin.models import Connection
from tests.people import People

from .houses import GROUPS, verified
from .provider import Provider
from .test_saml import come

pytestmark = [pytest.mark.duty("SHR-1"), pytest.mark.django_db]

SignIn = Callable[[Actor], Client]
OLD, NEW = Provider(), Provider()
ADDRESS = "https://idp.vela.example/metadata"
PAGE, API = "/organisation/sign-in/saml/again/", "/api/v1/organisation/sign-in/saml/again/"


def fingerprint(provider: Provider) -> str:
    return hashlib.sha256(provider.der).hexdigest()


class There:
    """The server with the metadata: what it says, and what it was asked."""

    def __init__(self) -> None:
        self.says: str = OLD.metadata()
        self.asked: list[str] = []

    def request(self, _method: str, url: str, **_more: Any) -> outward.Answer:
        self.asked.append(url)
        return outward.Answer(200, self.says.encode(), "192.0.2.1")


@pytest.fixture
def there(people: People, monkeypatch: pytest.MonkeyPatch) -> There:
    """Vela signs in at a provider whose metadata have an address, with the old key."""
    found_platform()
    found = There()
    monkeypatch.setattr(outward, "request", found.request)
    admin = people.vela.admin
    with acting_as(admin.principal):
        connections.connect_saml(actor=admin, metadata_url=ADDRESS, groups=GROUPS)
    verified(admin, "vela.example")
    return found


def gets_in(people: People, provider: Provider) -> bool:
    client = Client()
    come(client, people, provider)
    return client.get("/incidents/").status_code == 200


def look(client: Client) -> dict[str, Any]:
    answer = client.post(API)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def take(client: Client, seen: str) -> int:
    return client.put(API, {"seen": seen}, content_type="application/json").status_code


def test_old_and_new_count_side_by_side_and_then_the_new_alone(people: People, there: There, sign_in: SignIn) -> None:
    admin = sign_in(people.vela.admin)
    assert gets_in(people, OLD) and not gets_in(people, NEW)
    there.says = NEW.metadata(beside=(OLD,))
    assert not gets_in(people, NEW)  # what its metadata say is not in force because they say it
    told = look(admin)
    assert [each["fingerprint"] for each in told["added"]] == [fingerprint(NEW)]
    assert [each["fingerprint"] for each in told["kept"]] == [fingerprint(OLD)] and told["dropped"] == []
    assert not gets_in(people, NEW)  # nor because somebody looked
    assert take(admin, told["seen"]) == 200
    assert gets_in(people, OLD) and gets_in(people, NEW)
    there.says = NEW.metadata()
    told = look(admin)
    assert [each["fingerprint"] for each in told["dropped"]] == [fingerprint(OLD)]
    assert take(admin, told["seen"]) == 200
    assert gets_in(people, NEW) and not gets_in(people, OLD)
    with acting_as(people.vela.admin.principal):
        entries = [
            json.loads(each.payload) for each in Entry.objects.filter(verb="sign_in.metadata_taken").order_by("pk")
        ]
    assert [(each["added"], each["dropped"]) for each in entries] == [
        ([fingerprint(NEW)], []),
        ([], [fingerprint(OLD)]),
    ]


def test_the_page_shows_what_would_change_before_it_does(people: People, there: There, sign_in: SignIn) -> None:
    client = sign_in(people.vela.admin)
    assert PAGE in client.get("/organisation/sign-in/").content.decode()
    before = len(there.asked)
    page = client.get(PAGE).content.decode()
    assert (
        ADDRESS in page and fingerprint(OLD) in page and len(there.asked) == before
    )  # a page that is opened asks nobody
    assert "They say what is in force already" in client.post(PAGE).content.decode()
    there.says = NEW.metadata("https://idp.vela.example/other")
    shown = client.post(PAGE)
    html = shown.content.decode()
    for words in (fingerprint(NEW), fingerprint(OLD), "https://idp.vela.example/other", "https://idp.vela.example/sso"):
        assert words in html, words
    seen = html.split('name="seen" value="')[1].split('"')[0]
    assert client.post(PAGE, {"seen": seen}).status_code == 303
    assert gets_in(people, NEW)


def test_what_is_taken_is_what_was_shown(people: People, there: There, sign_in: SignIn) -> None:
    admin = sign_in(people.vela.admin)
    there.says = NEW.metadata(beside=(OLD,))
    seen = look(admin)["seen"]
    there.says = Provider().metadata()  # between looking and taking
    assert take(admin, seen) == 409 and admin.post(PAGE, {"seen": seen}).status_code == 409
    assert gets_in(people, OLD) and not gets_in(people, NEW)


@pytest.mark.parametrize(
    "says",
    [NEW.metadata(entity="https://evil.example/"), NEW.metadata("http://127.0.0.1/sso"), "<x/>", ""],
    ids=["another provider", "a way into the house", "no metadata", "nothing"],
)
def test_metadata_of_another_provider_and_none_are_refused(
    people: People, there: There, sign_in: SignIn, says: str
) -> None:
    admin = sign_in(people.vela.admin)
    there.says = says
    assert admin.post(API).status_code == 400
    answer = admin.post(PAGE)
    assert answer.status_code == 422 and "Nothing was changed." in answer.content.decode()
    assert take(admin, "0" * 64) == 400
    assert gets_in(people, OLD)


def test_only_who_administers_the_house_and_never_a_key(people: People, there: There, sign_in: SignIn) -> None:
    there.says = NEW.metadata()
    seen = look(sign_in(people.vela.admin))["seen"]
    analyst = sign_in(people.vela.analyst)
    assert analyst.post(API).status_code == take(analyst, seen) == analyst.get(PAGE).status_code == 403
    other = sign_in(people.orrin.admin)
    assert other.post(API).status_code == take(other, seen) == other.post(PAGE).status_code == 404
    assert "has no SAML sign-in whose metadata have an address" in other.get(PAGE).content.decode()
    with acting_as(people.vela.admin.principal):
        key = issue_token(actor=people.vela.admin, name="k", scopes=["read", "act", "manage"])[1]
    assert Client().post(API, headers={"authorization": f"Token {key}"}).status_code == 403
    assert gets_in(people, OLD)


def test_metadata_that_were_pasted_have_no_address(people: People, there: There, sign_in: SignIn) -> None:
    admin = people.vela.admin
    with acting_as(admin.principal):
        connections.connect_saml(actor=admin, metadata=OLD.metadata(), groups=GROUPS)
        assert Connection.objects.get().metadata_url == ""
    client = sign_in(admin)
    assert client.post(API).status_code == 404
    assert PAGE not in client.get("/organisation/sign-in/").content.decode()
