"""Signing in through an organisation's own issuer: who gets in, as what, and who never does."""

import json
import re
import socket
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client

from core import clock, outward, vault
from core.tenancy import acting_as
from ledger.models import Entry
from organisations.actors import Actor
from organisations.founding import found_platform
from organisations.models import Membership, User
from organisations.services import add_member, end_membership, suspend_member
from signin import connections
from signin.models import Connection, Domain, Identity
from signin.services import require_second_factor
from tests.people import People

from .houses import GROUPS, connected, verified
from .issuer import CLIENT, SECRET, Issuer
from .test_second_factor import code_of, with_app

pytestmark = [pytest.mark.duty("SHR-1"), pytest.mark.django_db]

SignIn = Callable[[Actor], Client]


def out(client: Client, where: str = "vela", **more: str) -> str:
    """Where the browser is led to."""
    page = client.post("/accounts/organisation/", {"where": where, **more})
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.content.decode())
    assert page.status_code == 200 and found is not None
    return unescape(found[1])


def come(client: Client, issuer: Issuer, where: str = "vela", **more: str) -> Any:
    """The whole way there and back."""
    back = issuer.authorize(out(client, where, **more))
    return client.get("/accounts/organisation/openid-connect/", back)


def roles_of(people: People, email: str) -> list[str] | None:
    with acting_as(people.vela.admin.principal):
        found = Membership.objects.filter(user__email=email).first()
        return found.roles if found else None


def test_an_administrator_sets_it_up_on_the_page(people: People, issuer: Issuer, sign_in: SignIn) -> None:
    client = sign_in(people.vela.admin)
    answers = {
        "issuer": issuer.address, "client_id": CLIENT, "client_secret": SECRET, "groups_claim": "groups",
        "roles_by_group": "Analysts = analyst\nKeepers = custodian, researcher\n",
    }  # fmt: skip
    address = "/organisation/sign-in/openid-connect/"
    assert "/accounts/organisation/openid-connect/" in client.get(address).content.decode()
    for change, sentence in (
        ({"roles_by_group": "Analysts: analyst"}, "write the group, then ="),
        ({"roles_by_group": "Analysts = emperor"}, "there is no role “emperor”"),
        ({"issuer": "http://169.254.169.254/"}, "could not be asked"),
        ({"issuer": issuer.address + "/other"}, "could not be asked"),
    ):
        refused = client.post(address, {**answers, **change})
        assert refused.status_code == 422 and sentence in refused.content.decode(), change
        assert not Connection.objects.exists()
    assert client.post(address, answers).status_code == 303
    page = client.get("/organisation/sign-in/").content.decode()
    assert issuer.address in page and "Keepers" in page and SECRET not in page
    with acting_as(people.vela.admin.principal):
        there = Connection.objects.get()
        assert SECRET not in there.secret_box and vault.open_(there.secret_box, connections.SECRET) == SECRET
        told = Entry.objects.get(verb="sign_in.connected")
        assert SECRET not in str(told.payload)
    # An empty secret keeps the one there is.
    assert client.post(address, {**answers, "client_secret": ""}).status_code == 303
    with acting_as(people.vela.admin.principal):
        assert vault.open_(Connection.objects.get().secret_box, connections.SECRET) == SECRET
    assert client.post("/organisation/sign-in/end/").status_code == 303
    with acting_as(people.vela.admin.principal):
        assert not Connection.objects.exists()


def test_by_api_the_secret_is_never_told(people: People, issuer: Issuer, sign_in: SignIn) -> None:
    client = sign_in(people.vela.admin)
    body = {"issuer": issuer.address, "client_id": CLIENT, "client_secret": SECRET, "groups": GROUPS}
    made = client.put("/api/v1/organisation/sign-in/openid-connect/", body, content_type="application/json")
    assert made.status_code == 200 and made.json()["connection"]["groups"] == GROUPS
    assert "secret" not in json.dumps(made.json()["connection"])
    assert sign_in(people.vela.analyst).get("/api/v1/organisation/sign-in/").status_code == 403
    assert sign_in(people.orrin.admin).get("/api/v1/organisation/sign-in/").json()["connection"] is None
    assert sign_in(people.vela.admin).delete("/api/v1/organisation/sign-in/").status_code == 204


def test_whoever_is_new_comes_in_as_their_groups_say(vela: People, issuer: Issuer) -> None:
    client = Client()
    assert come(client, issuer, next="/inbox/")["Location"] == "/inbox/"
    me = client.get("/api/v1/me/").json()
    assert (me["email"], me["name"], me["roles"]) == ("new@vela.example", "Ada New", ["analyst"])
    user = User.objects.get(email="new@vela.example")
    assert not user.has_usable_password()
    assert client.get("/api/v1/sessions/").json()[0]["way"] == "organisation"
    with acting_as(vela.vela.admin.principal):
        assert Identity.objects.get().subject == "u1"
        assert Entry.objects.filter(verb="sign_in.linked").count() == 1


