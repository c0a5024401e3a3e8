"""Resumable uploads, as tus 1.0.0 says: a lost line costs a piece, never the file, and never mixes two."""

import hashlib
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from core import clock
from core.tenancy import acting_as
from evidence import collecting, services, storage
from evidence.errors import ChecksumMismatch, StoreFull, UploadBusy, WrongOffset
from evidence.models import EvidenceItem, PendingUpload, StoredFile
from evidence.services import arriving
from organisations.actors import Actor
from organisations.founding import found_platform
from organisations.keys import issue_token
from organisations.roles import Grade
from tests.people import People
from tests.tenancy.test_walls import filed

from .builders import FACTS, LOG, bytes_of, given, shared, stored, upload
from .tus import address, begin, checksum, offset_of, piece, sent

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-2")]
BOTH_STORES = {
    "test_what_arrives_in_pieces_is_stored_as_if_it_had_come_at_once",
    "test_the_pieces_are_gone_once_the_file_is_kept",
    "test_a_piece_changed_on_its_way_is_not_kept",
    "test_what_came_before_the_line_went_dead_counts",
    "test_a_writer_that_died_is_followed_by_another_and_cannot_come_back",
    "test_what_nobody_goes_on_with_runs_out_and_is_cleared",
    "test_pieces_of_no_upload_are_cleared_in_the_end",
}
SignIn = Callable[[Actor], Client]
DATA = LOG * 3


@pytest.fixture(autouse=True)
def outside_a_transaction(monkeypatch: Any) -> None:
    """These views open none, so a refusal has none to undo; the one around a test is not theirs."""
    for module in ("core.problems", "rest_framework.views"):
        monkeypatch.setattr(f"{module}.set_rollback", lambda: None)


def test_what_arrives_in_pieces_is_stored_as_if_it_had_come_at_once(people: People, sign_in: SignIn) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    client = sign_in(analyst)
    number = sent(client, incident.reference, DATA, "security.log")
    answer = client.post(
        f"/api/v1/incidents/{incident.reference}/evidence/",
        {**FACTS, "uploads": [number]},
        content_type="application/json",
    )
    assert answer.status_code == 201, answer.content
    (file,) = answer.json()["files"]
    assert (file["sha256"], file["name"]) == (hashlib.sha256(DATA).hexdigest(), "security.log")
    with acting_as(analyst.principal):
        kept = StoredFile.objects.get()
        assert bytes_of(kept.path) == DATA
        assert not PendingUpload.objects.exists()


