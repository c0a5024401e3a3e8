"""A package of another platform: checked before anything is believed, taken in whole or not at all, custody continued (ATT-4)."""

import base64
import hashlib
import io
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction

from core.errors import Invalid, NotAllowed, NotFound
from core.tenancy import acting_as
from documents import services as jobs
from evidence.models import CustodyEntry, EvidenceItem, GradeEntry, Lineage, ReceivedCustody, StoredFile
from evidence.selectors import custody_fault, custody_of
from evidence.services import link_lineage, open_file, withdraw_item
from evidence.services.receiving import receive_item
from evidence.uploads import Upload
from exchange import selectors, services
from exchange.bag import reading
from exchange.models import ReceivedPackage
from exchange.tasks import take_in_package
from incidents.access import case_for
from incidents.models import Incident
from incidents.services import close_incident
from ledger import log
from ledger.keys import signer
from ledger.notes import Signer
from ledger.services import sequence_pending
from organisations.actors import Actor, acting
from organisations.roles import Grade
from tests.evidence.builders import LOG, given, graded, shared
from tests.people import People
from tests.tenancy.test_walls import filed

from .bags import inside, made, manifests, packed
from .conftest import Work
from .test_custody_record import asked as record_asked
from .test_custody_record import recomputed, taken

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-4")]


@pytest.fixture(autouse=True)
def keys(settings: Any, tmp_path: Path) -> None:
    """Keys of this test's own."""
    settings.KEYS_ROOT = tmp_path / "keys"
    settings.BASE_URL = "https://vela.example"


@pytest.fixture
def theirs(people: People) -> Incident:
    """Orrin's case: the other platform, as far as anybody can tell from the file."""
    return filed(people.orrin.analyst, title="Ministry mail read")


@pytest.fixture
def package(people: People, incident: Incident, work: Work) -> bytes:
    """Vela's evidence: a graded log, and what was parsed from it under a milder mark."""
    analyst = people.vela.analyst
    item = given(analyst, incident, mark="TLP:AMBER")
    graded(people.vela.person("forensic_assessor"), item)
    given(analyst, incident, data=b"parsed\n", title="Parsed log", name="parsed.txt")
    with acting_as(analyst.principal):
        link_lineage(actor=analyst, reference=incident.reference, label="E-2", kind="derived_from", other="E-1")
    return made(work, analyst, incident)


def given_in(actor: Actor, case: Incident, data: bytes, name: str = "package.zip") -> ReceivedPackage:
    with acting_as(actor.principal):
        return services.receive_package(actor=actor, reference=case.reference, upload=Upload(name, iter([data])))


def seen(actor: Actor, case: Incident, number: int = 1) -> ReceivedPackage:
    with acting_as(actor.principal):
        return selectors.received_of(case_for(actor, case.reference), number)


def trusted(people: People, vkey: str) -> None:
    admin = people.orrin.admin
    with acting_as(admin.principal):
        services.trust_key(actor=admin, vkey=vkey, whose="Vela National CERT", how_known="Read out by telephone")


def nothing_came_of_it(people: People, files_root: Path) -> None:
    with acting_as(people.orrin.analyst.principal):
        assert not EvidenceItem.objects.exists() and not StoredFile.objects.exists()
        assert not ReceivedCustody.objects.exists() and not Lineage.objects.exists()
        assert not CustodyEntry.objects.exists()


