"""Taking evidence in: what is kept, what is refused, and what is recorded."""

import hashlib
import io
import zipfile
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from core.errors import Invalid, NotAllowed, NotFound
from core.tenancy import acting_as
from evidence import services
from evidence.errors import FileAlreadyHeld
from evidence.models import CustodyEntry, EvidenceItem, Origin, StoredFile
from evidence.selectors import custody_fault, lacks_of, weighable
from incidents.errors import AlreadyClosed
from incidents.models import Statement
from incidents.services import add_statement, close_incident
from ledger.models import Entry
from organisations.roles import Grade
from tests.people import People
from tests.tenancy.test_walls import filed

from .builders import LOG, bytes_of, given, graded, overwrite, shared, stored, the_file, upload

BOTH_STORES = True

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-2")]


def refused(field: str, act: Any) -> str:
    """The sentence beside `field`."""
    with pytest.raises(Invalid) as caught, transaction.atomic():
        act()
    return str(caught.value.fields[field][0])


def test_an_item_is_kept_with_its_file_hashed_at_intake(people: People) -> None:
    analyst = people.vela.analyst
    item = given(analyst, filed(analyst))
    file = the_file(analyst, item)
    assert item.label == "E-1"
    assert (file.sha256, file.size, file.media_type) == (hashlib.sha256(LOG).hexdigest(), len(LOG), "text/plain")
    assert file.path == f"{people.vela.organisation.pk}/{file.sha256[:2]}/{file.sha256}"
    assert bytes_of(file.path) == LOG
    assert item.evidence_class == "host_forensics", "the kind's own class"
    assert item.mark == item.incident.mark


@pytest.mark.duty("ATT-3")
def test_custody_begins_with_receipt_and_the_ledger_holds_its_hash(people: People) -> None:
    analyst = people.vela.analyst
    item = given(analyst, filed(analyst))
    with acting_as(analyst.principal):
        entries = list(CustodyEntry.objects.filter(item=item))
        assert [entry.act for entry in entries] == ["received", "stored"]
        assert custody_fault(entries) == ""
        stored = Entry.objects.get(verb="evidence.file_stored")
        assert stored.root_id == item.incident_id
        assert entries[1].hash in stored.payload
        assert Entry.objects.get(verb="evidence.added").instruments == '{"evidence-standard":"2026.3"}'


def test_numbers_run_within_a_case_and_say_nothing_of_another(people: People) -> None:
    analyst = people.vela.analyst
    one, other = filed(analyst), filed(analyst)
    assert [given(analyst, one, data=None).label for _ in range(3)] == ["E-1", "E-2", "E-3"]
    assert given(analyst, other, data=None).label == "E-1"


def test_what_the_standard_asks_and_the_item_lacks_is_named(people: People) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    item = given(analyst, incident, data=None, source="", clock={"zone": "UTC"})
    with acting_as(analyst.principal):
        assert [lack.code for lack in lacks_of(item)] == [
            "source",
            "reliability",
            "credibility",
            "sha256",
            "format",
            "clock",
            "clock_source",
        ]
    whole = given(analyst, incident)
    graded(people.vela.another("analyst"), whole)
    with acting_as(analyst.principal):
        whole.refresh_from_db()
        assert lacks_of(whole) == []
        ready = {row.item.label: row for row in weighable(incident)}
        assert (ready["E-2"].missing, ready["E-2"].custody_complete) == ((), True)


def test_a_linked_statement_answers_for_its_own_words(people: People) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    with acting_as(analyst.principal):
        said = add_statement(
            actor=analyst, reference=incident.reference,
            statement={
                "kind": "own_assessment", "said_by": "Ministry", "wording": "We assess it was them.",
                "said": {"at": "2020-10-19T00:00:00+00:00", "precision": "day"},
            },
        )  # fmt: skip
    item = given(analyst, incident, data=None, kind="public_statement", statement=said.pk, details={})
    with acting_as(analyst.principal):
        assert item.statement_type == "own_assessment"
        assert [lack.code for lack in lacks_of(item)] == ["reliability", "credibility"]


