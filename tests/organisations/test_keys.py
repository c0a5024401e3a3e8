"""Keys for programs: never more than their person, never more than they were made for, never without an end; and
accounts that are nobody's."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from core import clock
from core.errors import Invalid, NotAllowed, NotFound
from core.tenancy import acting_as
from incidents.services import file_incident
from ledger.models import Entry
from organisations import keys, tokens
from organisations.actors import Actor, actor_for
from organisations.api.authentication import BY_HAND, OWN_THINGS, scope_for
from organisations.models import ApiToken, Membership, User
from organisations.roles import (
    DECISIONS,
    READS,
    SERVICE_ROLES,
    TAKES_OUT,
    Action,
    Role,
    Scope,
    actions_of,
    actions_within,
)
from organisations.services import add_member, change_roles, end_membership, invite_member
from tests.doors.addresses import WRITES, Kind, walk
from tests.people import People

pytestmark = [pytest.mark.duty("SHR-1"), pytest.mark.django_db]

FACTS = {"title": "Wells of the delta", "summary": "No water.", "victims": [{"sector": "health", "country": "KR"}]}
SignIn = Callable[[Actor], Client]


def key_of(actor: Actor, *scopes: str, **more: Any) -> dict[str, str]:
    """Headers of a fresh key of this person."""
    with acting_as(actor.principal):
        _token, key = keys.issue_token(actor=actor, name="script", scopes=scopes or None, **more)
    return {"Authorization": f"Token {key}"}


def case_of(actor: Actor) -> str:
    with acting_as(actor.principal):
        return str(file_incident(actor=actor, facts=FACTS).reference)


def test_every_action_belongs_to_exactly_one_scope() -> None:
    read = actions_within([Scope.READ])
    beyond = [actions_within([scope]) - read for scope in Scope]
    assert read.union(*beyond) == frozenset(Action)
    assert sum(map(len, beyond)) + len(read) == len(Action)
    assert not read & (DECISIONS | {Action.FILE, Action.SHARE, Action.EXPORT_EVIDENCE, Action.DOWNLOAD_EVIDENCE})


@pytest.mark.parametrize(
    ("scopes", "reads", "files", "downloads"),
    [(["read"], 200, 403, False), (["act"], 200, 201, False), (["export"], 200, 403, True), ([], 200, 201, True)],
)
def test_a_key_does_what_it_was_made_for(
    people: People, scopes: list[str], reads: int, files: int, downloads: bool
) -> None:
    analyst = people.vela.analyst
    reference = case_of(analyst)
    headers = key_of(analyst, *scopes)
    client = Client()
    assert client.get(f"/api/v1/incidents/{reference}/", headers=headers).status_code == reads
    assert (
        client.post("/api/v1/incidents/", FACTS, content_type="application/json", headers=headers).status_code == files
    )
    actions = client.get("/api/v1/me/", headers=headers).json()["actions"]
    assert (Action.DOWNLOAD_EVIDENCE in actions) is downloads
    assert (Action.SHARE in actions) is (files == 201)
    closing = client.post(f"/api/v1/incidents/{reference}/close/", {}, content_type="application/json", headers=headers)
    assert (closing.status_code == 403) is (files == 403)


def test_a_key_never_does_more_than_its_person_now_can(people: People) -> None:
    analyst, admin = people.vela.analyst, people.vela.admin
    headers = key_of(analyst)
    client = Client()
    assert client.post("/api/v1/incidents/", FACTS, content_type="application/json", headers=headers).status_code == 201
    with acting_as(admin.principal):
        membership = Membership.objects.get(user=analyst.user)
        change_roles(actor=admin, membership_id=membership.pk, roles=["researcher"], reason="Leave")
    assert client.post("/api/v1/incidents/", FACTS, content_type="application/json", headers=headers).status_code == 403
    User.objects.filter(pk=analyst.user.pk).update(is_active=False)
    assert client.get("/api/v1/me/", headers=headers).status_code == 401


def test_a_key_ends(people: People) -> None:
    headers = key_of(people.vela.analyst)
    token = ApiToken.objects.get()
    assert timedelta(days=364) < token.expires_at - clock.now() <= timedelta(days=365)
    ApiToken.objects.update(expires_at=clock.now())
    assert Client().get("/api/v1/me/", headers=headers).status_code == 401


def test_the_last_use_is_kept(people: People, django_assert_num_queries: Any) -> None:
    headers = key_of(people.vela.analyst)
    assert ApiToken.objects.get().last_used_at is None
    Client().get("/api/v1/me/", headers=headers)
    used = ApiToken.objects.get().last_used_at
    assert used is not None
    Client().get("/api/v1/me/", headers=headers)
    assert ApiToken.objects.get().last_used_at == used  # a second use within minutes costs no write


def test_no_key_makes_keys_or_opens_other_ways_in(people: People) -> None:
    admin = people.vela.admin
    headers = key_of(admin)
    client = Client()
    for address in ("tokens/", "service-accounts/", "sealing-key/"):
        answer = client.post(f"/api/v1/{address}", {"name": "x"}, content_type="application/json", headers=headers)
        assert answer.status_code == 403, address
    assert client.delete(f"/api/v1/tokens/{ApiToken.objects.get().pk}/", headers=headers).status_code == 403
    by_key = Actor(admin.user, admin.organisation, admin.roles, limit=frozenset(Action))
    for act in (
        lambda: keys.issue_token(actor=by_key, name="x"),
        lambda: keys.revoke_token(actor=by_key, token_id=ApiToken.objects.get().pk),
        lambda: keys.make_service_account(actor=by_key, name="x", roles=["analyst"]),
    ):
        with pytest.raises(NotAllowed), acting_as(admin.principal):
            act()


def own_things() -> Iterator[str]:
    """Addresses of the API that change something and ask for no action."""
    for address in walk():
        own = address.is_api and address.door.kind in (Kind.PERSON, Kind.OWN)
        if own and any(address.door.methods.get(method, "unasked") is None for method in WRITES):
            yield address.name


def test_doors_without_an_action_ask_a_key_for_a_scope() -> None:
    # Whoever adds a door to a person's own things says here which scope a key needs for it, or that the service asks.
    asked_by_service = {"api-incident-list"}
    found = {address.name: "/" + address.route for address in walk()}
    loose = {
        name for name in set(own_things()) - asked_by_service if not found[name].startswith((*OWN_THINGS, *BY_HAND))
    }
    assert loose == set()


def test_doors_that_ask_to_see_and_change_something_ask_a_key_for_a_scope() -> None:
    computes = {"api-board-what-if"}  # and saves nothing
    sees = READS - TAKES_OUT
    numbered = {"incident": "INC-2026-000001", "int": "1", "evidence": "E-1", "finding": "F-1"}
    loose = set()
    for address in walk():
        changes = any(address.door.methods.get(method) in sees for method in WRITES)
        path = "/" + re.sub(r"<(\w+):\w+>", lambda part: numbered.get(part[1], "x"), address.route)
        if address.is_api and address.door.kind is Kind.CASE and changes and scope_for(path) is None:
            loose.add(address.name)
    assert loose == computes


def test_a_reading_key_changes_nothing_of_ones_own(people: People) -> None:
    analyst = people.vela.analyst
    body = {"email": "each"}
    for scopes, answers in ((["read"], {403}), (["act"], {403}), (["account"], {200, 400, 422})):
        answer = Client().put(
            "/api/v1/inbox/settings/", body, content_type="application/json", headers=key_of(analyst, *scopes)
        )
        assert answer.status_code in answers, scopes


# ── accounts of programs


def program(people: People, *roles: str) -> Membership:
    """A service account of Vela's."""
    admin = people.vela.admin
    with acting_as(admin.principal):
        return keys.make_service_account(actor=admin, name="Sensor relay", roles=roles or ("analyst",))


