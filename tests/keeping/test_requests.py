"""Requests for data: a legal basis, a named person who decides, what was justified and nothing else (SHR-6)."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client

from core import clock
from core.errors import NotAllowed
from core.tenancy import acting_as
from evidence import storage
from evidence.models import CustodyEntry
from evidence.services import place_hold
from incidents.models import Incident
from incidents.services import close_incident, edit_incident
from keeping import errors, exports, requests, retention, work
from keeping.models import DataRequest, Delivery, ExportPart, HouseExport
from ledger.models import Entry
from ledger.recompute import verify
from ledger.services import sequence_pending
from organisations.actors import Actor
from organisations.founding import found_platform
from organisations.models import User
from organisations.services import end_membership
from tests.evidence.builders import given, the_file
from tests.incidents.cases import filed
from tests.people import People

pytestmark = [pytest.mark.duty("SHR-6"), pytest.mark.django_db]
SignIn = Callable[[Actor], Client]
OnCommit = Callable[..., Any]
BASIS = "Order 17/2026 of the district court"


def custodian(people: People) -> Actor:
    """Handles requests and may export evidence."""
    return people.vela.person("custodian")


def ask(people: People, incident: Incident | None = None, **more: Any) -> DataRequest:
    with acting_as(people.vela.admin.principal):
        return requests.file_request(
            actor=people.vela.admin, kind="authority", requester="District court", legal_basis=BASIS, asked="Logs of the outage",
            incident=incident.reference if incident else "", **more,
        )  # fmt: skip


def decide(actor: Actor, on_commit: OnCommit, **more: Any) -> DataRequest:
    with acting_as(actor.principal), on_commit(execute=True):
        return requests.decide_request(
            actor=actor, **{"number": 1, "outcome": "granted", "reasons": "Within the order", **more}
        )


def opened(answer: Any) -> dict[str, bytes]:
    """The files of a zip that was downloaded, by path inside the bag."""
    bag = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    return {name.partition("/")[2]: bag.read(name) for name in bag.namelist()}


def test_what_is_delivered_is_what_was_justified_and_nothing_else(
    people: People, sign_in: SignIn, django_capture_on_commit_callbacks: OnCommit
) -> None:
    incident = filed(people.vela.analyst)
    first, second = (
        given(people.vela.analyst, incident),
        given(people.vela.analyst, incident, data=b"other log\n", name="other.log"),
    )
    ask(people, incident)
    decide(custodian(people), django_capture_on_commit_callbacks, outcome="partly", parts=["E-1"])
    client = sign_in(people.vela.admin)
    files = opened(client.get("/organisation/requests/1/package/"))
    held = the_file(people.vela.analyst, first)
    other = the_file(people.vela.analyst, second)
    assert any(path.endswith(held.sha256) for path in files)
    assert not any(other.sha256 in path or "E-2" in path for path in files)
    assert "data/facts.json" not in files and "data/person.json" not in files
    assert BASIS in files["README.txt"].decode() and "vela custodian" in files["README.txt"].decode()
    assert json.loads(files["data/items/E-1.json"])["label"] == "E-1"
    with acting_as(people.vela.analyst.principal):
        links = CustodyEntry.objects.filter(item=first, act="exported")
        assert [BASIS in link.note for link in links] == [True]
        assert not CustodyEntry.objects.filter(item=second, act="exported").exists()
    steps = client.get("/api/v1/organisation/requests/1/").json()["steps"]
    assert [step["act"] for step in steps] == ["taken", "packed", "decided", "filed"]
    with acting_as(people.vela.admin.principal):
        found = list(Entry.objects.filter(verb__startswith="request.").order_by("pk").values_list("verb", flat=True))
    assert found == ["request.filed", "request.decided", "request.packed", "request.taken"]


def test_nobody_decides_what_they_filed_or_what_is_about_them(people: People) -> None:
    ask(people, subject=custodian(people).user.pk)
    for actor in (people.vela.admin, custodian(people)):
        with acting_as(actor.principal), pytest.raises(errors.OwnRequest):
            requests.decide_request(actor=actor, number=1, outcome="refused", reasons="No")
    with acting_as(people.vela.admin.principal), pytest.raises(IntegrityError), transaction.atomic():
        DataRequest.objects.update(
            outcome="refused", reasons="No", decided_by=people.vela.admin.user, decided_at=clock.now()
        )


def test_a_refusal_has_reasons_gives_nothing_and_stays(people: People, sign_in: SignIn) -> None:
    ask(people)
    client = sign_in(custodian(people))
    where = "/organisation/requests/1/decide/"
    assert client.post(where, {"outcome": "refused", "reasons": ""}).status_code == 422
    assert client.post(where, {"outcome": "granted", "reasons": "x"}).status_code == 422  # names nothing it gives
    assert client.post(where, {"outcome": "refused", "reasons": "No such power"}).status_code == 303
    again = client.post(where, {"outcome": "refused", "reasons": "Twice"})
    assert again.status_code == 409
    assert client.get("/organisation/requests/1/package/").status_code == 409
    with acting_as(custodian(people).principal):
        for change in ({"reasons": "Other"}, {"outcome": "granted"}, {"legal_basis": "None"}):
            with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
                DataRequest.objects.update(**change)


def test_evidence_is_given_only_by_whoever_may_export_it(
    people: People, django_capture_on_commit_callbacks: OnCommit
) -> None:
    incident = filed(people.vela.analyst)
    given(people.vela.analyst, incident)
    ask(people, incident)
    second = people.vela.another("org_admin")  # may decide, may not export evidence
    with acting_as(second.principal), pytest.raises(NotAllowed):
        requests.decide_request(actor=second, number=1, outcome="granted", reasons="x", parts=["E-1"])
    assert decide(second, django_capture_on_commit_callbacks, parts=["facts"]).outcome == "granted"


@pytest.mark.duty("SHR-7")
def test_the_requests_of_another_organisation_are_not_there(people: People, sign_in: SignIn) -> None:
    ask(people)
    client = sign_in(people.orrin.admin)
    assert client.get("/organisation/requests/1/").status_code == 404
    assert client.get("/api/v1/organisation/requests/").json() == []
    assert client.post("/organisation/requests/1/decide/", {}).status_code == 404
    member = sign_in(people.vela.analyst)  # handles none and filed none
    assert member.get("/organisation/requests/1/").status_code == 404


def test_a_person_sees_what_is_held_about_them_and_asks(
    people: People, sign_in: SignIn, django_capture_on_commit_callbacks: OnCommit
) -> None:
    analyst = people.vela.analyst
    filed(analyst)
    client = sign_in(analyst)
    page = client.get("/organisation/about-you/").content.decode()
    assert analyst.user.email in page and "Incident" in page
    held = client.get("/organisation/about-you/held.json").json()
    assert held["account"]["email"] == analyst.user.email
    assert {row["table"]: row["count"] for row in held["names_you"]}["incidents.incident"] == 1
    assert held == {**client.get("/api/v1/me/held/").json(), "entries_in_the_ledger": held["entries_in_the_ledger"]}
    assert client.post("/organisation/about-you/", {"kind": "access", "asked": "Everything"}).status_code == 303
    assert client.get("/organisation/requests/1/").status_code == 200
    decide(custodian(people), django_capture_on_commit_callbacks, parts=["person"])
    person = json.loads(opened(sign_in(analyst).get("/organisation/requests/1/package/"))["data/person.json"])
    assert person["account"]["email"] == analyst.user.email


# ── retention ────────────────────────────────────────────────────────────────────────────────────────────────────────


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    """The clock of the rules, so many days on."""
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=days))


def closed_with_a_change(people: People) -> Incident:
    incident = filed(people.vela.analyst, title="Quillwort outage")
    with acting_as(people.vela.analyst.principal):
        edit_incident(
            actor=people.vela.analyst, reference=incident.reference, version=1, facts={"title": "Bergamot outage"}
        )
        close_incident(actor=people.vela.analyst, reference=incident.reference)
        sequence_pending()
    return incident


def contents() -> list[str | None]:
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("ALTER TABLE ledger_change NO FORCE ROW LEVEL SECURITY")
        cursor.execute("SELECT content FROM ledger_change ORDER BY id")
        found = [row[0] for row in cursor.fetchall()]
        cursor.execute("ALTER TABLE ledger_change FORCE ROW LEVEL SECURITY")
        cursor.execute("SET LOCAL ROLE norms_app")
    return found


def verdict(as_owner: Callable[[], Any]) -> str:
    cursor = as_owner()
    broken = verify("default").broken
    cursor.execute("SET LOCAL ROLE norms_app")
    return broken


def test_what_is_over_is_forgotten_and_the_ledger_verifies_before_and_after(
    people: People, as_owner: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    found_platform()
    closed_with_a_change(people)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert verdict(as_owner) == ""
    assert retention.minimise()["change"] == 0
    later(monkeypatch, 1826)
    assert any(contents())
    done = retention.minimise(at_most=1)
    assert done["change"] >= 1
    assert not any(contents())
    assert retention.minimise()["change"] == 0
    with acting_as(people.secretariat.admin.principal):
        sequence_pending()
        assert Entry.objects.filter(verb="personal.minimised").exists()
    assert verdict(as_owner) == ""


def test_a_legal_hold_stops_the_rule(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    found_platform()
    incident = filed(people.vela.analyst, title="Quillwort outage")
    given(people.vela.analyst, incident)
    with acting_as(people.vela.analyst.principal):
        edit_incident(
            actor=people.vela.analyst, reference=incident.reference, version=1, facts={"title": "Bergamot outage"}
        )
        place_hold(
            actor=people.vela.analyst, reference=incident.reference, label="E-1", reason="Claim", authority="Court"
        )
        close_incident(actor=people.vela.analyst, reference=incident.reference)
    later(monkeypatch, 1826)
    assert retention.minimise()["change"] == 0


def test_an_account_becomes_a_number_when_its_time_is_over(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    found_platform()
    leaver, stays = people.vela.analyst, people.vela.admin
    with acting_as(stays.principal):
        held = leaver.user.memberships.get()
        end_membership(actor=stays, membership_id=held.pk)
    assert retention.minimise()["account"] == 0
    later(monkeypatch, 731)
    assert retention.minimise()["account"] == 1
    leaver.user.refresh_from_db()
    assert leaver.user.name == f"Former member {leaver.user.pk}"
    assert leaver.user.email == f"former-{leaver.user.pk}@norms.invalid" and not leaver.user.is_active
    stays.user.refresh_from_db()
    assert stays.user.email == "org_admin@vela.example"
    assert retention.minimise()["account"] == 0


def test_a_request_is_emptied_and_its_package_removed(
    people: People, sign_in: SignIn, django_capture_on_commit_callbacks: OnCommit, monkeypatch: pytest.MonkeyPatch
) -> None:
    found_platform()
    incident = filed(people.vela.analyst)
    ask(people, incident, contact="clerk@court.example")
    decide(custodian(people), django_capture_on_commit_callbacks, parts=["facts"])
    with acting_as(people.vela.admin.principal):
        requests.note_delivered(actor=people.vela.admin, number=1, how="By courier")
        path = Delivery.objects.get().path
    assert storage.open_hashed(path)[0] is not None
    later(monkeypatch, 1096)
    assert retention.minimise()["request"] == 1
    with acting_as(people.vela.admin.principal):
        row = DataRequest.objects.get()
        assert (row.requester, row.contact, row.asked, row.legal_basis, row.outcome) == (
            "(minimised)", "", "(minimised)", BASIS, "granted",
        )  # fmt: skip
    assert storage.open_hashed(path)[0] is None
    assert sign_in(people.vela.admin).get("/organisation/requests/1/package/").status_code == 409


@pytest.mark.duty("SHR-7")
def test_only_the_platform_itself_minimises(people: People) -> None:
    found_platform()
    with acting_as(people.vela.admin.principal), pytest.raises(ProgrammingError), transaction.atomic():
        retention.batch("account", clock.now(), 10)


def test_the_rules_and_the_next_dates_are_shown(people: People, sign_in: SignIn) -> None:
    admin = people.vela.admin
    with acting_as(admin.principal):
        end_membership(actor=admin, membership_id=people.vela.analyst.user.memberships.get().pk)
    page = sign_in(admin).get("/organisation/retention/").content.decode()
    assert "vela analyst" in page and "organisations.User.email" in page
    answer = sign_in(admin).get("/api/v1/organisation/retention/").json()
    assert [row["rule"] for row in answer["due"]] == ["account"]
    assert sign_in(people.vela.coordinator).get("/organisation/retention/").status_code == 403


# ── export of everything ─────────────────────────────────────────────────────────────────────────────────────────────


def exporter(people: People) -> Actor:
    """An administrator who may export evidence as well."""
    admin = people.vela.admin
    with acting_as(admin.principal):
        held = admin.user.memberships.get()
        held.roles = ["org_admin", "custodian"]
        held.save()
    return Actor(admin.user, admin.organisation, ("org_admin", "custodian"))


def test_everything_held_leaves_in_parts_with_custody_and_nothing_of_others(
    people: People, sign_in: SignIn, django_capture_on_commit_callbacks: OnCommit
) -> None:
    actor = exporter(people)
    incident = filed(people.vela.analyst, title="Quillwort outage")
    item = given(people.vela.analyst, incident)
    filed(people.orrin.analyst, title="Bergamot outage")
    client = sign_in(actor)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/organisation/exports/", {"reason": "Moving house"}).status_code == 303
    export = client.get("/api/v1/organisation/exports/").json()[0]
    assert export["state"] == "done" and [part["cases"] for part in export["parts"]] == [0, 1]
    house, cases = (opened(client.get(f"/organisation/exports/1/{part}/")) for part in (1, 2))
    assert b"vela analyst" in house["data/organisations.user.jsonl"]
    assert b"orrin" not in b"".join(house.values())
    assert b"Quillwort" in cases["data/incidents.incident.jsonl"] and b"Bergamot" not in b"".join(cases.values())
    assert any(path.startswith("data/files/") for path in cases)
    for text in cases["data/incidents.incident.jsonl"].splitlines():
        row = json.loads(text)
        assert row["reference"] == incident.reference and "search" not in row
    with acting_as(actor.principal):
        assert [link.note[:8] for link in CustodyEntry.objects.filter(item=item, act="exported")] == ["Export 1"]
        assert Entry.objects.filter(verb="house.exported").count() == 1
        assert Entry.objects.filter(verb="house.export_taken").count() == 2
    part = client.get("/organisation/exports/1/2/", headers={"Range": "bytes=0-9"})
    assert part.status_code == 206 and len(b"".join(part.streaming_content)) == 10  # type: ignore[attr-defined]


def test_who_may_not_export_evidence_gets_everything_but_its_files(
    people: People, sign_in: SignIn, django_capture_on_commit_callbacks: OnCommit
) -> None:
    incident = filed(people.vela.analyst)
    given(people.vela.analyst, incident)
    client = sign_in(people.vela.admin)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/organisation/exports/", {"reason": "Moving house"})
    cases = opened(client.get("/organisation/exports/1/2/"))
    assert not any(path.startswith("data/files/") for path in cases)
    assert "may export" in cases["README.txt"].decode()
    assert sign_in(people.vela.analyst).get("/organisation/exports/").status_code == 403
    assert sign_in(people.orrin.admin).get("/organisation/exports/1/2/").status_code == 404


def test_a_killed_worker_loses_one_part_and_a_lost_one_cannot_finish(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = exporter(people)
    filed(people.vela.analyst)
    with acting_as(actor.principal):
        export = exports.request_export(actor=actor, reason="Moving house")
        with pytest.raises(errors.ExportRunning):
            exports.request_export(actor=actor, reason="Again")
    real = exports.make_part

    def killed(*values: Any) -> None:
        if values[3] == 2:
            raise SystemExit  # as a worker that is stopped: nothing is written down
        real(*values)

    monkeypatch.setattr(exports, "make_part", killed)
    with pytest.raises(SystemExit):
        work.run(HouseExport, export.pk, actor.user.pk, actor.organisation.pk, exports.make)
    with acting_as(actor.principal):
        row = HouseExport.objects.get()
        assert (row.state, ExportPart.objects.count()) == ("running", 1)
    stale = row
    monkeypatch.setattr(exports, "make_part", real)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("RESET ROLE")
        cursor.execute("ALTER TABLE keeping_houseexport NO FORCE ROW LEVEL SECURITY")
        cursor.execute("UPDATE keeping_houseexport SET heartbeat_at = now() - interval '1 hour'")
        cursor.execute("ALTER TABLE keeping_houseexport FORCE ROW LEVEL SECURITY")
        cursor.execute("SET LOCAL ROLE norms_app")
    assert [kind for kind, *_rest in work.lost()] == ["houseexport"]
    work.run(HouseExport, export.pk, actor.user.pk, actor.organisation.pk, exports.make)
    work.run(HouseExport, export.pk, actor.user.pk, actor.organisation.pk, exports.make)  # twice is harmless
    with acting_as(actor.principal):
        assert HouseExport.objects.get().state == "done"
        assert list(ExportPart.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
        with pytest.raises(work.Lost):
            work.hold(stale, state="done")


def test_who_left_is_not_worked_for(people: People) -> None:
    actor = exporter(people)
    other = people.vela.another("org_admin")
    with acting_as(actor.principal):
        export = exports.request_export(actor=actor, reason="Moving house")
    with acting_as(other.principal):
        end_membership(actor=other, membership_id=actor.user.memberships.get().pk)
    work.run(HouseExport, export.pk, actor.user.pk, actor.organisation.pk, exports.make)
    with acting_as(other.principal):
        assert HouseExport.objects.get().state == "queued" and not ExportPart.objects.exists()
    assert User.objects.filter(pk=actor.user.pk).exists()


def test_what_failed_goes_on_where_it_stopped(
    people: People, sign_in: SignIn, django_capture_on_commit_callbacks: OnCommit, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = exporter(people)
    filed(people.vela.analyst)
    real = exports.make_part

    def breaks(*values: Any) -> None:
        if values[3] == 2:
            raise OSError("no space left")
        real(*values)

    monkeypatch.setattr(exports, "make_part", breaks)
    client = sign_in(actor)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/organisation/exports/", {"reason": "Moving house"})
    first = client.get("/api/v1/organisation/exports/").json()[0]
    assert (first["state"], first["error_code"], len(first["parts"])) == ("failed", "unexpected", 1)
    assert "Go on" in client.get("/organisation/exports/").content.decode()
    monkeypatch.setattr(exports, "make_part", real)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/organisation/exports/1/again/").status_code == 303
    again = client.get("/api/v1/organisation/exports/").json()[0]
    assert again["state"] == "done" and again["parts"][0] == first["parts"][0] and len(again["parts"]) == 2
    assert client.post("/api/v1/organisation/exports/1/again/").json()["code"] == "not_failed"


def test_a_program_files_decides_and_delivers_as_a_person_does(
    people: People, sign_in: SignIn, django_capture_on_commit_callbacks: OnCommit
) -> None:
    incident = filed(people.vela.analyst)
    where = "/api/v1/organisation/requests/"

    def send(actor: Actor, path: str, **body: Any) -> Any:
        return sign_in(actor).post(f"{where}{path}", json.dumps(body), content_type="application/json")

    admin = people.vela.admin
    facts = {
        "kind": "authority",
        "requester": "Court",
        "legal_basis": BASIS,
        "asked": "Facts",
        "incident": incident.reference,
    }
    assert send(people.vela.analyst, "", **facts).status_code == 403
    assert send(admin, "", **{**facts, "legal_basis": " "}).status_code in (400, 422)
    assert send(admin, "", **{**facts, "incident": "INC-2026-999999"}).status_code in (400, 422)
    filed_as = send(admin, "", **facts).json()
    assert (filed_as["number"], filed_as["outcome"]) == (1, "open")
    assert send(admin, "1/decision/", outcome="granted", reasons="x", parts=["facts"]).json()["code"] == "request_own"
    with django_capture_on_commit_callbacks(execute=True):
        decided = send(custodian(people), "1/decision/", outcome="granted", reasons="x", parts=["facts"])
    assert decided.json()["parts"] == ["facts"]
    files = opened(sign_in(admin).get(f"{where}1/package/"))
    assert json.loads(files["data/facts.json"])["reference"] == incident.reference
    assert send(admin, "1/delivery/", how="By courier").json()["delivered_at"] is not None
    own = sign_in(people.vela.analyst).post(
        "/api/v1/me/requests/", json.dumps({"kind": "erasure", "asked": "My number"}), content_type="application/json"
    )
    assert own.json()["requester"] == people.vela.analyst.user.name
