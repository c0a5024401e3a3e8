"""An e-mail taken apart: every part a derived item with a hash of its own, the original untouched, hostile ones bounded."""

from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from core.tenancy import acting_as
from evidence import dangerous, mail
from evidence.models import EvidenceItem, IntakeJob, Lineage, StoredFile
from organisations.actors import Actor
from tests.people import People
from tests.tenancy.test_walls import filed

from .builders import bytes_of, given
from .test_danger import work

pytestmark = [pytest.mark.duty("ATT-2")]


def message(subject: str = "Invoice") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@evil.example", "b@hospital.example", subject
    made["Date"], made["Message-ID"] = "Fri, 09 Feb 2018 11:00:01 +0000", "<1@evil.example>"
    made.set_content("See the attachment.")
    made.add_alternative("<p>See the <b>attachment</b>.</p>", subtype="html")
    return made


def full() -> bytes:
    outer = message()
    outer.add_attachment(
        b"MZ" + bytes(200), maintype="application", subtype="pdf", filename="../../\u202efdp.invoice.pdf"
    )
    inner = message("Inner")
    inner.add_attachment(dangerous.eicar(), maintype="application", subtype="octet-stream", filename="eicar.com")
    outer.add_attachment(inner)
    return outer.as_bytes()


def test_the_parts_of_a_message_in_order() -> None:
    data = full()
    parts = mail.take_apart(data)
    assert [(part.role, part.claimed) for part in parts] == [
        ("headers", "text/plain"), ("text", "text/plain"), ("text", "text/html"), ("attachment", "application/pdf"), ("message", "message/rfc822"),
    ]  # fmt: skip
    assert data.startswith(parts[0].data) and b"Subject: Invoice" in parts[0].data
    assert parts[3].data == b"MZ" + bytes(200)
    assert b"Subject: Inner" in parts[4].data


