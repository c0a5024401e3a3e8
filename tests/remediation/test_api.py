"""The API gives the answers the pages give: 404, 403, 409, 400, and the same facts."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from organisations.actors import Actor
from organisations.roles import Grade
from remediation.models import RemediationTask
from tests.people import People
from tests.tenancy.test_walls import filed

from .conftest import Ground, as_actor, at_most, state

pytestmark = [pytest.mark.django_db, pytest.mark.duty("REM-1"), pytest.mark.duty("REM-2")]
SignIn = Callable[[Actor], Client]
Share = Callable[..., None]


class Door:
    """The API of one case for one person."""

    def __init__(self, client: Client, ground: Ground) -> None:
        self.client, self.base = client, f"/api/v1/incidents/{ground.reference}/remediation/"

    def get(self, path: str = "") -> Any:
        return self.client.get(self.base + path)

    def send(self, path: str, data: Any = None, method: str = "post", **headers: str) -> Any:
        return getattr(self.client, method)(
            self.base + path, data or {}, content_type="application/json", headers=headers
        )


@pytest.fixture
def door(people: People, ground: Ground, sign_in: SignIn) -> Callable[[Actor], Door]:
    return lambda actor: Door(sign_in(actor), ground)


def test_a_service_from_outage_to_restoration(people: People, ground: Ground, door: Callable[[Actor], Door]) -> None:
    api, service = door(people.vela.analyst), f"services/{ground.hospital}/"
    posted = api.send(f"{service}updates/", state("down", people={"min": 300}, next_update_due="2026-01-05T10:00:00Z"))
    assert posted.status_code == 201 and posted.json()["people"] == {"min": 300, "best": None, "max": None}
    assert api.send(f"{service}target/", {"target_hours": 48}, "put").json()["target_hours"] == 48
    blocked = api.send(f"{service}updates/", state("restored", "2026-01-06T06:00:00Z"))
    assert (blocked.status_code, blocked.json()["code"]) == (409, "restoration_blocked")
    assert [block["code"] for block in blocked.json()["details"]["blocks"]] == ["R4.2", "R4.3"]
    assert api.send(f"{service}backup-check/", {"passed": True, "note": "Hashes."}).json()["backup_ok"] is True
    assert api.send(f"{service}confirmation/", {"words": "Dr. Brown"}).json()["confirmed_as"] == "holder"
    assert api.send(f"{service}updates/", state("restored", "2026-01-06T06:00:00Z")).status_code == 201
    told = api.get(service).json()
    assert (told["state"], told["hours_to_restore"], told["target_met"]) == ("restored", 24.0, True)
    assert told["hours_lost"] == {"value": 24.0, "at_least": False}
    whole = api.get().json()
    assert [row["id"] for row in whole["services"]] == [ground.power, ground.hospital]
    assert whole["hours_lost"] == {"value": 24.0, "at_least": True}
    assert [update["state"] for update in api.get(f"{service}updates/").json()["results"]] == ["restored", "down"]


def test_a_task_from_proposal_to_verification(people: People, ground: Ground, door: Callable[[Actor], Door]) -> None:
    api = door(people.vela.analyst)
    added = api.send(
        "tasks/", {"title": "Rebuild", "organisation": "vela", "due": "2026-11-30", "service": ground.hospital}
    )
    assert added.status_code == 201 and added["Location"].endswith("/remediation/tasks/R-1/")
    assert api.send("tasks/", {"title": "After", "organisation": "vela", "depends_on": ["R-1"]}).json()[
        "depends_on"
    ] == ["R-1"]
    assert api.send("tasks/R-1/", {"title": "Rebuild all"}, "patch").status_code == 428
    changed = api.send("tasks/R-1/", {"title": "Rebuild all"}, "patch", **{"If-Match": added["ETag"]})
    assert (changed.status_code, changed.json()["title"]) == (200, "Rebuild all")
    stale = api.send("tasks/R-1/", {"title": "x"}, "patch", **{"If-Match": added["ETag"]})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_version")
    for to in ("agreed", "in_progress"):
        assert api.send("tasks/R-1/move/", {"to": to}).json()["status"] == to
    assert api.send("tasks/R-1/complete/", {"completion": "Restored.", "evidence_number": "E-17"}).json()["moves"] == [
        "in_progress",
        "verified",
    ]
    assert api.send("tasks/R-1/verify/", {"accepted": True, "verification": "x"}).status_code == 403
    other = door(people.vela.coordinator)
    assert (
        other.send("tasks/R-1/verify/", {"accepted": True, "verification": "Logged in."}).json()["status"] == "verified"
    )
    assert [task["number"] for task in other.get("tasks/?status=verified").json()["results"]] == ["R-1"]


@pytest.mark.duty("ATT-10")
def test_want_of_attribution_is_refused_by_name(people: People, ground: Ground, door: Callable[[Actor], Door]) -> None:
    api = door(people.vela.analyst)
    api.send("tasks/", {"title": "Rebuild", "organisation": "vela"})
    refused = api.send("tasks/R-1/cancel/", {"reason": "insufficient_attribution"})
    assert (refused.status_code, refused.json()["code"]) == (409, "attribution_is_no_reason")


def acts(ground: Ground) -> list[tuple[str, str, dict[str, Any]]]:
    """Every act of the room: method, address, a good body."""
    service = f"services/{ground.hospital}/"
    return [
        ("post", f"{service}updates/", state("down")),
        ("put", f"{service}target/", {"target_hours": 1}),
        ("post", f"{service}backup-check/", {"passed": True, "note": "x"}),
        ("post", f"{service}confirmation/", {"words": "x"}),
        ("post", "tasks/", {"title": "x", "organisation": "vela"}),
        ("patch", "tasks/R-1/", {"title": "x"}),
        ("post", "tasks/R-1/move/", {"to": "agreed"}),
        ("post", "tasks/R-1/complete/", {"completion": "x"}),
        ("post", "tasks/R-1/verify/", {"accepted": True, "verification": "x"}),
        ("post", "tasks/R-1/cancel/", {"reason": "no_need"}),
    ]


def reads(ground: Ground) -> list[str]:
    return ["", f"services/{ground.hospital}/", f"services/{ground.hospital}/updates/", "tasks/", "tasks/R-1/"]


@pytest.mark.duty("SHR-1")
def test_who_may_see_may_not_act_and_who_may_not_see_learns_nothing(
    people: People, ground: Ground, door: Callable[[Actor], Door], share: Share
) -> None:
    door(people.vela.analyst).send("tasks/", {"title": "Rebuild", "organisation": "vela"})
    share(people.orrin.organisation, Grade.SUMMARY)
    for actor, seen, act in ((people.orrin.coordinator, 200, 403), (people.tessera.coordinator, 404, 404)):
        api = door(actor)
        for path in reads(ground):
            assert api.get(path).status_code == seen, path
        for method, path, body in acts(ground):
            assert api.send(path, body, method).status_code == act, path
            assert api.send(path, {}, method).status_code == act, path
    assert RemediationTask.objects.get().status == "proposed"


@pytest.mark.duty("SHR-1")
def test_ids_of_another_case_are_not_found_at_any_door(
    people: People, ground: Ground, door: Callable[[Actor], Door]
) -> None:
    api = door(people.vela.coordinator)
    with as_actor(people.vela.coordinator):
        api.send("tasks/", {"title": "Rebuild", "organisation": "vela"})
    other = filed(people.vela.analyst, services=[{"service": "payments", "name": "Bank"}])
    with as_actor(people.vela.analyst):
        bank = other.servicehits.get().pk
    assert api.send("tasks/", {"title": "x", "organisation": "vela", "service": bank}).status_code == 400
    api.base = api.base.replace(ground.reference, other.reference)
    for path in reads(ground):
        if "R-1" in path or "services" in path:
            assert api.get(path).status_code == 404, path
    for method, path, body in acts(ground):
        if path != "tasks/":
            assert api.send(path, body, method).status_code == 404, path


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("services/{}/updates/", {"state": "on fire"}),
        ("services/{}/updates/", {"state": "down", "capacity": 30}),
        ("services/{}/updates/", {"state": "degraded", "capacity": 10**30}),
        ("services/{}/updates/", {"state": "down", "at": {"at": "2126-01-01T00:00:00Z", "precision": "exact"}}),
        ("services/{}/updates/", {"state": "down", "note": "x" * 20_001}),
        ("services/{}/updates/", {"state": "down", "corrects": 10**18}),
        ("services/{}/updates/", []),
        ("services/{}/backup-check/", {"passed": True}),
        ("tasks/", {"title": "", "organisation": "vela"}),
        ("tasks/", {"title": "x", "organisation": "nobody-here"}),
        ("tasks/", {"title": "x", "organisation": "vela", "person": 10**20}),
        ("tasks/", {"title": "x", "organisation": "vela", "due": "2026-02-30"}),
        ("tasks/", {"title": "x", "organisation": "vela", "depends_on": ["R-7"]}),
        ("tasks/", {"title": "x", "organisation": "vela", "depends_on": ["R-99999999999999"]}),
        ("tasks/", {"title": "a\u0000b", "organisation": "vela"}),
    ],
)
def test_what_cannot_be_is_400_with_its_field(
    people: People, ground: Ground, door: Callable[[Actor], Door], path: str, body: Any
) -> None:
    answer = door(people.vela.analyst).send(path.format(ground.hospital), body)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["errors"]


def test_status_and_doer_are_not_taken_from_the_body(
    people: People, ground: Ground, door: Callable[[Actor], Door]
) -> None:
    api = door(people.vela.analyst)
    task = api.send(
        "tasks/",
        {"title": "x", "organisation": "vela", "status": "verified", "verified_by": people.vela.coordinator.user.pk},
    ).json()
    assert (task["status"], task["verified_by"]) == ("proposed", None)


@pytest.mark.parametrize("rows", [2, 40])
def test_the_lists_ask_as_little_however_many_rows(
    people: People, ground: Ground, door: Callable[[Actor], Door], rows: int
) -> None:
    api = door(people.vela.analyst)
    for n in range(rows):
        assert api.send("tasks/", {"title": f"Task {n}", "organisation": "vela"}).status_code == 201
    with at_most(7):
        first = api.get("tasks/").json()
    assert len(first["results"]) == min(rows, 25) and bool(first["next"]) is (rows > 25)
    with at_most(7):
        api.get()