def test_custody_continues_where_it_stopped(
    people: People, theirs: Incident, package: bytes, work: Work, incident: Incident
) -> None:
    trusted(people, signer("packages").vkey)
    orrin = people.orrin.analyst
    work(lambda: given_in(orrin, theirs, package))
    row = seen(orrin, theirs)
    assert row.job.state == "done", (row.job.error_code, row.job.error_detail)
    assert (row.signed_by, row.sender, row.mark) == ("vela.example/packages", "https://vela.example", "TLP:AMBER")
    assert row.outcome["items"] == [{"label": "E-1", "here": "E-1"}, {"label": "E-2", "here": "E-2"}]
    sent = json.loads(inside(package)["data/custody/E-1.json"])
    with acting_as(orrin.principal):
        item = EvidenceItem.objects.select_related("received_custody").get(number=1)
        received = item.received_custody
        assert received.content == inside(package)["data/custody/E-1.json"].decode(), "kept word for word"
        links = custody_of(item)
        assert [link.act for link in links] == ["received", "stored"] and not custody_fault(links)
        assert received.last_hash == sent["links"][-1]["hash"] and received.last_hash in links[0].note
        assert "signed by vela.example/packages" in links[0].note
        assert (item.reliability, GradeEntry.objects.count()) == ("", 0), "their grade is not ours"
        assert json.loads(received.said)["grade"] == {"reliability": "B", "credibility": "2"}
        assert [(link.item.label, link.kind, link.other.label) for link in Lineage.objects.all()] == [
            ("E-2", "derived_from", "E-1")
        ]
        opened = open_file(
            actor=orrin,
            reference=theirs.reference,
            label="E-1",
            sha256=hashlib.sha256(LOG).hexdigest(),
            purpose="Reading",
        )
        assert opened.handle is not None and opened.handle.read() == LOG
        opened.handle.close()
    work(lambda: record_asked(orrin, item))
    data = json.loads(taken(orrin, item)[1])
    before = json.loads(data["earlier"]["content"])
    previous = "0" * 64
    for link in before["links"]:
        assert link["previous"] == previous and recomputed(link) == link["hash"]
        previous = link["hash"]
    assert previous in data["links"][0]["note"], "both parts, in order, in one record"


def test_an_unknown_key_is_said_everywhere(
    people: People, theirs: Incident, package: bytes, work: Work, sign_in: Any
) -> None:
    orrin = people.orrin.analyst
    work(lambda: given_in(orrin, theirs, package))
    assert seen(orrin, theirs).signed_by == "" and seen(orrin, theirs).taken_in_at
    client = sign_in(orrin)
    case = f"/incidents/{theirs.reference}"
    for address, words in (
        (f"{case}/packages/", "From an unverified instance"),
        (f"{case}/packages/received/1/", "Received from an unverified instance"),
        (f"{case}/evidence/", "From an unverified instance"),
        (f"{case}/evidence/E-1/", "Received from an unverified instance that calls itself https://vela.example"),
    ):
        assert words in client.get(address).content.decode().replace("&#x27;", "'"), address
    page = client.get(f"{case}/evidence/E-1/").content.decode()
    assert (
        "As the sender graded it" in page
        and "Known for years" in page
        and "Before that, at https://vela.example, as E-1" in page
    )
    said = client.get(f"/api/v1{case}/evidence/E-1/").json()["received"]
    assert (said["verified"], said["sender"], said["label"]) == (False, "https://vela.example", "E-1")
    with acting_as(orrin.principal):
        assert "an unverified instance" in CustodyEntry.objects.get(item__number=1, place=1).note


def test_the_same_package_is_taken_in_once(people: People, theirs: Incident, package: bytes, work: Work) -> None:
    orrin = people.orrin.analyst
    work(lambda: given_in(orrin, theirs, package))
    work(lambda: given_in(orrin, theirs, package))
    with acting_as(orrin.principal):
        assert ReceivedPackage.objects.count() == 1
    work(lambda: given_in(orrin, theirs, packed(inside(package))))  # packed again: other bytes, the same package
    again = seen(orrin, theirs, 2)
    assert (again.job.state, again.outcome, again.taken_in_at) == ("done", {"known_as": 1}, None)
    with acting_as(orrin.principal):
        assert EvidenceItem.objects.count() == 2 and ReceivedCustody.objects.count() == 2


def test_a_later_package_brings_what_is_new(
    people: People, incident: Incident, theirs: Incident, package: bytes, work: Work
) -> None:
    orrin, vela = people.orrin.analyst, people.vela.analyst
    work(lambda: given_in(orrin, theirs, package))
    given(vela, incident, data=b"a third\n", title="Third log")
    second = made(work, vela, incident)
    work(lambda: given_in(orrin, theirs, second))
    outcome = seen(orrin, theirs, 2).outcome
    assert outcome["items"] == [{"label": "E-3", "here": "E-3"}]
    assert {entry["label"] for entry in outcome["known"]} == {"E-1", "E-2"}


