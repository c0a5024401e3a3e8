"""The administration's frame: its menu, members with reasons, the table of rights as it is (SHR-1, SHR-2)."""

import json
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from core.tenancy import acting_as
from organisations import errors, keys, services
from organisations.actors import Actor, actor_for
from organisations.models import Membership, MembershipChange
from organisations.roles import BY_ROLE, Action, Role
from organisations.ui.sections import GROUPS
from organisations.ui.words import WORDS
from tests.people import People

pytestmark = [pytest.mark.duty("SHR-1"), pytest.mark.duty("SHR-2"), pytest.mark.django_db]

SignIn = Callable[[Actor], Client]


def membership_of(actor: Actor) -> Membership:
    with acting_as(actor.principal):
        return Membership.objects.get(user=actor.user, organisation=actor.organisation)


def entries() -> list[tuple[str, Action | None]]:
    """Addresses of the menu that are there, and the action each one asks for."""
    found: list[tuple[str, Action | None]] = []
    for _label, sections in GROUPS:
        for section in sections:
            try:
                found.append((reverse(section.name), section.action))
            except NoReverseMatch:
                continue
    return found


def test_the_menu_shows_each_person_what_they_may_open_and_nothing_that_refuses_them(
    sign_in: SignIn, people: People
) -> None:
    for actor in (people.vela.admin, people.vela.analyst):
        client = sign_in(actor)
        page = client.get("/organisation/").content.decode()
        menu = page[page.index('class="side-menu"') : page.index("<main")]
        for url, action in entries():
            shown = f'href="{url}"' in menu
            assert shown is (action is None or actor.may(action)), url
            assert (client.get(url).status_code == 200) is shown, url
        assert menu.count('aria-current="page"') == 1


def test_a_page_below_an_entry_keeps_the_entry_marked(sign_in: SignIn, people: People) -> None:
    page = sign_in(people.vela.admin).get("/organisation/members/invite/").content.decode()
    assert '<a href="/organisation/members/" aria-current="page">' in page


def test_the_table_of_rights_is_the_one_every_door_asks(
    sign_in: SignIn, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(WORDS) == set(Action)

    def yes() -> int:
        return sign_in(people.vela.analyst).get("/organisation/roles/").content.decode().count("✓")

    before = yes()
    monkeypatch.setitem(BY_ROLE, Role.MEDIATOR, BY_ROLE[Role.MEDIATOR] | {Action.EDIT, Action.CLOSE})
    assert yes() == before + 2


def test_a_suspended_member_is_shut_out_at_every_door_and_let_in_again_with_their_roles(
    sign_in: SignIn, people: People
) -> None:
    admin, analyst = people.vela.admin, people.vela.analyst
    with acting_as(analyst.principal):
        _token, key = keys.issue_token(actor=analyst, name="Nightly")
    held = membership_of(analyst)
    client = sign_in(admin)
    assert client.post(f"/organisation/members/{held.pk}/suspend/", {"reason": ""}).status_code == 422
    assert client.post(f"/organisation/members/{held.pk}/suspend/", {"reason": "Lost <i>laptop</i>"}).status_code == 303
    assert actor_for(analyst.user, analyst.organisation.pk) is None
    assert sign_in(analyst).get("/incidents/").status_code == 403
    program = Client(headers={"Authorization": f"Token {key}"})
    assert program.get("/api/v1/me/").status_code == 401

    client = sign_in(admin)
    assert "Suspended" in client.get("/organisation/members/").content.decode()
    history = client.get(f"/organisation/members/{held.pk}/").content.decode()
    assert "Lost &lt;i&gt;laptop&lt;/i&gt;" in history
    again = client.post(f"/organisation/members/{held.pk}/suspend/", {"reason": "Twice"})
    assert again.status_code == 409
    restored = client.post(f"/organisation/members/{held.pk}/restore/", {"reason": "Found it"})
    assert restored.status_code == 303
    assert sign_in(analyst).get("/incidents/").status_code == 200
    assert program.get("/api/v1/me/").json()["roles"] == ["analyst"]


def test_the_api_does_the_same_to_members_as_the_pages(sign_in: SignIn, people: People) -> None:
    admin, analyst = people.vela.admin, people.vela.analyst
    held = membership_of(analyst).pk
    client = sign_in(admin)

    def send(method: str, path: str, body: dict[str, Any]) -> Any:
        return client.generic(method, f"/api/v1/members/{path}", json.dumps(body), content_type="application/json")

    assert {row["email"] for row in client.get("/api/v1/members/").json()} >= {analyst.user.email}
    invited = send("POST", "", {"name": "New", "email": "new@vela.example", "roles": ["analyst"]})
    assert invited.status_code == 201 and invited.json()["roles"] == ["analyst"]
    assert send("PATCH", f"{held}/", {"roles": ["researcher"]}).status_code in (400, 422)
    assert send("PATCH", f"{held}/", {"roles": ["researcher"], "reason": "Moved"}).json()["roles"] == ["researcher"]
    assert send("PUT", f"{held}/suspension/", {"reason": "Away"}).json()["suspended_at"] is not None
    assert send("PUT", f"{held}/suspension/", {"reason": "Away"}).json()["code"] == "suspended_already"
    assert send("DELETE", f"{held}/suspension/", {"reason": "Back"}).json()["suspended_at"] is None
    mine = membership_of(admin).pk
    assert send("PUT", f"{mine}/suspension/", {"reason": "x"}).json()["code"] == "last_administrator"
    theirs = membership_of(people.orrin.analyst).pk
    assert send("PUT", f"{theirs}/suspension/", {"reason": "x"}).status_code == 404
    assert send("DELETE", f"{held}/", {}).status_code == 204
    other = sign_in(people.vela.another("analyst"))
    assert other.post("/api/v1/members/", "{}", content_type="application/json").status_code == 403


def test_roles_are_not_changed_without_a_reason(people: People) -> None:
    admin, analyst = people.vela.admin, people.vela.analyst
    held = membership_of(analyst)
    with acting_as(admin.principal), pytest.raises(errors.ReasonNeeded):
        services.change_roles(actor=admin, membership_id=held.pk, roles=["researcher"], reason="  ")
    with acting_as(admin.principal):
        services.change_roles(actor=admin, membership_id=held.pk, roles=["researcher"], reason="Moved")
        change = MembershipChange.objects.get(membership=held)
        assert (change.before, change.after, change.reason) == (["analyst"], ["researcher"], "Moved")


def test_what_was_done_to_a_member_cannot_be_altered_and_is_not_told_elsewhere(people: People) -> None:
    admin = people.vela.admin
    held = membership_of(people.vela.analyst)
    with acting_as(admin.principal):
        services.suspend_member(actor=admin, membership_id=held.pk, reason="Lost laptop")
        for change in ({"reason": "x"}, {"act": "ended"}):
            with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
                MembershipChange.objects.update(**change)
        with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM organisations_membershipchange")
    with acting_as(people.orrin.admin.principal):
        assert not MembershipChange.objects.exists()


@pytest.mark.duty("GOV-4")
def test_the_overview_names_who_administers(sign_in: SignIn, people: People) -> None:
    admin = people.vela.admin
    page = unescape(sign_in(people.vela.analyst).get("/organisation/").content.decode())
    assert admin.user.name in page