def test_groups_give_and_take_roles_at_every_sign_in(vela: People, issuer: Issuer) -> None:
    come(Client(), issuer)
    issuer.person["groups"] = ["Keepers"]
    come(Client(), issuer)
    assert roles_of(vela, "new@vela.example") == ["custodian", "researcher"]
    # A role given by hand that no group speaks of stays.
    with acting_as(vela.vela.admin.principal):
        Membership.objects.filter(user__email="new@vela.example").update(roles=["publisher", "custodian"])
    issuer.person["groups"] = "Analysts"
    come(Client(), issuer)
    assert roles_of(vela, "new@vela.example") == ["analyst", "publisher"]
    with acting_as(vela.vela.admin.principal):
        Membership.objects.filter(user__email="new@vela.example").update(roles=["analyst"])
    issuer.person["groups"] = []
    client = Client()
    gone = come(client, issuer)
    assert gone.status_code == 409 and "none of your groups" in gone.content.decode()
    assert roles_of(vela, "new@vela.example") == [] and client.get("/incidents/").status_code == 302


def test_without_a_role_nobody_new_is_made(vela: People, issuer: Issuer) -> None:
    issuer.person["groups"] = ["Others"]
    assert come(Client(), issuer).status_code == 409
    assert not User.objects.filter(email="new@vela.example").exists()


def test_the_last_administrator_stays_one(vela: People, issuer: Issuer) -> None:
    admin = vela.vela.admin
    issuer.person |= {"email": admin.user.email, "groups": ["Analysts"]}
    come(Client(), issuer)
    assert roles_of(vela, admin.user.email) == ["analyst", "org_admin"]


def test_an_account_is_linked_by_an_address_of_a_shown_domain_alone(vela: People, issuer: Issuer) -> None:
    analyst, other = vela.vela.analyst, vela.orrin.analyst
    issuer.person |= {"email": other.user.email}
    assert come(Client(), issuer).status_code == 409
    issuer.person |= {"email": analyst.user.email.upper(), "email_verified": False}
    assert come(Client(), issuer).status_code == 409
    with acting_as(vela.vela.admin.principal):
        assert not Identity.objects.exists()
        Domain.objects.update(verified_at=None)
    issuer.person |= {"email_verified": True}
    assert come(Client(), issuer).status_code == 409
    with acting_as(vela.vela.admin.principal):
        Domain.objects.update(verified_at=clock.now())
    client = Client()
    assert come(client, issuer).status_code == 302
    assert client.get("/api/v1/me/").json()["id"] == analyst.user.pk
    # From now on the issuer's own name decides, whatever address it gives.
    issuer.person |= {"email": vela.vela.coordinator.user.email}
    again = Client()
    come(again, issuer)
    assert again.get("/api/v1/me/").json()["id"] == analyst.user.pk


def test_an_operator_of_the_platform_is_nobody_an_organisation_speaks_for(vela: People, issuer: Issuer) -> None:
    operator = User.objects.create_superuser("op@vela.example", "correct horse battery", name="Operator")
    issuer.person |= {"email": operator.email}
    assert come(Client(), issuer).status_code == 409
    with acting_as(vela.vela.admin.principal):
        assert not Identity.objects.exists()


@pytest.mark.duty("SHR-7")
def test_the_session_acts_for_that_organisation_alone(vela: People, issuer: Issuer) -> None:
    analyst = vela.vela.analyst
    with acting_as(vela.orrin.admin.principal):
        add_member(organisation=vela.orrin.organisation, user=analyst.user, roles=["analyst"])
    issuer.person |= {"email": analyst.user.email}
    client = Client()
    come(client, issuer)
    assert client.get("/api/v1/me/").json()["organisation"]["slug"] == "vela"
    assert client.post("/organisation/switch/", {"organisation": vela.orrin.organisation.pk}).status_code == 409
    session = client.session
    session["organisation_id"] = vela.orrin.organisation.pk
    session.save()
    assert client.get("/api/v1/me/").json()["organisation"]["slug"] == "vela"
    # Nor does it lead to another way in, by which one could act for the other.
    for address in ("password/change/", "2fa/totp/activate/", "2fa/webauthn/add/", "email/"):
        assert client.get(f"/accounts/{address}").status_code == 409, address
    with acting_as(vela.vela.admin.principal):
        end_membership(actor=vela.vela.admin, membership_id=Membership.objects.get(user=analyst.user).pk)
    assert client.get("/api/v1/me/").status_code == 403
    # With the password one may act for both.
    by_password = Client()
    by_password.post("/accounts/login/", {"login": analyst.user.email, "password": "correct horse battery"})
    assert by_password.get("/api/v1/me/").json()["organisation"]["slug"] == "orrin"


