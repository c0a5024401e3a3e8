"""An evidence package: what others' tools accept, what may not go out does not, and giving it out is recorded (ATT-4)."""

import hashlib
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import bagit
import pytest
import pyzipper
from django.db import DatabaseError, connection, transaction

from core.errors import Invalid, NotAllowed, NotFound
from core.tenancy import acting_as
from documents import services as jobs
from evidence.models import CustodyEntry, EvidenceItem
from evidence.services import change_mark, link_lineage, withdraw_item
from exchange import services
from exchange.errors import AboveMark, NothingToExport, PackageDamaged, PackageOvertaken
from exchange.models import Package
from exchange.tasks import build_package
from incidents.models import Incident
from incidents.selectors import activity
from ledger.hashing import leaf_hash
from ledger.keys import signer
from ledger.notes import signed_by
from organisations.actors import acting
from organisations.roles import Grade
from tests.evidence.builders import LOG, given, graded, on_disk, shared, tamper, the_file
from tests.people import People

from .bags import asked, inside, made, seen, unpacked
from .conftest import Work
from .test_custody_record import recomputed

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-4")]


@pytest.fixture(autouse=True)
def keys(settings: Any, tmp_path: Path) -> None:
    """Keys of this test's own."""
    settings.KEYS_ROOT = tmp_path / "keys"


def test_bagit_accepts_it_and_every_original_is_in_it(
    people: People, incident: Incident, work: Work, tmp_path: Path
) -> None:
    analyst = people.vela.analyst
    item = given(analyst, incident)
    graded(people.vela.person("forensic_assessor"), item)
    given(analyst, incident, data=b"another log\n", title="Second log")
    data = made(work, analyst, incident)
    bag = unpacked(data, tmp_path / "out")
    bagit.Bag(str(bag)).validate()
    done = subprocess.run(
        [sys.executable, "-m", "bagit", "--validate", "--quiet", str(bag)], check=False, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    digest = hashlib.sha256(LOG).hexdigest()
    assert (bag / f"data/files/E-1/{digest}").read_bytes() == LOG
    said = json.loads((bag / "data/items.json").read_text())
    assert [(i["label"], i["holding"]) for i in said["items"]] == [("E-1", "held"), ("E-2", "held")]
    assert said["items"][0]["grade"] == {"reliability": "B", "credibility": "2"}
    assert said["items"][0]["grades"][0]["reliability_reason"] == "Known for years"
    (bag / f"data/files/E-1/{digest}").write_bytes(LOG + b"x")
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(bag)).validate()


