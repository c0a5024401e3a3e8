"""The API of attribution gives the same answers as the pages: 404, 403, 409, and nothing sealed."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from attribution.services.opinions import commitment_of
from organisations.actors import Actor
from organisations.roles import Grade
from tests.evidence.builders import shared

from .ground import FINDING, OPINION, SEATS, Ground, soon

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-6")]
SignIn = Callable[[Actor], Client]


def url(ground: Ground, rest: str = "") -> str:
    return f"/api/v1/incidents/{ground.reference}/attribution/{rest}"


def send(client: Client, method: str, address: str, body: Any = None) -> tuple[int, Any]:
    answer = client.generic(method, address, json.dumps(body or {}), content_type="application/json")
    return answer.status_code, json.loads(answer.content or b"null")


@pytest.mark.duty("ATT-7")
def test_the_whole_way_by_program(ground: Ground, sign_in: SignIn) -> None:
    ground.evidence()
    client = sign_in(ground.analyst)
    status, hypothesis = send(
        client, "POST", url(ground, "hypotheses/"), {"kind": "state", "country": "RU", "actor": "Unit 74455"}
    )
    assert (status, hypothesis["number"], hypothesis["name"]) == (201, "H1", "Unit 74455 (Russian Federation)")
    assert len(send(client, "GET", url(ground, "hypotheses/"))[1]) == 5
    cells = {"H1": "CC", "H2": "I", "H3": "I", "H4": "I"}
    status, rows = send(
        client, "PUT", url(ground, "ratings/"), {"ratings": {label: cells for label in ("E-1", "E-2", "E-3")}}
    )
    assert status == 200 and rows[0]["separates"] == 3
    status, finding = send(client, "POST", url(ground, "findings/"), FINDING)
    assert (status, finding["number"], finding["tier"], finding["likelihood"]["term"]) == (201, "F-1", "T1", "likely")
    status, panel = send(client, "POST", url(ground, "findings/F-1/panels/"), {"deadline": soon().isoformat()})
    assert (status, panel["number"], panel["state"]) == (201, 1, "inviting")
    for house, _role, discipline in SEATS:
        organisation = getattr(ground.people, house).organisation
        status, _seat = send(
            client,
            "POST",
            url(ground, "panels/1/seats/"),
            {"organisation": organisation.slug, "discipline": discipline},
        )
        assert status == 201
    for number, member in enumerate(ground.members, start=1):
        client = sign_in(member)
        assert send(client, "GET", url(ground, "panels/1/"))[0] == 403
        assert send(client, "GET", url(ground, f"seats/{number}/"))[1]["conflict"] == "undeclared"
        assert (
            send(client, "POST", url(ground, f"seats/{number}/"), {"conflict": False, "nationalities": ["NZ"]})[1][
                "conflict"
            ]
            == "none"
        )
    for member in ground.members:
        client = sign_in(member)
        status, opinion = send(client, "PUT", url(ground, "panels/1/opinion/"), OPINION)
        assert (status, opinion["revealed_at"]) == (200, None)
        status, refused = send(client, "POST", url(ground, "findings/F-1/corroborate/"))
        assert (status, refused["code"]) == (409, "finding_not_corroborated")
        assert "miss.sealed" not in json.dumps(refused) and refused["details"]["missing"]
    status, panel = send(client, "POST", url(ground, "panels/1/reveal/"))
    assert (status, panel["state"], len(panel["opinions"])) == (200, "revealed", 3)
    for row in panel["opinions"]:
        columns = {
            name: row[name]
            for name in (
                "position",
                "confidence",
                "reasons",
                "change_mind",
                "dissent",
                "blocking_objection",
                "objection",
                "article",
                "article_reasons",
                "specific_control",
            )
        }
        columns |= {"scale": row["likelihood"]["scale"], "likelihood": row["likelihood"]["term"]}
        assert commitment_of(columns, row["salt"]) == row["commitment"]
    status, finding = send(client, "POST", url(ground, "findings/F-1/corroborate/"))
    assert (status, finding["tier"]) == (200, "T2")
    history = send(client, "GET", url(ground, "findings/F-1/history/"))[1]
    assert [row["tier"] for row in history] == ["T2", "T1", "T1"]
    report = send(client, "GET", url(ground, "findings/F-1/report/"))[1]
    assert (report["tier"], report["robust"]) == ("T2", True)
    assert send(client, "GET", url(ground, "findings/F-1/report/?on=2001-01-01"))[1]["tier"] == "T0"
    assert send(client, "GET", url(ground, "findings/F-1/report/?on=nonsense"))[0] == 400
    listed = send(client, "GET", url(ground, "findings/"))[1]
    assert (listed["next"], listed["previous"], [row["number"] for row in listed["results"]]) == (None, None, ["F-1"])


@pytest.mark.duty("ATT-7")
def test_nothing_sealed_comes_out(ground: Ground, sign_in: SignIn) -> None:
    ground.ready()
    ground.seated()
    ground.opines(ground.members[0], position="dissent", dissent="XYZZY", reasons="XYZZY")
    for reader in (ground.members[1], ground.analyst):
        client = sign_in(reader)
        for rest in (
            "panels/1/",
            "findings/F-1/panels/",
            "findings/F-1/",
            "findings/F-1/report/",
            "findings/F-1/history/",
            "ratings/",
        ):
            status, body = send(client, "GET", url(ground, rest))
            assert status == 200
            assert "XYZZY" not in json.dumps(body) and '"position"' not in json.dumps(body)
        assert send(client, "GET", url(ground, "panels/1/opinion/"))[0] in (403, 404)
        activity = client.get(f"/api/v1/incidents/{ground.reference}/activity/").content.decode()
        assert "XYZZY" not in activity and "dissent" not in activity


def test_the_same_no_at_the_api_as_on_the_page(ground: Ground, sign_in: SignIn) -> None:
    ground.ready()
    ground.seated()
    shared(ground.analyst, ground.incident, ground.people.brigid.organisation, Grade.SUMMARY)
    asked = [
        ("GET", "hypotheses/"), ("POST", "hypotheses/"), ("POST", "hypotheses/H1/reject/"), ("POST", "hypotheses/H1/reconsider/"),
        ("GET", "ratings/"), ("PUT", "ratings/"), ("GET", "findings/"), ("POST", "findings/"), ("GET", "findings/F-1/"),
        ("PATCH", "findings/F-1/"), ("GET", "findings/F-1/report/"), ("GET", "findings/F-1/history/"),
        ("POST", "findings/F-1/extend/"), ("GET", "findings/F-1/contests/"), ("POST", "findings/F-1/contests/"),
        ("POST", "findings/F-1/contests/1/resolve/"), ("POST", "findings/F-1/corroborate/"), ("POST", "findings/F-1/withdraw/"),
        ("POST", "findings/F-1/supersede/"), ("GET", "findings/F-1/panels/"), ("POST", "findings/F-1/panels/"),
        ("GET", "panels/1/"), ("POST", "panels/1/seats/"), ("POST", "panels/1/seats/1/release/"), ("GET", "panels/1/opinion/"),
        ("PUT", "panels/1/opinion/"), ("POST", "panels/1/reveal/"), ("POST", "panels/1/close/"), ("POST", "panels/1/objections/1/"),
    ]  # fmt: skip
    for actor, status in ((ground.people.orrin.analyst, 404), (ground.people.brigid.analyst, 403)):
        client = sign_in(actor)
        for method, rest in asked:
            assert send(client, method, url(ground, rest))[0] == status, (method, rest)
        assert send(client, "GET", url(ground, "seats/1/"))[0] == 404
        assert send(client, "POST", url(ground, "seats/1/"), {"conflict": False})[0] == 404


def test_the_id_of_another_tenant_in_a_body_is_not_found(ground: Ground, sign_in: SignIn) -> None:
    ground.ready()
    ground.convened()
    client = sign_in(ground.analyst)
    status, body = send(
        client, "POST", url(ground, "panels/1/seats/"), {"organisation": "no-such-house", "discipline": "human_rights"}
    )
    assert (status, body["code"]) == (400, "invalid")
    status, body = send(
        client, "PUT", url(ground, "ratings/"), {"ratings": {"E-99": {"H1": "CC"}, "E-1": {"H77": "CC"}}}
    )
    assert status == 400 and set(body["errors"]) == {"E-99", "E-1.H77"}
    status, body = send(client, "POST", url(ground, "findings/"), {**FINDING, "hypothesis": "H77"})
    assert status == 400 and set(body["errors"]) == {"hypothesis"}


@pytest.mark.duty("ATT-7")
def test_a_seat_for_a_side_is_a_409_with_its_code(ground: Ground, sign_in: SignIn) -> None:
    ground.ready()
    ground.convened()
    client = sign_in(ground.analyst)
    sent = {"organisation": ground.people.orrin.organisation.slug, "discipline": "human_rights"}
    status, body = send(client, "POST", url(ground, "panels/1/seats/"), sent)
    assert (status, body["code"], body["details"]) == (409, "panel_no_seat", {"side": "kind"})


def test_a_refused_finding_names_every_missing_line(ground: Ground, sign_in: SignIn) -> None:
    ground.hypotheses()
    status, body = send(sign_in(ground.analyst), "POST", url(ground, "findings/"), FINDING)
    assert (status, body["code"]) == (409, "finding_not_yet_provisional")
    assert [row["code"] for row in body["details"]["missing"]] == ["graded_item"]


@pytest.mark.duty("ATT-9")
def test_changes_by_program(ground: Ground, sign_in: SignIn) -> None:
    ground.ready()
    client = sign_in(ground.analyst)
    assert send(client, "PATCH", url(ground, "findings/F-1/"), {"confidence": "high"})[0] == 400
    status, body = send(client, "PATCH", url(ground, "findings/F-1/"), {"confidence": "high", "why": "A fourth origin"})
    assert (status, body["standing"], body["confidence"]) == (200, "revised", "high")
    status, body = send(
        client, "POST", url(ground, "findings/F-1/extend/"), {"review_on": "2001-01-01", "reasons": "x"}
    )
    assert (status, body["code"]) == (409, "finding_review_not_later")
    status, contest = send(client, "POST", url(ground, "findings/F-1/contests/"), {"kind": "denial", "text": "No."})
    assert status == 201
    status, body = send(
        client, "POST", url(ground, f"findings/F-1/contests/{contest['id']}/resolve/"), {"reasons": "x"}
    )
    assert (status, body["code"]) == (409, "contest_resolved_by_proposer")
    status, body = send(client, "POST", url(ground, "findings/F-1/withdraw/"), {"reason": "Wrong premise"})
    assert (status, body["standing"], body["tier"]) == (200, "withdrawn", "T0")
    status, body = send(client, "POST", url(ground, "findings/F-1/withdraw/"), {"reason": "Again"})
    assert (status, body["code"]) == (409, "finding_ended")
    assert send(client, "POST", url(ground, "hypotheses/H1/reject/"), {"reason": "x"})[1]["status"] == "rejected"
    assert send(client, "POST", url(ground, "hypotheses/H1/reconsider/"))[1]["status"] == "active"
    assert (
        send(client, "POST", url(ground, "hypotheses/H2/reject/"), {"reason": "x"})[1]["code"]
        == "attribution_alternative_stays"
    )
