"""The case's own pages: list, search, summary, change, close, additions."""

from collections.abc import Callable

import pytest
from django.test import Client

from core.tenancy import acting_as
from incidents.models import Incident, IncidentLink
from incidents.services import edit_incident, link_incidents
from ledger.models import Entry
from organisations.actors import Actor
from organisations.roles import Grade
from tests.incidents.cases import at_most, filed, shared
from tests.people import People

pytestmark = [pytest.mark.duty("ATT-1"), pytest.mark.django_db]

SignIn = Callable[[Actor], Client]


def verbs(actor: Actor, incident: Incident) -> list[str]:
    """What the ledger says was done in the case."""
    with acting_as(actor.principal):
        return [entry.verb for entry in Entry.objects.filter(root_id=incident.pk).order_by("pk")]


def now_as(actor: Actor, incident: Incident) -> Incident:
    """The case as it is stored."""
    with acting_as(actor.principal):
        return Incident.objects.get(pk=incident.pk)


# ── list and search ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_shows_25_a_page_and_leads_to_older_and_newest(sign_in: SignIn, people: People) -> None:
    incidents = [filed(people.vela.analyst, title=f"Case number {n:02}") for n in range(30)]
    client = sign_in(people.vela.analyst)
    client.get("/incidents/")
    with at_most(8):
        first = client.get("/incidents/").content.decode()
    assert [f"Case number {n:02}" in first for n in (29, 5, 4)] == [True, True, False]
    assert "30 incidents" in first and ">Older<" in first and ">Newest<" not in first
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = client.get(older).content.decode()
    assert [f"Case number {n:02}" in second for n in (5, 4, 0)] == [False, True, True]
    assert ">Newest<" in second and ">Older<" not in second
    assert len(incidents) == 30


@pytest.mark.parametrize(
    ("query", "chip"),
    [
        ("sector=energy", "Sector: Energy"),
        ("country=FR", "Country: France"),
        ("status=closed", "Status: Closed"),
        ("q=turbines", "Words: “turbines”"),
        ("q=turbines&sector=energy&country=FR&status=closed", "Country: France"),
    ],
)
def test_filters_find_and_are_said_in_words(sign_in: SignIn, people: People, query: str, chip: str) -> None:
    filed(people.vela.analyst, title="Something else")
    wanted = filed(people.vela.analyst, title="Wind turbines", victims=[{"sector": "energy", "country": "FR"}])
    client = sign_in(people.vela.analyst)
    client.post(f"/incidents/{wanted.reference}/close/")
    page = client.get(f"/incidents/?{query}").content.decode()
    assert wanted.reference in page and "Something else" not in page
    assert chip in page


def test_an_empty_list_says_what_it_is_for(sign_in: SignIn, people: People) -> None:
    client = sign_in(people.orrin.analyst)
    assert "No incidents yet" in client.get("/incidents/").content.decode()
    assert "Nothing found" in client.get("/incidents/?q=nothing").content.decode()
    assert client.get("/incidents/?cursor=made-up").status_code == 422


def test_search_leads_a_reference_straight_to_its_case(sign_in: SignIn, people: People) -> None:
    incident = filed(people.vela.analyst, title="Dialysis stopped")
    client = sign_in(people.vela.analyst)
    straight = client.get(f"/search/?q= {incident.reference.lower()} ")
    assert (straight.status_code, straight["Location"]) == (303, f"/incidents/{incident.reference}/")
    assert incident.reference in client.get("/search/?q=dialysis").content.decode()
    assert "Nothing found" in client.get("/search/?q=zebra").content.decode()


@pytest.mark.duty("SHR-7")
def test_search_says_the_same_of_a_hidden_case_as_of_none(sign_in: SignIn, people: People) -> None:
    incident = filed(people.vela.analyst, title="Dialysis stopped")
    client = sign_in(people.orrin.analyst)
    hidden = client.get(f"/search/?q={incident.reference}")
    none = client.get("/search/?q=INC-1999-000001")
    assert hidden.status_code == none.status_code == 200
    assert "Nothing found" in hidden.content.decode() and "Nothing found" in none.content.decode()
    assert "Dialysis" not in client.get("/search/?q=dialysis").content.decode()


