"""Passing on, holding and ending at the page and at the API: the same answers, and the screens that show them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from evidence.models import EvidenceItem
from organisations.actors import Actor
from organisations.roles import Grade
from tests.people import People
from tests.tenancy.test_walls import filed

from .builders import given, shared

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-3")]
SignIn = Callable[[Actor], Client]


@pytest.fixture
def item(people: People) -> EvidenceItem:
    """An item of Vela's; Meridian sees the evidence, Orrin the summary."""
    incident = filed(people.vela.analyst)
    shared(people.vela.analyst, incident, people.meridian.organisation, Grade.EVIDENCE)
    shared(people.vela.analyst, incident, people.orrin.organisation, Grade.SUMMARY)
    return given(people.vela.analyst, incident)


def page(item: EvidenceItem, rest: str = "") -> str:
    return f"/incidents/{item.incident.reference}/evidence/{rest}"


def send(client: Client, door: str, item: EvidenceItem, rest: str, body: dict[str, Any]) -> int:
    """The act at one of the two doors."""
    if door == "page":
        return client.post(page(item, rest), body).status_code
    return client.post(f"/api/v1{page(item, rest)}", body, content_type="application/json").status_code


RELEASE = {"organisation": "meridian", "desk": "", "purpose": "For examination"}


@pytest.mark.parametrize("door", ["page", "api"])
def test_release_and_receipt_answer_alike_at_both_doors(
    people: People, sign_in: SignIn, item: EvidenceItem, door: str
) -> None:
    done = 303 if door == "page" else 201
    answers: list[int] = []
    for actor, act, body in (
        (people.tessera.analyst, "release", RELEASE),
        (people.orrin.analyst, "release", RELEASE),
        (people.meridian.analyst, "release", RELEASE),
        (people.vela.analyst, "release", {**RELEASE, "purpose": ""}),
        (people.vela.analyst, "release", RELEASE),
        (people.vela.another("analyst"), "release", RELEASE),
        (people.vela.analyst, "receipt", {"answer": "returned", "note": "x"}),
        (people.orrin.analyst, "receipt", {"answer": "accepted"}),
        (people.meridian.analyst, "receipt", {"answer": "refused", "note": ""}),
        (people.meridian.analyst, "receipt", {"answer": "accepted"}),
        (people.meridian.analyst, "receipt", {"answer": "accepted"}),
    ):
        answers.append(send(sign_in(actor), door, item, f"E-1/{act}/", body))
    invalid = 422 if door == "page" else 400
    assert answers == [404, 403, 403, invalid, done, 409, 409, 403, invalid, done, 409]


@pytest.mark.parametrize("door", ["page", "api"])
def test_disposal_answers_alike_at_both_doors(people: People, sign_in: SignIn, item: EvidenceItem, door: str) -> None:
    made, decided = (303, 303) if door == "page" else (201, 200)
    grounds = {"reason": "Retention is over", "authority": "Records law"}
    propose, decide = (
        ("E-1/dispose/", "E-1/dispose/") if door == "page" else ("E-1/disposal/", "E-1/disposal/decision/")
    )
    word = {"decision": "carry_out", "reason": ""} if door == "page" else {"carry_out": True}
    no = {"decision": "refuse", "reason": ""} if door == "page" else {"carry_out": False}
    hold = "E-1/hold/" if door == "page" else "holds/"
    answers = [
        send(sign_in(actor), door, item, address, body)
        for actor, address, body in (
            (people.tessera.analyst, propose, grounds),
            (people.meridian.analyst, propose, grounds),
            (people.vela.analyst, propose, {**grounds, "authority": ""}),
            (people.vela.analyst, propose, grounds),
            (people.vela.analyst, decide, word),
            (people.vela.another("analyst"), decide, no),
            (people.vela.analyst, hold, {**grounds, "item": "E-1"}),
            (people.vela.person("custodian"), decide, word),
        )
    ]
    invalid = 422 if door == "page" else 400
    assert answers == [404, 403, invalid, made, 409, invalid, made, 409]
    lift = next(iter(sign_in(people.vela.analyst).get(f"/api/v1{page(item, 'holds/')}").json()))["id"]
    client = sign_in(people.vela.analyst)
    assert send(client, door, item, f"holds/{lift}/lift/", {"reason": ""}) == invalid
    assert send(client, door, item, f"holds/{lift}/lift/", {"reason": "Settled"}) == (303 if door == "page" else 200)
    assert send(sign_in(people.vela.person("custodian")), door, item, decide, word) == decided
    assert send(sign_in(people.vela.analyst), door, item, propose, grounds) == 409


def test_the_receiving_side_finds_what_waits_on_the_first_page_of_the_case(
    people: People, sign_in: SignIn, item: EvidenceItem
) -> None:
    case = f"/incidents/{item.incident.reference}/"
    lab = people.meridian.analyst
    assert "waits for your side" not in sign_in(lab).get(case).content.decode()
    empty = sign_in(lab).get(page(item, "custody/")).content.decode()
    assert "No item of this case has changed hands." in empty and "No legal hold was placed." in empty
    send(sign_in(people.vela.analyst), "api", item, "E-1/release/", {**RELEASE, "desk": "Laboratory <1>"})
    for address in (case, page(item)):
        assert "1 released item waits for your side to accept it." in sign_in(lab).get(address).content.decode()
    assert "waits for your side to accept" not in sign_in(people.vela.analyst).get(case).content.decode()
    shown = sign_in(lab).get(page(item, "custody/")).content.decode()
    assert "Accept or refuse" in shown and "Laboratory &lt;1&gt;" in shown
    theirs = sign_in(people.vela.analyst).get(page(item, "custody/")).content.decode()
    assert "Accept or refuse" not in theirs and "Open: no receipt yet" in theirs
    of_item = sign_in(lab).get(page(item, "E-1/")).content.decode()
    assert "Released and not received yet:" in of_item and "Answer the release" in of_item
    assert "came back" not in sign_in(lab).get(page(item, "E-1/receipt/")).content.decode()
    send(sign_in(lab), "page", item, "E-1/receipt/", {"answer": "refused", "note": "Bag was open"})
    back = sign_in(people.vela.analyst).get(page(item, "custody/")).content.decode()
    assert "Receipt refused" in back and "Bag was open" in back
    listed = sign_in(people.vela.analyst).get(f"/api/v1{page(item, 'transfers/')}").json()
    assert [(row["item"], row["receipt"]["act"], row["receipt"]["note"]) for row in listed] == [
        ("E-1", "refused", "Bag was open")
    ]


def test_the_page_of_what_was_disposed_of_says_what_was_there(
    people: People, sign_in: SignIn, item: EvidenceItem
) -> None:
    client = sign_in(people.vela.analyst)
    send(client, "api", item, "E-1/disposal/", {"reason": "Retention is over", "authority": "Records law, article 9"})
    assert "waits for a second person" in client.get(page(item, "E-1/")).content.decode()
    assert (
        send(sign_in(people.vela.another("analyst")), "api", item, "E-1/disposal/decision/", {"carry_out": True}) == 200
    )
    shown = sign_in(people.vela.analyst).get(page(item, "E-1/")).content.decode()
    for words in ("the content is gone", "Retention is over", "Records law, article 9", "security.log", "Disposed of"):
        assert words in shown
    for button in ("Release to another side", "Dispose of the content<", "Add a file", "/open/", "Withdraw<"):
        assert button not in shown
