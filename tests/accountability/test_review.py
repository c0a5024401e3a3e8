"""A review says what the record says, once, and never above its mark (REM-8)."""

import json
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.db import DatabaseError, connection, transaction
from pypdf import PdfReader

from accountability import errors, services
from accountability.models import Review
from accountability.tasks import render_review
from core.clock import today
from core.errors import Invalid, NotAllowed, NotFound
from core.tenancy import acting_as
from documents.failures import DocumentDamaged
from documents.models import Document, Job
from evidence.services import change_mark
from incidents.access import case_for
from incidents.models import Incident
from incidents.selectors import activity
from organisations.actors import Actor
from organisations.roles import Grade
from tests.evidence.builders import given, graded, shared
from tests.people import People

from .conftest import Make, asked, seen

pytestmark = [pytest.mark.django_db, pytest.mark.duty("REM-8")]


def verbs(actor: Actor, incident: Incident) -> list[str]:
    with acting_as(actor.principal):
        return [entry.verb for entry in activity(incident)][::-1]


def downloaded(actor: Actor, review: Review, incident: Incident) -> bytes:
    with acting_as(actor.principal):
        return services.download_review(actor=actor, reference=incident.reference, number=review.number)[1]


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_a_review_tells_the_record_and_is_stored_with_its_hash(people: People, incident: Incident, make: Make) -> None:
    admin, analyst = people.vela.admin, people.vela.analyst
    item = given(analyst, incident, mark="TLP:AMBER")
    graded(people.vela.person("forensic_assessor"), item)
    given(analyst, incident, mark="TLP:RED", title="Name of the secret source", data=b"another log\n")
    with acting_as(admin.principal):
        services.add_recommendation(
            actor=admin,
            reference=incident.reference,
            kind="tactical",
            text="Keep paper forms on every ward.",
            owner="vela",
            due=today(),
        )
    review = make(admin, incident, texts={"what_worked": "Paper forms were at hand. <script>alert(1)</script>"})
    assert review.job.state == "done" and review.job.progress == 100
    document = review.job.result
    assert document is not None and document.reference == f"{incident.reference}/REV-1"
    pdf = downloaded(admin, review, incident)
    assert sha256(pdf).hexdigest() == document.sha256 and len(pdf) == document.size
    text = words(pdf)
    for said in (
        "Hospital records encrypted", "Wards worked on paper.", "at least 300 people", "about 1,200 people", "Costa Rica", "General hospital",
        "Sign-in log of the domain controller", "B2", "E-2 Withheld", "Keep paper forms on every ward.", "Vela National CERT",
        "Paper forms were at hand. <script>alert(1)</script>", "filed the incident", "Nobody has written this section.", document.facts_sha256,
        "has done nothing else on the case",
    ):  # fmt: skip
        assert said in text, said
    assert "secret source" not in text
    with pikepdf.open(BytesIO(pdf)) as opened:
        facts = opened.attachments["content.json"].get_file().read_bytes()
    assert sha256(facts).hexdigest() == document.facts_sha256
    assert b"secret source" not in facts
    assert [section["code"] for section in json.loads(facts)["sections"]][:2] == [
        "executive_summary",
        "scope_independence",
    ]
    assert verbs(admin, incident)[-3:] == ["review.requested", "document.issued", "document.downloaded"]


def test_who_handled_the_case_is_said_so(people: People, incident: Incident, make: Make) -> None:
    coordinator = people.vela.coordinator
    shared(coordinator, incident, people.amal.organisation, Grade.EVIDENCE)
    review = make(coordinator, incident)
    assert "is not independent in the sense of R4.5" in words(downloaded(coordinator, review, incident))


def test_the_parts_of_an_empty_case_say_that_they_are_empty(people: People, incident: Incident, make: Make) -> None:
    text = words(downloaded(people.vela.admin, make(people.vela.admin, incident), incident))
    assert "No evidence is held on this case." in text and "No remediation task is recorded." in text