# ── summary ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_case_page_says_what_is_known_and_what_is_not(sign_in: SignIn, people: People) -> None:
    incident = filed(
        people.vela.analyst, services=[{"service": "hospital-care", "name": "Saint Brigid", "people": {"best": 300}}]
    )
    client = sign_in(people.vela.analyst)
    for n in range(3):
        client.post(f"/incidents/{incident.reference}/timeline/new/", {"what": f"Step {n}", "at_5": "unknown"})
        client.post(
            f"/incidents/{incident.reference}/statements/new/",
            {"kind": "denial", "said_by": f"Ministry {n}", "said_5": "unknown"},
        )
    client.get(f"/incidents/{incident.reference}/")  # takes the messages of what was just saved
    with at_most(14):
        page = client.get(f"/incidents/{incident.reference}/").content.decode()
    for words in (
        "Costa Rica",
        "Saint Brigid",
        "about 300 people",
        "Not known",
        "Step 2",
        "Ministry 1",
        "Denial",
        "No linked incidents",
        "Close the case",
    ):
        assert words in page, words
    assert f"/incidents/{incident.reference}/change/when/" in page


def test_whoever_sees_the_summary_is_offered_no_change(sign_in: SignIn, people: People) -> None:
    incident = filed(people.vela.analyst)
    shared(people.vela.analyst, incident, people.orrin.organisation, Grade.SUMMARY)
    page = sign_in(people.orrin.analyst).get(f"/incidents/{incident.reference}/").content.decode()
    assert "Hospital records encrypted" in page
    for absent in ("/change/", "/close/", "/timeline/new/", "/sharing/", "/activity/"):
        assert absent not in page


# ── change ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_facts_are_changed_and_recorded(sign_in: SignIn, people: People) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    address = f"/incidents/{incident.reference}/change/what/"
    assert 'name="version" value="1"' in client.get(address).content.decode()
    saved = client.post(
        address, {"version": "1", "title": "Hospital records lost", "summary": "Wards worked on paper."}
    )
    assert (saved.status_code, saved["Location"]) == (303, f"/incidents/{incident.reference}/")
    stored = now_as(people.vela.analyst, incident)
    assert (stored.title, stored.version) == ("Hospital records lost", 2)
    assert verbs(people.vela.analyst, incident) == ["incident.filed", "incident.edited"]


def test_a_stale_save_shows_both_versions_and_loses_nothing(sign_in: SignIn, people: People) -> None:
    analyst, colleague = people.vela.analyst, people.vela.another("analyst")
    incident = filed(analyst)
    client = sign_in(analyst)
    address = f"/incidents/{incident.reference}/change/what/"
    with acting_as(colleague.principal):
        edit_incident(
            actor=colleague, reference=incident.reference, version=1, facts={"title": "Theirs", "summary": "Their text"}
        )
    stale = client.post(address, {"version": "1", "title": "Mine", "summary": "My text"})
    page = stale.content.decode()
    assert stale.status_code == 409
    for words in (
        "Mine",
        "My text",
        "Theirs",
        "Their text",
        "vela analyst2",
        "Keep mine",
        "Take theirs",
        'name="version" value="2"',
    ):
        assert words in page, words
    assert now_as(analyst, incident).title == "Theirs"

    chosen = client.post(
        address,
        {
            "version": "2",
            "title": "Mine, edited",
            "summary": "My text",
            "choose-title": "mine",
            "choose-summary": "theirs",
        },
    )
    assert chosen.status_code == 303
    stored = now_as(analyst, incident)
    assert (stored.title, stored.summary, stored.version) == ("Mine, edited", "Their text", 3)


def test_a_third_save_in_between_is_shown_again(sign_in: SignIn, people: People) -> None:
    analyst, colleague = people.vela.analyst, people.vela.another("analyst")
    incident = filed(analyst)
    client = sign_in(analyst)
    with acting_as(colleague.principal):
        edit_incident(actor=colleague, reference=incident.reference, version=1, facts={"title": "Theirs"})
        edit_incident(actor=colleague, reference=incident.reference, version=2, facts={"title": "Theirs again"})
    again = client.post(
        f"/incidents/{incident.reference}/change/what/",
        {"version": "2", "title": "Mine", "summary": "Wards worked on paper.", "choose-title": "mine"},
    )
    assert again.status_code == 409 and "Theirs again" in again.content.decode()


def test_a_made_up_version_saves_nothing(sign_in: SignIn, people: People) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    for version in ("", "abc", "99", "-1"):
        answer = client.post(
            f"/incidents/{incident.reference}/change/what/", {"version": version, "title": "Blind", "summary": "x"}
        )
        assert answer.status_code == 409
    assert now_as(people.vela.analyst, incident).title == "Hospital records encrypted"