def test_a_message_is_known_by_its_beginning() -> None:
    assert mail.looks_like_message(full()[:4000])
    assert not mail.looks_like_message(b"From: a\nbut this is prose\n")
    assert not mail.looks_like_message(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert not mail.looks_like_message(b"")


def nested(depth: int) -> bytes:
    boundaries = [f"b{number}" for number in range(depth)]
    head = b"From: a@x.example\nTo: b@x.example\nSubject: deep\n"
    opening = b"".join(
        f'Content-Type: multipart/mixed; boundary="{name}"\n\n--{name}\n'.encode() for name in boundaries
    )
    return head + opening + b"Content-Type: text/plain\n\ndeep\n"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (nested(40), "mail_too_deep"),
        (nested(5000), "mail_too_deep"),
        (b"From: a\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 300, "mail_too_many_parts"),
        (b"From: a\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 20_000, "mail_too_many_parts"),
        (b"\x00\x01\x02", "mail_unreadable"),
    ],
)
def test_a_hostile_message_is_named(data: bytes, code: str) -> None:
    with pytest.raises(mail.Hostile) as caught:
        mail.take_apart(data)
    assert caught.value.code == code


def test_a_message_too_large_is_named(monkeypatch: Any) -> None:
    monkeypatch.setattr(mail, "LARGEST", 10)
    with pytest.raises(mail.Hostile, match="mail_too_large"):
        mail.take_apart(full())


@pytest.mark.parametrize(
    "part",
    [
        b"Content-Type: text/plain; charset=nonsense\nContent-Transfer-Encoding: base64\n\n!!!not base64!!!\n",
        b"Content-Type: application/x; name=\"=?no-such?B?####?=\"\n\nx\n",
        b"Content-Type: application/x; name*=utf-9'''%ff%fe\nContent-Disposition: attachment\n\nx\n",
        b"Content-Type: text/plain\nContent-Transfer-Encoding: uuencode\n\nbegin 644 x\ngarbage\n",
        b"Content-Type: \xff\xfe/\x00\n\nx\n",
    ],
)  # fmt: skip
def test_broken_encodings_lose_nothing_and_stop_nothing(part: bytes) -> None:
    data = (
        b"From: a\nTo: b\nSubject: c\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
        + part
        + b"--b\nContent-Type: text/plain\n\nafter\n--b--\n"
    )
    parts = mail.take_apart(data)
    assert len(parts) == 3 and parts[1].data and parts[2].data.startswith(b"after")


@examples(st.binary(max_size=2000))
def test_any_bytes_are_parts_or_a_named_refusal(data: bytes) -> None:
    try:
        assert mail.take_apart(b"From: a\nContent-Type: multipart/mixed; boundary=x\n\n--x\n" + data)
    except mail.Hostile as refusal:
        assert refusal.code.startswith("mail_")


def taken(analyst: Actor, data: bytes, name: str = "message.eml") -> EvidenceItem:
    """A message given in and everything that follows done."""
    item = given(analyst, filed(analyst), data=data, name=name, kind="other", mark="TLP:RED")
    for _ in range(8):
        work(analyst)
    return item


@pytest.mark.django_db
def test_a_message_becomes_linked_items_each_with_its_hash(people: People) -> None:
    analyst = people.vela.analyst
    data = full()
    item = taken(analyst, data)
    with acting_as(analyst.principal):
        assert bytes_of(StoredFile.objects.get(item=item).path) == data, "the original is untouched"
        items = {row.label: row for row in EvidenceItem.objects.all()}
        links = {(link.item.label, link.other.label) for link in Lineage.objects.select_related("item", "other")}
        names = {row.label: [file.name for file in row.files.all()] for row in items.values()}
    assert links == {("E-2", "E-1"), ("E-3", "E-1"), ("E-4", "E-1"), ("E-5", "E-4"), ("E-6", "E-4")}
    assert names["E-2"] == ["headers.txt", "text-1.1.txt", "text-1.2.html"]
    assert names["E-3"] == ["fdp.invoice.pdf"], "no path, no direction mark"
    assert (
        "the content is application/x-dosexec" in items["E-3"].description
        or "claims to be application/pdf" in items["E-3"].description
    )
    assert names["E-6"] == ["eicar.com"]
    assert {row.mark for row in items.values()} == {"TLP:RED"} and {row.origin_id for row in items.values()} == {
        item.origin_id
    }
    with acting_as(analyst.principal):
        assert StoredFile.objects.get(name="eicar.com").dangerous
        assert {job.state for job in IntakeJob.objects.all()} == {"done"}


@pytest.mark.django_db
def test_a_message_is_recognised_by_content_and_taken_apart_once(people: People, sign_in: Any) -> None:
    analyst = people.vela.analyst
    item = taken(analyst, message().as_bytes(), name="saved.txt")
    with acting_as(analyst.principal):
        assert EvidenceItem.objects.count() == 2
    client = sign_in(analyst)
    with acting_as(analyst.principal):
        sha256 = StoredFile.objects.get(item=item).sha256
    again = client.post(f"/api/v1/incidents/{item.incident.reference}/evidence/E-1/files/{sha256}/take-apart/")
    assert (again.status_code, again.json()["code"]) == (409, "evidence_taken_apart_already")
    page = client.get(f"/incidents/{item.incident.reference}/evidence/E-1/").content.decode()
    assert "Derived items:" in page


@pytest.mark.django_db
def test_a_hostile_message_is_kept_and_the_page_says_why_it_was_not_taken_apart(people: People, sign_in: Any) -> None:
    analyst = people.vela.analyst
    item = taken(analyst, nested(200))
    with acting_as(analyst.principal):
        job = IntakeJob.objects.get()
        assert (job.state, job.error_code) == ("failed", "mail_too_deep")
        assert EvidenceItem.objects.count() == 1
    assert (
        "nested too deeply"
        in sign_in(analyst).get(f"/incidents/{item.incident.reference}/evidence/E-1/").content.decode()
    )


@pytest.mark.django_db
def test_messages_within_messages_end_somewhere(people: People) -> None:
    analyst = people.vela.analyst
    data = message("0")
    for number in range(12):
        outer = message(str(number + 1))
        outer.add_attachment(data)
        data = outer
    taken(analyst, data.as_bytes())
    with acting_as(analyst.principal):
        assert EvidenceItem.objects.count() <= 13
