"""Malware is evidence: stored as it is, marked, scanned when there is a scanner, and handed out only inside an archive."""

import io
import socketserver
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import pyzipper
from django.db import DatabaseError, transaction
from django.test import Client

from core.errors import Invalid
from core.tenancy import acting_as
from evidence import clamd, dangerous
from evidence.models import EvidenceItem, FileScan, IntakeJob, StoredFile
from evidence.services import describe_item
from evidence.services.danger import mark_dangerous
from evidence.services.jobs import repeat
from evidence.work import do
from ledger.models import Entry
from organisations.actors import Actor
from tests.people import People
from tests.tenancy.test_walls import filed

from .builders import LOG, bytes_of, given, the_file

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-2")]
SignIn = Callable[[Actor], Client]


class FakeClamd(socketserver.ThreadingTCPServer):
    """Speaks the protocol of clamd(8); knows one signature: the test file's."""

    daemon_threads = True
    allow_reuse_address = True
    limit = 10_000
    broken = False


class Session(socketserver.StreamRequestHandler):
    server: FakeClamd

    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        if self.server.broken:
            return
        if command == b"zVERSION\0":
            self.wfile.write(b"ClamAV 1.4.1/27500/Thu Nov 26 09:30:00 2026\0")
            return
        assert command == b"zINSTREAM\0"
        data = b""
        while size := int.from_bytes(self.rfile.read(4), "big"):
            data += self.rfile.read(size)
            if len(data) > self.server.limit:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0" if dangerous.eicar() in data else b"stream: OK\0")


@pytest.fixture
def scanner(settings: Any) -> Iterator[FakeClamd]:
    server = FakeClamd(("127.0.0.1", 0), Session)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    settings.CLAMD_ADDRESS = f"tcp://127.0.0.1:{server.server_address[1]}"
    yield server
    server.shutdown()
    server.server_close()


def work(actor: Actor) -> list[IntakeJob]:
    """Does what waits, as a worker would; the jobs afterwards."""
    with acting_as(actor.principal):
        waiting = list(IntakeJob.objects.filter(state="queued").values_list("pk", flat=True))
    for number in waiting:
        do(number)
    with acting_as(actor.principal):
        return list(IntakeJob.objects.select_related("file"))


def test_the_test_file_is_known_by_its_first_signs_alone() -> None:
    assert dangerous.is_eicar(dangerous.eicar()) and dangerous.is_eicar(dangerous.eicar() + b"\r\n")
    assert len(dangerous.eicar()) == 68
    assert not dangerous.is_eicar(b"x" + dangerous.eicar()) and not dangerous.is_eicar(dangerous.eicar() + b"x")
    assert not dangerous.is_eicar(dangerous.eicar() + b" " * 61)


def test_the_test_file_is_stored_as_it_is_and_marked(people: People) -> None:
    analyst = people.vela.analyst
    file = the_file(analyst, given(analyst, filed(analyst), data=dangerous.eicar(), name="eicar.txt"))
    assert file.dangerous
    assert bytes_of(file.path) == dangerous.eicar()
    assert not the_file(analyst, given(analyst, filed(analyst))).dangerous


@pytest.mark.parametrize("door", ["page", "api"])
def test_it_leaves_only_inside_an_archive(people: People, sign_in: SignIn, door: str) -> None:
    analyst = people.vela.analyst
    item = given(analyst, filed(analyst), data=dangerous.eicar(), name="../eicar\u202etxt.com")
    file, client = the_file(analyst, item), sign_in(analyst)
    case = item.incident.reference
    if door == "page":
        where = f"/incidents/{case}/evidence/E-1/files/{file.sha256}/open/"
        assert "infected" in client.get(where).content.decode(), "the password is said on the page"
        answer = client.post(where, {"purpose": "Analysis"}, headers={"Range": "bytes=0-9"})
    else:
        answer = client.get(f"/api/v1/incidents/{case}/evidence/E-1/files/{file.sha256}/content/?purpose=Analysis")
    data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert (answer.status_code, answer["Content-Type"], answer["X-Archive-Password"]) == (
        200,
        "application/zip",
        "infected",
    )
    assert answer["Content-Disposition"].endswith('.zip"') and int(answer["Content-Length"]) == len(data)
    assert dangerous.eicar() not in data
    with pyzipper.AESZipFile(io.BytesIO(data)) as packed:
        (inside,) = packed.infolist()
        assert inside.filename == file.name
        with pytest.raises(RuntimeError):
            packed.read(inside)
        packed.setpassword(b"infected")
        assert packed.read(inside) == dangerous.eicar()


def test_a_sample_is_dangerous_by_its_kind_and_stays_so(people: People) -> None:
    analyst = people.vela.analyst
    sample = the_file(analyst, given(analyst, filed(analyst), kind="malware_sample"))
    assert sample.dangerous
    item = given(analyst, filed(analyst))
    with acting_as(analyst.principal):
        describe_item(
            actor=analyst, reference=item.incident.reference, label="E-1", version=1, facts={"kind": "malware_sample"}
        )
        assert StoredFile.objects.get(item=item).dangerous
        with pytest.raises(DatabaseError), transaction.atomic():
            StoredFile.objects.filter(item=item).update(dangerous=False)