def test_a_statement_of_another_case_cannot_be_named(people: People) -> None:
    analyst = people.vela.analyst
    here, there = filed(analyst), filed(analyst)
    with acting_as(analyst.principal):
        said = add_statement(
            actor=analyst, reference=there.reference, statement={"kind": "denial", "said_by": "Ministry"}
        )
    refused("statement", lambda: given(analyst, here, data=None, statement=said.pk))
    item = given(analyst, here, data=None)
    with acting_as(analyst.principal), pytest.raises(DatabaseError), transaction.atomic():
        EvidenceItem.objects.filter(pk=item.pk).update(statement=Statement.objects.get(pk=said.pk))


def test_one_origin_is_one_row_however_it_is_written(people: People) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    first = given(analyst, incident, data=None, origin="KISA")
    second = given(analyst, incident, data=None, origin="kisa")
    assert first.origin_id == second.origin_id
    with acting_as(analyst.principal):
        assert Origin.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("title", {"title": " "}),
        ("title", {"title": "x" * 201}),
        ("title", {"title": "invoice\u202efdp.exe"}),
        ("description", {"description": "d" * (10 * 1024 * 1024)}),
        ("kind", {"kind": "rumour"}),
        ("evidence_class", {"evidence_class": "gut_feeling"}),
        ("collected", {"collected": {"at": "1969-12-31T23:59:59+00:00", "precision": "exact"}}),
        ("collected", {"collected": {"at": "2999-01-01T00:00:00+00:00", "precision": "exact"}}),
        ("clock.zone", {"clock": {"zone": "Mars/Olympus"}}),
        ("clock.offset_seconds", {"clock": {"offset_seconds": "four"}}),
        ("mark", {"mark": "TLP:UNCLEAR"}),
        ("details", {"details": {"colour": "blue"}}),
        ("statement", {"statement": "1; DROP"}),
        ("statement_type", {"statement_type": "shout"}),
    ],
)
def test_a_fact_that_cannot_stand_is_refused_beside_its_field(
    people: People, field: str, facts: dict[str, Any]
) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    assert refused(field, lambda: given(analyst, incident, **facts))
    with acting_as(analyst.principal):
        assert not EvidenceItem.objects.exists()


def test_markup_is_kept_as_text(people: People) -> None:
    item = given(people.vela.analyst, filed(people.vela.analyst), data=None, title="<script>alert(1)</script>")
    assert item.title == "<script>alert(1)</script>"


def test_an_empty_file_is_refused_and_nothing_is_left(people: People) -> None:
    incident = filed(people.vela.analyst)
    assert "empty" in refused("file", lambda: given(people.vela.analyst, incident, data=b""))
    assert stored() == []


def test_a_file_above_the_limit_is_refused(people: People, settings: Any) -> None:
    settings.EVIDENCE_MAX_BYTES = 100
    incident = filed(people.vela.analyst)
    assert "larger than 100" in refused("file", lambda: given(people.vela.analyst, incident))
    assert stored() == []


PROGRAM = b"MZ" + bytes(58) + (128).to_bytes(4, "little") + bytes(64) + b"PE\0\0\x4c\x01" + bytes(300)


def test_a_program_that_says_it_is_a_document_is_refused_unless_it_is_given_as_malware(people: People) -> None:
    incident = filed(people.vela.analyst)
    sentence = refused("file", lambda: given(people.vela.analyst, incident, data=PROGRAM, name="report.pdf"))
    assert "“pdf”" in sentence and "Malware sample" in sentence
    item = given(people.vela.analyst, incident, data=PROGRAM, name="report.pdf", kind="malware_sample", details={})
    assert the_file(people.vela.analyst, item).name == "report.pdf"


