"""Who looked: every look at a case is written down, told to those who oversee it, and to nobody else (SHR-2, SHR-7)."""

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.urls import get_resolver

from core import clock
from core.tenancy import acting_as
from incidents import looks
from incidents.hiding import set_blind
from incidents.models import Incident
from incidents.services import edit_incident
from ledger import looks as book
from ledger.models import Look
from normsplatform import looking
from organisations.actors import Actor
from organisations.roles import Grade
from tests.doors.addresses import walk
from tests.incidents.cases import filed, shared
from tests.people import People

pytestmark = [pytest.mark.duty("SHR-2"), pytest.mark.django_db]
SignIn = Callable[[Actor], Client]


def seen_by(actor: Actor) -> list[tuple[str, str, str]]:
    """Act, door and address of every look the database shows this person, oldest first."""
    with acting_as(actor.principal):
        return [(look.act, look.door, look.what) for look in Look.objects.order_by("pk")]


def test_each_look_is_written_down_with_its_door_once_and_refusals_are_not(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    shared(people.vela.analyst, incident, people.orrin.organisation, Grade.EVIDENCE)
    client = sign_in(people.orrin.analyst)
    at = f"incidents/{incident.reference}/"
    assert client.get(f"/{at}").status_code == 200
    assert client.get(f"/{at}evidence/").status_code == 200
    assert client.get(f"/api/v1/{at}").status_code == 200
    assert client.get(f"/{at}evidence/list.csv").status_code in (200, 403)
    assert client.get(f"/{at}looks/").status_code == 403
    assert client.post(f"/{at}close/").status_code == 403
    assert client.get("/incidents/").status_code == 200  # a list opens no case
    assert sign_in(people.meridian.analyst).get(f"/{at}").status_code == 404
    found = seen_by(people.vela.admin)
    assert [row for row in found if row[2] != "evidence-csv"] == [
        ("opened", "page", "incident"),
        ("opened", "page", "evidence-list"),
        ("opened", "api", "api-incident"),
    ]
    assert all(row[0] == "exported" for row in found if row[2] == "evidence-csv")
    assert seen_by(people.orrin.admin) == found  # whose people looked
    assert seen_by(people.meridian.admin) == []


@pytest.mark.duty("SHR-7")
def test_a_look_is_written_only_in_ones_own_name_and_never_altered(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    sign_in(people.vela.analyst).get(f"/incidents/{incident.reference}/")
    orrin = people.orrin.analyst
    with acting_as(orrin.principal):
        for actor_id, house in (
            (people.vela.analyst.user.pk, orrin.organisation.pk),
            (orrin.user.pk, incident.holder_id),
        ):
            with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "SELECT ledger_look_note(%s, %s, %s, %s, 'opened', 'page', 'x', '')",
                    [actor_id, house, incident.holder_id, incident.pk],
                )
    with acting_as(people.vela.admin.principal):
        for statement in ("UPDATE ledger_look SET act = 'opened'", "DELETE FROM ledger_look", "TRUNCATE ledger_look"):
            with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM ledger_look")
            assert cursor.fetchone() == (1,)


@pytest.mark.duty("SHR-7")
def test_the_months_are_made_ahead_and_carry_the_wall(people: People) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = 'ledger_look'::regclass"
        )
        parts = dict(cursor.fetchall())
        this, last = clock.now(), clock.now() + timedelta(days=85)
        assert {f"ledger_look_{this:%Y_%m}", f"ledger_look_{last:%Y_%m}", "ledger_look_rest"} <= set(parts)
        assert all(parts.values())
        for part in parts:
            with pytest.raises(ProgrammingError), transaction.atomic():
                cursor.execute(f"SELECT count(*) FROM {part}")
    before = len(parts)
    assert book.make_months(3) == 0
    assert book.make_months(6) == 3
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'ledger_look'::regclass")
        assert cursor.fetchone() == (before + 3,)


