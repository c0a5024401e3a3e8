"""Rights that have ended, and rights of one person that another one tries: the session and the key are still there."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from core import clock
from core.tenancy import acting_as
from incidents import services
from organisations.actors import Actor
from organisations.keys import issue_token
from organisations.models import Membership
from organisations.roles import Grade
from organisations.services import end_membership
from tests.people import People
from tests.tenancy.test_walls import filed

pytestmark = pytest.mark.django_db
SignIn = Callable[[Actor], Client]


def shared_for_a_moment(people: People) -> str:
    """A case of Vela that Orrin could see until just now; nobody has swept yet."""
    incident = filed(people.vela.analyst, title="Turbines stopped")
    with acting_as(people.vela.analyst.principal):
        services.grant_access(
            actor=people.vela.analyst, reference=incident.reference, organisation=people.orrin.organisation,
            grade=Grade.OVERSEE, reason="For a moment", until=clock.now() + timedelta(seconds=0.4),
        )  # fmt: skip
    time.sleep(0.5)
    return incident.reference


@pytest.mark.duty("SHR-2")
def test_a_share_that_has_ended_is_over_before_anybody_sweeps(people: People, sign_in: SignIn) -> None:
    reference = shared_for_a_moment(people)
    client = sign_in(people.orrin.analyst)
    for query in ("", "?q=turbines", "?sector=health", "?country=CR", "?status=open"):
        assert reference not in client.get(f"/incidents/{query}").content.decode(), query
        assert client.get(f"/api/v1/incidents/{query}").json()["results"] == [], query
    assert client.get("/search/", {"q": reference}).status_code == 200
    for address in (
        "",
        "evidence/",
        "attribution/",
        "escalation/",
        "remediation/",
        "reviews/",
        "activity/",
        "sharing/",
    ):
        assert client.get(f"/incidents/{reference}/{address}").status_code == 404, address


def test_an_ended_membership_ends_the_session_and_the_key(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    leaver = people.vela.another("analyst")
    with acting_as(leaver.principal):
        _token, key = issue_token(actor=leaver, name="script")
    client = sign_in(leaver)
    address = f"incidents/{incident.reference}/"
    assert client.get(f"/{address}").status_code == 200
    assert Client().get(f"/api/v1/{address}", HTTP_AUTHORIZATION=f"Token {key}").status_code == 200
    with acting_as(people.vela.admin.principal):
        membership = Membership.objects.get(user=leaver.user)
        end_membership(actor=people.vela.admin, membership_id=membership.pk)
    assert client.get(f"/{address}").status_code in (403, 404)
    assert client.get(f"/api/v1/{address}").status_code in (401, 403, 404)
    assert Client().get(f"/api/v1/{address}", HTTP_AUTHORIZATION=f"Token {key}").status_code == 401


@pytest.mark.duty("SHR-2")
@pytest.mark.parametrize(
    "grade", [Grade.SUMMARY, Grade.EVIDENCE, Grade.CONTRIBUTE, Grade.ASSESS, Grade.COORDINATE, Grade.OVERSEE]
)
def test_no_grade_makes_a_holder(people: People, sign_in: SignIn, grade: Grade) -> None:
    incident = filed(people.vela.analyst)
    with acting_as(people.vela.analyst.principal):
        services.grant_access(
            actor=people.vela.analyst, reference=incident.reference, organisation=people.orrin.organisation, grade=grade, reason="Help",
        )  # fmt: skip
    for person in (people.orrin.analyst, people.orrin.coordinator, people.orrin.admin):
        client = sign_in(person)
        case = f"/api/v1/incidents/{incident.reference}/"
        share = {"organisation": people.amal.organisation.slug, "grade": "oversee", "reason": "Why not"}
        assert client.post(f"{case}grants/", share, content_type="application/json").status_code == 403
        assert client.post(f"{case}close/").status_code == 403
        edit = client.patch(case, {"title": "Mine"}, content_type="application/json", HTTP_IF_MATCH='"1"')
        assert edit.status_code == 403
        assert client.post(f"/incidents/{incident.reference}/close/").status_code == 403


@pytest.mark.parametrize("role", ["researcher", "mediator", "publisher", "custodian"])
def test_whoever_only_reads_files_and_shares_nothing(people: People, sign_in: SignIn, role: str) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.person(role))
    case = f"/api/v1/incidents/{incident.reference}/"
    facts = {"title": "x", "summary": "x"}
    assert client.post("/api/v1/incidents/", facts, content_type="application/json").status_code == 403
    assert client.get("/incidents/new/").status_code in (403, 405)
    for address in ("close/", "grants/", "timeline/", "statements/", "links/", "remediation/tasks/", "escalation/measures/", "attribution/findings/", "reviews/"):  # fmt: skip
        assert client.post(f"{case}{address}", {}, content_type="application/json").status_code == 403, address


def test_a_key_of_one_person_is_nothing_to_another(people: People, sign_in: SignIn) -> None:
    with acting_as(people.vela.analyst.principal):
        token, _key = issue_token(actor=people.vela.analyst, name="script")
    for other in (people.vela.admin, people.orrin.analyst):
        client = sign_in(other)
        assert client.delete(f"/api/v1/tokens/{token.pk}/").status_code == 404
        assert client.post(f"/organisation/keys/{token.pk}/revoke/").status_code == 404


def test_an_idempotency_key_of_one_person_answers_nobody_else(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.vela.analyst)
    body = {"title": "Vela only", "summary": "Secret of Vela"}
    first = client.post("/api/v1/incidents/", body, content_type="application/json", HTTP_IDEMPOTENCY_KEY="k")
    assert first.status_code == 201, first.content
    other = sign_in(people.orrin.analyst).post(
        "/api/v1/incidents/", body, content_type="application/json", HTTP_IDEMPOTENCY_KEY="k"
    )
    assert other.status_code == 201
    assert other.json()["reference"] != first.json()["reference"]


def test_members_of_another_house_are_not_there(people: People, sign_in: SignIn) -> None:
    with acting_as(people.vela.analyst.principal):
        membership = Membership.objects.get(user=people.vela.analyst.user)
    client = sign_in(people.orrin.admin)
    assert client.post(f"/organisation/members/{membership.pk}/end/").status_code == 404
    assert client.post(f"/organisation/members/{membership.pk}/", {"roles": ["org_admin"]}).status_code == 404
    switched = client.post("/organisation/switch/", {"organisation": people.vela.organisation.pk})
    assert switched.status_code in (403, 404, 409)
    assert client.get("/api/v1/me/").json()["organisation"]["slug"] == "orrin"
