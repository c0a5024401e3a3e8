"""Signing in through an organisation's SAML identity provider: only what it signed, for us, now, in answer to our question."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core import outward
from core.tenancy import acting_as
from organisations.actors import Actor
from organisations.founding import found_platform
from organisations.models import User
from signin import connections
from signin.models import Connection
from tests.people import People

from .houses import GROUPS, verified
from .provider import ENTITY, Provider
from .test_oidc import out, roles_of

pytestmark = [pytest.mark.duty("SHR-1"), pytest.mark.django_db]

SignIn = Callable[[Actor], Client]


@pytest.fixture(scope="module")
def keys() -> Provider:
    return Provider()


@pytest.fixture
def provider(keys: Provider, people: People) -> Provider:
    """Vela signs in there, and vela.example is theirs."""
    found_platform()
    admin = people.vela.admin
    with acting_as(admin.principal):
        connections.connect_saml(actor=admin, metadata=keys.metadata(), groups=GROUPS)
    verified(admin, "vela.example")
    keys.mail, keys.groups = "new@vela.example", ["Analysts"]
    return keys


def ours(people: People) -> tuple[str, str]:
    """Our address for answers, and our name there."""
    with acting_as(people.vela.admin.principal):
        there = Connection.objects.get()
        return connections.acs(there), connections.entity_id(there)


def path_of(address: str) -> str:
    return "/" + address.split("/", 3)[3]


def come(client: Client, people: People, provider: Provider, **lies: Any) -> Any:
    """The whole way: asked, answered there by a POST without our cookies, fetched by the browser that asked."""
    acs, entity = ours(people)
    question, state, _asked = provider.asked(out(client))
    posted = Client().post(
        path_of(acs), {"SAMLResponse": provider.answer(question, acs, entity, **lies), "RelayState": state}
    )
    return client.get(posted["Location"]) if posted.status_code == 303 else posted


def test_an_administrator_sets_it_up_and_finds_our_metadata(people: People, keys: Provider, sign_in: SignIn) -> None:
    client = sign_in(people.vela.admin)
    answers = {"metadata": keys.metadata(), "roles_by_group": "Analysts = analyst", "groups_claim": "groups"}
    for bad in ("", "<x/>", "nonsense", keys.metadata("http://127.0.0.1/sso"), keys.metadata("javascript:alert(1)")):
        assert client.post("/organisation/sign-in/saml/", {**answers, "metadata": bad}).status_code == 422, bad
    bomb = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + keys.metadata().replace(ENTITY, "&a;")
    assert client.post("/organisation/sign-in/saml/", {**answers, "metadata": bomb}).status_code == 422
    assert client.post("/organisation/sign-in/saml/", answers).status_code == 303
    acs, entity = ours(people)
    page = client.get("/organisation/sign-in/").content.decode()
    assert acs in page and entity in page and ENTITY in page
    metadata = Client().get(path_of(entity))
    assert metadata.status_code == 200 and acs in metadata.content.decode() and entity in metadata.content.decode()


def test_metadata_are_fetched_from_judged_servers_alone(
    people: People, keys: Provider, sign_in: SignIn, monkeypatch: Any
) -> None:
    client = sign_in(people.vela.admin)
    body = {"metadata_url": "https://10.0.0.8/metadata", "groups": GROUPS}
    address = "/api/v1/organisation/sign-in/saml/"
    assert client.put(address, body, content_type="application/json").status_code == 400
    given = outward.Answer(200, keys.metadata().encode(), "192.0.2.1")
    monkeypatch.setattr(outward, "request", lambda *_args, **_more: given)
    body["metadata_url"] = "https://idp.vela.example/metadata"
    assert client.put(address, body, content_type="application/json").json()["connection"]["issuer"] == ENTITY


def test_whoever_their_provider_names_comes_in_as_their_groups_say(people: People, provider: Provider) -> None:
    client = Client()
    assert come(client, people, provider)["Location"] == "/incidents/"
    me = client.get("/api/v1/me/").json()
    assert (me["email"], me["name"], me["roles"]) == ("new@vela.example", "Ada New", ["analyst"])
    provider.groups = ["Keepers"]
    come(Client(), people, provider)
    assert roles_of(people, "new@vela.example") == ["custodian", "researcher"]


def test_the_question_says_who_asks_and_where_to_answer(people: People, provider: Provider) -> None:
    acs, _entity = ours(people)
    address = out(Client(), "someone@vela.example")
    assert address.startswith("https://idp.vela.example/sso?")
    _question, _state, asked = provider.asked(address)
    assert asked["AssertionConsumerServiceURL"] == acs


OTHER = Provider()
LIES: dict[str, dict[str, Any]] = {
    "not signed": {"sign": False},
    "another key": {"key": OTHER.key_pem},
    "another issuer": {"issuer": "https://evil.example/"},
    "for somebody else": {"audience": "https://another.example/"},
    "sent elsewhere": {"destination": "https://another.example/acs"},
    "for another place": {"recipient": "https://another.example/acs"},
    "another question": {"question": "ONELOGIN_0000"},
    "too old": {"until": -5},
    "not yet": {"since": 60},
    "changed afterwards": {"tamper": lambda text: text.replace("new@vela.example", "boss@vela.example")},
    "a comment in the name": {"tamper": lambda text: text.replace(">Analysts<", ">Analysts</saml:AttributeValue><saml:AttributeValue>Chiefs<")},
}  # fmt: skip


@pytest.mark.parametrize("what", LIES)
def test_an_answer_that_is_not_true_lets_nobody_in(people: People, provider: Provider, what: str) -> None:
    client = Client()
    answer = come(client, people, provider, **LIES[what])
    assert answer.status_code == 409 and "did not work" in answer.content.decode()
    assert client.get("/incidents/").status_code == 302 and not User.objects.filter(email="new@vela.example").exists()


def test_an_answer_is_taken_once_and_by_the_browser_that_asked(people: People, provider: Provider) -> None:
    acs, entity = ours(people)
    mine, other = Client(), Client()
    question, state, _asked = provider.asked(out(mine))
    sent = {"SAMLResponse": provider.answer(question, acs, entity), "RelayState": state}
    posted = Client().post(path_of(acs), sent)
    assert posted.status_code == 303
    assert Client().post(path_of(acs), sent).status_code == 409
    assert other.get(posted["Location"]).status_code == 409  # another browser: somebody else's session would begin here
    assert mine.get(posted["Location"]).status_code == 302
    assert mine.get(posted["Location"]).status_code == 409
    assert Client().post(path_of(acs), {**sent, "RelayState": "made up"}).status_code == 409
    assert Client().get(path_of(acs)).status_code == 405
    assert Client().post("/accounts/organisation/saml/00000000-0000-4000-8000-000000000000/", sent).status_code == 404