def test_the_case_validator_accepts_the_graph(people: People, incident: Incident, work: Work, tmp_path: Path) -> None:
    analyst = people.vela.analyst
    first = given(analyst, incident)
    given(analyst, incident, data=b"parsed\n", title="Parsed log")
    with acting_as(analyst.principal):
        link_lineage(actor=analyst, reference=incident.reference, label="E-2", kind="derived_from", other=first.label)
    graph = tmp_path / "case.jsonld"
    graph.write_bytes(inside(made(work, analyst, incident))["data/case.jsonld"])
    validator = Path(sys.executable).with_name("case_validate")
    done = subprocess.run([str(validator), str(graph)], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "Conforms: True" in done.stdout
    nodes = json.loads(graph.read_text())["@graph"]
    kinds = {node["@type"] for node in nodes}
    assert {
        "case-investigation:Investigation",
        "case-investigation:ProvenanceRecord",
        "case-investigation:InvestigativeAction",
    } <= kinds
    broken = json.loads(graph.read_text())
    for node in broken["@graph"]:
        if node["@type"] == "case-investigation:InvestigativeAction":
            node["uco-action:startTime"] = {"@type": "xsd:dateTime", "@value": "yesterday"}
    graph.write_text(json.dumps(broken))
    assert subprocess.run([str(validator), str(graph)], check=False, capture_output=True).returncode != 0


def test_custody_entries_and_signature_can_be_checked_from_the_package(
    people: People, incident: Incident, work: Work
) -> None:
    given(people.vela.analyst, incident)
    files = inside(made(work, people.vela.analyst, incident))
    custody = json.loads(files["data/custody/E-1.json"])
    previous = "0" * 64
    for link in custody["links"]:
        assert link["previous"] == previous and recomputed(link) == link["hash"]
        previous = link["hash"]
    entries = json.loads(files["data/ledger/entries.json"])
    assert [entry["verb"] for entry in entries] == ["evidence.added", "evidence.file_stored"]
    names = [
        "entry_id",
        "verb",
        "subject_type",
        "subject_id",
        "root_id",
        "actor_id",
        "organisation_id",
        "instruments",
        "payload",
        "recorded_at",
    ]
    for entry in entries:
        assert leaf_hash([entry[name] for name in names]).hex() == entry["leaf"]
    text, signers = signed_by(files["signature.txt"].decode(), [signer("packages").verifier])
    digest = hashlib.sha256(files["tagmanifest-sha256.txt"]).hexdigest()
    assert text.endswith(f"\nsha256:{digest}\n") and len(signers) == 1
    readme = files["README.md"].decode()
    assert signer("packages").vkey in readme and "bagit.py --validate" in readme and "E-1 (TLP:AMBER)" in readme


def test_what_is_marked_too_strictly_is_refused_and_named(people: People, incident: Incident, work: Work) -> None:
    analyst = people.vela.analyst
    given(analyst, incident, mark="TLP:AMBER")
    given(analyst, incident, mark="TLP:RED", data=b"secret\n")
    with pytest.raises(AboveMark) as refused:
        asked(analyst, incident, "TLP:AMBER")
    assert refused.value.details["items"] == ["E-2"] and "E-2 (TLP:RED)" in str(refused.value.message)
    files = inside(made(work, analyst, incident, mark="TLP:RED", items=["E-1"]))
    assert json.loads(files["data/items.json"])["mark"] == "TLP:AMBER", "it carries the strictest of what is in it"
    assert not any(b"secret" in data for data in files.values())
    with pytest.raises(AboveMark) as case_refused:
        asked(analyst, incident, "TLP:GREEN", items=["E-1"])
    assert case_refused.value.details["items"] == [incident.reference, "E-1"]


def test_a_mark_raised_while_it_waits_stops_it(people: People, incident: Incident, work: Work) -> None:
    analyst = people.vela.analyst
    given(analyst, incident)
    package = asked(analyst, incident)
    with acting_as(analyst.principal):
        change_mark(actor=analyst, reference=incident.reference, label="E-1", mark="TLP:RED")
    build_package(package.job_id)
    job = seen(analyst, incident).job
    assert (job.state, job.error_code) == ("failed", "above_mark") and "E-1" in job.error_detail


def test_withdrawn_items_are_named_without_content(people: People, incident: Incident, work: Work) -> None:
    analyst = people.vela.analyst
    given(analyst, incident)
    given(analyst, incident, data=b"withdrawn bytes\n")
    with acting_as(analyst.principal):
        withdraw_item(actor=analyst, reference=incident.reference, label="E-2", reason="Given in twice")
    files = inside(made(work, analyst, incident))
    said = json.loads(files["data/items.json"])["items"][1]
    assert (said["holding"], said["files"][0]["path"], said["withdrawn_reason"]) == (
        "withdrawn",
        None,
        "Given in twice",
    )
    assert said["files"][0]["sha256"] == hashlib.sha256(b"withdrawn bytes\n").hexdigest()
    assert not any(b"withdrawn bytes" in data for data in files.values())
    assert "NO CONTENT, withdrawn" in files["README.md"].decode()
    assert seen(analyst, incident).holds["withheld"] == [{"label": "E-2", "why": "withdrawn"}]


def test_malware_leaves_only_inside_an_encrypted_zip(people: People, incident: Incident, work: Work) -> None:
    analyst = people.vela.analyst
    sample = b"MZ" + b"\x90" * 200 + b"this would run"
    given(analyst, incident, data=sample, name="dropper.bin", kind="malware_sample")
    files = inside(made(work, analyst, incident))
    digest = hashlib.sha256(sample).hexdigest()
    locked = files[f"data/files/E-1/{digest}.zip"]
    assert not any(b"this would run" in data for data in files.values())
    with pyzipper.AESZipFile(io.BytesIO(locked)) as opened:
        with pytest.raises(RuntimeError):
            opened.read(digest)
        opened.setpassword(b"infected")
        assert opened.read(digest) == sample
    assert json.loads(files["data/items.json"])["items"][0]["files"][0]["locked"] is True
    assert "infected" in files["README.md"].decode()


def test_a_changed_original_stops_it_and_freezes_the_item(people: People, incident: Incident, work: Work) -> None:
    analyst = people.vela.analyst
    item = given(analyst, incident)
    tamper(the_file(analyst, item))
    work(lambda: asked(analyst, incident))
    job = seen(analyst, incident).job
    assert (job.state, job.error_code) == ("failed", "package_original_differs") and "E-1" in job.error_detail
    with acting_as(analyst.principal):
        assert EvidenceItem.objects.get(pk=item.pk).status == "frozen"
        assert not CustodyEntry.objects.filter(act="exported").exists()
        work(lambda: services.retry_package(actor=analyst, reference=incident.reference, number=1))
    assert seen(analyst, incident).holds["withheld"] == [{"label": "E-1", "why": "frozen"}]


def test_giving_it_out_is_a_link_on_each_item_and_an_entry(people: People, incident: Incident, work: Work) -> None:
    analyst = people.vela.analyst
    given(analyst, incident)
    given(analyst, incident, data=b"another\n")
    made(work, analyst, incident)
    package = seen(analyst, incident)
    with acting_as(analyst.principal):
        links = CustodyEntry.objects.filter(act="exported").select_related("item")
        notes = {link.item.label: link.note for link in links}
        verbs = [entry.verb for entry in activity(incident)][::-1]
    assert set(notes) == {"E-1", "E-2"}
    assert all(
        package.identifier in note and package.sha256 in note and "Court of Arbitration" in note
        for note in notes.values()
    )
    assert verbs[-3:] == ["package.requested", "package.made", "package.taken"]


def test_a_killed_worker_is_made_good_once(people: People, incident: Incident, work: Work) -> None:
    analyst = people.vela.analyst
    given(analyst, incident)
    package = asked(analyst, incident)
    assert asked(analyst, incident).pk == package.pk, "asked twice: the same one"
    with acting(analyst):
        killed = jobs.claim(package.job_id)
    assert killed is not None  # …and here the worker is killed
    with acting_as(analyst.principal), connection.cursor() as cursor:
        cursor.execute("UPDATE documents_job SET heartbeat_at = now() - interval '1 minute' WHERE id = %s", [killed.pk])
    work(jobs.requeue_lost)
    build_package(package.job_id)
    with acting_as(analyst.principal):
        assert CustodyEntry.objects.filter(act="exported").count() == 1
        assert [entry.verb for entry in activity(incident)].count("package.made") == 1
    assert seen(analyst, incident).job.attempts == 2


def test_a_worker_given_up_for_lost_hands_nothing_over(people: People, incident: Incident) -> None:
    analyst = people.vela.analyst
    given(analyst, incident)
    package = asked(analyst, incident)
    with acting(analyst):
        slow = jobs.claim(package.job_id)
        assert slow is not None
        done: list[str] = []
        slow.attempts += 1
        assert jobs.complete(actor=analyst, job=slow, effect=lambda: done.append("x")) is False and done == []


def test_a_package_is_kept_as_it_was_made(people: People, incident: Incident, work: Work, files_root: Path) -> None:
    analyst = people.vela.analyst
    given(analyst, incident)
    made(work, analyst, incident)
    package = seen(analyst, incident)
    with acting_as(analyst.principal):
        for changed in ({"sha256": "0" * 64}, {"recipient": "Somebody else"}):
            with pytest.raises(DatabaseError), transaction.atomic():
                Package.objects.update(**changed)
    place = files_root / package.path
    place.chmod(0o640)
    place.write_bytes(b"PK")
    with acting_as(analyst.principal), pytest.raises(PackageDamaged):
        services.open_package(actor=analyst, reference=incident.reference, number=1)


def test_a_package_overtaken_by_a_stricter_mark_is_not_handed_out(
    people: People, incident: Incident, work: Work
) -> None:
    analyst = people.vela.analyst
    given(analyst, incident)
    made(work, analyst, incident)
    with acting_as(analyst.principal):
        change_mark(actor=analyst, reference=incident.reference, label="E-1", mark="TLP:RED")
        with pytest.raises(PackageOvertaken) as refused:
            services.open_package(actor=analyst, reference=incident.reference, number=1)
    assert refused.value.details["items"] == ["E-1"]


def test_who_may_export_and_what_is_asked(people: People, incident: Incident) -> None:
    analyst = people.vela.analyst
    with pytest.raises(NothingToExport):
        asked(analyst, incident)
    item = given(analyst, incident)
    for person in (people.vela.person("legal_assessor"), people.vela.coordinator):
        with pytest.raises(NotAllowed):
            asked(person, incident)
    with pytest.raises(NotFound):
        asked(people.orrin.analyst, incident)
    shared(analyst, incident, people.amal.organisation, Grade.CONTRIBUTE)
    with pytest.raises(NotAllowed):
        asked(people.amal.analyst, incident)
    for wrong in ({"recipient": " "}, {"purpose": ""}, {"items": ["E-99"]}, {"items": ["F-1"]}, {"mark": "TLP:WHITE"}):
        with pytest.raises(Invalid):
            asked(analyst, incident, **wrong)
    assert on_disk(the_file(analyst, item)).is_file()
    assert asked(people.vela.person("custodian"), incident).number == 1


def test_the_doors(people: People, incident: Incident, work: Work, sign_in: Any) -> None:
    analyst = people.vela.analyst
    given(analyst, incident)
    given(analyst, incident, mark="TLP:RED", data=b"secret\n")
    shared(analyst, incident, people.amal.organisation, Grade.EVIDENCE)
    pages, api = f"/incidents/{incident.reference}/packages/", f"/api/v1/incidents/{incident.reference}/packages/"
    asks = {"mark": "TLP:AMBER", "recipient": "Court", "purpose": "Case 17", "items": ["E-1"]}
    for person, answer in ((people.orrin.analyst, 404), (people.amal.analyst, 403)):
        client = sign_in(person)
        assert client.post(f"{pages}new/", asks).status_code == answer
        assert client.post(api, asks, content_type="application/json").status_code == answer
    client = sign_in(analyst)
    strict = client.post(f"{pages}new/", {**asks, "items": []})
    assert (
        strict.status_code == 409
        and "E-2 (TLP:RED)" in strict.content.decode()
        and "Case 17" in strict.content.decode()
    )
    refused = client.post(api, {**asks, "items": []}, content_type="application/json")
    assert refused.status_code == 409 and refused.json()["details"] == {"items": ["E-2"]}
    assert client.post(f"{pages}new/", {**asks, "purpose": ""}).status_code == 422
    first = work(lambda: client.post(f"{pages}new/", {**asks, "once": "k"}))
    again = client.post(f"{pages}new/", {**asks, "once": "k"})
    assert first["Location"] == again["Location"] == f"{pages}1/"
    page = client.get(f"{pages}1/").content.decode()
    assert seen(analyst, incident).sha256 in page and "Download the package" in page
    whole = client.get(f"{pages}1/file/")
    data = b"".join(whole.streaming_content)
    assert hashlib.sha256(data).hexdigest() == seen(analyst, incident).sha256
    part = client.get(f"{api}1/file/", headers={"Range": "bytes=4-9"})
    assert part.status_code == 206 and b"".join(part.streaming_content) == data[4:10]
    assert client.get(api).json()["results"][0]["made"]["with_content"] == 1
    assert client.get(f"{pages}").status_code == client.get(f"{pages}1/progress/").status_code == 200
    assert client.post(f"{pages}1/retry/").status_code == 409
    reader = sign_in(people.amal.analyst)
    assert (
        reader.get(f"{pages}1/").status_code == 200
        and "Download the package" not in reader.get(f"{pages}1/").content.decode()
    )
    assert reader.get(f"{pages}1/file/").status_code == reader.get(f"{api}1/file/").status_code == 403
    assert sign_in(people.orrin.analyst).get(f"{api}1/").status_code == 404


def test_memory_stays_flat_while_a_large_original_goes_through(people: People, incident: Incident, work: Work) -> None:
    import tracemalloc

    analyst = people.vela.analyst
    given(analyst, incident, data=b"\x5a" * (48 * 1024 * 1024), name="disk.bin")
    tracemalloc.start()
    work(lambda: asked(analyst, incident))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seen(analyst, incident).job.state == "done"
    assert peak < 24 * 1024 * 1024, peak
