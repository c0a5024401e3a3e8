"""The second factor: what is kept of it, and an organisation that asks for one (issue: sign-in)."""

import json
import re
import time
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from core import vault
from core.errors import NotAllowed
from core.tenancy import acting_as
from ledger.models import Entry
from organisations import keys
from organisations.actors import Actor
from organisations.roles import Action
from organisations.services import add_member
from signin.services import require_second_factor
from tests.people import People

from .passkeys import software_passkey

pytestmark = [pytest.mark.duty("SHR-1"), pytest.mark.django_db]

SignIn = Callable[[Actor], Client]
PASSWORD = "correct horse battery"


def code_of(secret: str) -> str:
    """What the app shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def with_app(actor: Actor) -> str:
    """The person sets up an app; its secret."""
    secret: str = generate_totp_secret()
    TOTP.activate(actor.user, secret)
    return secret


def required(actor: Actor, *, yes: bool = True) -> None:
    with acting_as(actor.principal):
        require_second_factor(actor=actor, required=yes)
    actor.organisation.refresh_from_db()


def confirmed(client: Client) -> Client:
    """The person has entered their password again."""
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    return client


def test_seeds_are_encrypted_in_the_database(people: People) -> None:
    analyst = people.vela.analyst
    secret = with_app(analyst)
    RecoveryCodes.activate(analyst.user)
    for kept, name in ((Authenticator.Type.TOTP, "secret"), (Authenticator.Type.RECOVERY_CODES, "seed")):
        stored = Authenticator.objects.get(user=analyst.user, type=kept).data[name]
        assert stored.startswith("gAAAAA") and secret not in stored
    assert vault.open_(Authenticator.objects.get(type="totp").data["secret"], "second factor") == secret
    with pytest.raises(vault.InvalidToken):
        vault.open_(Authenticator.objects.get(type="totp").data["secret"], "another purpose")


def test_a_seed_from_before_there_was_a_key_still_opens(people: People) -> None:
    analyst = people.vela.analyst
    secret = generate_totp_secret()
    Authenticator.objects.create(user=analyst.user, type=Authenticator.Type.TOTP, data={"secret": secret})
    client = Client()
    client.post("/accounts/login/", {"login": analyst.user.email, "password": PASSWORD})
    assert client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).status_code == 302
    assert client.get("/incidents/").status_code == 200


def test_an_app_is_set_up_by_a_picture_in_the_page_and_codes_are_shown_once(sign_in: SignIn, people: People) -> None:
    client = confirmed(sign_in(people.vela.analyst))
    page = client.get("/accounts/2fa/totp/activate/")
    html = page.content.decode()
    assert page.status_code == 200 and "<svg" in html and "<?xml" not in html and "data:image" not in html
    secret = re.search(r'<code dir="ltr" class="hash">([A-Z2-7]+)</code>', html)
    assert secret is not None
    wrong = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert wrong.status_code == 200 and not Authenticator.objects.exists()
    done = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret[1])})
    assert (done.status_code, done["Location"]) == (302, "/accounts/2fa/recovery-codes/")
    codes = re.findall(r"<li><code>(\d{8})</code></li>", client.get(done["Location"]).content.decode())
    assert len(codes) == 10
    again = client.get(done["Location"]).content.decode()
    assert not any(code in again for code in codes) and "10 of 10 codes are left" in again
    assert client.get("/accounts/2fa/recovery-codes/download/").status_code == 403

    visitor = Client()
    asked = visitor.post("/accounts/login/", {"login": people.vela.analyst.user.email, "password": PASSWORD})
    assert asked["Location"] == "/accounts/2fa/authenticate/"
    assert visitor.get("/incidents/").status_code == 302
    assert visitor.post("/accounts/2fa/authenticate/", {"code": codes[0]}).status_code == 302
    assert visitor.get("/incidents/").status_code == 200
    assert "9 of 10 codes are left" in visitor.get("/accounts/2fa/").content.decode()
    twice = Client()
    twice.post("/accounts/login/", {"login": people.vela.analyst.user.email, "password": PASSWORD})
    assert twice.post("/accounts/2fa/authenticate/", {"code": codes[0]}).status_code == 200
    assert twice.get("/incidents/").status_code == 302


def test_codes_cannot_be_guessed(people: People) -> None:
    secret = with_app(people.vela.analyst)
    client = Client()
    client.post("/accounts/login/", {"login": people.vela.analyst.user.email, "password": PASSWORD})
    wrong = f"{(int(code_of(secret)) + 77_777) % 1_000_000:06}"
    for _ in range(12):
        answer = client.post("/accounts/2fa/authenticate/", {"code": wrong})
    assert "Too many" in answer.content.decode()
    assert client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).status_code == 200
    assert client.get("/incidents/").status_code == 302


# ── an organisation that asks for one


def test_a_member_without_a_second_factor_can_do_nothing_else(sign_in: SignIn, people: People) -> None:
    analyst, admin = people.vela.analyst, people.vela.admin
    with acting_as(analyst.principal):
        _token, key = keys.issue_token(actor=analyst, name="script")
    headers = {"Authorization": f"Token {key}"}
    client = sign_in(analyst)
    assert client.get("/incidents/").status_code == 200
    required(admin)
    for address in ("/incidents/", "/organisation/", "/inbox/", "/account/sessions/", "/organisation/keys/"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/"), address
    assert client.post("/incidents/new/").status_code == 302
    for answer in (client.get("/api/v1/incidents/"), Client().get("/api/v1/incidents/", headers=headers)):
        assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_required")
    page = client.get("/accounts/2fa/").content.decode()
    assert "Your organisation asks for a second factor" in page
    for address in ("/account/", "/accounts/logout/"):
        assert client.get(address).status_code == 200
    # What is for anybody stays for anybody.
    assert client.get("/health/live").status_code == 200 and client.get("/api/v1/schema/").status_code == 200

    with_app(analyst)
    assert client.get("/incidents/").status_code == 200
    assert Client().get("/api/v1/incidents/", headers=headers).status_code == 200


def test_recovery_codes_alone_are_no_second_factor(sign_in: SignIn, people: People) -> None:
    required(people.vela.admin)
    RecoveryCodes.activate(people.vela.analyst.user)
    assert sign_in(people.vela.analyst).get("/incidents/").status_code == 302


def test_the_second_factor_is_asked_for_where_one_acts(sign_in: SignIn, people: People) -> None:
    analyst = people.vela.analyst
    with acting_as(people.orrin.admin.principal):
        add_member(organisation=people.orrin.organisation, user=analyst.user, roles=["researcher"])
    required(people.vela.admin)
    client = sign_in(analyst)
    assert client.get("/incidents/").status_code == 302
    assert client.post("/organisation/switch/", {"organisation": people.orrin.organisation.pk}).status_code == 303
    assert client.get("/incidents/").status_code == 200


def test_a_service_account_needs_none(people: People) -> None:
    admin = people.vela.admin
    with acting_as(admin.principal):
        account = keys.make_service_account(actor=admin, name="Relay", roles=["analyst"])
        _token, key = keys.issue_token(actor=admin, name="x", account_id=account.user_id)
    required(admin)
    assert Client().get("/api/v1/incidents/", headers={"Authorization": f"Token {key}"}).status_code == 200


def test_an_administrator_decides_and_nobody_else(sign_in: SignIn, people: People) -> None:
    admin = people.vela.admin
    client = sign_in(admin)
    page = client.get("/organisation/sign-in/").content.decode()
    assert "You have no second factor yourself" in page
    with_app(admin)
    assert client.post("/organisation/sign-in/second-factor/", {"required": "on"}).status_code == 303
    assert client.get("/api/v1/organisation/sign-in/").json()["second_factor_required"] is True
    assert (
        client.patch(
            "/api/v1/organisation/sign-in/", {"second_factor_required": False}, content_type="application/json"
        ).json()
        == client.get("/api/v1/organisation/sign-in/").json()
    )
    with acting_as(admin.principal):
        told = list(Entry.objects.filter(verb="sign_in.second_factor").order_by("pk").values_list("payload", flat=True))
    assert [json.loads(entry)["required"] for entry in told] == [True, False]
    mere = sign_in(people.vela.analyst)
    assert mere.get("/organisation/sign-in/").status_code == 403
    assert mere.post("/organisation/sign-in/second-factor/", {"required": "on"}).status_code == 403
    by_key = Actor(admin.user, admin.organisation, admin.roles, limit=frozenset(Action))
    with pytest.raises(NotAllowed), acting_as(admin.principal):
        require_second_factor(actor=by_key, required=True)


@pytest.mark.duty("SHR-7")
def test_another_persons_passkey_is_not_there(sign_in: SignIn, people: People) -> None:
    passkey = software_passkey(people.vela.analyst.user)
    for actor in (people.vela.another("analyst"), people.orrin.analyst):
        client = confirmed(sign_in(actor))
        for act in ("edit", "remove"):
            assert client.get(f"/accounts/2fa/webauthn/keys/{passkey.pk}/{act}/").status_code == 404
            assert client.post(f"/accounts/2fa/webauthn/keys/{passkey.pk}/{act}/", {"name": "mine"}).status_code == 404
    assert Authenticator.objects.get(pk=passkey.pk).data["name"] == "Tormentil passkey"
