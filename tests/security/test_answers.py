"""What every answer carries, whoever asks and whatever went wrong."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from organisations.actors import Actor
from tests.people import People
from tests.tenancy.test_walls import filed

pytestmark = pytest.mark.django_db(databases=["default", "public"])
SignIn = Callable[[Actor], Client]


@pytest.mark.parametrize("host", ["testserver", "evil.example"])
@pytest.mark.parametrize(
    "address",
    ["/", "/nowhere/", "/admin/", "/accounts/login/", "/accounts/password/reset/", "/api/v1/me/", "/incidents/"],
)
def test_every_answer_says_what_a_page_may_load_and_who_may_frame_it(client: Client, address: str, host: str) -> None:
    answer = client.get(address, HTTP_HOST=host)
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.status_code == (400 if host == "evil.example" else answer.status_code)


def test_what_somebody_saw_is_kept_by_no_cache(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    for address in ("/incidents/", f"/incidents/{incident.reference}/", f"/incidents/{incident.reference}/evidence/", "/organisation/", "/", "/incidents/INC-2026-999999/"):  # fmt: skip
        kept = client.get(address)["Cache-Control"]
        assert "no-store" in kept and "private" in kept, address
    for address in ("/api/v1/incidents/", f"/api/v1/incidents/{incident.reference}/", "/api/v1/me/"):
        answer = client.get(address)
        assert "no-store" in answer["Cache-Control"], address
    assert "no-store" not in Client().get("/data/").headers.get("Cache-Control", "")


@pytest.mark.duty("SHR-1")
def test_hidden_and_missing_cannot_be_told_apart(people: People, sign_in: SignIn) -> None:
    hidden = filed(people.vela.analyst).reference
    client = sign_in(people.orrin.analyst)
    number = int(hidden.rsplit("-", 1)[1])
    missing = f"INC-2026-{(number + 1) % 1_000_000:06d}"
    for address in (
        "/incidents/{}/",
        "/api/v1/incidents/{}/",
        "/incidents/{}/evidence/E-1/",
        "/api/v1/incidents/{}/evidence/",
    ):
        one, other = (client.get(address.format(reference)) for reference in (hidden, missing))
        assert one.status_code == other.status_code == 404
        same = [
            (answer.content.decode().replace(hidden, "REF").replace(missing, "REF"), {k: v for k, v in answer.headers.items() if k not in ("X-Request-Id", "Content-Security-Policy")})
            for answer in (one, other)
        ]  # fmt: skip
        if address.startswith("/api/"):
            assert same[0] == same[1]
        else:
            assert same[0][1] == same[1][1]


def test_an_address_that_is_not_there_answers_a_program_as_a_program_expects(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.orrin.analyst)
    for address in ("/api/v1/nowhere/", "/api/v1/incidents/x/", "/api/v1/incidents/INC-2026-1/"):
        answer = client.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
        assert answer.json()["code"] == "not_found"


def test_a_strange_kind_of_authorisation_does_not_stand_in_for_the_csrf_token(people: People) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.vela.analyst.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.post(
        "/api/v1/drafts/", {"answers": {}}, content_type="application/json", HTTP_AUTHORIZATION="Basic eDp5"
    )
    assert answer.status_code == 403


def test_the_schema_is_valid_and_made_without_a_warning(tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    call_command("spectacular", format="openapi-json", file=str(schema), fail_on_warn=True, validate=True)
    assert json.loads(schema.read_text())["openapi"].startswith("3.1")


def test_the_admin_site_has_no_door_of_its_own(client: Client) -> None:
    # Its own sign-in would pass by the limits on guessing and the second factor.
    answer = client.get("/admin/login/?next=/admin/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
    assert client.post("/admin/login/", {"username": "a@b.example", "password": "x"}).status_code == 302


def test_who_is_no_operator_is_not_asked_for_another_password(people: People, sign_in: SignIn) -> None:
    assert sign_in(people.vela.admin).get("/admin/login/").status_code == 403


@pytest.mark.parametrize(
    "where", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "https:evil.example"]
)
def test_nobody_is_sent_elsewhere(client: Client, where: str) -> None:
    for address, field in (("/preferences/theme/", "theme"), ("/preferences/language/", "language")):
        assert client.post(address, {field: "dark", "next": where})["Location"] == "/"


def test_a_sign_in_gives_a_new_session_and_leads_nowhere_else(people: People, client: Client) -> None:
    user = people.vela.analyst.user
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = 1
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = str(before)
    answer = client.post(
        "/accounts/login/", {"login": user.email, "password": "correct horse battery", "next": "https://evil.example/"}
    )
    assert answer.status_code == 302
    assert answer["Location"] == "/incidents/"
    cookie = answer.cookies["sessionid"]
    assert cookie.value != before
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
