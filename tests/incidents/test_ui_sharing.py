"""Who can see a case and why; the record of what was done in it (SHR-2)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from core import clock
from core.tenancy import acting_as
from incidents.models import IncidentGroupPermission
from ledger.models import Entry
from organisations.actors import Actor
from organisations.roles import Grade
from tests.incidents.cases import at_most, filed, shared
from tests.people import People

pytestmark = [pytest.mark.duty("SHR-2"), pytest.mark.django_db]

SignIn = Callable[[Actor], Client]


def test_a_share_is_given_seen_and_ended(sign_in: SignIn, people: People) -> None:
    analyst, reader = people.vela.analyst, people.meridian.person("legal_assessor")
    incident = filed(analyst)
    at = f"/incidents/{incident.reference}/"
    client = sign_in(analyst)
    last_day = (clock.today() + timedelta(days=10)).isoformat()
    given = {"organisation": str(people.meridian.organisation.pk), "role": "legal_assessor", "grade": str(Grade.ASSESS.value),
             "reason": "Panel on <b>law</b>", "until": last_day}  # fmt: skip
    assert client.post(f"{at}sharing/new/", given).status_code == 303
    with acting_as(analyst.principal):
        grant = IncidentGroupPermission.objects.get()
        assert grant.until == datetime.fromisoformat(last_day).replace(tzinfo=UTC) + timedelta(days=1)
    page = client.get(f"{at}sharing/").content.decode()
    for words in (
        "Vela National CERT",
        "Holds the case",
        "Meridian Assessment Body",
        "Law assessor",
        "Assess",
        "Panel on &lt;b&gt;law&lt;/b&gt;",
        "vela analyst",
    ):
        assert words in page, words
    assert sign_in(reader).get(at).status_code == 200
    assert sign_in(people.meridian.person("forensic_assessor")).get(at).status_code == 404

    client = sign_in(analyst)
    assert "End this share?" in client.get(f"{at}sharing/{grant.pk}/end/").content.decode()
    assert client.post(f"{at}sharing/{grant.pk}/end/").status_code == 303
    assert client.post(f"{at}sharing/{grant.pk}/end/").status_code == 404
    assert sign_in(reader).get(at).status_code == 404
    with acting_as(analyst.principal):
        assert [e.verb for e in Entry.objects.filter(root_id=incident.pk).order_by("pk")] == [
            "incident.filed",
            "grant.given",
            "grant.revoked",
        ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"organisation": ""}, "“Organisation” needs an answer."),
        ({"organisation": "999999"}, "Select a valid choice."),
        ({"grade": "100"}, "Select a valid choice."),
        ({"reason": "  "}, "“Why is this share needed?” needs an answer."),
        ({"until": "2001-01-01"}, "The share must end in the future."),
        ({"until": "soon"}, "Enter a date such as 2026-11-30."),
    ],
)
def test_a_share_that_cannot_be_is_refused_beside_its_field(
    sign_in: SignIn, people: People, change: dict[str, str], sentence: str
) -> None:
    incident = filed(people.vela.analyst)
    given = {"organisation": str(people.orrin.organisation.pk), "grade": "10", "reason": "Kept reason", **change}
    refused = sign_in(people.vela.analyst).post(f"/incidents/{incident.reference}/sharing/new/", given)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert page.count(sentence) == 2
    if "reason" not in change:
        assert "Kept reason" in page


def test_the_holder_is_not_offered_as_a_grantee(sign_in: SignIn, people: People) -> None:
    incident = filed(people.vela.analyst)
    given = {"organisation": str(people.vela.organisation.pk), "grade": "10", "reason": "To ourselves"}
    assert sign_in(people.vela.analyst).post(f"/incidents/{incident.reference}/sharing/new/", given).status_code == 422


@pytest.mark.duty("SHR-7")
def test_a_share_of_another_case_is_not_found_through_this_one(sign_in: SignIn, people: People) -> None:
    incident, other = filed(people.vela.analyst), filed(people.vela.analyst)
    grant = shared(people.vela.analyst, other, people.orrin.organisation, Grade.SUMMARY)
    client = sign_in(people.vela.analyst)
    assert client.get(f"/incidents/{incident.reference}/sharing/{grant.pk}/end/").status_code == 404
    assert client.post(f"/incidents/{incident.reference}/sharing/{grant.pk}/end/").status_code == 404


def test_activity_says_who_did_what_and_can_be_filtered(sign_in: SignIn, people: People) -> None:
    incident = filed(people.vela.analyst)
    shared(people.vela.analyst, incident, people.orrin.organisation, Grade.SUMMARY)
    client = sign_in(people.vela.analyst)
    client.post(f"/incidents/{incident.reference}/change/what/", {"version": "1", "title": "New title", "summary": "S"})
    address = f"/incidents/{incident.reference}/activity/"
    client.get(address)  # takes the messages of what was just saved
    with at_most(14):
        page = client.get(address).content.decode()
    for words in (
        "Filed the incident",
        "Shared the case",
        "Orrin National CERT · See the summary",
        "Changed the facts",
        "vela analyst · Vela National CERT",
    ):
        assert words in page, words
    assert page.index("Changed the facts</h3>") < page.index("Filed the incident</h3>")
    only = client.get(f"{address}?verb=grant.given").content.decode()
    assert "Shared the case</h3>" in only and "Filed the incident</h3>" not in only
    assert "Nothing of this kind" in client.get(f"{address}?verb=incident.closed").content.decode()


def test_activity_leads_to_older_entries(sign_in: SignIn, people: People) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    for n in range(30):
        client.post(f"/incidents/{incident.reference}/timeline/new/", {"what": f"Step {n}", "at_5": "unknown"})
    first = client.get(f"/incidents/{incident.reference}/activity/").content.decode()
    assert first.count("Added to the timeline</h3>") == 25
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = client.get(older).content.decode()
    assert second.count("Added to the timeline</h3>") == 5 and "Filed the incident</h3>" in second
    assert client.get(f"/incidents/{incident.reference}/activity/?before=nonsense").status_code == 200


def test_the_database_keeps_activity_from_whoever_sees_the_summary_only(people: People) -> None:
    from incidents.selectors import activity

    incident = filed(people.vela.analyst)
    shared(people.vela.analyst, incident, people.orrin.organisation, Grade.SUMMARY)
    shared(people.vela.analyst, incident, people.meridian.organisation, Grade.EVIDENCE)
    with acting_as(people.orrin.analyst.principal):
        assert activity(incident) == []
    with acting_as(people.meridian.analyst.principal):
        assert [entry.verb for entry in activity(incident, verb="grant.given")] == ["grant.given", "grant.given"]