def test_a_change_that_cannot_stand_is_shown_beside_its_field(sign_in: SignIn, people: People) -> None:
    incident = filed(people.vela.analyst)
    refused = sign_in(people.vela.analyst).post(
        f"/incidents/{incident.reference}/change/services/",
        {
            "version": "1",
            "people_0": "90",
            "people_1": "50",
            "services-TOTAL_FORMS": "0",
            "services-INITIAL_FORMS": "0",
        },
    )
    page = refused.content.decode()
    assert refused.status_code == 422 and 'value="90"' in page and "must not be above the best estimate" in page


def test_services_are_changed_and_added_but_none_is_taken_away(sign_in: SignIn, people: People) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst, services=[{"service": "hospital-care", "name": "Saint Brigid"}])
    with acting_as(analyst.principal):
        hit = incident.servicehits.get()
    client = sign_in(analyst)
    address = f"/incidents/{incident.reference}/change/services/"
    page = client.get(address).content.decode()
    assert f'name="services-0-id" value="{hit.pk}"' in page and 'name="remove"' not in page
    row = {"services-0-id": str(hit.pk), "services-0-service": "hospital-care", "services-0-name": "Saint Brigid East"}
    both = {
        **row,
        "services-1-service": "emergency-calls",
        "services-1-name": "Dispatch",
        "services-1-people_1": "1200",
    }
    saved = client.post(address, {"version": "1", "services-TOTAL_FORMS": "2", "services-INITIAL_FORMS": "0", **both})
    assert saved.status_code == 303, saved.content
    with acting_as(analyst.principal):
        assert list(incident.servicehits.order_by("pk").values_list("name", "people_best")) == [
            ("Saint Brigid East", None),
            ("Dispatch", 1200),
        ]


@pytest.mark.duty("SHR-7")
def test_a_service_of_another_case_cannot_be_changed_through_this_one(sign_in: SignIn, people: People) -> None:
    incident = filed(people.vela.analyst)
    elsewhere = filed(people.orrin.analyst, services=[{"service": "hospital-care", "name": "Theirs"}])
    with acting_as(people.orrin.analyst.principal):
        hit = elsewhere.servicehits.get()
    refused = sign_in(people.vela.analyst).post(
        f"/incidents/{incident.reference}/change/services/",
        {"version": "1", "services-TOTAL_FORMS": "1", "services-INITIAL_FORMS": "0", "services-0-id": str(hit.pk),
         "services-0-service": "hospital-care", "services-0-name": "Mine"},
    )  # fmt: skip
    assert refused.status_code == 422
    assert "One of these services is not part of this case." in refused.content.decode()


def test_the_mark_can_be_changed(sign_in: SignIn, people: People) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    assert (
        client.post(f"/incidents/{incident.reference}/change/sharing/", {"version": "1", "mark": "TLP:RED"}).status_code
        == 303
    )
    assert now_as(people.vela.analyst, incident).mark == "TLP:RED"
    assert (
        client.post(
            f"/incidents/{incident.reference}/change/sharing/", {"version": "2", "mark": "TLP:PINK"}
        ).status_code
        == 422
    )
    assert client.get(f"/incidents/{incident.reference}/change/nonsense/").status_code == 404


# ── close, open again ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_closed_case_is_not_changed_until_it_is_opened_again(sign_in: SignIn, people: People) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    at = f"/incidents/{incident.reference}/"
    assert "Close this case?" in client.get(f"{at}close/").content.decode()
    assert client.post(f"{at}close/").status_code == 303
    assert "/change/" not in client.get(at).content.decode()
    assert client.post(f"{at}change/what/", {"version": "2", "title": "T", "summary": "S"}).status_code == 409
    assert client.post(f"{at}close/").status_code == 409
    assert client.post(f"{at}reopen/").status_code == 303
    assert client.post(f"{at}reopen/").status_code == 409
    assert verbs(people.vela.analyst, incident) == ["incident.filed", "incident.closed", "incident.reopened"]


# ── additions ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_statement_is_kept_in_its_own_words(sign_in: SignIn, people: People) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    address = f"/incidents/{incident.reference}/statements/new/"
    refused = client.post(
        address, {"kind": "rumour", "said_by": "", "said_0": "1", "said_5": "day", "wording": "Kept text"}
    )
    assert refused.status_code == 422 and "Kept text" in refused.content.decode()
    given = {"kind": "own_assessment", "said_by": "Ministry of Digital Affairs", "said_0": "8", "said_1": "5", "said_2": "2022", "said_4": "UTC",
             "said_5": "day", "names": "Conti\n\n", "wording": "<b>We</b> say", "source": "Decree"}  # fmt: skip
    assert client.post(address, given).status_code == 303
    with acting_as(people.vela.analyst.principal):
        statement = incident.statements.get()
        assert (statement.names, statement.said_precision, statement.wording) == (["Conti"], "day", "<b>We</b> say")
    page = client.get(f"/incidents/{incident.reference}/").content.decode()
    assert "&lt;b&gt;We&lt;/b&gt; say" in page and "8 May 2022" in page
    assert verbs(people.vela.analyst, incident)[-1] == "statement.added"