def test_a_service_account_works_by_key_alone(people: People, sign_in: SignIn) -> None:
    admin = people.vela.admin
    client = sign_in(admin)
    made = client.post("/organisation/service-accounts/", {"name": "Sensor relay", "roles": ["analyst"]})
    assert made.status_code == 303
    page = client.post(made["Location"], {"name": "relay 1", "scopes": ["read", "act"]})
    assert page.status_code == 201 and "no-store" in page["Cache-Control"]
    key = page.content.decode().partition("norms_")[2].partition("<")[0]
    token = tokens.find(f"norms_{key}")
    assert token is not None and token.user.is_service and token.user.service_of == admin.organisation
    assert f"norms_{key}" not in client.get(made["Location"]).content.decode()
    headers = {"Authorization": f"Token norms_{key}"}
    filed = Client().post("/api/v1/incidents/", FACTS, content_type="application/json", headers=headers)
    assert filed.status_code == 201
    # Named as what it is, wherever the record names it.
    activity = client.get(f"/incidents/{filed.json()['reference']}/activity/").content.decode()
    assert "Sensor relay (service account)" in activity
    assert "Sensor relay (service account)" in client.get("/organisation/members/").content.decode()
    with acting_as(admin.principal):
        assert [entry.verb for entry in Entry.objects.order_by("pk")][:2] == ["service_account.made", "token.issued"]
        account = Membership.objects.get(user=token.user)
    assert client.post(f"/organisation/members/{account.pk}/end/").status_code == 303
    assert Client().get("/api/v1/me/", headers=headers).status_code == 401