def test_those_who_oversee_read_it_filter_it_and_take_it_away(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    shared(people.vela.analyst, incident, people.orrin.organisation, Grade.EVIDENCE)
    shared(people.vela.analyst, incident, people.secretariat.organisation, Grade.OVERSEE)
    at = f"/incidents/{incident.reference}/"
    sign_in(people.orrin.analyst).get(at)
    sign_in(people.vela.analyst).get(at)
    for overseer in (people.vela.admin, people.secretariat.coordinator):
        client = sign_in(overseer)
        page = client.get(f"{at}looks/").content.decode()
        assert "orrin analyst" in page and "vela analyst" in page
        orrin = people.orrin.organisation.pk
        narrowed = client.get(f"{at}looks/?organisation={orrin}").content.decode()
        assert "orrin analyst" in narrowed and "vela analyst" not in narrowed
        assert client.get(f"{at}looks/?since=2001-01-01&until=2001-01-02").content.decode().count("orrin analyst") == 0
        assert client.get(f"{at}looks/?since=yesterday").status_code == 422
        answer = client.get(f"/api/v1{at}looks/?organisation={orrin}").json()
        assert [(row["person"], row["act"], row["door"]) for row in answer["results"]] == [
            ("orrin analyst", "opened", "page")
        ]
        table = b"".join(client.get(f"{at}looks/looks.csv?organisation={orrin}").streaming_content).decode()  # type: ignore[attr-defined]
        assert [row["person"] for row in csv.DictReader(io.StringIO(table))] == ["orrin analyst"]
        rows = json.loads(b"".join(client.get(f"{at}looks/looks.json").streaming_content))  # type: ignore[attr-defined]
        assert {"orrin analyst", "vela analyst"} <= {row["person"] for row in rows}
    for other in (people.vela.analyst, people.orrin.admin):
        assert sign_in(other).get(f"{at}looks/").status_code == 403
        assert sign_in(other).get(f"{at}changes/").status_code == 403


def test_pages_go_on_where_the_last_one_ended(people: People, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.admin)
    at = f"/incidents/{incident.reference}/"
    for _again in range(7):
        client.get(at)
    monkeypatch.setattr(looks, "PAGE", 3)
    monkeypatch.setattr(looks, "BATCH", 2)
    address, seen = f"/api/v1{at}looks/", []
    while True:
        answer = client.get(address).json()
        seen += [(row["at"], row["what"]) for row in answer["results"]]
        if not answer["next"]:
            break
        address = f"/api/v1{at}looks/?before={answer['next'].replace('+', '%2B')}"
    assert sum(what == "incident" for _at, what in seen) == 7
    assert seen == sorted(set(seen), reverse=True)
    rows = json.loads(b"".join(client.get(f"{at}looks/looks.json").streaming_content))  # type: ignore[attr-defined]
    assert sum(row["what"] == "incident" for row in rows) == 7


def test_an_organisation_sees_looks_at_what_it_holds_and_by_its_people(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    shared(people.vela.analyst, incident, people.orrin.organisation, Grade.EVIDENCE)
    sign_in(people.orrin.analyst).get(f"/incidents/{incident.reference}/")
    vela = sign_in(people.vela.admin)
    assert "orrin analyst" in vela.get("/organisation/audit/?scope=held").content.decode()
    assert "orrin analyst" not in vela.get("/organisation/audit/?scope=ours").content.decode()
    orrin = sign_in(people.orrin.admin)
    assert "orrin analyst" in orrin.get("/organisation/audit/?scope=ours").content.decode()
    assert "orrin analyst" not in orrin.get("/organisation/audit/?scope=held").content.decode()
    assert orrin.get("/api/v1/organisation/looks/?scope=ours").json()["results"][0]["case"] == incident.reference
    assert b"orrin analyst" in b"".join(orrin.get("/organisation/audit/looks.csv?scope=ours").streaming_content)  # type: ignore[attr-defined]
    assert sign_in(people.orrin.analyst).get("/organisation/audit/looks.csv").status_code == 403


def test_every_name_in_the_lists_of_acts_is_an_address() -> None:
    known = {address.name for address in walk()}
    assert known >= looking.EXPORTED | looking.PREVIEWED | looking.PARTS
    assert get_resolver() is not None


# ── old and new ──────────────────────────────────────────────────────────────────────────────────────────────────────


def change_title(actor: Actor, incident: Incident, title: str, version: int) -> None:
    with acting_as(actor.principal):
        edit_incident(actor=actor, reference=incident.reference, version=version, facts={"title": title})


def fields(rows: list[dict[str, Any]]) -> list[tuple[str, Any, Any]]:
    return [(field["field"], field["old"], field["new"]) for row in rows for field in row["fields"] or []]


def test_a_change_shows_its_old_and_its_new_value(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst, title="Quillwort outage")
    change_title(people.vela.analyst, incident, "Bergamot outage", 1)
    client = sign_in(people.vela.admin)
    rows = client.get(f"/api/v1/incidents/{incident.reference}/changes/").json()
    assert ("title", "Quillwort outage", "Bergamot outage") in fields(rows)
    assert all(row["entry_id"] for row in rows if row["table"] == "incidents_incident")
    page = client.get(f"/incidents/{incident.reference}/changes/").content.decode()
    assert "<del><bdi>Quillwort outage</bdi></del>" in page and "<ins><bdi>Bergamot outage</bdi></ins>" in page


@pytest.mark.duty("SHR-4")
def test_where_names_are_hidden_no_list_of_looks_tells_them(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    shared(people.vela.analyst, incident, people.orrin.organisation, Grade.EVIDENCE)
    sign_in(people.orrin.analyst).get(f"/incidents/{incident.reference}/")
    with acting_as(people.vela.coordinator.principal):
        set_blind(actor=people.vela.coordinator, reference=incident.reference, hidden=True)
    client = sign_in(people.vela.admin)
    case, orrin = f"/incidents/{incident.reference}/", people.orrin.organisation.pk
    answers = [
        client.get(address).content.decode()
        for address in (
            f"{case}looks/", f"{case}changes/", "/organisation/audit/", "/api/v1/organisation/looks/", f"/api/v1{case}looks/",
            f"/api/v1{case}changes/",
        )
    ]  # fmt: skip
    for file in (f"{case}looks/looks.csv", f"{case}looks/looks.json", "/organisation/audit/looks.csv"):
        answers.append(b"".join(client.get(file).streaming_content).decode())  # type: ignore[attr-defined]
    for text in answers:
        assert "orrin analyst" not in text and "Orrin National CERT" not in text
    narrowed = client.get(f"/api/v1{case}looks/?organisation={orrin}").json()
    assert len(narrowed["results"]) == len(client.get(f"/api/v1{case}looks/").json()["results"]) - 1
