"""Sealing by hand and by program: the same acts, the same answers, at both doors."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from evidence import services
from organisations.actors import Actor
from tests.people import People

from .seals import OUTWARD, PASSPHRASE, SECRET, Sealed

pytestmark = [pytest.mark.django_db, pytest.mark.duty("SHR-4")]
SignIn = Callable[[Actor], Client]


@pytest.fixture(autouse=True)
def no_tries_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def case(people: People) -> Sealed:
    return Sealed(people)


def item_url(case: Sealed, api: bool = False) -> str:
    return f"{'/api/v1' if api else ''}/incidents/{case.incident.reference}/evidence/{case.item.label}/"


def named(case: Sealed) -> list[str]:
    return [f"{person.user.pk}:{person.organisation.pk}" for person in case.custodians]


def test_by_hand_from_sealing_to_the_file(case: Sealed, sign_in: SignIn) -> None:
    here = item_url(case)
    client = sign_in(case.depositor)
    form = client.get(f"{here}seal/").text
    assert all(str(person.user) in form for person in case.custodians)
    wrong = client.post(f"{here}seal/", {**OUTWARD, "summary": "", "custodians": named(case), "threshold": "9"})
    assert wrong.status_code == 422 and OUTWARD["title"] in wrong.text and "at least two, at most all" in wrong.text
    done = client.post(f"{here}seal/", {**OUTWARD, "custodians": named(case), "threshold": "2"})
    assert done.status_code == 303
    services.carry_out(case.depositor, seal_id(case))
    client = sign_in(case.requester)
    page = client.get(here).text
    assert OUTWARD["title"] in page and "Marrow" not in page and "Withheld: the item is sealed" in page
    assert "Marrow" not in client.get(f"/incidents/{case.incident.reference}/evidence/").text
    assert client.post(f"{here}files/{case.file.sha256}/open/", {"purpose": "Curious"}).status_code == 409
    assert client.post(f"{here}seal/requests/new/", {"purpose": " ", "days": "400"}).status_code == 422
    asked = client.post(f"{here}seal/requests/new/", {"purpose": "For the panel", "days": "7"})
    assert asked.status_code == 303
    request = asked["Location"]
    assert client.get(f"{request}open/{case.file.sha256}/").status_code == 409
    for custodian in case.custodians[:2]:
        client = sign_in(custodian)
        assert "Answer the request" in client.get(request).text
        given = {"approve": "yes", "reason": "Within the mandate", "passphrase": "not this one at all"}
        assert client.post(f"{request}answer/", given).status_code == 422
        answered = client.post(f"{request}answer/", {**given, "passphrase": PASSPHRASE})
        assert answered.status_code == 303
    client = sign_in(case.requester)
    assert client.post(f"{request}open/{case.file.sha256}/", {"passphrase": "wrong"}).status_code == 422
    opened = client.post(f"{request}open/{case.file.sha256}/", {"passphrase": PASSPHRASE})
    assert opened.status_code == 200 and b"".join(opened) == SECRET
    assert "marrow-interview.txt" in opened["Content-Disposition"] and "no-store" in opened["Cache-Control"]
    facts = client.post(f"{request}facts/", {"passphrase": PASSPHRASE})
    assert "Ilse Marrow, in person" in facts.text and "no-store" in facts["Cache-Control"]
    assert sign_in(case.depositor).post(f"{request}end/").status_code == 303
    assert (
        sign_in(case.requester).post(f"{request}open/{case.file.sha256}/", {"passphrase": PASSPHRASE}).status_code
        == 409
    )
    assert sign_in(case.people.orrin.analyst).get(request).status_code == 404


def seal_id(case: Sealed) -> int:
    from core.tenancy import acting_as
    from evidence.models import Seal

    with acting_as(case.depositor.principal):
        return Seal.objects.latest("pk").pk


def test_by_hand_the_seal_is_ended(case: Sealed, sign_in: SignIn) -> None:
    case.sealed()
    request = case.granted(case.depositor, "unseal")
    client, here = sign_in(case.depositor), item_url(case)
    assert "End the seal now" in client.get(f"{here}seal/requests/{request.pk}/").text
    assert client.post(f"{here}seal/requests/{request.pk}/carry-out/", {"passphrase": PASSPHRASE}).status_code == 303
    assert "Interview with Ilse Marrow" in client.get(here).text


def test_a_program_seals_asks_answers_and_opens(case: Sealed, sign_in: SignIn) -> None:
    here = item_url(case, api=True)
    as_json: dict[str, Any] = {"content_type": "application/json"}
    client = sign_in(case.depositor)
    assert client.get(f"{here}seal/").status_code == 409
    offered = client.get(f"{here}seal/candidates/").json()
    assert set(named(case)) <= {one["value"] for one in offered}
    body: dict[str, Any] = {**OUTWARD, "custodians": named(case), "threshold": 2}
    bad = client.post(f"{here}seal/", {**body, "threshold": 7}, **as_json)
    assert bad.status_code == 400 and "threshold" in bad.json()["errors"]
    assert client.post(f"{here}seal/", body, **as_json).status_code == 202
    services.carry_out(case.depositor, seal_id(case))
    told = client.get(f"{here}seal/").json()
    assert told["state"] == "sealed" and len(told["holders"]) == 3
    client = sign_in(case.requester)
    item = client.get(here).json()
    assert item["sealed"] and "Marrow" not in str(item)
    received = client.get(f"{here}custody/").json()
    assert received["links"][0]["note"] is None and received["fault"] == ""
    asked = client.post(f"{here}seal/requests/", {"kind": "open", "purpose": "For the panel"}, **as_json).json()
    request = f"{here}seal/requests/{asked['id']}/"
    assert client.post(f"{request}open/{case.file.sha256}/", {"passphrase": PASSPHRASE}, **as_json).status_code == 409
    for custodian in case.custodians[1:]:
        answer = {"approve": True, "reason": "Within the mandate", "passphrase": PASSPHRASE}
        answered = sign_in(custodian).post(f"{request}answer/", answer, headers={"Idempotency-Key": "k"}, **as_json)
        assert answered.status_code == 201 and answered["Cache-Control"] == "no-store"
    client = sign_in(case.requester)
    assert client.get(request).json()["state"] == "granted"
    opened = client.post(f"{request}open/{case.file.sha256}/", {"passphrase": PASSPHRASE}, **as_json)
    assert b"".join(opened) == SECRET
    assert client.post(f"{request}facts/", {"passphrase": PASSPHRASE}, **as_json).json()["facts"]["source"]
    assert client.post(f"{request}carry-out/", {"passphrase": PASSPHRASE}, **as_json).status_code == 409
    assert client.post(f"{request}end/", **as_json).json()["state"] == "ended"
    other = sign_in(case.people.orrin.analyst)
    for address in (f"{here}seal/", f"{here}seal/requests/", request):
        assert other.get(address).status_code == 404
