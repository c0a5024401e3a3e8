"""The API's door to measures: the same answers as the pages, and the report for programs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from organisations.actors import Actor
from organisations.roles import Grade

from .conftest import Case, sound

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ESC-1"), pytest.mark.duty("ESC-3")]

SignIn = Callable[[Actor], Client]


def at(case: Case, path: str = "") -> str:
    """An address of escalation under the case."""
    return f"/api/v1/incidents/{case.reference}/escalation/{path}"


def sent(client: Client, url: str, data: Any = None) -> Any:
    """What a POST of JSON answers."""
    return client.post(url, data or {}, content_type="application/json")


def test_the_ladder_says_what_is_possible_and_why_not(case: Case, sign_in: SignIn) -> None:
    case.found("T1", country="", leg="operator", article=None)
    told = sign_in(case.people.vela.analyst).get(at(case)).json()
    assert (told["tier"], told["level"], told["responsible_states"]) == ("T1", 0, [])
    ladder = {entry["code"]: entry for entry in told["catalogue"]}
    assert len(ladder) == 24
    assert ladder["R09"]["possible"] and ladder["R01"]["class"] == "protective"
    assert not ladder["R21"]["possible"]
    assert ladder["R21"]["reasons"][0] == {
        "article": "R2.13", "text": "The measure needs a finding at T3 or above; it is at T1.",
    }  # fmt: skip


def test_a_proposal_that_passes_is_created_and_found_again(case: Case, sign_in: SignIn) -> None:
    case.found("T3")
    client = sign_in(case.coordinator)
    made = sent(client, at(case, "measures/"), {"code": "R21", **sound()})
    assert (made.status_code, made.json()["status"], made.json()["finding"]) == (201, "proposed", "F-1")
    assert made["Location"].endswith(at(case, "measures/M-1/"))
    read = client.get(at(case, "measures/M-1/")).json()
    assert read == made.json()
    assert read["answers"]["called_on_state_on"] == "2026-05-01"
    assert read["report"]["verdict"] == "allowed"
    assert [row["number"] for row in client.get(at(case, "measures/")).json()["results"]] == ["M-1"]


def test_a_refused_proposal_is_409_with_every_check_and_is_kept(case: Case, sign_in: SignIn) -> None:
    case.found("T3")
    client = sign_in(case.coordinator)
    answer = sent(client, at(case, "measures/"), {"code": "R17", **sound(aimed_at=["hospital"])})
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    problem = answer.json()
    assert problem["code"] == "guardrails_refused"
    stopped = [line for line in problem["details"]["report"]["checks"] if not line["passed"]]
    assert [(line["code"], line["hard_stop"]) for line in stopped] == [("X02", True)]
    assert "There is no override." in stopped[0]["text"]
    assert client.get(at(case, f"measures/{problem['details']['measure']}/")).json()["status"] == "refused"
    assert case.verbs() == ["measure.refused"]


def test_the_same_key_makes_one_measure(case: Case, sign_in: SignIn) -> None:
    client = sign_in(case.coordinator)
    for _time in range(2):
        answer = client.post(
            at(case, "measures/"), {"code": "R07", "title": "A statement"}, content_type="application/json",
            headers={"Idempotency-Key": "once"},
        )  # fmt: skip
        assert answer.status_code == 201
    assert len(case.measures()) == 1


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"code": "R99"}, "code"),
        ({"title": ""}, "title"),
        ({"target_state": "XX"}, "target_state"),
        ({"aimed_at": ["Mars"]}, "aimed_at"),
        ({"notified_on": "soon"}, "notified_on"),
        ({"notified_on": "2999-01-01"}, "notified_on"),
        ({"touches": "X01"}, "touches"),
        ({"necessity": "x" * 20_001}, "necessity"),
    ],
)
def test_what_cannot_be_is_400_and_names_its_field(
    case: Case, sign_in: SignIn, answers: dict[str, Any], field: str
) -> None:
    answer = sent(sign_in(case.coordinator), at(case, "measures/"), {"code": "R21", **sound(), **answers})
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {field})
    assert case.measures() == []


def test_a_second_person_approves_starts_and_ends(case: Case, sign_in: SignIn) -> None:
    measure = case.propose("R07")
    url = at(case, f"measures/{measure.label}/")
    own = sent(sign_in(case.coordinator), f"{url}approve/")
    assert (own.status_code, own.json()["code"]) == (409, "four_eyes_required")
    client = sign_in(case.people.vela.another("coordinator"))
    assert sent(client, f"{url}approve/").json()["status"] == "approved"
    assert sent(client, f"{url}approve/").json()["code"] == "measure_move"
    assert sent(client, f"{url}start/").json()["status"] == "in_force"
    assert sent(client, f"{url}end/").status_code == 400
    assert sent(client, f"{url}end/", {"reason": "It has done its work."}).json()["status"] == "ended"


def test_an_approval_that_comes_too_late_is_the_same_409_as_a_refused_proposal(case: Case, sign_in: SignIn) -> None:
    finding = case.found("T3")
    measure = case.propose("R21", **sound())
    case.falls(finding, "T1")
    answer = sent(sign_in(case.people.vela.another("coordinator")), at(case, f"measures/{measure.label}/approve/"))
    assert (answer.status_code, answer.json()["code"]) == (409, "guardrails_refused")
    assert [line["code"] for line in answer.json()["details"]["report"]["checks"] if not line["passed"]] == ["tier"]


@pytest.mark.duty("SHR-1")
@pytest.mark.parametrize("path", ["", "measures/", "measures/M-1/"])
def test_another_tenant_finds_nothing_here(case: Case, sign_in: SignIn, path: str) -> None:
    case.propose("R07")
    client = sign_in(case.people.orrin.coordinator)
    assert client.get(at(case, path)).status_code == 404


@pytest.mark.duty("SHR-1")
@pytest.mark.parametrize("act", ["approve", "decline", "start", "withdraw", "end"])
def test_another_tenant_does_nothing_here(case: Case, sign_in: SignIn, act: str) -> None:
    case.propose("R07")
    answer = sent(sign_in(case.people.orrin.coordinator), at(case, f"measures/M-1/{act}/"), {"reason": "No."})
    assert answer.status_code == 404
    assert sent(sign_in(case.people.orrin.coordinator), at(case, "measures/"), {"code": "R01"}).status_code == 404


@pytest.mark.parametrize("act", ["", "M-1/approve/", "M-1/decline/", "M-1/start/", "M-1/withdraw/", "M-1/end/"])
def test_who_may_see_but_not_act_is_403_whatever_the_body(case: Case, sign_in: SignIn, act: str) -> None:
    case.propose("R07")
    assert sent(sign_in(case.people.vela.analyst), at(case, f"measures/{act}")).status_code == 403


def test_a_mediator_sees_measures_once_the_case_is_opened_to_them(case: Case, sign_in: SignIn) -> None:
    case.propose("R07")
    mediator = case.people.palaver.person("mediator")
    assert sign_in(mediator).get(at(case, "measures/M-1/")).status_code == 404
    case.share(case.people.palaver.organisation, Grade.EVIDENCE)
    client = sign_in(mediator)
    assert client.get(at(case, "measures/M-1/")).json()["code"] == "R07"
    assert sent(client, at(case, "measures/"), {"code": "R01", "title": "x"}).status_code == 403


def test_lists_cost_the_same_for_one_measure_and_for_many(
    case: Case, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    for _time in range(30):
        case.propose("R01")
    client = sign_in(case.coordinator)
    with django_assert_max_num_queries(10):
        first = client.get(at(case, "measures/")).json()
    assert [row["number"] for row in first["results"]][:2] == ["M-30", "M-29"]
    assert len(client.get(first["next"]).json()["results"]) == 5
    with django_assert_max_num_queries(11):
        client.get(at(case))


def test_numbers_are_those_of_the_case(case: Case) -> None:
    assert [case.propose("R01").label for _time in range(3)] == ["M-1", "M-2", "M-3"]