def test_a_person_marks_a_file_with_a_reason(people: People, sign_in: SignIn) -> None:
    analyst = people.vela.analyst
    item = given(analyst, filed(analyst))
    file, client = the_file(analyst, item), sign_in(analyst)
    named: dict[str, Any] = {
        "actor": analyst,
        "reference": item.incident.reference,
        "label": "E-1",
        "sha256": file.sha256,
    }
    with acting_as(analyst.principal), pytest.raises(Invalid):
        mark_dangerous(**named, reason=" ")
    where = f"/incidents/{item.incident.reference}/evidence/E-1/files/{file.sha256}/dangerous/"
    assert client.get(where).status_code == 200
    assert client.post(where, {"reason": "Macro that downloads"}).status_code == 303
    assert "Dangerous" in client.get(f"/incidents/{item.incident.reference}/evidence/E-1/").content.decode()
    api = client.post(
        where.replace("/incidents/", "/api/v1/incidents/", 1), {"reason": "Again"}, content_type="application/json"
    )
    assert api.json()["dangerous"] is True
    with acting_as(analyst.principal):
        assert Entry.objects.filter(verb="evidence.dangerous").count() == 1


def test_without_a_scanner_nothing_waits(people: People) -> None:
    analyst = people.vela.analyst
    given(analyst, filed(analyst))
    assert work(analyst) == []


def test_what_comes_in_is_scanned_and_the_verdict_has_its_day(
    people: People, scanner: FakeClamd, sign_in: SignIn
) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    given(analyst, incident)
    (job,) = work(analyst)
    assert job.state == "done"
    with acting_as(analyst.principal):
        scan = FileScan.objects.get()
        assert (scan.outcome, scan.engine, scan.database) == (
            "clean",
            "ClamAV 1.4.1",
            "27500 of Thu Nov 26 09:30:00 2026",
        )
        assert not StoredFile.objects.get().dangerous
    page = sign_in(analyst).get(f"/incidents/{incident.reference}/evidence/E-1/").content.decode()
    assert "Nothing found" in page and "27500" in page


def test_what_the_scanner_finds_is_marked_and_is_no_bar(people: People, scanner: FakeClamd, sign_in: SignIn) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    item = given(analyst, incident, data=LOG + dangerous.eicar())
    assert not the_file(analyst, item).dangerous, "hidden inside: only the scanner sees it"
    work(analyst)
    file = the_file(analyst, item)
    assert file.dangerous and bytes_of(file.path) == LOG + dangerous.eicar()
    told = sign_in(analyst).get(f"/api/v1/incidents/{incident.reference}/evidence/E-1/work/").json()
    assert [(scan["outcome"], scan["name"]) for scan in told["scans"]] == [("found", "Eicar-Test-Signature")]
    with acting_as(analyst.principal):
        assert EvidenceItem.objects.get().status == "held"


def test_a_file_too_large_for_the_scanner_is_said_to_be_unscanned(people: People, scanner: FakeClamd) -> None:
    analyst = people.vela.analyst
    given(analyst, filed(analyst), data=LOG * 10)
    work(analyst)
    with acting_as(analyst.principal):
        scan = FileScan.objects.get()
        assert (scan.outcome, scan.name) == ("unscanned", "INSTREAM size limit exceeded")


def test_a_scanner_that_does_not_answer_fails_the_work_and_a_person_asks_again(
    people: People, scanner: FakeClamd, sign_in: SignIn
) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    scanner.broken = True
    given(analyst, incident)
    (job,) = work(analyst)
    assert (job.state, job.error_code) == ("failed", "scanner_unavailable")
    client = sign_in(analyst)
    page = client.get(f"/incidents/{incident.reference}/evidence/E-1/").content.decode()
    assert "did not answer" in page and "Try again" in page
    scanner.broken = False
    assert client.post(f"/incidents/{incident.reference}/evidence/E-1/work/{job.pk}/repeat/").status_code == 303
    assert [job.state for job in work(analyst)] == ["failed", "done"]


def test_work_is_done_once_and_only_for_who_is_still_there(people: People, scanner: FakeClamd) -> None:
    analyst = people.vela.analyst
    item = given(analyst, filed(analyst))
    (job,) = work(analyst)
    do(job.pk)
    with acting_as(analyst.principal):
        assert FileScan.objects.count() == 1
        from evidence.errors import WorkNotFailed

        with pytest.raises(WorkNotFailed):
            repeat(actor=analyst, reference=item.incident.reference, label="E-1", job_id=job.pk)
    do(10**9)


def test_an_address_may_be_a_socket_on_disk(tmp_path: Any) -> None:
    with pytest.raises(clamd.ScannerUnavailable):
        clamd.scan(f"unix:{tmp_path}/clamd.ctl", [b"x"])