def test_the_pieces_are_gone_once_the_file_is_kept(
    people: People, sign_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    number = sent(sign_in(analyst), incident.reference, DATA, "security.log")
    assert len(stored()) == 7
    with acting_as(analyst.principal), django_capture_on_commit_callbacks(execute=True):
        services.add_item(actor=analyst, reference=incident.reference, facts=FACTS, pending=[number])
    with acting_as(analyst.principal):
        assert stored() == [StoredFile.objects.get().path]


def test_a_refused_item_keeps_the_upload_for_another_try(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    number = sent(client, incident.reference, DATA, "security.log")
    where = f"/api/v1/incidents/{incident.reference}/evidence/"
    refused = client.post(where, {**FACTS, "title": "", "uploads": [number]}, content_type="application/json")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["title"])
    assert client.post(where, {**FACTS, "uploads": [number]}, content_type="application/json").status_code == 201


def test_the_server_says_what_it_can_do(people: People, sign_in: SignIn, settings: Any) -> None:
    incident = filed(people.vela.analyst)
    answer = sign_in(people.vela.analyst).options(address(incident.reference))
    assert answer.status_code == 204
    assert answer["Tus-Version"] == answer["Tus-Resumable"] == "1.0.0"
    assert set(answer["Tus-Extension"].split(",")) == {"creation", "termination", "checksum", "expiration"}
    assert answer["Tus-Max-Size"] == str(settings.EVIDENCE_MAX_BYTES)
    assert "sha1" in answer["Tus-Checksum-Algorithm"] and "sha256" in answer["Tus-Checksum-Algorithm"]


def test_creation_answers_with_a_place_and_a_time_and_head_says_where_to_go_on(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    made = begin(client, incident.reference, 100, "../../etc/\u202egpj.exe")
    assert made.status_code == 201
    assert made["Location"].startswith("http://testserver/api/v1/") and made["Upload-Expires"].endswith("GMT")
    (row,) = client.get(address(incident.reference)).json()
    assert (row["name"], row["size"], row["offset"], row["whole"]) == ("gpj.exe", 100, 0, False)
    assert piece(client, made["Location"], 0, b"x" * 40)["Upload-Offset"] == "40"
    head = client.head(made["Location"], headers={"Tus-Resumable": "1.0.0"})
    assert (head["Upload-Offset"], head["Upload-Length"], head["Cache-Control"]) == ("40", "100", "no-store")


def test_another_version_or_none_is_not_spoken(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    answer = client.post(address(incident.reference), headers={"Upload-Length": "10"})
    assert (answer.status_code, answer["Tus-Version"]) == (412, "1.0.0")
    url = begin(client, incident.reference, 10)["Location"]
    assert client.head(url).status_code == 412
    assert client.delete(url).status_code == 412


@pytest.mark.parametrize(
    ("size", "says"), [("0", "empty"), ("", "Upload-Length"), ("-5", "Upload-Length"), ("99999999999", "larger than")]
)
def test_a_size_that_cannot_be_is_refused_with_what_to_do(
    people: People, sign_in: SignIn, size: str, says: str
) -> None:
    incident = filed(people.vela.analyst)
    answer = begin(sign_in(people.vela.analyst), incident.reference, 0, **{"Upload-Length": size})
    assert answer.status_code == 400
    assert says in answer.content.decode()


def test_an_organisation_cannot_fill_the_disk_with_beginnings(people: People, sign_in: SignIn, settings: Any) -> None:
    settings.EVIDENCE_UPLOAD_QUOTA = 250
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    urls = [begin(client, incident.reference, 100)["Location"] for _ in range(2)]
    refused = begin(client, incident.reference, 100)
    assert (refused.status_code, refused.json()["code"]) == (400, "upload_quota")
    assert client.delete(urls[0], headers={"Tus-Resumable": "1.0.0"}).status_code == 204
    assert begin(client, incident.reference, 100).status_code == 201


def test_a_piece_for_another_place_changes_nothing(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    url = begin(client, incident.reference, 10)["Location"]
    assert piece(client, url, 0, b"12345").status_code == 204
    for wrong in (0, 4, 6):
        answer = piece(client, url, wrong, b"x")
        assert (answer.status_code, answer.json()["code"]) == (409, "upload_offset")
    assert piece(client, url, 5, b"123456").status_code == 413, "more than was said"
    assert client.patch(url, b"x", content_type="text/plain", headers={"Tus-Resumable": "1.0.0"}).status_code == 415
    assert offset_of(client, url) == 5
    assert piece(client, url, 5, b"67890")["Upload-Offset"] == "10"


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_a_piece_changed_on_its_way_is_not_kept(people: People, sign_in: SignIn, algorithm: str) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    url = begin(client, incident.reference, 10)["Location"]
    answer = piece(client, url, 0, b"1234X", **{"Upload-Checksum": checksum(b"12345", algorithm)})
    assert answer.status_code == 460
    assert offset_of(client, url) == 0
    assert stored() == []
    assert piece(client, url, 0, b"12345", **{"Upload-Checksum": checksum(b"12345", algorithm)}).status_code == 204
    assert piece(client, url, 5, b"12345", **{"Upload-Checksum": "crc32 AAAA"}).status_code == 400


def test_where_no_patch_passes_a_post_does(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    url = begin(client, incident.reference, 5)["Location"]
    head = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert client.post(url, b"12345", content_type="application/offset+octet-stream", headers=head).status_code == 204
    assert client.post(url, headers={"Tus-Resumable": "1.0.0"}).status_code == 405
    gone = {"Tus-Resumable": "1.0.0", "X-HTTP-Method-Override": "DELETE"}
    assert client.post(url, headers=gone).status_code == 204
    assert client.head(url, headers={"Tus-Resumable": "1.0.0"}).status_code == 404


def test_a_program_sends_with_its_token(people: People) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    with acting_as(analyst.principal):
        _token, key = issue_token(actor=analyst, name="forensic bench")
    client = Client(headers={"Authorization": f"Token {key}"})
    assert sent(client, incident.reference, DATA)


def test_a_session_needs_its_csrf_token(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    sign_in(people.vela.analyst)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people.vela.analyst.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert begin(strict, incident.reference, 5).status_code == 403


def test_an_upload_is_one_s_own_alone(people: People, sign_in: SignIn) -> None:
    analyst = people.vela.analyst
    incident, other = filed(analyst), filed(analyst)
    shared(analyst, incident, people.meridian.organisation, Grade.CONTRIBUTE)
    client = sign_in(analyst)
    number = sent(client, incident.reference, DATA)
    elsewhere = f"{address(other.reference)}{number}/"
    assert client.head(elsewhere, headers={"Tus-Resumable": "1.0.0"}).status_code == 404
    for person in (people.vela.another("analyst"), people.meridian.analyst, people.orrin.analyst):
        theirs = sign_in(person)
        url = f"{address(incident.reference)}{number}/"
        assert theirs.get(url).status_code == 404
        assert piece(theirs, url, len(DATA), b"x").status_code == 404
        assert theirs.delete(url, headers={"Tus-Resumable": "1.0.0"}).status_code == 404
        listed = theirs.get(address(incident.reference))
        assert listed.status_code == 404 or listed.json() == []
    used = sign_in(people.meridian.analyst).post(
        f"/api/v1/incidents/{incident.reference}/evidence/",
        {**FACTS, "uploads": [number]},
        content_type="application/json",
    )
    assert used.status_code == 400
    with acting_as(people.meridian.analyst.principal):
        assert not PendingUpload.objects.exists(), "the database shows it to nobody else"


def test_a_reader_sends_nothing(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    assert begin(sign_in(people.vela.person("researcher")), incident.reference, 5).status_code == 403


def test_a_file_that_is_not_whole_becomes_no_evidence(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    url = begin(client, incident.reference, 10, "disk.img")["Location"]
    piece(client, url, 0, b"12345")
    number = url.rstrip("/").rsplit("/", 1)[-1]
    where = f"/api/v1/incidents/{incident.reference}/evidence/"
    answer = client.post(where, {**FACTS, "uploads": [number]}, content_type="application/json")
    assert answer.status_code == 400
    assert "disk.img" in answer.json()["errors"]["uploads"][0]
    for nothing in (str(uuid.uuid4()),):
        assert client.post(where, {**FACTS, "uploads": [nothing]}, content_type="application/json").status_code == 400
    with acting_as(people.vela.analyst.principal):
        assert not EvidenceItem.objects.exists()


# --- as services: what a request cannot show


@pytest.fixture
def begun(people: People) -> tuple[Actor, str, PendingUpload]:
    """An upload of ten bytes."""
    analyst = people.vela.analyst
    incident = filed(analyst)
    with acting_as(analyst.principal):
        row = arriving.begin_upload(actor=analyst, reference=incident.reference, name="a.bin", size=10)
    return analyst, incident.reference, row


def append(begun: tuple[Actor, str, PendingUpload], offset: int, chunks: Any, **more: Any) -> PendingUpload:
    actor, reference, row = begun
    with acting_as(actor.principal):
        length = more.pop("length", 10 - offset)
        return arriving.append_to_upload(
            actor=actor, reference=reference, upload_id=row.pk, offset=offset, length=length, chunks=chunks, **more
        )


def breaking(*chunks: bytes) -> Iterator[bytes]:
    yield from chunks
    raise OSError("the line went dead")


def test_what_came_before_the_line_went_dead_counts(begun: Any) -> None:
    assert append(begun, 0, breaking(b"123", b"45")).offset == 5
    assert append(begun, 5, [b"67890"]).is_whole
    actor, reference, row = begun
    with acting_as(actor.principal):
        item = services.add_item(actor=actor, reference=reference, facts=FACTS, pending=[row.pk])
        assert bytes_of(StoredFile.objects.get(item=item).path) == b"1234567890"


def test_with_a_checksum_a_broken_piece_counts_for_nothing(begun: Any) -> None:
    whole = arriving.Checksum("sha256", hashlib.sha256(b"1234567890").digest())
    with pytest.raises(ChecksumMismatch):
        append(begun, 0, breaking(b"123"), checksum=whole)
    assert append(begun, 0, [b"1234567890"], checksum=whole).is_whole


def test_two_at_once_on_one_upload_do_not_mix(begun: Any) -> None:
    def slow() -> Iterator[bytes]:
        yield b"123"
        with pytest.raises(UploadBusy):  # while the first still sends
            append(begun, 0, [b"XXX"])
        yield b"45"

    assert append(begun, 0, slow()).offset == 5
    with pytest.raises(WrongOffset):
        append(begun, 0, [b"XXX"])


def test_a_writer_that_died_is_followed_by_another_and_cannot_come_back(begun: Any) -> None:
    actor, _reference, row = begun

    def dying() -> Iterator[bytes]:
        yield b"123"
        with acting_as(actor.principal):  # a minute passes
            PendingUpload.objects.filter(pk=row.pk).update(lease_until=clock.now() - timedelta(seconds=1))
        assert append(begun, 0, [b"abcde"]).offset == 5
        yield b"45"

    with pytest.raises(UploadBusy):
        append(begun, 0, dying())
    assert append(begun, 5, [b"fghij"]).is_whole
    with acting_as(actor.principal):
        assert b"".join(arriving.bytes_of(PendingUpload.objects.get())) == b"abcdefghij"
    assert len(stored()) == 2, "the dead writer's piece is gone"


def test_a_full_store_in_the_middle_keeps_what_was_acknowledged(begun: Any, monkeypatch: Any) -> None:
    assert append(begun, 0, [b"12345"]).offset == 5
    real = type(storage.store()).write

    def full(self: Any, name: str, chunks: Any) -> None:
        next(iter(chunks))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(storage.store()), "write", full)
    with pytest.raises(StoreFull):
        append(begun, 5, [b"67890"])
    monkeypatch.setattr(type(storage.store()), "write", real)
    assert append(begun, 5, [b"67890"]).is_whole


def test_what_nobody_goes_on_with_runs_out_and_is_cleared(
    begun: Any, settings: Any, sign_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    found_platform()
    actor, reference, row = begun
    append(begun, 0, [b"12345"])
    collecting.expire_uploads()
    assert len(stored()) == 1, "not before its time"
    with connection.cursor() as cursor, acting_as(actor.principal):
        cursor.execute("UPDATE evidence_pendingupload SET expires_at = now() - interval '1 second'")
    answer = sign_in(actor).head(f"{address(reference)}{row.pk}/", headers={"Tus-Resumable": "1.0.0"})
    assert answer.status_code == 410
    with django_capture_on_commit_callbacks(execute=True):
        collecting.expire_uploads()
    assert stored() == []
    with acting_as(actor.principal):
        assert not PendingUpload.objects.exists()


def test_pieces_of_no_upload_are_cleared_in_the_end(settings: Any) -> None:
    found_platform()
    storage.store().write(f"{arriving.ARRIVING}/dead/piece", [b"x"])
    collecting.expire_uploads()
    assert len(stored()) == 1
    settings.EVIDENCE_UPLOAD_DAYS = -2
    collecting.expire_uploads()
    assert stored() == []


def test_time_runs_out_for_the_slowest_too(begun: Any, settings: Any) -> None:
    settings.EVIDENCE_UPLOAD_DAYS = 1
    after = append(begun, 0, [b"1"])
    assert after.expires_at <= after.created_at + timedelta(days=1)


def test_several_files_make_one_item_or_one_each(people: People) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    named: dict[str, Any] = {"actor": analyst, "reference": incident.reference, "facts": FACTS}
    files = [("a.log", LOG), ("b.log", LOG * 2), ("c.log", LOG * 3)]
    with acting_as(analyst.principal):
        one = services.add_item(**named, uploads=[upload(data, name) for name, data in files])
        assert [file.name for file in one.files.order_by("pk")] == ["a.log", "b.log", "c.log"]
        each = services.add_item_each(**named, uploads=[upload(data, name) for name, data in files])
        assert [item.label for item in each] == ["E-2", "E-3", "E-4"]
        assert each[1].title == "Sign-in log of the domain controller: b.log"
        assert services.add_item_each(**named, uploads=[upload()])[0].title == FACTS["title"]


def test_one_bad_file_of_several_is_named_and_nothing_is_half_done(people: People) -> None:
    from django.db import transaction

    from core.errors import Invalid

    analyst = people.vela.analyst
    incident = filed(analyst)
    for act in (services.add_item, services.add_item_each):
        with acting_as(analyst.principal), pytest.raises(Invalid) as caught, transaction.atomic():
            act(
                actor=analyst,
                reference=incident.reference,
                facts=FACTS,
                uploads=[upload(LOG, "a.log"), upload(b"", "b.log")],
            )
        assert "b.log" in str(caught.value.fields["file"][0]) and "empty" in str(caught.value.fields["file"][0])
    with acting_as(analyst.principal), pytest.raises(Invalid) as twice, transaction.atomic():
        services.add_item(
            actor=analyst,
            reference=incident.reference,
            facts=FACTS,
            uploads=[upload(LOG, "a.log"), upload(LOG, "b.log")],
        )
    assert "b.log" in str(twice.value.fields["file"][0])
    with acting_as(analyst.principal):
        assert not EvidenceItem.objects.exists()
    assert given(analyst, incident).label == "E-1"