def test_a_zip_bomb_is_stored_and_never_unpacked(people: People) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(50 * 1024 * 1024))
    item = given(people.vela.analyst, filed(people.vela.analyst), data=packed.getvalue(), name="bomb.zip")
    file = the_file(people.vela.analyst, item)
    assert (file.size, file.media_type) == (len(packed.getvalue()), "application/zip")
    assert [len(bytes_of(name)) for name in stored()] == [file.size]


def test_a_name_that_points_elsewhere_is_cleaned_and_kept_written_out(people: People) -> None:
    name = "../../etc/invoice\u202egnp.log"
    item = given(people.vela.analyst, filed(people.vela.analyst), name=name)
    file = the_file(people.vela.analyst, item)
    assert file.name == "invoicegnp.log"
    assert file.name_given == "../../etc/invoice\\u202egnp.log"
    assert stored() == [file.path]


def test_the_same_bytes_twice_on_one_item_are_held_once(people: People) -> None:
    analyst = people.vela.analyst
    item = given(analyst, filed(analyst))
    with acting_as(analyst.principal), pytest.raises(FileAlreadyHeld), transaction.atomic():
        services.add_file(actor=analyst, reference=item.incident.reference, label="E-1", upload=upload())


def test_the_same_bytes_are_shared_inside_a_house_and_never_between_two(people: People) -> None:
    """That the neighbour holds a file already must not show."""
    vela, orrin = people.vela.analyst, people.orrin.analyst
    incident = filed(vela)
    given(vela, incident)
    given(vela, incident)
    given(orrin, filed(orrin))
    files = [name.split("/")[0] for name in stored()]
    assert sorted(files) == sorted([str(people.vela.organisation.pk), str(people.orrin.organisation.pk)])


def test_a_damaged_copy_is_never_overwritten_by_a_good_one(people: People) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    first = the_file(analyst, given(analyst, incident))
    overwrite(first.path, b"damaged")
    second = the_file(analyst, given(analyst, incident))
    assert bytes_of(first.path) == b"damaged"
    assert bytes_of(second.path) == LOG


def test_who_may_add(people: People) -> None:
    incident = filed(people.vela.analyst)
    shared(people.vela.analyst, incident, people.meridian.organisation, Grade.EVIDENCE)
    shared(people.vela.analyst, incident, people.tessera.organisation, Grade.CONTRIBUTE)
    assert given(people.tessera.person("forensic_assessor"), incident).organisation == people.tessera.organisation
    with pytest.raises(NotAllowed):
        given(people.meridian.person("forensic_assessor"), incident)
    with pytest.raises(NotAllowed):
        given(people.vela.person("researcher"), incident)
    with pytest.raises(NotFound):
        given(people.orrin.analyst, incident)


def test_nothing_is_added_to_a_closed_case(people: People) -> None:
    incident = filed(people.vela.analyst)
    with acting_as(people.vela.analyst.principal):
        close_incident(actor=people.vela.analyst, reference=incident.reference)
    with pytest.raises(AlreadyClosed):
        given(people.vela.analyst, incident)


@pytest.mark.duty("ATT-3")
@pytest.mark.parametrize(
    "act",
    [
        lambda item: CustodyEntry.objects.filter(item=item).update(note="never"),
        lambda item: CustodyEntry.objects.filter(item=item).delete(),
        lambda item: StoredFile.objects.filter(item=item).update(sha256="0" * 64),
        lambda item: StoredFile.objects.filter(item=item).delete(),
        lambda item: EvidenceItem.objects.filter(pk=item.pk).update(number=99),
        lambda item: EvidenceItem.objects.filter(pk=item.pk).delete(),
    ],
)
def test_the_database_refuses_to_rewrite_what_was_received(people: People, act: Any) -> None:
    analyst = people.vela.analyst
    item = given(analyst, filed(analyst))
    with acting_as(analyst.principal), pytest.raises(Exception, match=r".") as caught, transaction.atomic():
        if act(item) in (0, (0, {})):
            raise DatabaseError("no row was touched")
    assert isinstance(caught.value, DatabaseError) or "protected" in str(caught.value)
