"""A custody record can be checked by somebody who has nothing but the file (ATT-3)."""

import hashlib
import json
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from pypdf import PdfReader

from core.errors import Invalid, NotAllowed, NotFound
from core.tenancy import acting_as
from documents import services as jobs
from documents.failures import NotMade
from documents.models import Document
from evidence.models import CustodyEntry, EvidenceItem
from evidence.services import withdraw_item
from exchange import selectors, services
from exchange.errors import NotReady
from exchange.models import CustodyRecord
from exchange.tasks import render_record
from incidents.models import Incident
from incidents.selectors import activity
from organisations.actors import Actor, acting
from organisations.roles import Grade
from tests.evidence.builders import LOG, given, shared, the_file
from tests.people import People

from .conftest import Work

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-3")]


def asked(actor: Actor, item: EvidenceItem, language: str = "en") -> CustodyRecord:
    with acting_as(actor.principal):
        return services.request_record(
            actor=actor, reference=item.incident.reference, label=item.label, language=language
        )


def seen(actor: Actor, item: EvidenceItem, number: int = 1) -> CustodyRecord:
    with acting_as(actor.principal):
        return selectors.record_of(item, number)


def taken(actor: Actor, item: EvidenceItem, number: int = 1) -> tuple[bytes, bytes]:
    """PDF and data."""
    named: dict[str, Any] = {
        "actor": actor, "reference": item.incident.reference, "label": item.label, "number": number,
    }  # fmt: skip
    with acting_as(actor.principal):
        return services.read_record(**named)[1], services.read_record_data(**named)[1]


def recomputed(link: dict[str, Any]) -> str:
    """As `how_to_check` says in words, written again here: nothing of ours is called."""
    names = [
        "item_id",
        "place",
        "act",
        "at",
        "actor_id",
        "organisation_id",
        "file_id",
        "sha256_seen",
        "note",
        "previous",
    ]
    fields = [b"" if link[name] is None else str(link[name]).encode() for name in names]
    return hashlib.sha256(b"\x02" + b"".join(len(f).to_bytes(4, "big") + f for f in fields)).hexdigest()


def test_every_link_can_be_computed_from_the_data_and_the_file_from_the_page(
    people: People, incident: Incident, work: Work
) -> None:
    analyst = people.vela.analyst
    item = given(analyst, incident)
    work(lambda: asked(analyst, item))
    row = seen(analyst, item)
    assert row.job.state == "done", row.job.error_detail
    pdf, data = taken(analyst, item)
    said = json.loads(data)
    previous = "0" * 64
    for place, link in enumerate(said["links"], start=1):
        assert (link["place"], link["previous"]) == (place, previous)
        previous = recomputed(link)
        assert previous == link["hash"]
    assert [link["act"] for link in said["links"]] == ["received", "stored"]
    text = "".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())
    assert hashlib.sha256(LOG).hexdigest() in text, "the file's hash is on the page"
    assert row.sha256 in text and hashlib.sha256(data).hexdigest() == row.sha256
    assert all(link["hash"] in text for link in said["links"])
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert opened.attachments["custody.json"].get_file().read_bytes() == data
        assert opened.Root.Lang and opened.Root.MarkInfo.Marked and "/Outlines" in opened.Root
        with opened.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
    for page in PdfReader(BytesIO(pdf)).pages:
        assert page.extract_text().count("TLP:AMBER") >= 2, "the mark stands above and below on every page"


def test_giving_it_out_is_a_link_with_its_hash_and_an_entry(people: People, incident: Incident, work: Work) -> None:
    analyst = people.vela.analyst
    item = given(analyst, incident)
    work(lambda: asked(analyst, item))
    row = seen(analyst, item)
    with acting_as(analyst.principal):
        last = CustodyEntry.objects.filter(item=item).latest("place")
        verbs = [entry.verb for entry in activity(incident)][::-1]
    assert last.act == "exported" and last.note == f"Custody record {incident.reference}/E-1/CR-1, SHA-256 {row.sha256}"
    assert verbs[-3:] == ["custody.requested", "document.issued", "custody.recorded"]
    taken(analyst, item)
    work(lambda: asked(analyst, item))
    second = json.loads(taken(analyst, item, 2)[1])
    assert second["links"][-1]["hash"] == last.hash, "the next record prints that link"


def test_it_is_made_once_whatever_becomes_of_the_worker(people: People, incident: Incident, work: Work) -> None:
    analyst = people.vela.analyst
    item = given(analyst, incident)
    first = asked(analyst, item)
    assert asked(analyst, item).pk == first.pk, "asked again while it is being made: the same one"
    with acting(analyst):
        killed = jobs.claim(first.job_id)
    assert killed is not None  # …and here the worker is killed
    with acting_as(analyst.principal), connection.cursor() as cursor:
        cursor.execute("UPDATE documents_job SET heartbeat_at = now() - interval '1 minute' WHERE id = %s", [killed.pk])
    work(jobs.requeue_lost)
    render_record(first.job_id)  # the killed worker's message comes back
    with acting_as(analyst.principal):
        assert Document.objects.count() == 1
        assert CustodyEntry.objects.filter(item=item, act="exported").count() == 1
    assert seen(analyst, item).job.attempts == 2