def test_what_comes_without_content_is_named_and_not_taken_in(
    people: People, incident: Incident, theirs: Incident, work: Work
) -> None:
    vela, orrin = people.vela.analyst, people.orrin.analyst
    given(vela, incident)
    given(vela, incident, data=b"withdrawn\n")
    with acting_as(vela.principal):
        withdraw_item(actor=vela, reference=incident.reference, label="E-2", reason="Given in twice")
    data = made(work, vela, incident)
    work(lambda: given_in(orrin, theirs, data))
    row = seen(orrin, theirs)
    assert row.outcome["without_content"] == [{"label": "E-2", "why": "withdrawn"}] and len(row.outcome["items"]) == 1


def test_malware_arrives_as_what_it_is(people: People, incident: Incident, theirs: Incident, work: Work) -> None:
    sample = b"MZ" + b"\x90" * 200 + b"this would run"
    given(people.vela.analyst, incident, data=sample, name="dropper.bin", kind="malware_sample")
    data = made(work, people.vela.analyst, incident)
    work(lambda: given_in(people.orrin.analyst, theirs, data))
    row = seen(people.orrin.analyst, theirs)
    assert row.job.state == "done", row.job.error_detail
    with acting_as(people.orrin.analyst.principal):
        file = StoredFile.objects.get()
        assert (file.sha256, file.item.kind, file.dangerous) == (
            hashlib.sha256(sample).hexdigest(),
            "malware_sample",
            True,
        )


Change = Callable[[dict[str, bytes]], dict[str, bytes]]


def edited(path: str, change: Callable[[Any], None], *, fitting: bool = True) -> Change:
    """A package whose JSON at `path` says something else; with manifests that fit, as whoever changes it would write them."""

    def apply(files: dict[str, bytes]) -> dict[str, bytes]:
        value = json.loads(files[path])
        change(value)
        found = {**files, path: json.dumps(value).encode()}
        found.pop("signature.txt", None)
        return manifests(found) if fitting else found

    return apply


def without(path: str) -> Change:
    return lambda files: {name: data for name, data in files.items() if name != path}


def with_file(path: str, data: bytes, *, fitting: bool = False) -> Change:
    def apply(files: dict[str, bytes]) -> dict[str, bytes]:
        found = {**files, path: data}
        return manifests({k: v for k, v in found.items() if k != "signature.txt"}) if fitting else found

    return apply


def first_original(files: dict[str, bytes]) -> str:
    return next(path for path in files if path.startswith("data/files/E-1/"))


def one_byte(files: dict[str, bytes]) -> dict[str, bytes]:
    path = first_original(files)
    return {**files, path: bytes([files[path][0] ^ 1]) + files[path][1:]}


def one_byte_everywhere_fitting(files: dict[str, bytes]) -> dict[str, bytes]:
    found = one_byte(files)
    found.pop("signature.txt")
    return manifests(found)


def signature_of_another(files: dict[str, bytes]) -> dict[str, bytes]:
    """Somebody changes a package and keeps the signature that was on it."""
    found = manifests({**files, "README.md": b"Nothing to see here.\n"})
    return {**found, "signature.txt": files["signature.txt"]}


def forged(files: dict[str, bytes]) -> dict[str, bytes]:
    """Signed under the trusted name and key id by another key: flips a bit of the signature."""
    note = files["signature.txt"].decode()
    return {**files, "signature.txt": (note[:-12] + ("A" if note[-12] != "A" else "B") + note[-11:]).encode()}


def set_link(value: Any, place: int, **changes: Any) -> None:
    value["links"][place].update(changes)


