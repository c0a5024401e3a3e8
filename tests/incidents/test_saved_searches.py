"""A watched search tells of new matches once, and only of what its owner may see then (SHR-5, SHR-7)."""

from collections.abc import Callable

import pytest
from django.test import Client

from core.errors import Invalid, NotFound
from core.tenancy import acting_as
from incidents import errors, searching
from incidents.models import SavedSearch, SearchMatch
from incidents.selectors import Wanted
from incidents.services import revoke_grant
from incidents.tasks import look_for_matches
from ledger.models import Entry
from notifications.models import Notification
from organisations.actors import Actor
from organisations.founding import found_platform
from organisations.roles import Grade
from organisations.services import end_membership
from tests.doors.world import shared
from tests.people import People
from tests.tenancy.test_walls import filed

pytestmark = [pytest.mark.duty("SHR-5"), pytest.mark.django_db]
SignIn = Callable[[Actor], Client]


@pytest.fixture(autouse=True)
def _platform(db: None) -> None:
    found_platform()


def saved(actor: Actor, **wanted: str) -> SavedSearch:
    with acting_as(actor.principal):
        return searching.save_search(actor=actor, name="Mine", wanted=Wanted(**(wanted or {"status": "open"})))


def found(actor: Actor) -> list[str]:
    with acting_as(actor.principal):
        rows = Notification.objects.filter(kind="search.found").order_by("pk")
        return [row.reference for row in rows]


def test_new_matches_are_told_once_and_those_there_already_never(people: People) -> None:
    analyst = people.vela.analyst
    filed(analyst)
    saved(analyst)
    look_for_matches()
    assert found(analyst) == []
    fresh = filed(analyst)
    for _again in range(3):
        look_for_matches()
    assert found(analyst) == [fresh.reference]


def test_what_is_shared_later_is_new_and_what_is_not_seen_is_not_told(people: People) -> None:
    orrin = people.orrin.analyst
    early, never = filed(people.vela.analyst), filed(people.vela.analyst)
    saved(orrin)
    look_for_matches()
    assert found(orrin) == []
    grant = shared(people.vela.analyst, early, people.orrin.organisation, Grade.SUMMARY)
    look_for_matches()
    assert found(orrin) == [early.reference] and never.reference not in found(orrin)
    with acting_as(people.vela.analyst.principal):
        revoke_grant(actor=people.vela.analyst, reference=early.reference, grant_id=grant.pk)
    assert found(orrin) == [], "the inbox asks again"


def test_who_has_left_is_told_nothing(people: People) -> None:
    vela = people.vela
    analyst, admin = vela.analyst, vela.admin
    saved(analyst)
    with acting_as(admin.principal):
        end_membership(actor=admin, membership_id=analyst.user.memberships.get().pk)
    filed(vela.another("analyst"))
    look_for_matches()
    assert found(analyst) == []


def test_a_search_is_its_owners_alone(people: People) -> None:
    mine = saved(people.vela.analyst)
    other = people.vela.another("analyst")
    with acting_as(other.principal):
        assert not SavedSearch.objects.exists() and not SearchMatch.objects.exists()
        with pytest.raises(NotFound):
            searching.drop_search(actor=other, search_id=mine.pk)
    analyst = people.vela.analyst
    with acting_as(analyst.principal):
        for wanted, name in ((Wanted(), "a"), (Wanted(status="open"), " "), (Wanted(status="open"), "a" * 61)):
            with pytest.raises(Invalid):
                searching.save_search(actor=analyst, name=name, wanted=wanted)
        for _ in range(searching.MOST - 1):
            searching.save_search(actor=analyst, name="x", wanted=Wanted(status="open"))
        with pytest.raises(errors.TooManySearches):
            searching.save_search(actor=analyst, name="x", wanted=Wanted(status="open"))
        searching.drop_search(actor=analyst, search_id=mine.pk)
        assert Entry.objects.filter(verb="search.dropped").count() == 1


def test_a_person_watches_the_list_they_look_at_and_a_program_too(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.vela.analyst)
    filed(people.vela.analyst)
    assert "Watch this search" not in client.get("/incidents/").content.decode()
    page = client.get("/incidents/?status=open").content.decode()
    assert "Watch this search" in page and 'name="status" value="open"' in page
    assert (
        client.post("/incidents/searches/save/", {"status": "open", "name": ""})["Location"]
        == "/incidents/?status=open"
    )
    assert client.post("/incidents/searches/save/", {"status": "open", "name": "Open ones"}).status_code == 303
    listed = client.get("/incidents/searches/").content.decode()
    assert "Open ones" in listed and "/incidents/?status=open" in listed
    made = client.post("/api/v1/searches/", {"name": "B", "words": "hospital"}, content_type="application/json")
    assert made.status_code == 201 and len(client.get("/api/v1/searches/").json()) == 2
    assert client.post("/api/v1/searches/", {"name": "B"}, content_type="application/json").status_code == 400
    assert client.delete(f"/api/v1/searches/{made.json()['id']}/").status_code == 204
    with acting_as(people.vela.analyst.principal):
        assert client.post(f"/incidents/searches/{SavedSearch.objects.get().pk}/drop/").status_code == 303