def test_a_failure_leaves_no_link_and_can_be_tried_again(
    people: People, incident: Incident, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyst = people.vela.analyst
    item = given(analyst, incident)

    def broken(*_: object, **__: object) -> None:
        raise NotMade("memory")

    with monkeypatch.context() as patch:
        patch.setattr("exchange.custody.building.render_content", broken)
        work(lambda: asked(analyst, item))
    assert seen(analyst, item).job.error_code == "memory"
    with acting_as(analyst.principal):
        assert not CustodyEntry.objects.filter(act="exported").exists()
        with pytest.raises(NotReady):
            services.read_record_data(actor=analyst, reference=incident.reference, label="E-1", number=1)
        work(lambda: services.retry_record(actor=analyst, reference=incident.reference, label="E-1", number=1))
    assert seen(analyst, item).job.state == "done"


def test_a_withdrawn_item_still_has_its_record_and_arabic_runs_from_the_right(
    people: People, incident: Incident, work: Work
) -> None:
    analyst = people.vela.analyst
    item = given(analyst, incident)
    with acting_as(analyst.principal):
        withdraw_item(actor=analyst, reference=incident.reference, label="E-1", reason="Given in twice")
    work(lambda: asked(analyst, item, "ar"))
    row = seen(analyst, item)
    assert row.job.state == "done", row.job.error_detail
    with pikepdf.open(BytesIO(taken(analyst, item)[0])) as opened:
        assert str(opened.Root.Lang) == "ar"
        assert opened.Root.ViewerPreferences.DisplayDocTitle


def test_a_broken_chain_is_said_so(people: People, incident: Incident, work: Work, as_owner: Any) -> None:
    analyst = people.vela.analyst
    item = given(analyst, incident)
    with as_owner() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE evidence_custodyentry DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE evidence_custodyentry DISABLE ROW LEVEL SECURITY")
        cursor.execute("UPDATE evidence_custodyentry SET note = 'from somebody else' WHERE place = 1")
        cursor.execute("ALTER TABLE evidence_custodyentry ENABLE TRIGGER USER")
        cursor.execute("ALTER TABLE evidence_custodyentry ENABLE ROW LEVEL SECURITY")
        cursor.execute("SET LOCAL ROLE norms_app")
    work(lambda: asked(analyst, item))
    pdf, data = taken(analyst, item)
    assert json.loads(data)["fault"] == "link 1 was changed"
    assert "The chain of custody is broken: link 1 was changed" in " ".join(
        " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split()
    )


def test_what_was_issued_stays(people: People, incident: Incident, work: Work) -> None:
    analyst = people.vela.analyst
    item = given(analyst, incident)
    work(lambda: asked(analyst, item))
    with acting_as(analyst.principal):
        for changed in ({"content": "{}"}, {"number": 9}):
            with pytest.raises(DatabaseError), transaction.atomic():
                CustodyRecord.objects.update(**changed)
        CustodyRecord.objects.all().delete()  # no policy lets anybody: nothing is there to delete
    assert seen(analyst, item).job.state == "done"


def test_the_doors(people: People, incident: Incident, work: Work, sign_in: Any) -> None:
    analyst, item = people.vela.analyst, given(people.vela.analyst, incident)
    shared(analyst, incident, people.amal.organisation, Grade.SUMMARY)
    page = f"/incidents/{incident.reference}/evidence/E-1/custody-records/"
    for person, answer in (
        (people.orrin.analyst, 404),
        (people.amal.analyst, 403),
        (people.vela.person("researcher"), 403),
    ):
        for address in (page, f"/api/v1{page}"):
            assert sign_in(person).post(address, {"language": "en"}).status_code == answer
    client: Client = sign_in(analyst)
    assert client.post(page, {"language": "xx"}).status_code == 422
    work(lambda: client.post(page, {"language": "en", "once": "k1"}))
    work(lambda: client.post(page, {"language": "en", "once": "k1"}))
    with acting_as(analyst.principal):
        assert CustodyRecord.objects.count() == 1
    shown = client.get(f"{page}1/").content.decode()
    assert seen(analyst, item).sha256 in shown and "Download the custody record" in shown
    pdf = client.get(f"{page}1/document/")
    assert pdf["Content-Type"] == "application/pdf" and pdf["Content-Disposition"].startswith("attachment")
    part = client.get(f"{page}1/progress/")
    assert client.get(f"{page}1/progress/", headers={"If-None-Match": part["ETag"]}).status_code == 304
    assert client.post(f"{page}1/retry/").status_code == 409
    answer = client.get(f"/api/v1{page}").json()["results"]
    assert [(row["number"], row["job"]["state"]) for row in answer] == [(1, "done")]
    assert client.get(f"/api/v1{page}1/data/").json()["links"][0]["act"] == "received"
    assert "Custody records" in client.get(f"/incidents/{incident.reference}/evidence/E-1/").content.decode()


def test_rules_hold_at_the_service(people: People, incident: Incident) -> None:
    item = given(people.vela.analyst, incident)
    with pytest.raises(NotAllowed):
        asked(people.vela.person("researcher"), item)
    with pytest.raises(NotFound):
        asked(people.orrin.analyst, item)
    with pytest.raises(Invalid):
        asked(people.vela.analyst, item, "tlh")
    assert the_file(people.vela.analyst, item).sha256