WRONG: dict[str, tuple[Change, str, str]] = {
    "an extra file": (with_file("data/files/E-1/extra.bin", b"x"), "package_extra_file", "extra.bin"),
    "an extra tag file": (with_file("notes.txt", b"x"), "package_extra_file", "notes.txt"),
    "an extra file the manifest names": (with_file("data/files/E-9/" + "0" * 64, b"x", fitting=True), "package_extra_file", "E-9"),
    "a file of an unknown kind": (with_file("data/autorun.inf", b"x", fitting=True), "package_extra_file", "autorun.inf"),
    "a missing file": (lambda files: without(first_original(files))(files), "package_missing_file", "data/files/E-1/"),
    "one byte": (one_byte, "package_changed_file", "data/files/E-1/"),
    "one byte and new manifests": (one_byte_everywhere_fitting, "package_changed_file", "data/files/E-1/"),
    "a changed tag file": (with_file("README.md", b"x"), "package_changed_file", "README.md"),
    "no bagit.txt": (without("bagit.txt"), "package_missing_file", "bagit.txt"),
    "files to fetch": (with_file("fetch.txt", b"https://a.example/ 1 data/x\n"), "package_fetch", "fetch.txt"),
    "a changed link": (edited("data/custody/E-1.json", lambda c: set_link(c, 0, note="Found on the street")), "package_custody", "E-1: link 1 was changed"),
    "a dropped last link": (edited("data/custody/E-1.json", lambda c: c["links"].pop()), "package_custody", "E-1"),
    "a dropped first link": (edited("data/custody/E-1.json", lambda c: c["links"].pop(0)), "package_custody", "E-1"),
    "a changed file name in a link": (edited("data/custody/E-1.json", lambda c: set_link(c, 1, sha256_seen="0" * 64)), "package_custody", "E-1: link 2 was changed"),
    "a time that is none": (edited("data/custody/E-1.json", lambda c: set_link(c, 0, at="yesterday")), "package_content", "E-1"),
    "a link that is no object": (edited("data/custody/E-1.json", lambda c: c["links"].append("x")), "package_content", "E-1"),
    "a changed entry": (edited("data/ledger/entries.json", lambda e: e[0].update(payload="{}")), "package_entry", ""),
    "another hash": (edited("data/items.json", lambda s: s["items"][0]["files"][0].update(sha256="0" * 64)), "package_content", "E-1"),
    "a path that climbs": (edited("data/items.json", lambda s: s["items"][0]["files"][0].update(path="../../etc/passwd")), "package_content", "E-1"),
    "a strange mark": (edited("data/items.json", lambda s: s["items"][0].update(mark="TLP:PINK")), "package_content", "E-1"),
    "a strange kind": (edited("data/items.json", lambda s: s["items"][0].update(kind="crystal_ball")), "package_content", "E-1: kind"),
    "an empty title": (edited("data/items.json", lambda s: s["items"][0].update(title="")), "package_content", "E-1: title"),
    "an item twice": (edited("data/items.json", lambda s: s["items"].append(s["items"][0])), "package_content", "items.json"),
    "a circle": (edited("data/items.json", lambda s: s["items"][0]["lineage"].append({"kind": "derived_from", "other": "E-2", "in_package": True})), "package_content", "lineage"),
    "another identifier": (edited("data/items.json", lambda s: s.update(identifier="urn:uuid:00000000-0000-4000-8000-000000000000")), "package_content", "identifier"),
    "another format": (edited("data/items.json", lambda s: s.update(format="2")), "package_not_ours", "items.json"),
    "a list for an object": (with_file("data/items.json", b"[]", fitting=True), "package_not_ours", "items.json"),
    "nested beyond reason": (with_file("data/items.json", b"[" * 100_000, fitting=True), "package_content", "items.json"),
    "the signature of another": (signature_of_another, "package_signature", "signature.txt"),
    "a forged signature": (forged, "package_signature", ""),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_refused_and_named_and_nothing_is_taken_in(
    people: People, theirs: Incident, package: bytes, work: Work, files_root: Path, what: str
) -> None:
    trusted(people, signer("packages").vkey)
    change, code, named = WRONG[what]
    work(lambda: given_in(people.orrin.analyst, theirs, packed(change(inside(package)))))
    job = seen(people.orrin.analyst, theirs).job
    assert (job.state, job.error_code) == ("failed", code), job.error_detail
    assert named in job.error_detail
    nothing_came_of_it(people, files_root)


@pytest.fixture
def proven(people: People, incident: Incident, work: Work, tmp_path: Path, settings: Any) -> bytes:
    """A package whose entries stand in the log under a signed checkpoint."""
    settings.KEYS_ROOT = tmp_path / "keys"
    given(people.vela.analyst, incident, mark="TLP:AMBER")
    assert sequence_pending() and log.publish_checkpoint() is not None
    return made(work, people.vela.analyst, incident)


def a_proof(files: dict[str, bytes]) -> str:
    return min(path for path in files if path.startswith("data/proofs/"))


def other_path(proof: Any) -> None:
    proof["path"][0] = base64.b64encode(bytes(32)).decode()


def of_no_entry(files: dict[str, bytes]) -> dict[str, bytes]:
    path = a_proof(files)
    found = {**files, "data/proofs/999999.json": files[path]}
    found.pop("signature.txt")
    return manifests(found)


def without_checkpoint(files: dict[str, bytes]) -> dict[str, bytes]:
    return manifests({k: v for k, v in files.items() if k not in {"data/checkpoint.txt", "signature.txt"}})


UNPROVEN: dict[str, Change] = {
    "another path": lambda files: edited(a_proof(files), other_path)(files),
    "another place": lambda files: edited(a_proof(files), lambda proof: proof.update(index=proof["index"] ^ 1))(files),
    "a proof that is none": lambda files: edited(a_proof(files), lambda proof: proof.clear())(files),
    "a proof of no entry": of_no_entry,
    "no checkpoint": without_checkpoint,
}


def test_entries_with_proofs_are_taken_in(people: People, theirs: Incident, proven: bytes, work: Work) -> None:
    assert a_proof(inside(proven))
    work(lambda: given_in(people.orrin.analyst, theirs, proven))
    assert seen(people.orrin.analyst, theirs).job.state == "done"


@pytest.mark.parametrize("what", UNPROVEN)
def test_a_proof_that_proves_nothing_is_refused(
    people: People, theirs: Incident, proven: bytes, work: Work, files_root: Path, what: str
) -> None:
    work(lambda: given_in(people.orrin.analyst, theirs, packed(UNPROVEN[what](inside(proven)))))
    job = seen(people.orrin.analyst, theirs).job
    assert (job.state, job.error_code) == ("failed", "package_proof"), job.error_detail
    assert "data/proofs/" in job.error_detail
    nothing_came_of_it(people, files_root)


def raw_zip(*entries: tuple[str, bytes], **attributes: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made_zip:
        for name, data in entries:
            info = zipfile.ZipInfo(name)
            info.external_attr = attributes.get("mode", 0o100644) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            made_zip.writestr(info, data)
    return out.getvalue()


ZIPS: dict[str, tuple[bytes, str]] = {
    "climbing": (raw_zip(("bag/../../etc/cron.d/x", b"x")), "package_path"),
    "absolute": (raw_zip(("/etc/passwd", b"x")), "package_path"),
    "windows": (raw_zip(("bag\\..\\x", b"x")), "package_path"),
    "invisible": (raw_zip(("bag/a\u202eb", b"x")), "package_path"),
    "a link": (raw_zip(("bag/bagit.txt", b"/etc/passwd"), mode=stat.S_IFLNK | 0o777), "package_path"),
    "a device": (raw_zip(("bag/bagit.txt", b""), mode=stat.S_IFCHR | 0o666), "package_path"),
    "two tops": (raw_zip(("a/bagit.txt", b"x"), ("b/bagit.txt", b"x")), "package_no_bag"),
    "no top": (raw_zip(("bagit.txt", b"x")), "package_no_bag"),
    "one name in two cases": (raw_zip(("bag/a", b"x"), ("bag/A", b"y")), "package_twice"),
    "a bomb": (raw_zip(("bag/data/items.json", b"\x00" * (64 * 1024 * 1024))), "package_too_large"),
    "too many": (raw_zip(*((f"bag/{number}", b"") for number in range(reading.MOST_FILES + 1))), "package_too_large"),
    "nothing": (raw_zip(("bag/bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")), "package_missing_file"),
    "cut short": (raw_zip(("bag/bagit.txt", b"x" * 5000))[:-30], "package_not_zip"),
}  # fmt: skip


@pytest.mark.parametrize("what", ZIPS)
def test_a_hostile_zip_is_refused_from_its_directory(
    people: People, theirs: Incident, work: Work, files_root: Path, what: str
) -> None:
    data, code = ZIPS[what]
    work(lambda: given_in(people.orrin.analyst, theirs, data))
    job = seen(people.orrin.analyst, theirs).job
    assert (job.state, job.error_code) == ("failed", code), job.error_detail
    nothing_came_of_it(people, files_root)
    outside = [path for path in files_root.parent.rglob("*") if path.is_file() and path.name in {"x", "passwd"}]
    assert outside == []


def test_a_key_that_is_trusted_later_and_a_key_of_the_same_name(
    people: People, theirs: Incident, package: bytes, work: Work
) -> None:
    other = Signer("vela.example/packages", Ed25519PrivateKey.generate())
    trusted(people, other.vkey)
    work(lambda: given_in(people.orrin.analyst, theirs, package))
    assert seen(people.orrin.analyst, theirs).signed_by == "", "the name alone vouches for nothing"


def test_a_killed_worker_takes_it_in_once(people: People, theirs: Incident, package: bytes, work: Work) -> None:
    orrin = people.orrin.analyst
    row = given_in(orrin, theirs, package)
    with acting(orrin):
        killed = jobs.claim(row.job_id)
    assert killed is not None  # …and here the worker is killed, with some files stored already or none
    with acting_as(orrin.principal), connection.cursor() as cursor:
        cursor.execute("UPDATE documents_job SET heartbeat_at = now() - interval '1 minute' WHERE id = %s", [killed.pk])
    work(jobs.requeue_lost)
    take_in_package(row.job_id)
    with acting_as(orrin.principal):
        assert EvidenceItem.objects.count() == 2
    assert seen(orrin, theirs).job.attempts == 2


def test_half_of_it_is_never_taken_in(
    people: People, theirs: Incident, package: bytes, work: Work, files_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def broken(**given_to: Any) -> EvidenceItem:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("the second item")
        return receive_item(**given_to)

    with monkeypatch.context() as patch:
        patch.setattr("exchange.package.receiving.receive_item", broken)
        work(lambda: given_in(people.orrin.analyst, theirs, package))
    assert seen(people.orrin.analyst, theirs).job.error_code == "unexpected" and len(calls) == 2
    nothing_came_of_it(people, files_root)
    with acting_as(people.orrin.analyst.principal):
        work(lambda: services.retry_received(actor=people.orrin.analyst, reference=theirs.reference, number=1))
    assert seen(people.orrin.analyst, theirs).job.state == "done"


def test_what_was_received_stays(people: People, theirs: Incident, package: bytes, work: Work) -> None:
    orrin = people.orrin.analyst
    work(lambda: given_in(orrin, theirs, package))
    with acting_as(orrin.principal):
        for rows in (ReceivedCustody.objects, ReceivedPackage.objects):
            with pytest.raises(DatabaseError), transaction.atomic():
                rows.update(signed_by="vela.example/packages")
        row = ReceivedCustody.objects.first()
        assert row is not None
        own = given(orrin, theirs, data=b"own\n", title="Own")
        with acting_as(orrin.principal), pytest.raises(DatabaseError), transaction.atomic():
            ReceivedCustody.objects.create(
                incident=theirs, item=own, sender="x", package="x", label="E-1", links=1, first_hash="1" * 64,
                last_hash="2" * 64, content="{}", said="{}",
            )  # fmt: skip
    with acting_as(people.vela.analyst.principal):
        assert not ReceivedCustody.objects.exists() and not ReceivedPackage.objects.exists()


def test_keys_are_for_administrators_and_end_once(people: People, sign_in: Any) -> None:
    vkey = signer("packages").vkey
    given_key = {"vkey": vkey, "whose": "Vela", "how_known": "By telephone"}
    page, api = "/organisation/trusted-keys/", "/api/v1/trusted-keys/"
    client = sign_in(people.orrin.analyst)
    assert client.get(page).status_code == 200 and vkey in client.get(page).content.decode()
    assert client.post(page, given_key).status_code == client.post(api, given_key).status_code == 403
    client = sign_in(people.orrin.admin)
    assert client.post(page, {**given_key, "vkey": "nonsense"}).status_code == 422
    assert client.post(page, given_key).status_code == 303
    assert client.post(api, given_key, content_type="application/json").status_code == 400, "once"
    key = client.get(api).json()["trusted"][0]
    assert sign_in(people.vela.admin).get(f"{page}{key['id']}/end/").status_code == 404
    assert sign_in(people.vela.admin).delete(f"{api}{key['id']}/").status_code == 404
    client = sign_in(people.orrin.admin)
    assert client.post(f"{page}{key['id']}/end/").status_code == 303
    assert client.delete(f"{api}{key['id']}/").status_code == 204
    assert client.get(api).json()["trusted"][0]["ended_at"]
    assert client.post(page, given_key).status_code == 303, "trusted again is a new row"


def test_the_doors(people: People, theirs: Incident, package: bytes, work: Work, sign_in: Any) -> None:
    orrin = people.orrin.analyst
    shared(orrin, theirs, people.amal.organisation, Grade.EVIDENCE)
    pages, api = f"/incidents/{theirs.reference}/packages/", f"/api/v1/incidents/{theirs.reference}/packages/received/"

    def file() -> SimpleUploadedFile:
        return SimpleUploadedFile("package.zip", package, "application/zip")

    for person, answer in ((people.vela.analyst, 404), (people.amal.analyst, 403)):
        client = sign_in(person)
        assert client.post(f"{pages}receive/", {"file": file()}).status_code == answer
        assert client.post(api, {"file": file()}).status_code == answer
    client = sign_in(orrin)
    assert client.post(f"{pages}receive/", {}).status_code == 422
    text = client.post(f"{pages}receive/", {"file": SimpleUploadedFile("a.zip", b"no zip at all")})
    assert text.status_code == 422 and "This is not a zip file" in text.content.decode()
    first = work(lambda: client.post(f"{pages}receive/", {"file": file(), "once": "k"}))
    again = work(lambda: client.post(f"{pages}receive/", {"file": file(), "once": "k2"}))
    assert first["Location"] == again["Location"] == f"{pages}received/1/"
    assert "What became evidence" in client.get(f"{pages}received/1/").content.decode()
    part = client.get(f"{pages}received/1/progress/")
    assert client.get(f"{pages}received/1/progress/", headers={"If-None-Match": part["ETag"]}).status_code == 304
    assert client.post(f"{pages}received/1/retry/").status_code == client.post(f"{api}1/retry/").status_code == 409
    assert client.get(api).json()["results"][0]["outcome"]["items"][0] == {"label": "E-1", "here": "E-1"}
    assert client.post(api, {"file": file()}).status_code == 202
    assert sign_in(people.vela.analyst).get(f"{api}1/").status_code == 404


def test_rules_hold_at_the_service(people: People, theirs: Incident, package: bytes) -> None:
    with pytest.raises(NotFound):
        given_in(people.vela.analyst, theirs, package)
    with pytest.raises(NotAllowed):
        given_in(people.orrin.person("researcher"), theirs, package)
    with pytest.raises(Invalid):
        given_in(people.orrin.analyst, theirs, b"no zip")
    with acting_as(people.orrin.analyst.principal):
        close_incident(actor=people.orrin.analyst, reference=theirs.reference, note="Settled")
    from incidents.errors import AlreadyClosed

    with pytest.raises(AlreadyClosed):
        given_in(people.orrin.analyst, theirs, package)