@pytest.mark.parametrize("how", ["ended", "suspended"])
def test_whoever_was_shown_out_does_not_come_in_again_by_it(vela: People, issuer: Issuer, how: str) -> None:
    come(Client(), issuer)
    admin = vela.vela.admin
    with acting_as(admin.principal):
        member = Membership.objects.get(user__email="new@vela.example").pk
        if how == "ended":
            end_membership(actor=admin, membership_id=member)
        else:
            suspend_member(actor=admin, membership_id=member, reason="Leave")
    client = Client()
    assert come(client, issuer).status_code == 409 and client.get("/incidents/").status_code == 302


LIES: list[tuple[str, Callable[[Issuer], None]]] = [
    ("another issuer", lambda i: i.claims.update(iss="http://evil.example")),
    ("made for somebody else", lambda i: i.claims.update(aud="another client")),
    ("another party", lambda i: i.claims.update(azp="another client")),
    ("too old", lambda i: i.claims.update(exp=1_600_000_000)),
    ("another question", lambda i: i.claims.update(nonce="old")),
    ("no question", lambda i: i.claims.update(nonce=None)),
    ("nobody", lambda i: i.claims.update(sub=None)),
    ("another key", lambda i: setattr(i, "signing_key", ec.generate_private_key(ec.SECP256R1()))),
    ("a shared secret", lambda i: setattr(i, "signing_key", SECRET * 4)),
]


@pytest.mark.parametrize(("what", "lie"), LIES, ids=[what for what, _ in LIES])
def test_a_token_that_is_not_true_lets_nobody_in(vela: People, issuer: Issuer, what: str, lie: Any) -> None:
    lie(issuer)
    client = Client()
    answer = come(client, issuer)
    assert answer.status_code == 409 and "did not work" in answer.content.decode(), what
    assert client.get("/incidents/").status_code == 302
    assert not User.objects.filter(email="new@vela.example").exists()


def test_groups_may_stand_at_the_userinfo_of_the_same_person(vela: People, issuer: Issuer) -> None:
    del issuer.person["groups"]
    issuer.userinfo = {"sub": "u1", "groups": ["Analysts"]}
    assert come(Client(), issuer).status_code == 302
    issuer.userinfo = {"sub": "somebody else", "groups": ["Chiefs"]}
    assert come(Client(), issuer).status_code == 409


def test_an_answer_belongs_to_the_browser_that_asked_and_is_taken_once(vela: People, issuer: Issuer) -> None:
    victim, other = Client(), Client()
    back = issuer.authorize(out(other))
    assert victim.get("/accounts/organisation/openid-connect/", back).status_code == 409
    assert (
        other.get("/accounts/organisation/openid-connect/", {**back, "iss": "http://evil.example"}).status_code == 409
    )
    assert other.get("/accounts/organisation/openid-connect/", back).status_code == 409  # the state is used up
    for nothing in ({}, {"state": "x", "code": "y"}, {"error": "access_denied", "state": back["state"]}):
        assert other.get("/accounts/organisation/openid-connect/", nothing).status_code == 409


def test_what_is_not_known_gets_one_answer(vela: People, issuer: Issuer) -> None:
    vela.orrin.analyst  # noqa: B018  a house without a sign-in of its own
    client = Client()
    pages = {
        re.sub(
            r'(value|content)="[^"]*"', "", client.post("/accounts/organisation/", {"where": where}).content.decode()
        )
        for where in (
            "orrin",
            "nobody",
            "a@orrin.example",
            "a@nowhere.example",
            "vela.example.evil",
            "a@sub.vela.example",
        )
    }
    assert len(pages) == 1 and "No organisation signs in here by that" in pages.pop()
    for where in ("vela", "VELA ", "any.body@vela.example", "vela.example"):
        assert issuer.address in out(client, where)


def test_where_one_goes_afterwards_is_here(vela: People, issuer: Issuer) -> None:
    assert come(Client(), issuer, next="https://evil.example/")["Location"] == "/incidents/"


def test_a_second_factor_of_ones_own_is_still_asked_for(vela: People, issuer: Issuer) -> None:
    analyst = vela.vela.analyst
    secret = with_app(analyst)
    issuer.person |= {"email": analyst.user.email}
    client = Client()
    assert come(client, issuer)["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/incidents/").status_code == 302
    assert client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).status_code == 302
    assert client.get("/api/v1/me/").json()["organisation"]["slug"] == "vela"