def test_a_timeline_entry_may_have_an_unknown_time(sign_in: SignIn, people: People) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    address = f"/incidents/{incident.reference}/timeline/new/"
    assert client.post(address, {"what": "", "at_5": "unknown"}).status_code == 422
    assert client.post(address, {"what": "x" * 301, "at_5": "unknown"}).status_code == 422
    assert client.post(address, {"what": "Servers switched off", "at_5": "unknown"}).status_code == 303
    assert verbs(people.vela.analyst, incident)[-1] == "timeline.added"


def test_a_link_needs_a_case_one_may_see(sign_in: SignIn, people: People) -> None:
    incident, other = filed(people.vela.analyst), filed(people.vela.analyst, title="The other one")
    hidden = filed(people.orrin.analyst, title="Hidden")
    client = sign_in(people.vela.analyst)
    address = f"/incidents/{incident.reference}/links/new/"
    for reference in (hidden.reference, "INC-1999-000001", "nonsense"):
        refused = client.post(address, {"other": reference, "kind": "related"})
        assert refused.status_code == 422
        assert "There is no incident with this reference that you may see." in refused.content.decode()
    assert client.post(address, {"other": incident.reference, "kind": "related"}).status_code == 422
    assert client.post(address, {"other": other.reference.lower(), "kind": "recurrence"}).status_code == 303
    for here, there in ((incident, other), (other, incident)):
        assert there.reference in client.get(f"/incidents/{here.reference}/").content.decode()
    assert verbs(people.vela.analyst, incident)[-1] == "incident.linked"


@pytest.mark.duty("SHR-7")
def test_a_link_to_a_hidden_case_is_not_even_counted(sign_in: SignIn, people: People) -> None:
    incident, other = filed(people.vela.analyst), filed(people.vela.analyst, title="Kept apart")
    with acting_as(people.vela.analyst.principal):
        link_incidents(
            actor=people.vela.analyst, reference=incident.reference, other_reference=other.reference, kind="related"
        )
    shared(people.vela.analyst, incident, people.orrin.organisation, Grade.SUMMARY)
    page = sign_in(people.orrin.analyst).get(f"/incidents/{incident.reference}/").content.decode()
    assert other.reference not in page and "Kept apart" not in page and "No linked incidents that you may see." in page
    with acting_as(people.orrin.analyst.principal):
        assert IncidentLink.objects.count() == 1


# ── who may open what ────────────────────────────────────────────────────────────────────────────────────────────────

PAGES = {
    "": ("get", {"neighbour": 404, "reader": 200, "researcher": 200}),
    "change/what/": ("get", {"neighbour": 404, "reader": 403, "researcher": 403}),
    "change/what/ ": ("post", {"neighbour": 404, "reader": 403, "researcher": 403}),
    "close/": ("post", {"neighbour": 404, "reader": 403, "researcher": 403}),
    "reopen/": ("post", {"neighbour": 404, "reader": 403, "researcher": 403}),
    "statements/new/": ("post", {"neighbour": 404, "reader": 403, "researcher": 403}),
    "timeline/new/": ("post", {"neighbour": 404, "reader": 403, "researcher": 403}),
    "links/new/": ("post", {"neighbour": 404, "reader": 403, "researcher": 403}),
    "sharing/": ("get", {"neighbour": 404, "reader": 403, "researcher": 403}),
    "sharing/new/": ("post", {"neighbour": 404, "reader": 403, "researcher": 403}),
    "sharing/1/end/": ("post", {"neighbour": 404, "reader": 403, "researcher": 403}),
    "activity/": ("get", {"neighbour": 404, "reader": 200, "researcher": 403}),
}


@pytest.mark.duty("SHR-1")
@pytest.mark.parametrize("page", PAGES)
def test_each_page_answers_by_person(sign_in: SignIn, people: People, page: str) -> None:
    incident = filed(people.vela.analyst)
    shared(people.vela.analyst, incident, people.meridian.organisation, Grade.EVIDENCE)
    method, answers = PAGES[page]
    cast = {
        "neighbour": people.orrin.analyst,
        "reader": people.meridian.analyst,
        "researcher": people.vela.person("researcher"),
    }
    for who, status in answers.items():
        client = sign_in(cast[who])
        assert getattr(client, method)(f"/incidents/{incident.reference}/{page.strip()}").status_code == status, who
