"""Cases by API: the same answers as on the pages, as problem documents."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.tenancy import acting_as
from incidents.models import Incident
from ledger.models import Entry
from organisations.actors import Actor
from organisations.roles import Grade
from tests.incidents.cases import FACTS, drafted, filed, shared
from tests.people import People

pytestmark = [pytest.mark.duty("ATT-1"), pytest.mark.django_db]

SignIn = Callable[[Actor], Client]


def send(client: Client, method: str, address: str, body: Any = None, **headers: str) -> Any:
    """A request with a JSON body."""
    return getattr(client, method)(f"/api/v1/{address}", body or {}, content_type="application/json", headers=headers)


# ── drafts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_is_opened_saved_and_filed_once(sign_in: SignIn, people: People) -> None:
    client = sign_in(people.vela.analyst)
    opened = send(client, "post", "drafts/", {"answers": {"title": "From a program"}})
    assert opened.status_code == 201
    reference = opened.json()["reference"]
    assert opened["Location"].endswith(f"/api/v1/drafts/{reference}/")
    wrong = send(client, "patch", f"drafts/{reference}/", {"answers": {"began": {"at": "someday", "precision": "day"}}})
    assert wrong.status_code == 200 and wrong.json()["answers"]["title"] == "From a program"
    refused = send(client, "post", f"drafts/{reference}/file/")
    assert refused.status_code == 400 and set(refused.json()["errors"]) == {"summary", "began"}
    send(client, "patch", f"drafts/{reference}/", {"answers": {"summary": "Pumps stopped", "began": None}})
    sent = send(client, "post", f"drafts/{reference}/file/")
    assert sent.status_code == 201 and sent.json()["began"] == {"at": None, "precision": "unknown"}
    again = send(client, "post", f"drafts/{reference}/file/")
    assert again.json()["reference"] == sent.json()["reference"]
    assert client.get("/api/v1/drafts/").json() == []
    assert send(client, "patch", f"drafts/{reference}/", {"answers": {"title": "Late"}}).json()["code"] == "draft_sent"
    assert client.delete(f"/api/v1/drafts/{reference}/").status_code == 409


def test_a_draft_of_the_api_goes_on_in_the_browser_and_back(sign_in: SignIn, people: People) -> None:
    draft = drafted(people.vela.analyst, title="Both doors", summary="S")
    client = sign_in(people.vela.analyst)
    client.post(
        f"/incidents/new/{draft.reference}/when/",
        {"began_0": "31", "began_1": "2", "began_2": "2022", "began_4": "UTC", "began_5": "day"},
    )
    assert client.get(f"/api/v1/drafts/{draft.reference}/").json()["unfinished"] == ["when"]
    refused = send(client, "post", f"drafts/{draft.reference}/file/")
    assert refused.status_code == 400 and list(refused.json()["errors"]) == ["when"]
    send(
        client,
        "patch",
        f"drafts/{draft.reference}/",
        {"answers": {"began": {"at": "2022-02-28T00:00:00Z", "precision": "day"}}},
    )
    assert 'value="28"' in client.get(f"/incidents/new/{draft.reference}/when/").content.decode()
    assert send(client, "post", f"drafts/{draft.reference}/file/").status_code == 201


@pytest.mark.parametrize("answers", [{"colour": "red"}, {"typed:what": {}}, "text", None, [1]])
def test_a_draft_keeps_facts_only(sign_in: SignIn, people: People, answers: Any) -> None:
    draft = drafted(people.vela.analyst)
    assert (
        send(sign_in(people.vela.analyst), "patch", f"drafts/{draft.reference}/", {"answers": answers}).status_code
        == 400
    )


STRANGE = [
    {"title": ["a"]},
    {"title": {"a": "\x00"}},
    {"victims": "all"},
    {"victims": [None, 3]},
    {"services": [{"people": 7, "id": "x"}]},
    {"people": "many"},
    {"mark": {}},
]


@pytest.mark.parametrize("answers", STRANGE)
def test_the_pages_survive_whatever_a_program_kept(sign_in: SignIn, people: People, answers: dict[str, Any]) -> None:
    draft = drafted(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    assert send(client, "patch", f"drafts/{draft.reference}/", {"answers": answers}).status_code == 200
    for part in ("", "what/", "when/", "who/", "services/", "sharing/", "check/"):
        assert client.get(f"/incidents/new/{draft.reference}/{part}").status_code == 200, part
    assert client.get("/incidents/new/").status_code == 200
    assert send(client, "post", f"drafts/{draft.reference}/file/").status_code == 400


@pytest.mark.duty("SHR-7")
def test_a_draft_exists_for_its_author_alone(sign_in: SignIn, people: People) -> None:
    draft = drafted(people.vela.analyst, **FACTS)
    for other in (people.vela.another("analyst"), people.orrin.analyst):
        client = sign_in(other)
        assert client.get("/api/v1/drafts/").json() == []
        for method, part in (("get", ""), ("patch", ""), ("delete", ""), ("post", "file/")):
            assert send(client, method, f"drafts/{draft.reference}/{part}", {"answers": {}}).status_code == 404
    assert send(sign_in(people.vela.person("researcher")), "post", "drafts/").status_code == 403


# ── what is added to a case ──────────────────────────────────────────────────────────────────────────────────────────

STATEMENT = {
    "kind": "denial",
    "said_by": "A ministry",
    "said": {"at": "2022-05-08T00:00:00Z", "precision": "day"},
    "names": ["X"],
    "wording": "<b>No</b>",
}
ENTRY = {"what": "Servers switched off", "at": {"at": None, "precision": "unknown"}}


def test_statements_and_timeline_are_added_and_paged(sign_in: SignIn, people: People) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    for path, body in (("statements", STATEMENT), ("timeline", ENTRY)):
        address = f"incidents/{incident.reference}/{path}/"
        for _n in range(3):
            assert send(client, "post", address, body).status_code == 201
        first = client.get(f"/api/v1/{address}?page_size=2").json()
        assert len(first["results"]) == 2 and first["previous"] is None
        second = client.get(first["next"]).json()
        assert len(second["results"]) == 1 and second["next"] is None
        told = first["results"][0]
        assert {name: told[name] for name in ("said_by", "wording", "names", "what") if name in told} == {
            name: body[name] for name in ("said_by", "wording", "names", "what") if name in body
        }
    with acting_as(people.vela.analyst.principal):
        recorded = list(Entry.objects.filter(root_id=incident.pk).order_by("pk").values_list("verb", flat=True))
    assert recorded == ["incident.filed", *["statement.added"] * 3, *["timeline.added"] * 3]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("statements", {**STATEMENT, "kind": "rumour"}, "kind"),
        ("statements", {**STATEMENT, "said_by": ""}, "said_by"),
        ("statements", {**STATEMENT, "said": {"at": "2999-01-01T00:00:00Z", "precision": "day"}}, "said"),
        ("statements", {**STATEMENT, "names": "X"}, "names"),
        ("timeline", {"what": "x" * 301}, "what"),
        ("timeline", {"what": "a\u202eb"}, "what"),
        ("timeline", {"what": "x", "at": {"at": "1969-12-31T00:00:00Z", "precision": "day"}}, "at"),
        ("links", {"other": "INC-1999-000001", "kind": "related"}, "other"),
        ("links", {"other": "INC-1999-000001", "kind": "twin"}, "kind"),
    ],
)
def test_what_cannot_be_said_is_a_problem_document(
    sign_in: SignIn, people: People, path: str, body: dict[str, Any], field: str
) -> None:
    incident = filed(people.vela.analyst)
    refused = send(sign_in(people.vela.analyst), "post", f"incidents/{incident.reference}/{path}/", body)
    assert refused.status_code == 400 and refused["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "invalid" and field in refused.json()["errors"]


@pytest.mark.duty("SHR-7")
def test_a_link_to_another_tenants_case_says_no_more_than_to_none(sign_in: SignIn, people: People) -> None:
    incident, hidden = filed(people.vela.analyst), filed(people.orrin.analyst)
    client = sign_in(people.vela.analyst)
    answers = [
        send(client, "post", f"incidents/{incident.reference}/links/", {"other": reference, "kind": "related"})
        for reference in (hidden.reference, "INC-1999-000001")
    ]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].json() == answers[1].json()


def test_links_are_told_from_both_sides(sign_in: SignIn, people: People) -> None:
    incident, other = filed(people.vela.analyst), filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    assert (
        send(
            client, "post", f"incidents/{incident.reference}/links/", {"other": other.reference, "kind": "related"}
        ).status_code
        == 201
    )
    assert client.get(f"/api/v1/incidents/{other.reference}/links/").json() == [
        {"other": incident.reference, "kind": "related"}
    ]


def test_activity_tells_what_was_hashed(sign_in: SignIn, people: People) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    told = client.get(f"/api/v1/incidents/{incident.reference}/activity/").json()
    assert told["next"] is None
    (entry,) = told["results"]
    assert (entry["verb"], entry["payload"]["reference"], len(entry["leaf"])) == (
        "incident.filed",
        incident.reference,
        64,
    )
    assert client.get(f"/api/v1/incidents/{incident.reference}/activity/?verb=grant.given").json()["results"] == []


@pytest.mark.duty("SHR-1")
@pytest.mark.parametrize("path", ["statements", "timeline", "links", "activity"])
def test_each_list_answers_by_person(sign_in: SignIn, people: People, path: str) -> None:
    incident = filed(people.vela.analyst)
    shared(people.vela.analyst, incident, people.meridian.organisation, Grade.SUMMARY)
    address = f"incidents/{incident.reference}/{path}/"
    body = {
        "statements": STATEMENT,
        "timeline": ENTRY,
        "links": {"other": incident.reference, "kind": "related"},
        "activity": {},
    }[path]
    neighbour = sign_in(people.orrin.analyst)
    assert neighbour.get(f"/api/v1/{address}").status_code == 404
    reads, adds = (403, 405) if path == "activity" else (200, 403)
    if path != "activity":
        assert send(neighbour, "post", address, body).status_code == 404
    reader = sign_in(people.meridian.analyst)
    assert reader.get(f"/api/v1/{address}").status_code == reads
    assert send(reader, "post", address, body).status_code == adds


# ── changing services ────────────────────────────────────────────────────────────────────────────────────────────────


def test_services_change_by_their_number_and_are_never_taken_away(sign_in: SignIn, people: People) -> None:
    incident = filed(people.vela.analyst, services=[{"service": "hospital-care", "name": "East"}])
    client = sign_in(people.vela.analyst)
    (known,) = client.get(f"/api/v1/incidents/{incident.reference}/").json()["services"]
    body = {"services": [{**known, "name": "East wing"}, {"service": "emergency-calls", "name": "Dispatch"}]}
    told = send(client, "patch", f"incidents/{incident.reference}/", body, **{"If-Match": '"1"'})
    assert sorted(row["name"] for row in told.json()["services"]) == ["Dispatch", "East wing"]
    elsewhere = filed(people.orrin.analyst, services=[{"service": "hospital-care", "name": "Theirs"}])
    with acting_as(people.orrin.analyst.principal):
        stranger = elsewhere.servicehits.get().pk
    refused = send(
        client, "patch", f"incidents/{incident.reference}/", {"services": [{"id": stranger, "service": "hospital-care", "name": "Mine"}]},
        **{"If-Match": '"2"'},
    )  # fmt: skip
    assert refused.status_code == 400 and "services" in refused.json()["errors"]
    with acting_as(people.vela.analyst.principal):
        assert Incident.objects.get(pk=incident.pk).version == 2


def test_a_search_with_a_null_character_finds_nothing_and_breaks_nothing(sign_in: SignIn, people: People) -> None:
    client = sign_in(people.vela.analyst)
    for query in ("q=%00", "status=%00", "sector=%00", "country=%00", "cursor=%00", "q=%27%22%5C"):
        assert client.get(f"/api/v1/incidents/?{query}").status_code in {200, 400}, query
        assert client.get(f"/incidents/?{query}").status_code in {200, 422}, query