def test_a_service_account_has_no_way_in_but_keys(people: People) -> None:
    user = program(people).user
    for change in ({"password": "pbkdf2_sha256$1$x$y"}, {"is_staff": True}, {"is_superuser": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=user.pk).update(**change)
    for house in (None, people.orrin.organisation):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=user.pk).update(service_of=house)
    person = people.vela.analyst.user
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=person.pk).update(service_of=people.vela.organisation, password="!")
    asked = Client().post("/accounts/login/", {"login": user.email, "password": ""})
    assert asked.status_code == 200  # the form again
    invited = people.orrin.admin
    with pytest.raises(Invalid), acting_as(invited.principal):
        invite_member(actor=invited, email=user.email, name="x", roles=["analyst"])


@pytest.mark.duty("ATT-7")
@pytest.mark.parametrize("role", [role for role in Role if role not in SERVICE_ROLES])
def test_a_service_account_sits_on_no_panel_and_decides_nothing(people: People, role: str) -> None:
    admin = people.vela.admin
    membership = program(people)
    with acting_as(admin.principal):
        with pytest.raises(Invalid):
            keys.make_service_account(actor=admin, name="x", roles=[role])
        with pytest.raises(Invalid):
            change_roles(actor=admin, membership_id=membership.pk, roles=[role], reason="x")
        # The database refuses as well, whatever a service forgets.
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.filter(pk=membership.pk).update(roles=[role])
        for scope in (Scope.DECIDE, Scope.MANAGE):
            with pytest.raises(Invalid):
                keys.issue_token(actor=admin, name="x", scopes=[scope], account_id=membership.user_id)
    actor = Actor(membership.user, admin.organisation, tuple(Role.values))
    assert not actor.actions & DECISIONS and not actor.may(Action.MANAGE_ORGANISATION)
    assert actions_of(list(Role.values)) >= DECISIONS


def test_a_service_account_belongs_to_its_own_house(people: People) -> None:
    user = program(people).user
    orrin = people.orrin.admin
    with pytest.raises(IntegrityError), acting_as(orrin.principal), transaction.atomic():
        add_member(organisation=orrin.organisation, user=user, roles=["analyst"])


@pytest.mark.duty("SHR-7")
def test_another_houses_service_account_is_not_there(people: People, sign_in: SignIn) -> None:
    membership = program(people)
    with acting_as(people.vela.admin.principal):
        token, _key = keys.issue_token(actor=people.vela.admin, name="x", account_id=membership.user_id)
    client = sign_in(people.orrin.admin)
    page, api = (
        f"/organisation/service-accounts/{membership.user_id}/",
        f"/api/v1/service-accounts/{membership.user_id}/",
    )
    body = {"name": "x", "scopes": ["read"]}
    assert client.get(page).status_code == client.post(page, body).status_code == 404
    assert client.get(f"{api}tokens/").status_code == client.delete(api).status_code == 404
    assert client.post(f"{api}tokens/", body, content_type="application/json").status_code == 404
    assert client.delete(f"/api/v1/tokens/{token.pk}/").status_code == 404
    assert client.get("/api/v1/service-accounts/").json() == []
    with pytest.raises(NotFound), acting_as(people.orrin.admin.principal):
        keys.service_account_for(people.orrin.admin, membership.user_id)
    mere = sign_in(people.vela.analyst)
    assert mere.get(page).status_code == mere.get(f"{api}tokens/").status_code == 403
    assert mere.delete(f"/api/v1/tokens/{token.pk}/").status_code == 404


def test_by_api_an_administrator_makes_and_ends_a_service_account(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.vela.admin)
    made = client.post(
        "/api/v1/service-accounts/", {"name": "Relay", "roles": ["researcher"]}, content_type="application/json"
    )
    assert made.status_code == 201 and made.json()["roles"] == ["researcher"]
    address = f"/api/v1/service-accounts/{made.json()['id']}/"
    key = client.post(f"{address}tokens/", {"name": "a", "scopes": ["export"]}, content_type="application/json")
    assert key.status_code == 201 and key.json()["scopes"] == ["read", "export"]
    assert client.delete(f"/api/v1/tokens/{key.json()['id']}/").status_code == 204
    assert client.get(f"{address}tokens/").json()[0]["revoked_at"] is not None
    assert client.delete(address).status_code == 204
    assert client.get("/api/v1/service-accounts/").json() == []
    refused = client.post(
        "/api/v1/service-accounts/", {"name": "x", "roles": ["publisher"]}, content_type="application/json"
    )
    assert refused.status_code == 400


def test_the_last_administrator_is_a_person(people: People) -> None:
    program(people)
    admin = people.vela.admin
    with acting_as(admin.principal):
        membership = Membership.objects.get(user=admin.user)
        with pytest.raises(Exception, match="last administrator"):
            end_membership(actor=admin, membership_id=membership.pk)
    assert actor_for(admin.user) is not None
    assert connection.vendor == "postgresql"