@pytest.mark.parametrize("counts", [True, False])
def test_a_second_factor_there_counts_if_the_organisation_says_so(people: People, issuer: Issuer, counts: bool) -> None:
    admin = people.vela.admin
    found_platform()
    connected(admin, issuer, second_factor=counts)
    verified(admin, "vela.example")
    with acting_as(admin.principal):
        require_second_factor(actor=admin, required=True)
    issuer.person = {"sub": "u1", "email": "new@vela.example", "groups": ["Analysts"]}
    client = Client()
    come(client, issuer)
    assert client.get("/incidents/").status_code == (200 if counts else 302)


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "http://127.0.0.1:1"},
        {"token_endpoint": "http://169.254.169.254/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": None},
    ],
)
def test_a_discovery_that_leads_astray_is_not_stored(people: People, issuer: Issuer, change: dict[str, Any]) -> None:
    issuer.document = change
    with pytest.raises(Exception, match="need to be changed"):
        connected(people.vela.admin, issuer)


def test_no_server_inside_the_house_is_asked(people: People, issuer: Issuer, settings: Any) -> None:
    settings.SIGNIN_ALLOW = []
    with pytest.raises(Exception, match="need to be changed"):
        connected(people.vela.admin, issuer)
    assert issuer.asked == []


# ── mail domains


def test_a_domain_is_theirs_when_its_file_says_so(people: People, sign_in: SignIn, monkeypatch: Any) -> None:
    client = sign_in(people.vela.admin)
    made = client.post("/organisation/sign-in/domains/", {"name": "@Vela.Example"})
    assert made.status_code == 303
    page = client.get(made["Location"]).content.decode()
    with acting_as(people.vela.admin.principal):
        domain = Domain.objects.get()
    assert "https://vela.example/.well-known/norms-platform-domain.txt" in page and domain.token in page
    said: dict[str, Any] = {"status": 200, "body": b"something else", "url": ""}

    def asked(method: str, url: str, **_more: Any) -> outward.Answer:
        said["url"] = url
        return outward.Answer(said["status"], said["body"], "192.0.2.1")

    monkeypatch.setattr(outward, "request", asked)
    assert client.post(made["Location"]).status_code == 409
    said.update(status=404, body=domain.token.encode())
    assert client.post(made["Location"]).status_code == 409
    said.update(status=200, body=domain.token.encode() + b"\n")
    assert client.post(made["Location"]).status_code == 303
    assert said["url"] == "https://vela.example/.well-known/norms-platform-domain.txt"
    with acting_as(people.vela.admin.principal):
        assert Domain.objects.get().verified_at is not None
    # Another house that says the same of it is told no, and not whose it is.
    rival = sign_in(people.orrin.admin)
    theirs = rival.post("/organisation/sign-in/domains/", {"name": "vela.example"})
    with acting_as(people.orrin.admin.principal):
        said["body"] = Domain.objects.get().token.encode()
    refused = rival.post(theirs["Location"])
    assert refused.status_code == 409 and "Vela" not in refused.content.decode()
    assert rival.get(made["Location"]).status_code == rival.post(f"{made['Location']}remove/").status_code == 404
    assert sign_in(people.vela.admin).post(f"{made['Location']}remove/").status_code == 303


@pytest.mark.parametrize(
    "name", ["", "x", "localhost", "127.0.0.1", "a b.example", "ex_ample.org", "-a.example", "example.org/x"]
)
def test_what_is_no_domain_is_refused(people: People, sign_in: SignIn, name: str) -> None:
    client = sign_in(people.vela.admin)
    assert client.post("/organisation/sign-in/domains/", {"name": name}).status_code == 422
    made = client.post("/api/v1/organisation/sign-in/domains/", {"name": name}, content_type="application/json")
    assert made.status_code in (400, 422)


def test_a_domain_inside_the_house_is_not_asked(people: People, monkeypatch: Any) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("10.0.0.8", 443))])
    admin = people.vela.admin
    with acting_as(admin.principal):
        domain = connections.add_domain(actor=admin, name="vela.example")
        with pytest.raises(Exception, match="not found there"):
            connections.verify_domain(actor=admin, domain_id=domain.pk)


def test_nobody_takes_an_address_that_is_somebody_elses(people: People, sign_in: SignIn) -> None:
    # By an address one is invited and linked: whoever took one first would get what is meant for its owner.
    analyst = people.orrin.analyst
    client = sign_in(analyst)
    answer = client.post("/accounts/email/", {"action_add": "", "email": "chief@vela.example"})
    assert answer.status_code == 200 and "Ask its administrator" in answer.content.decode()
    analyst.user.refresh_from_db()
    assert analyst.user.email == "analyst@orrin.example"