@pytest.mark.parametrize("role", ["analyst", "legal_assessor", "researcher"])
def test_only_administrators_and_coordinators_ask(people: People, incident: Incident, role: str) -> None:
    with pytest.raises(NotAllowed):
        asked(people.vela.person(role), incident)


def test_another_tenant_finds_nothing(people: People, incident: Incident, make: Make) -> None:
    review = make(people.vela.admin, incident)
    stranger = people.orrin.admin
    with acting_as(stranger.principal):
        assert not Review.objects.exists() and not Job.objects.exists() and not Document.objects.exists()
        for act in (
            lambda: services.request_review(actor=stranger, reference=incident.reference, mark="TLP:AMBER"),
            lambda: services.download_review(actor=stranger, reference=incident.reference, number=review.number),
            lambda: services.retry_review(actor=stranger, reference=incident.reference, number=review.number),
            lambda: services.close_recommendation(
                actor=stranger, reference=incident.reference, number=1, status="done", evidence="x"
            ),
        ):
            with pytest.raises(NotFound):
                act()


def test_a_share_of_the_summary_opens_no_review_and_one_of_evidence_does(
    people: People, incident: Incident, make: Make
) -> None:
    review = make(people.vela.admin, incident)
    reader = people.amal.analyst
    shared(people.vela.analyst, incident, people.amal.organisation, Grade.SUMMARY)
    with pytest.raises(NotAllowed):
        downloaded(reader, review, incident)
    with acting_as(reader.principal):
        assert not Document.objects.exists()
    shared(people.vela.analyst, incident, people.amal.organisation, Grade.EVIDENCE)
    assert downloaded(reader, review, incident).startswith(b"%PDF")
    assert not seen(reader, incident, review.number).job.error_code


def test_an_organisation_that_oversees_asks_as_itself(people: People, incident: Incident, make: Make) -> None:
    overseer = people.meridian.coordinator
    shared(people.vela.analyst, incident, people.meridian.organisation, Grade.OVERSEE)
    review = make(overseer, incident)
    assert review.job.state == "done" and review.organisation == people.meridian.organisation
    assert "as Meridian Assessment Body may see it" in words(downloaded(overseer, review, incident))


def test_a_review_is_marked_at_least_as_strictly_as_its_case(people: People, incident: Incident) -> None:
    with pytest.raises(errors.MarkBelowCase):
        asked(people.vela.admin, incident, mark="TLP:GREEN")


def test_a_case_marked_up_while_its_review_waits_stops_it(people: People, incident: Incident) -> None:
    review = asked(people.vela.admin, incident)
    with acting_as(people.vela.analyst.principal):
        Incident.objects.filter(pk=incident.pk).update(mark="TLP:RED")
    render_review(review.job_id)
    job = seen(people.vela.admin, incident, review.number).job
    assert (job.state, job.error_code) == ("failed", "above_mark") and incident.reference in job.error_detail


def test_evidence_marked_up_while_the_review_waits_is_withheld(people: People, incident: Incident, make: Make) -> None:
    item = given(people.vela.analyst, incident, mark="TLP:AMBER", title="Very particular title")
    review = asked(people.vela.admin, incident)
    with acting_as(people.vela.analyst.principal):
        change_mark(actor=people.vela.analyst, reference=incident.reference, label=item.label, mark="TLP:RED")
    render_review(review.job_id)
    assert "Very particular title" not in words(downloaded(people.vela.admin, review, incident))


