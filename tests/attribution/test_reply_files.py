"""Files with a reply: no account is needed, the rules of evidence hold, and nothing leaves bare that no scanner has cleared (ATT-11)."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import pyzipper
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client

from attribution import errors, reply_rules, services
from attribution.models import Finding, Reply, ReplyFile
from attribution.services import answering
from attribution.tasks import scan_reply_file
from core.errors import Invalid, NotAllowed, NotFound
from core.tenancy import acting_as
from evidence import dangerous, storage
from evidence.uploads import Upload
from ledger.models import Entry
from organisations.actors import Actor
from organisations.roles import Grade
from tests.doors.world import shared
from tests.evidence.test_danger import FakeClamd

from .ground import Ground, as_
from .test_services_reply import asked, noticed

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-11")]
SignIn = Callable[[Actor], Client]
LOG = b"2018-02-09 the relay was not ours\n"


def attach(invitation: services.Asked, name: str = "our.log", data: bytes = LOG) -> ReplyFile:
    with acting_as(None), transaction.atomic():
        return answering.attach_file(answering.visit_by_secret(invitation.secret), Upload(name, iter([data])))


def remove(invitation: services.Asked, number: int) -> None:
    with acting_as(None), transaction.atomic():
        answering.remove_file(answering.visit_by_secret(invitation.secret), number)


def send(invitation: services.Asked) -> Reply:
    with acting_as(None), transaction.atomic():
        return answering.submit_reply(answering.visit_by_secret(invitation.secret), text="No.", position="denies")


@pytest.fixture
def invitation(ground: Ground, found: Finding) -> services.Asked:
    noticed(ground)
    return asked(ground)


def seen_by(actor: Actor) -> list[str]:
    """Files of replies this person finds in the database."""
    with as_(actor):
        return sorted(ReplyFile.objects.values_list("name", flat=True))


def test_a_draft_is_the_partys_own_until_it_is_sent_and_then_it_stays(
    ground: Ground, invitation: services.Asked, django_capture_on_commit_callbacks: Any
) -> None:
    wrong = attach(invitation, "wrong.log", b"not this one\n")
    kept = attach(invitation)
    assert attach(invitation, "again.log").pk == kept.pk  # the same bytes are one file
    place = storage.place_of(wrong.path)
    assert place.exists()
    with django_capture_on_commit_callbacks(execute=True):
        remove(invitation, wrong.pk)
    assert not place.exists() and storage.place_of(kept.path).exists()
    with as_(ground.analyst), pytest.raises(NotFound):
        services.open_reply_file(actor=ground.analyst, reference=ground.reference, label="F-1", file_id=kept.pk)
    reply = send(invitation)
    for act in (lambda: remove(invitation, kept.pk), lambda: attach(invitation, "late.log", b"late, too late\n")):
        with pytest.raises(errors.AlreadyAnswered):
            act()
    with as_(ground.analyst):
        changes: tuple[Callable[[], int], ...] = (
            lambda: ReplyFile.objects.filter(pk=kept.pk)._raw_delete("default"),
            lambda: ReplyFile.objects.filter(pk=kept.pk).update(sha256="0" * 64),
            lambda: ReplyFile.objects.filter(pk=kept.pk).update(reply=None),
        )
        for change in changes:
            try:
                with transaction.atomic():
                    assert change() == 0
            except DatabaseError:
                pass
        row = ReplyFile.objects.get()
        assert (row.reply_id, row.name, row.sha256) == (reply.pk, "our.log", kept.sha256)
        assert f'"files":["{kept.sha256}"]' in Entry.objects.get(verb="reply.received").payload
        assert set(Entry.objects.filter(verb__startswith="reply.file").values_list("root_id", flat=True)) == {None}


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("empty.log", b"", "empty"),
        ("picture.png", b"MZ" + bytes(200), "ends in"),
        ("large.log", b"x" * 2001, "larger"),
    ],
)
def test_what_evidence_refuses_is_refused_beside_its_field(
    invitation: services.Asked, monkeypatch: Any, name: str, data: bytes, says: str
) -> None:
    rules = replace(reply_rules.in_force(), most_file_bytes=2000, most_files=2)
    monkeypatch.setattr(reply_rules, "rules_of", lambda version: rules)
    with pytest.raises(Invalid) as refused:
        attach(invitation, name, data)
    assert says in str(refused.value.fields["file"][0])
    attach(invitation, "1.log", b"one line\n")
    attach(invitation, "2.log", b"two lines\n\n")
    with pytest.raises(Invalid) as refused:
        attach(invitation, "3.log", b"three\n")
    assert "at most 2" in str(refused.value.fields["file"][0])


def test_nobody_else_removes_a_file_and_nobody_outside_the_case_sees_one(
    ground: Ground, invitation: services.Asked
) -> None:
    file, second = attach(invitation), asked(ground, party="victim")
    with pytest.raises(NotFound):
        remove(second, file.pk)
    reader, summary = ground.people.meridian.person("legal_assessor"), ground.people.palaver.person("coordinator")
    shared(ground.analyst, ground.incident, reader.organisation, Grade.ASSESS)
    shared(ground.analyst, ground.incident, summary.organisation, Grade.SUMMARY)
    assert seen_by(reader) == []  # a draft is not theirs to see
    send(invitation)
    assert seen_by(reader) == ["our.log"]
    assert seen_by(summary) == seen_by(ground.people.orrin.analyst) == []
    opens: dict[str, Any] = {"reference": ground.reference, "label": "F-1", "file_id": file.pk}
    with as_(summary), pytest.raises(NotAllowed):
        services.open_reply_file(actor=summary, **opens)
    orrin = ground.people.orrin.analyst
    with as_(orrin), pytest.raises(NotFound):
        services.open_reply_file(actor=orrin, **opens)


def test_it_leaves_in_an_archive_unless_a_scanner_found_nothing(
    ground: Ground,
    invitation: services.Asked,
    scanner: FakeClamd,
    sign_in: SignIn,
) -> None:
    file = attach(invitation)
    evil = attach(invitation, "test.com", dangerous.eicar())
    hidden = attach(invitation, "in.bin", b"x" * 200 + dangerous.eicar())
    assert evil.verdict == "found" and file.verdict == hidden.verdict == "unscanned"
    send(invitation)
    client = sign_in(ground.analyst)
    path = f"/incidents/{ground.reference}/attribution/findings/F-1/reply/files/"

    def packed(number: int) -> bool:
        answer = client.get(f"{path}{number}/")
        assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer["Content-Security-Policy"]
        data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        if answer["Content-Type"] != "application/zip":
            return False
        with pyzipper.AESZipFile(io.BytesIO(data)) as archive:
            archive.setpassword(b"infected")
            assert LOG not in data and archive.namelist()
        return True

    assert packed(file.pk) and packed(evil.pk) and packed(hidden.pk)
    for each in (file, evil, hidden):
        scan_reply_file(each.pk, ground.incident.holder_id)
    with as_(ground.analyst):
        assert list(ReplyFile.objects.values_list("verdict", flat=True)) == ["clean", "found", "found"]
    assert not packed(file.pk) and packed(evil.pk) and packed(hidden.pk)
    with as_(ground.analyst):
        assert Entry.objects.filter(verb="reply.file_opened", root_id=ground.incident.pk).count() == 6
    storage.place_of(file.path).chmod(0o640)
    storage.place_of(file.path).write_bytes(b"somebody else's words")
    assert client.get(f"{path}{file.pk}/").status_code == 409


def test_a_visitor_attaches_takes_out_and_sends_without_an_account(
    ground: Ground, invitation: services.Asked, publisher: Actor, sign_in: SignIn
) -> None:
    visitor, path = Client(), f"/reply/{invitation.secret}/"
    visitor.post(path, {"code": invitation.code})
    log = SimpleUploadedFile("our.log", LOG)
    assert visitor.post(path, {"save": "1", "text": "We den", "position": "", "file": log}).status_code == 303
    page = visitor.get(path).content.decode()
    assert "our.log" in page and "We den" in page
    lies = SimpleUploadedFile("picture.png", b"MZ" + bytes(200))
    refused = visitor.post(path, {"save": "1", "text": "We deny", "position": "", "file": lies})
    assert (
        refused.status_code == 422 and "our.log" in refused.content.decode() and "We deny" in refused.content.decode()
    )
    extra = visitor.post(path, {"save": "1", "text": "We deny", "file": SimpleUploadedFile("b.log", b"another line\n")})
    assert extra.status_code == 303
    number = re.findall(r'name="remove" value="(\d+)"', visitor.get(path).content.decode())[1]
    assert visitor.post(path, {"remove": number, "text": "We deny it", "position": "denies"}).status_code == 303
    page = visitor.get(path).content.decode()
    assert "b.log" not in page and "We deny it" in page
    nothing_lost = visitor.post(
        path, {"send": "1", "text": "", "position": "denies", "file": SimpleUploadedFile("c.log", b"a third line\n")}
    )
    assert nothing_lost.status_code == 422 and "c.log" in nothing_lost.content.decode()
    assert visitor.post(path, {"send": "1", "text": "We deny it.", "position": "denies"}).status_code == 303
    receipt = visitor.get(f"{path}?receipt=1").content.decode()
    assert receipt.count("SHA-256 (") == 4 and "our.log" in receipt
    page = sign_in(ground.analyst).get(f"/incidents/{ground.reference}/attribution/findings/F-1/").content.decode()
    assert "our.log" in page and "reply/files/" in page and "Not scanned" in page
    with as_(publisher):
        issue = services.publish_finding(actor=publisher, reference=ground.reference, label="F-1")
    assert [row["name"] for row in issue.content["replies"][0]["files"]] == ["our.log", "c.log"]
    assert set(issue.content["replies"][0]["files"][0]) == {"name", "size", "media_type", "sha256"}


def test_a_program_does_the_same_and_acknowledges_and_renews(
    ground: Ground, invitation: services.Asked, sign_in: SignIn
) -> None:
    base = f"/api/v1/incidents/{ground.reference}/attribution/findings/F-1/"
    client, visitor = sign_in(ground.analyst), Client()
    number = client.get(f"{base}reply/").json()["notice"]["invitations"][0]["id"]
    renewed = client.post(f"{base}reply/invitations/{number}/renew/")
    assert renewed.status_code == 201 and renewed["Cache-Control"] == "no-store"
    secret, code = renewed.json()["address"].rstrip("/").rpartition("/")[2], renewed.json()["code"]
    with transaction.atomic():  # these requests have no transaction of their own
        assert visitor.get(f"/api/v1/reply/{invitation.secret}/").status_code == 404  # the address before opens nothing
    door, right = f"/api/v1/reply/{secret}/", {"X-Reply-Code": code}
    assert visitor.post(f"{door}files/", {"file": SimpleUploadedFile("a.log", LOG)}).status_code == 403
    made = visitor.post(f"{door}files/", {"file": SimpleUploadedFile("a.log", LOG)}, headers=right)
    other = visitor.post(f"{door}files/", {"file": SimpleUploadedFile("b.log", b"another line\n")}, headers=right)
    assert made.status_code == other.status_code == 201 and made.json()["name"] == "a.log"
    with transaction.atomic():
        assert visitor.post(f"{door}files/", {}, headers=right).status_code == 400
    assert visitor.delete(f"{door}files/{other.json()['id']}/", headers=right).status_code == 204
    body = {"text": "No.", "position": "denies"}
    sent = visitor.post(door, body, content_type="application/json", headers=right).json()
    assert [row["name"] for row in sent["files"]] == ["a.log"]
    shown = client.get(f"{base}reply/").json()["replies"][0]["files"]
    assert [row["verdict"] for row in shown] == ["unscanned"]
    assert client.get(f"{base}reply/files/{shown[0]['id']}/")["Content-Type"] == "application/zip"
    with transaction.atomic():
        assert client.post(f"{base}reply/invitations/{number}/renew/").status_code == 409
    with as_(ground.analyst):
        row = services.note_sent(
            actor=ground.analyst, reference=ground.reference, label="F-1", addressee="A paper", channel="By hand"
        )
        services.withdraw_finding(actor=ground.analyst, reference=ground.reference, label="F-1", reason="x")
    said = {"note": "By telephone"}
    assert client.get(f"{base}relying/").json()["waiting"] == 1
    noted = client.post(f"{base}relying/{row.pk}/", said, content_type="application/json")
    assert noted.status_code == 204 and client.get(f"{base}relying/").json()["waiting"] == 0
    assert client.post(f"{base}relying/0/", said, content_type="application/json").status_code == 404
