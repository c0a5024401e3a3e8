"""Sessions: seen, ended from elsewhere, ended for whoever leaves, and told of when new."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from core import clock
from core.tenancy import acting_as
from ledger.models import Entry
from organisations.actors import Actor
from organisations.models import Membership
from organisations.services import add_member, end_membership
from signin import sessions
from signin.models import SignIn
from tests.people import People

pytestmark = [pytest.mark.duty("SHR-1"), pytest.mark.django_db]

PASSWORD = "correct horse battery"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"
Commit = Callable[..., Any]


def enter(actor: Actor, agent: str = FIREFOX, address: str = "192.0.2.7") -> Client:
    """A browser that signs in by password."""
    client = Client(REMOTE_ADDR=address, HTTP_USER_AGENT=agent)
    answer = client.post("/accounts/login/", {"login": actor.user.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def rows(actor: Actor) -> list[SignIn]:
    with acting_as(actor.principal):
        return list(SignIn.objects.order_by("pk"))


def test_a_person_sees_where_they_are_signed_in_and_ends_one(
    people: People, django_capture_on_commit_callbacks: Commit
) -> None:
    analyst = people.vela.analyst
    here, phone = enter(analyst), enter(analyst, PHONE, "198.51.100.9")
    page = here.get("/account/sessions/").content.decode()
    for words in ("Firefox on Linux", "Chrome on Android", "192.0.2.7", "198.51.100.9", "This one", "Password"):
        assert words in page, words
    other = next(row for row in rows(analyst) if row.address == "198.51.100.9")
    assert other.key not in page
    assert "End this session?" in here.get(f"/account/sessions/{other.pk}/end/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert here.post(f"/account/sessions/{other.pk}/end/").status_code == 303
    assert phone.get("/incidents/").status_code == 302
    assert here.get("/incidents/").status_code == 200
    assert "198.51.100.9" not in here.get("/account/sessions/").content.decode()
    with acting_as(analyst.principal):
        assert Entry.objects.filter(verb="session.ended").count() == 1
    assert here.post(f"/account/sessions/{other.pk}/end/").status_code == 404


@pytest.mark.parametrize("door", ["page", "api"])
def test_all_others_end_at_once(people: People, django_capture_on_commit_callbacks: Commit, door: str) -> None:
    analyst = people.vela.analyst
    here, *others = (enter(analyst, address=f"192.0.2.{n}") for n in range(3))
    with django_capture_on_commit_callbacks(execute=True):
        if door == "page":
            assert here.post("/account/sessions/end-others/").status_code == 303
        else:
            assert here.delete("/api/v1/sessions/").status_code == 204
    assert here.get("/incidents/").status_code == 200
    assert [other.get("/incidents/").status_code for other in others] == [302, 302]
    listed = here.get("/api/v1/sessions/").json()
    assert [(row["is_this"], row["way"], "key" in row) for row in listed] == [(True, "password", False)]


@pytest.mark.duty("SHR-7")
def test_another_persons_sessions_are_not_there(people: People) -> None:
    analyst, admin = people.vela.analyst, people.vela.admin
    enter(analyst)
    theirs = rows(analyst)[0].pk
    for client in (enter(admin), enter(people.orrin.analyst)):
        assert client.get(f"/account/sessions/{theirs}/end/").status_code == 404
        assert client.post(f"/account/sessions/{theirs}/end/").status_code == 404
        assert client.delete(f"/api/v1/sessions/{theirs}/").status_code == 404
    assert rows(analyst)[0].ended_at is None


def test_whoever_leaves_is_signed_out_everywhere(people: People, django_capture_on_commit_callbacks: Commit) -> None:
    admin, analyst = people.vela.admin, people.vela.analyst
    browsers = [enter(analyst), enter(analyst, PHONE)]
    with acting_as(admin.principal), django_capture_on_commit_callbacks(execute=True):
        end_membership(actor=admin, membership_id=Membership.objects.get(user=analyst.user).pk)
    for browser in browsers:
        answer = browser.get("/incidents/")
        assert (answer.status_code, answer["Location"].startswith("/accounts/login/")) == (302, True)
    assert all(row.ended_at for row in rows(analyst))


def test_whoever_stays_a_member_elsewhere_stays_signed_in(
    people: People, django_capture_on_commit_callbacks: Commit
) -> None:
    admin, analyst = people.vela.admin, people.vela.analyst
    with acting_as(people.orrin.admin.principal):
        add_member(organisation=people.orrin.organisation, user=analyst.user, roles=["researcher"])
    browser = enter(analyst)
    with acting_as(admin.principal), django_capture_on_commit_callbacks(execute=True):
        end_membership(actor=admin, membership_id=Membership.objects.get(user=analyst.user).pk)
    assert browser.get("/incidents/").status_code == 200
    sessions.end_of_leaver(admin.user.pk)  # of a member: nothing ends


def test_a_sign_in_from_a_new_place_is_told(people: People, django_capture_on_commit_callbacks: Commit) -> None:
    analyst = people.vela.analyst
    with django_capture_on_commit_callbacks(execute=True):
        enter(analyst)
        enter(analyst)  # the same browser again is no news
    assert mail.outbox == []
    with django_capture_on_commit_callbacks(execute=True):
        enter(analyst, PHONE, "198.51.100.9")
    assert [message.to for message in mail.outbox] == [[analyst.user.email]]
    body = str(mail.outbox[0].body)
    assert "Chrome on Android" in body and "198.51.100.9" in body and "/account/sessions/" in body


def test_the_last_use_is_kept_to_five_minutes(people: People) -> None:
    analyst = people.vela.analyst
    client = enter(analyst)
    before = clock.now() - timedelta(minutes=30)
    with acting_as(analyst.principal):
        SignIn.objects.update(last_used_at=before)
    client.get("/incidents/")
    assert rows(analyst)[0].last_used_at == before  # noted a moment ago
    session = client.session
    session["seen"] = int(before.timestamp())
    session.save()
    client.get("/incidents/")
    assert rows(analyst)[0].last_used_at > before


def test_guessing_a_password_comes_to_an_end(people: People) -> None:
    analyst = people.vela.analyst
    client = Client(REMOTE_ADDR="203.0.113.5")
    for _ in range(12):
        answer = client.post("/accounts/login/", {"login": analyst.user.email, "password": "wrong"})
    assert "Too many" in answer.content.decode()
    right = client.post("/accounts/login/", {"login": analyst.user.email, "password": PASSWORD})
    assert right.status_code == 200 and client.get("/incidents/").status_code == 302
