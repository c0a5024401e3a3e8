"""What can this person see, what was shared, who is a guest: for administrators, within their own right (SHR-2)."""

from collections.abc import Callable

import pytest
from django.test import Client

from core.errors import NotAllowed, NotFound
from core.tenancy import acting_as
from incidents import reach
from incidents.holdings import reach_of
from organisations.actors import Actor
from organisations.models import Membership
from organisations.roles import Action, Grade, Role
from tests.incidents.cases import filed, shared
from tests.people import People
from tests.sharing.test_grants import by_name, invited

pytestmark = [pytest.mark.django_db, pytest.mark.duty("SHR-2")]
SignIn = Callable[[Actor], Client]


def membership(admin: Actor, actor: Actor) -> int:
    with acting_as(admin.principal):
        return Membership.objects.get(user=actor.user, organisation=admin.organisation).pk


def test_an_administrator_is_told_how_far_a_member_reaches_and_not_what_they_may_not_see(people: People) -> None:
    admin, analyst = people.orrin.admin, people.orrin.analyst
    own = filed(analyst)
    house, role, named = (filed(people.vela.analyst) for _ in range(3))
    shared(people.vela.analyst, house, people.orrin.organisation, Grade.EVIDENCE)
    shared(people.vela.analyst, role, people.orrin.organisation, Grade.SUMMARY, role=Role.ANALYST)
    by_name(people, named, analyst, Grade.EVIDENCE)
    with acting_as(admin.principal):
        found = reach.reach(admin, membership(admin, analyst))
    assert found.numbers == {"held": 1, "house": 1, "role": 1, "name": 1}
    assert {row["incident"].pk for row in found.cases} == {own.pk, house.pk}
    assert Action.EDIT in found.actions


def test_only_administrators_ask_and_only_about_their_own(people: People) -> None:
    admin, analyst = people.orrin.admin, people.orrin.analyst
    with acting_as(analyst.principal), pytest.raises(NotAllowed):
        reach.reach(analyst, membership(admin, analyst))
    other = people.vela.admin
    with acting_as(other.principal), pytest.raises(NotFound):
        reach.reach(other, membership(admin, analyst))
    with acting_as(other.principal):
        assert reach_of(other, analyst.user) == {}


def test_by_page_and_program(people: People, sign_in: SignIn) -> None:
    admin, analyst = people.vela.admin, people.vela.analyst
    incident = filed(analyst)
    shared(analyst, incident, people.orrin.organisation, Grade.EVIDENCE)
    guest = invited(people, incident)
    client = sign_in(admin)
    number = membership(admin, analyst)
    page = client.get(f"/organisation/members/{number}/sees/")
    assert page.status_code == 200 and incident.reference.encode() in page.content
    answer = client.get(f"/api/v1/members/{number}/sees/").json()
    assert [row["reference"] for row in answer["cases"]] == [incident.reference]
    assert client.get(f"/api/v1/members/{number}/holdings/").json() == []
    assert incident.reference.encode() in client.get("/organisation/grants/").content
    assert guest.user.email.encode() in client.get("/organisation/guests/").content
    refused = client.post(
        f"/api/v1/members/{number}/holdings/", {"kind": "nothing", "to": number}, content_type="application/json"
    )
    assert refused.status_code == 400
    assert sign_in(analyst).get("/organisation/guests/").status_code == 403