@pytest.mark.parametrize(
    ("field", "ask"),
    [
        ("mark", {"mark": "TLP:PINK"}),
        ("language", {"language": "tlh"}),
        ("what_worked", {"texts": {"what_worked": "x" * 20_001}}),
        ("findings", {"texts": {"findings": "we say so"}}),
    ],
)
def test_what_cannot_be_asked_is_said_beside_its_field(
    people: People, incident: Incident, field: str, ask: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refused:
        asked(people.vela.admin, incident, **ask)
    assert list(refused.value.fields) == [field]


def test_asking_twice_gives_one_job(people: People, incident: Incident) -> None:
    first = asked(people.vela.admin, incident)
    assert asked(people.vela.coordinator, incident).pk == first.pk
    with pytest.raises(errors.ReviewInProgress):
        asked(people.vela.admin, incident, texts={"implications": "Others run the same software."})
    assert asked(people.vela.admin, incident, mark="TLP:RED").number == 2
    with acting_as(people.vela.admin.principal):
        assert Job.objects.count() == 2


def test_a_new_issue_supersedes_and_both_stay(people: People, incident: Incident, make: Make) -> None:
    admin = people.vela.admin
    first, second = make(admin, incident), make(admin, incident)
    old, new = first.job.result, second.job.result
    assert old and new and (new.issue, new.supersedes_id) == (2, old.pk)
    assert downloaded(admin, first, incident) != downloaded(admin, second, incident)
    assert f"Supersedes {old.reference}" in words(downloaded(admin, second, incident))


def test_what_was_issued_cannot_be_changed_or_dropped(people: People, incident: Incident, make: Make) -> None:
    document = make(people.vela.admin, incident).job.result
    assert document is not None
    with acting_as(people.vela.admin.principal):
        rows = Document.objects.filter(pk=document.pk)
        assert rows.update(sha256="0" * 64) == 0, "the application has no policy to change it"
        assert rows._raw_delete("default") == 0
        assert rows.get().sha256 == document.sha256
    for statement in ("UPDATE documents_document SET sha256 = repeat('0', 64)", "DELETE FROM documents_document"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("RESET ROLE; SET LOCAL ROLE norms_definer")
            cursor.execute(statement)


def test_a_changed_byte_is_never_handed_out(people: People, incident: Incident, make: Make, files_root: Path) -> None:
    review = make(people.vela.admin, incident)
    (path,) = (path for path in files_root.rglob("*.pdf"))
    assert path.parts[-4] == str(people.vela.organisation.pk)
    path.chmod(0o640)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(DocumentDamaged):
        downloaded(people.vela.admin, review, incident)
    path.unlink()
    with pytest.raises(DocumentDamaged):
        downloaded(people.vela.admin, review, incident)


def test_recommendations_have_owner_and_date_and_close_with_evidence(people: People, incident: Incident) -> None:
    admin = people.vela.admin
    with acting_as(admin.principal):
        right: dict[str, Any] = {"kind": "strategic", "text": "Train.", "owner": "vela", "due": today()}
        wrong = {"kind": "x", "text": " ", "owner": "orrin", "due": today().replace(year=2000)}
        for field, value in wrong.items():
            with pytest.raises(Invalid) as refused:
                services.add_recommendation(actor=admin, reference=incident.reference, **{**right, field: value})
            assert list(refused.value.fields) == [field]
        made = services.add_recommendation(
            actor=admin, reference=incident.reference, kind="strategic", text="Train.", owner="vela", due=today()
        )
        assert made.number == 1
        with pytest.raises(Invalid):
            services.close_recommendation(
                actor=admin, reference=incident.reference, number=1, status="done", evidence=" "
            )
        with pytest.raises(NotFound):
            services.close_recommendation(
                actor=admin, reference=incident.reference, number=2, status="done", evidence="x"
            )
        closed = services.close_recommendation(
            actor=admin, reference=incident.reference, number=1, status="done", evidence="Trained in May."
        )
        assert closed.closed_by == admin.user
        with pytest.raises(errors.RecommendationClosed):
            services.close_recommendation(
                actor=admin, reference=incident.reference, number=1, status="dropped", evidence="x"
            )
        assert case_for(admin, incident.reference)
    assert verbs(admin, incident)[-2:] == ["recommendation.added", "recommendation.done"]
