"""Filing in steps: saved on the server, checked in words, sent once (ATT-1)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.tenancy import acting_as
from incidents.models import Draft, Incident
from ledger.models import Entry
from organisations.actors import Actor
from tests.incidents.cases import drafted, filed
from tests.people import People

pytestmark = [pytest.mark.duty("ATT-1"), pytest.mark.django_db]

SignIn = Callable[[Actor], Client]


def answers_of(actor: Actor, draft: Draft) -> dict[str, Any]:
    """What the server keeps of a draft."""
    with acting_as(actor.principal):
        return dict(Draft.objects.get(pk=draft.pk).answers)


def test_a_complete_filing_with_plain_forms_only(sign_in: SignIn, people: People) -> None:
    analyst = people.vela.analyst
    client = sign_in(analyst)
    start = client.post("/incidents/new/")
    assert start.status_code == 303
    draft = start["Location"]

    what = client.post(f"{draft}what/", {"title": "Clinics cut off", "summary": "Appointments were lost."})
    assert (what.status_code, what["Location"]) == (303, f"{draft}when/")
    when = client.post(
        f"{draft}when/",
        {"began_0": "17", "began_1": "4", "began_2": "2022", "began_4": "UTC", "began_5": "day",
         "detected_0": "17", "detected_1": "4", "detected_2": "2022", "detected_3": "22:12", "detected_4": "America/Bogota", "detected_5": "exact",
         "first_access_5": "unknown", "ended_5": "exact"},
    )  # fmt: skip
    assert when.status_code == 303, when.content
    who = client.post(
        f"{draft}who/",
        {"harm": "No appointments for weeks.", "victims-TOTAL_FORMS": "2", "victims-INITIAL_FORMS": "0",
         "victims-0-sector": "health", "victims-0-country": "CR", "victims-0-organisations_hit": "30",
         "victims-1-sector": "public-administration", "victims-1-country": ""},
    )  # fmt: skip
    assert who.status_code == 303, who.content
    services = client.post(
        f"{draft}services/",
        {"people_0": "", "people_1": "5 200 000", "people_2": "", "people_source": "Ministry of Health",
         "services-TOTAL_FORMS": "1", "services-INITIAL_FORMS": "0", "services-0-service": "hospital-care",
         "services-0-name": "Social security hospitals", "services-0-country": "CR", "services-0-people_3": "on"},
    )  # fmt: skip
    assert services.status_code == 303, services.content
    sharing = client.post(f"{draft}sharing/", {"mark": "TLP:AMBER+STRICT"})
    assert (sharing.status_code, sharing["Location"]) == (303, f"{draft}check/")

    page = client.get(f"{draft}check/").content.decode()
    for words in (
        "Clinics cut off",
        "Costa Rica",
        "about 5,200,000 people",
        "Social security hospitals",
        "TLP:AMBER+STRICT",
        "Not known",
    ):
        assert words in page
    sent = client.post(f"{draft}check/")
    assert (sent.status_code, sent["Location"]) == (303, f"{draft}sent/")
    with acting_as(analyst.principal):
        incident = Incident.objects.get()
        assert incident.detected_at is not None and incident.detected_at.isoformat() == "2022-04-18T03:12:00+00:00"
        assert (incident.began_precision, incident.first_access_at, incident.ended_at) == ("day", None, None)
        assert (incident.people_min, incident.people_best, incident.people_max) == (None, 5_200_000, None)
        assert incident.servicehits.get().people_best is None
        assert set(incident.victims.values_list("sector", "country")) == {
            ("health", "CR"),
            ("public-administration", ""),
        }
        assert [entry.verb for entry in Entry.objects.filter(root_id=incident.pk)] == ["incident.filed"]
    confirmation = client.get(f"{draft}sent/").content.decode()
    assert incident.reference in confirmation and f'data-copy="{incident.reference}"' in confirmation

    again = client.post(f"{draft}check/")
    assert (again.status_code, again["Location"]) == (303, f"{draft}sent/")
    with acting_as(analyst.principal):
        assert Incident.objects.count() == 1


def test_wrong_answers_are_kept_as_typed_and_shown_with_what_is_wrong(sign_in: SignIn, people: People) -> None:
    analyst = people.vela.analyst
    draft = drafted(analyst)
    client = sign_in(analyst)
    address = f"/incidents/new/{draft.reference}/when/"
    future = timezone.now() + timedelta(days=400)
    typed = {"began_0": "31", "began_1": "2", "began_2": "2022", "began_4": "UTC", "began_5": "day",
             "detected_0": "1", "detected_1": "1", "detected_2": "1969", "detected_4": "UTC", "detected_5": "day",
             "ended_0": "1", "ended_1": "1", "ended_2": str(future.year), "ended_4": "UTC", "ended_5": "day"}  # fmt: skip
    refused = client.post(address, typed)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert page.index("There is a problem") < page.index('name="began_0"')
    for sentence in (
        "Enter a day that this month has.",
        "The date must be in 1970 or later.",
        "The date must not be in the future.",
    ):
        assert page.count(sentence) == 2, sentence  # in the summary and beside the field
    assert "<title>Error: " in page
    later = client.get(address).content.decode()
    assert 'value="31"' in later and 'value="1969"' in later and "Enter a day that this month has." in later
    tasks = client.get(f"/incidents/new/{draft.reference}/").content.decode()
    assert "Needs a change" in tasks
    stopped = client.post(f"/incidents/new/{draft.reference}/check/")
    assert stopped.status_code == 422 and "“When” has answers that need a change." in stopped.content.decode()


def test_ten_megabytes_come_back_in_the_box_with_a_message_beside_it(sign_in: SignIn, people: People) -> None:
    analyst = people.vela.analyst
    draft = drafted(analyst)
    text = "x" * 10_000_000
    refused = sign_in(analyst).post(f"/incidents/new/{draft.reference}/what/", {"title": "Long", "summary": text})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert page.count("it has 10000000.") == 2
    assert page.count(text) == 1


def test_the_end_cannot_come_before_the_beginning(sign_in: SignIn, people: People) -> None:
    analyst = people.vela.analyst
    draft = drafted(analyst)
    refused = sign_in(analyst).post(
        f"/incidents/new/{draft.reference}/when/",
        {"began_0": "2", "began_1": "3", "began_2": "2022", "began_4": "UTC", "began_5": "day",
         "ended_0": "1", "ended_1": "3", "ended_2": "2022", "ended_4": "UTC", "ended_5": "day"},
    )  # fmt: skip
    assert refused.status_code == 422
    assert "The end must not be before the beginning." in refused.content.decode()


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"sector": "health", "country": "XX"}, "“XX” is not a country code of ISO 3166."),
        ({"sector": "magic", "country": "CR"}, "Select a valid choice."),
        ({"sector": "", "country": "CR"}, "“Sector” needs an answer."),
        ({"sector": "health", "country": "CR", "organisations_hit": "many"}, "Enter a whole number"),
    ],
)
def test_a_wrong_row_says_what_is_wrong_beside_itself(
    sign_in: SignIn, people: People, row: dict[str, str], sentence: str
) -> None:
    analyst = people.vela.analyst
    draft = drafted(analyst)
    data = {
        "victims-TOTAL_FORMS": "1",
        "victims-INITIAL_FORMS": "0",
        **{f"victims-0-{name}": value for name, value in row.items()},
    }
    refused = sign_in(analyst).post(f"/incidents/new/{draft.reference}/who/", data)
    assert refused.status_code == 422
    assert refused.content.decode().count(sentence) == 2


def test_the_same_sector_and_country_twice_is_a_mistake(sign_in: SignIn, people: People) -> None:
    analyst = people.vela.analyst
    draft = drafted(analyst)
    data = {"victims-TOTAL_FORMS": "2", "victims-INITIAL_FORMS": "0"}
    data |= {f"victims-{n}-{name}": value for n in "01" for name, value in (("sector", "health"), ("country", "CR"))}
    refused = sign_in(analyst).post(f"/incidents/new/{draft.reference}/who/", data)
    assert refused.status_code == 422 and "This is in the list already." in refused.content.decode()


def test_rows_are_added_and_removed_by_plain_buttons_and_keep_what_was_typed(sign_in: SignIn, people: People) -> None:
    analyst = people.vela.analyst
    draft = drafted(analyst)
    client = sign_in(analyst)
    address = f"/incidents/new/{draft.reference}/who/"
    data = {
        "harm": "Surgery was put off",
        "victims-TOTAL_FORMS": "1",
        "victims-INITIAL_FORMS": "0",
        "victims-0-sector": "energy",
    }
    added = client.post(address, {**data, "add": "1"})
    assert added.status_code == 303 and added["Location"].startswith(address)
    page = client.get(address).content.decode()
    assert (
        'name="victims-1-sector"' in page
        and "Surgery was put off" in page
        and '<option value="energy" selected>' in page
    )
    assert "There is a problem" not in page
    data |= {"victims-TOTAL_FORMS": "2", "victims-1-sector": "health", "victims-1-country": "FR"}
    client.post(address, {**data, "remove": "0"})
    page = client.get(address).content.decode()
    assert (
        'name="victims-1-sector"' not in page
        and '<option value="health" selected>' in page
        and '<option value="energy" selected>' not in page
    )
    assert '<option value="FR" selected>' in page


def test_autosave_keeps_half_a_sentence_without_judging_it(sign_in: SignIn, people: People) -> None:
    analyst = people.vela.analyst
    draft = drafted(analyst)
    client = sign_in(analyst)
    kept = client.post(f"/incidents/new/{draft.reference}/what/save/", {"title": "", "summary": "Half a sen"})
    assert kept.status_code == 200 and "saved_at" in kept.json()
    page = client.get(f"/incidents/new/{draft.reference}/what/").content.decode()
    assert "Half a sen" in page and "There is a problem" not in page
    assert "In progress" in client.get(f"/incidents/new/{draft.reference}/").content.decode()


def test_a_null_character_does_not_break_the_draft(sign_in: SignIn, people: People) -> None:
    analyst = people.vela.analyst
    draft = drafted(analyst)
    refused = sign_in(analyst).post(
        f"/incidents/new/{draft.reference}/what/", {"title": "Nothing\x00here", "summary": "x"}
    )
    assert refused.status_code == 422
    assert "Nothing" in answers_of(analyst, draft)["typed:what"]["data"]["title"][0]


HOSTILE = "<script>alert(1)</script><b>"


def test_markup_in_every_field_is_shown_as_text(sign_in: SignIn, people: People) -> None:
    analyst = people.vela.analyst
    draft = drafted(analyst)
    client = sign_in(analyst)
    at = f"/incidents/new/{draft.reference}/"
    client.post(f"{at}what/", {"title": HOSTILE, "summary": HOSTILE})
    client.post(f"{at}who/", {"harm": HOSTILE, "victims-TOTAL_FORMS": "0", "victims-INITIAL_FORMS": "0"})
    client.post(f"{at}services/", {"people_source": HOSTILE, "services-TOTAL_FORMS": "1", "services-INITIAL_FORMS": "0",
                                   "services-0-service": "hospital-care", "services-0-name": HOSTILE})  # fmt: skip
    pages = [
        client.get(address)
        for address in (at, f"{at}what/", f"{at}who/", f"{at}services/", f"{at}check/", "/incidents/new/")
    ]
    client.post(f"{at}check/")
    with acting_as(analyst.principal):
        incident = Incident.objects.get()
    pages += [
        client.get(address)
        for address in (f"{at}sent/", f"/incidents/{incident.reference}/", "/incidents/", "/search/?q=alert")
    ]
    for page in pages:
        assert page.status_code == 200
        assert HOSTILE not in page.content.decode()
    assert "&lt;script&gt;" in pages[-3].content.decode()


def test_the_mark_a_case_gets_unless_another_is_chosen_is_shown(sign_in: SignIn, people: People) -> None:
    draft = drafted(people.vela.analyst, title="A", summary="B")
    client = sign_in(people.vela.analyst)
    assert "TLP:AMBER</bdi>" in client.get(f"/incidents/new/{draft.reference}/check/").content.decode()
    client.post(f"/incidents/new/{draft.reference}/check/")
    with acting_as(people.vela.analyst.principal):
        assert Incident.objects.get().mark == "TLP:AMBER"


def test_change_links_lead_back_to_the_check_page(sign_in: SignIn, people: People) -> None:
    analyst = people.vela.analyst
    draft = drafted(analyst, title="A", summary="B")
    client = sign_in(analyst)
    at = f"/incidents/new/{draft.reference}/"
    assert f"{at}what/?from=check" in client.get(f"{at}check/").content.decode()
    assert 'name="next" value="check"' in client.get(f"{at}what/?from=check").content.decode()
    assert client.post(f"{at}what/", {"title": "A", "summary": "C", "next": "check"})["Location"] == f"{at}check/"


def test_an_unanswered_question_and_an_unknown_answer_are_told_apart(sign_in: SignIn, people: People) -> None:
    analyst = people.vela.analyst
    draft = drafted(analyst, title="A", summary="B")
    client = sign_in(analyst)
    client.post(f"/incidents/new/{draft.reference}/when/", {"began_5": "unknown", "detected_5": "exact"})
    assert answers_of(analyst, draft)["began"]["precision"] == "unknown"
    assert answers_of(analyst, draft)["detected"] is None
    page = client.get(f"/incidents/new/{draft.reference}/when/").content.decode()
    assert 'name="began_5" value="unknown"' in page


def test_similar_incidents_are_shown_only_from_ones_own_world(sign_in: SignIn, people: People) -> None:
    when = {"at": "2022-04-17T00:00:00+00:00", "precision": "day"}
    mine = filed(people.vela.analyst, title="Seen here", began=when)
    filed(people.orrin.analyst, title="Seen elsewhere", began=when)
    filed(people.vela.analyst, title="A year later", began={**when, "at": "2023-04-17T00:00:00+00:00"})
    draft = drafted(
        people.vela.analyst, title="A", summary="B", victims=[{"sector": "health", "country": "CR", "organisations_hit": None}],
        began={"at": "2022-04-25T00:00:00+00:00", "precision": "day", "zone": "UTC"},
    )  # fmt: skip
    page = sign_in(people.vela.analyst).get(f"/incidents/new/{draft.reference}/check/").content.decode()
    assert mine.reference in page
    assert "Seen elsewhere" not in page and "A year later" not in page


def test_nothing_is_filed_without_a_title(sign_in: SignIn, people: People) -> None:
    draft = drafted(people.vela.analyst)
    refused = sign_in(people.vela.analyst).post(f"/incidents/new/{draft.reference}/check/")
    assert refused.status_code == 422
    assert "Title: Enter an answer." in refused.content.decode()
    with acting_as(people.vela.analyst.principal):
        assert not Incident.objects.exists()


def test_a_draft_is_discarded_after_a_question(sign_in: SignIn, people: People) -> None:
    draft = drafted(people.vela.analyst, title="Not needed")
    client = sign_in(people.vela.analyst)
    assert "Not needed" in client.get(f"/incidents/new/{draft.reference}/discard/").content.decode()
    assert client.post(f"/incidents/new/{draft.reference}/discard/").status_code == 303
    assert client.get(f"/incidents/new/{draft.reference}/").status_code == 404


PARTS = ["", "what/", "when/", "check/", "sent/", "discard/"]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("who", ["colleague", "neighbour"])
def test_a_draft_exists_for_its_author_alone(sign_in: SignIn, people: People, part: str, who: str) -> None:
    draft = drafted(people.vela.analyst, title="Mine")
    other = people.vela.another("analyst") if who == "colleague" else people.orrin.analyst
    client = sign_in(other)
    assert client.get(f"/incidents/new/{draft.reference}/{part}").status_code == 404
    assert client.post(f"/incidents/new/{draft.reference}/what/", {"title": "Theirs"}).status_code == 404
    assert client.post(f"/incidents/new/{draft.reference}/what/save/", {"title": "Theirs"}).status_code == 404


def test_whoever_may_not_file_is_told_so(sign_in: SignIn, people: People) -> None:
    client = sign_in(people.vela.person("researcher"))
    assert client.get("/incidents/new/").status_code == 403
    assert client.post("/incidents/new/").status_code == 403
    assert "Report an incident" not in client.get("/incidents/").content.decode()
