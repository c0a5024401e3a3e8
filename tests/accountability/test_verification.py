# ruff: noqa: F811  (the fixture `ground` is imported and asked for)
"""A verification report says what a finding stands on, at its mark and never above, and can be checked by an outsider (ATT-13)."""

import json
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import jsonschema
import pikepdf
import pytest
from django.db import DatabaseError, transaction
from pypdf import PdfReader

from accountability import errors, services
from accountability.models import VerificationReport
from accountability.selectors import report_of, stands_otherwise
from accountability.tasks import render_verification
from accountability.verification import data as gathering
from attribution import services as attribution
from attribution.access import finding_for
from attribution.errors import ReplyAwaited
from attribution.models import Contest, Finding, Opinion, RelyingParty
from core.errors import Invalid, NotAllowed, NotFound
from core.marks import NotCleared
from core.tenancy import acting_as
from documents.attachments import canonical_json
from documents.blocks import Content
from documents.models import Document, Job
from documents.rendering import Rendered
from evidence.services import change_mark
from incidents import hiding
from incidents.errors import NamesHidden
from incidents.models import Incident
from incidents.selectors import activity
from incidents.services import edit_incident
from ledger import log
from ledger.keys import signer
from ledger.services import sequence_pending
from ledger.verify.cli import main
from organisations.actors import Actor
from organisations.roles import Grade
from tests.attribution.ground import Ground, ground  # noqa: F401
from tests.evidence.builders import shared

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-13")]
SCHEMA = json.loads(
    (Path(__file__).resolve().parents[2] / "docs/reference/verification-report.schema.json").read_text(encoding="utf-8")
)
DISSENT: dict[str, Any] = {
    "position": "dissent", "dissent": "The legal test of article 4 is not met.", "reasons": "The organ is not shown.",
    "blocking_objection": True, "objection": "The bank was not asked.",
}  # fmt: skip
Made = Callable[..., VerificationReport]


def asked(ground: Ground, actor: Actor, mark: str = "TLP:AMBER", language: str = "en") -> VerificationReport:
    with acting_as(actor.principal):
        return services.request_report(
            actor=actor, reference=ground.reference, label="F-1", mark=mark, language=language
        )


def seen(ground: Ground, actor: Actor, code: str) -> VerificationReport:
    with acting_as(actor.principal):
        return report_of(finding_for(actor, ground.reference, "F-1")[1], actor, code, whole=True)


def taken(ground: Ground, actor: Actor, code: str) -> tuple[bytes, dict[str, Any]]:
    """PDF and data."""
    named: dict[str, Any] = {"actor": actor, "reference": ground.reference, "label": "F-1", "code": code}
    with acting_as(actor.principal):
        return services.read_report(**named)[1], json.loads(services.read_report_data(**named)[1])


@pytest.fixture
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is set in type: for what the data says, which the PDF is made from and carries."""

    def at_once(content: Content, *, attached: list[tuple[str, str, bytes]], **_how: Any) -> Rendered:
        facts = canonical_json(content)
        return Rendered(b"%PDF-" + attached[0][2], 1, sha256(facts).hexdigest(), 0.0, 0)

    monkeypatch.setattr("accountability.verification.building.render_content", at_once)


@pytest.fixture
def make(ground: Ground, django_capture_on_commit_callbacks: Any) -> Made:
    """A report asked for and made, as a worker would."""

    def ask_and_work(actor: Actor, **more: Any) -> VerificationReport:
        with django_capture_on_commit_callbacks(execute=True):
            report = asked(ground, actor, **more)
        found = seen(ground, actor, report.code)
        assert found.job.state == "done", (found.job.error_code, found.job.error_detail)
        return found

    return ask_and_work


def opened_up(ground: Ground) -> None:
    """The case may be told to anybody."""
    with acting_as(ground.analyst.principal):
        edit_incident(
            actor=ground.analyst,
            reference=ground.reference,
            version=1,
            facts={"mark": "TLP:CLEAR"},
            mark_reason="Public",
        )


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def marked(ground: Ground, label: str, mark: str) -> None:
    with acting_as(ground.collector.principal):
        change_mark(actor=ground.collector, reference=ground.reference, label=label, mark=mark)


def test_it_says_everything_the_finding_stands_on_and_fits_its_published_shape(ground: Ground, make: Made) -> None:
    ground.ready()
    ground.revealed({}, DISSENT, {})
    analyst = ground.analyst
    report = make(analyst)
    pdf, data = taken(ground, analyst, report.code)
    jsonschema.validate(data, SCHEMA, jsonschema.Draft202012Validator)
    assert sha256(report.content.encode()).hexdigest() == report.sha256
    text = words(pdf)
    for said in (
        "The unit ran the operation against the Games.", "H1 GRU Unit 74455 (Russia", "T1 – Provisional", "Likely / probable (55–75 %), PHIA",
        "Legs are never merged", "At least 2 independent origins", "Not met", "E-2", "Payments for the mail relay", "B2", "TLP:AMBER",
        "Origin: A bank's compliance office", "counts in full", "None is broken.", "Would it still stand?", "S-2", "Tessera Institute",
        DISSENT["dissent"], DISSENT["objection"], "No reply is on record.", "It does not say that the finding is true.",
        "python norms-verify.pyz report.json", "proposed a finding", report.sha256,
    ):  # fmt: skip
        assert said in text, said
    assert "%(" not in text and "{'" not in text
    heads = [row["custody"]["head"] for row in data["evidence"]["items"]]
    assert len(heads) == 3 and all(head in "".join(text.split()) for head in heads)
    assert [row["met"] for row in data["requirements"]] == [
        row["met"] for row in ground.finding().explanation["requirements"]
    ]
    member = ground.members[1].user
    assert member.name not in text and member.name not in report.content, "seats and houses, no person"
    assert data["report"] == f"{ground.reference}/F-1/{report}"


def test_the_pdf_is_tagged_and_carries_the_data_byte_for_byte(ground: Ground, make: Made) -> None:
    ground.ready()
    report = make(ground.analyst, mark="TLP:RED", language="ar")
    pdf, _data = taken(ground, ground.analyst, report.code)
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert opened.attachments["report.json"].get_file().read_bytes() == report.content.encode()
        assert str(opened.Root.Lang) == "ar" and opened.Root.MarkInfo.Marked and "/Outlines" in opened.Root
        with opened.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
    for page in PdfReader(BytesIO(pdf)).pages:
        assert page.extract_text().count("TLP:RED") >= 2, "the mark stands above and below on every page"


def sizes(pdf: bytes, *wanted: str) -> list[float]:
    """The size each of these words is set in."""
    found: dict[str, float] = {}

    def visit(text: str, cm: Any, tm: Any, _font: Any, size: float) -> None:
        for word in wanted:
            if word in text:
                found.setdefault(word, abs(float(size) * float(tm[3] or tm[1]) * float(cm[3])))

    for page in PdfReader(BytesIO(pdf)).pages:
        page.extract_text(visitor_text=visit)
    return [found[word] for word in wanted]


@pytest.mark.duty("ATT-7")
def test_dissent_is_set_as_large_as_the_finding(ground: Ground, make: Made) -> None:
    ground.ready()
    ground.revealed({}, {**DISSENT, "dissent": "Quarrelsome"}, {})
    report = make(ground.analyst)
    claim, dissent = sizes(taken(ground, ground.analyst, report.code)[0], "The unit ran", "Quarrelsome")
    assert claim == pytest.approx(dissent) and claim > 0


def test_of_what_is_above_the_mark_only_label_class_mark_and_grade_are_told(ground: Ground, make: Made) -> None:
    ground.ready()
    marked(ground, "E-2", "TLP:RED")
    ground.finding()
    report = make(ground.analyst)
    pdf, data = taken(ground, ground.analyst, report.code)
    jsonschema.validate(data, SCHEMA, jsonschema.Draft202012Validator)
    (item,) = [row for row in data["evidence"]["items"] if row["label"] == "E-2"]
    assert set(item) == {
        "label", "withheld", "mark", "evidence_class", "grade", "status", "rated", "counts_in_full", "why_not",
    }  # fmt: skip
    assert item["mark"] == "TLP:RED" and item["grade"]["reliability"] == "B"
    text = words(pdf)
    for secret in ("Payments for the mail relay", "A bank's compliance office"):
        assert secret not in text and secret not in report.content, secret
    assert data["evidence"]["custody"]["not_told"] == ["E-2"]
    assert "Withheld at this mark: E-2." in text and "an origin withheld here" in text
    assert "A bank's compliance office" in words(
        taken(ground, ground.analyst, make(ground.analyst, mark="TLP:RED").code)[0]
    )


def test_it_stops_with_one_sentence_when_anything_would_stand_above_its_mark(
    ground: Ground,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    ground.ready()
    marked(ground, "E-2", "TLP:RED")
    monkeypatch.setattr(gathering, "closed_to", lambda *_all: frozenset())  # somebody breaks the withholding
    with django_capture_on_commit_callbacks(execute=True):
        report = asked(ground, ground.analyst)
    found = seen(ground, ground.analyst, report.code)
    assert (found.job.state, found.job.error_code, found.job.error_detail) == ("failed", "above_mark", "E-2 (TLP:RED)")
    assert (found.content, found.change_id, found.job.result_id) == ("", None, None)
    with acting_as(ground.analyst.principal):
        assert not Document.objects.filter(kind="verification-report").exists()
        assert not RelyingParty.objects.filter(how="exported").exists()


def test_a_case_marked_up_meanwhile_stops_it(ground: Ground) -> None:
    ground.ready()
    report = asked(ground, ground.analyst)
    with acting_as(ground.analyst.principal):
        Incident.objects.filter(pk=ground.incident.pk).update(mark="TLP:RED")
    render_verification(report.job_id)
    assert seen(ground, ground.analyst, report.code).job.error_code == "above_mark"


def test_below_the_mark_of_its_case_none_is_asked_for(ground: Ground) -> None:
    ground.ready()
    with pytest.raises(errors.ReportMarkBelowCase):
        asked(ground, ground.analyst, mark="TLP:GREEN")
    for wrong in ({"mark": "TLP:PINK"}, {"language": "tlh"}):
        with pytest.raises(Invalid) as refused:
            asked(ground, ground.analyst, **wrong)
        assert list(refused.value.fields) == list(wrong)


@pytest.mark.duty("ATT-11")
def test_what_anybody_may_read_waits_for_the_reply(ground: Ground) -> None:
    ground.ready()
    opened_up(ground)
    with pytest.raises(ReplyAwaited):
        asked(ground, ground.analyst, mark="TLP:CLEAR")
    with acting_as(ground.analyst.principal):
        assert not VerificationReport.objects.exists() and not Job.objects.exists()


@pytest.mark.usefixtures("unset")
@pytest.mark.duty("ATT-7")
def test_a_sealed_round_tells_nothing_not_even_to_its_members(ground: Ground, make: Made) -> None:
    ground.ready()
    panel = ground.sealed({}, DISSENT, {})
    member = ground.members[1]
    report = make(member)
    assert DISSENT["dissent"] not in report.content and DISSENT["reasons"] not in report.content
    (said,) = json.loads(report.content)["panels"]
    assert said["opinions"] == [] and said["opened_at"] is None
    with acting_as(member.principal):
        assert Opinion.objects.filter(panel=panel, author=member.user).exists()


@pytest.mark.duty("ATT-6")
def test_a_finding_that_waits_to_be_computed_anew_says_so(ground: Ground, make: Made) -> None:
    ground.ready()
    marked(ground, "E-3", "TLP:AMBER+STRICT")
    with acting_as(ground.analyst.principal):
        assert Finding.objects.get().stale_since is not None
    report = make(ground.analyst, mark="TLP:AMBER+STRICT")
    pdf, data = taken(ground, ground.analyst, report.code)
    assert data["stands"]["waits"] is True and data["stands"]["waits_because"]
    assert "The tier waits to be computed anew." in words(pdf)
    assert "waits" in [row["code"] for row in data["limits"]]
    ground.finding()
    assert json.loads(make(ground.analyst, mark="TLP:AMBER+STRICT").content)["stands"]["waits"] is False


@pytest.mark.usefixtures("unset")
def test_it_is_read_by_the_organisation_that_asked_and_by_no_other(ground: Ground, make: Made) -> None:
    ground.ready()
    report = make(ground.analyst)
    partner = ground.people.palaver.person("legal_assessor")
    shared(ground.analyst, ground.incident, ground.people.palaver.organisation, Grade.EVIDENCE)
    with acting_as(partner.principal):
        assert not VerificationReport.objects.exists(), "the wall, not the view"
    for who in (partner, ground.people.brigid.analyst):
        with pytest.raises(NotFound):
            taken(ground, who, report.code)
    assert taken(ground, ground.people.vela.admin, report.code)[0].startswith(b"%PDF")
    mine = make(partner)
    assert json.loads(mine.content)["asked_for_by"] == mine.organisation.name != report.organisation.name
    with pytest.raises(NotFound):
        seen(ground, ground.analyst, mine.code)
    summary = ground.people.orrin.analyst
    shared(ground.analyst, ground.incident, ground.people.orrin.organisation, Grade.SUMMARY)
    with pytest.raises(NotAllowed):
        asked(ground, summary)


@pytest.mark.usefixtures("unset")
@pytest.mark.duty("ATT-11")
def test_whoever_takes_it_is_noted_and_told_when_the_finding_stands_otherwise(ground: Ground, make: Made) -> None:
    ground.ready()
    report = make(ground.analyst)
    with acting_as(ground.analyst.principal):
        (row,) = RelyingParty.objects.filter(how="exported")
        assert (row.user, row.change_id) == (ground.analyst.user, report.change_id)
    admin = ground.people.vela.admin
    with acting_as(ground.grader.principal):
        attribution.contest_finding(
            actor=ground.grader, reference=ground.reference, label="F-1", kind="denial", text="They deny it."
        )
        assert Contest.objects.exists()
    with acting_as(admin.principal):
        assert stands_otherwise(finding_for(admin, ground.reference, "F-1")[1], report)
    taken(ground, admin, report.code)
    with acting_as(ground.analyst.principal):
        late = RelyingParty.objects.get(how="exported", user=admin.user)
    assert late.change_id == report.change_id, "relies on the step that is printed, not on the newest"


@pytest.mark.usefixtures("unset")
def test_what_moved_above_it_since_takes_it_out_of_hand(ground: Ground, make: Made) -> None:
    ground.ready()
    marked(ground, "E-1", "TLP:RED")
    report = make(ground.analyst)
    marked(ground, "E-2", "TLP:RED")
    with pytest.raises(errors.ReportOvertaken) as refused:
        taken(ground, ground.analyst, report.code)
    assert refused.value.details["things"] == ["E-2"], "E-1 was withheld already"


@pytest.mark.usefixtures("unset")
def test_asking_twice_gives_one_and_what_was_issued_stays(ground: Ground, make: Made) -> None:
    ground.ready()
    first = asked(ground, ground.analyst)
    assert asked(ground, ground.people.vela.admin).pk == first.pk
    with pytest.raises(errors.ReportNotReady):
        taken(ground, ground.analyst, first.code)
    render_verification(first.job_id)
    render_verification(first.job_id)
    second = make(ground.analyst)
    with acting_as(ground.analyst.principal):
        rows = Document.objects.filter(kind="verification-report").order_by("issue")
        assert [row.issue for row in rows] == [1, 2]
        for change in ({"content": "{}"}, {"mark": "TLP:CLEAR"}, {"change": None}):
            with pytest.raises(DatabaseError), transaction.atomic():
                VerificationReport.objects.filter(pk=second.pk).update(**change)
        verbs = [entry.verb for entry in activity(ground.incident)]
    assert verbs.count("verification.requested") == 2 and verbs.count("verification.issued") == 2


@pytest.mark.usefixtures("unset")
@pytest.mark.duty("PUB-4")
def test_an_outsider_checks_it_and_a_changed_word_is_found(
    ground: Ground,
    make: Made,
    tmp_path: Path,
    settings: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings.KEYS_ROOT, settings.BASE_URL = tmp_path / "keys", "https://vela.example"
    ground.ready()
    ground.revealed({"reasons": "Ω: the logs “hold”\n\tand the payments too."}, DISSENT, {})
    assert sequence_pending() and log.publish_checkpoint() is not None
    report = make(ground.analyst)
    place, trusted = tmp_path / "report.json", ["--key", signer("packages").vkey, "--key", signer("log").vkey]
    place.write_text(report.content, encoding="utf-8")
    code, told = main([str(place), *trusted]), capsys.readouterr().out
    assert code == 0, told
    for said in (
        "The whole report was signed by vela.example/packages",
        "are proven to stand in the log",
        "3 opinions are word for word",
    ):
        assert said in told, told
    assert main([str(place)]) == 3, "without the keys nobody vouches for it"
    capsys.readouterr()
    changes: dict[str, Callable[[dict[str, Any]], Any]] = {
        "was changed after it was signed": lambda data: data["claim"].update(statement="It was nobody."),
        "is not the one that was sealed": lambda data: data["panels"][0]["opinions"][1].update(dissent=""),
        "its content does not give its hash": lambda data: data["ledger"]["entries"][0].update(
            verb="finding.withdrawn"
        ),
        "about an entry that is not here": lambda data: data["ledger"]["proofs"][0].update(entry_id="1"),
        "No entry says that the opinion": lambda data: data["ledger"].update(
            entries=[row for row in data["ledger"]["entries"] if row["verb"] != "panel.revealed"]
        ),
    }
    for said, change in changes.items():
        data = json.loads(report.content)
        change(data)
        place.write_text(json.dumps(data), encoding="utf-8")
        code, told = main([str(place), *trusted]), capsys.readouterr().out
        assert code == 1 and said in told, (said, told)


@pytest.mark.usefixtures("unset")
@pytest.mark.duty("SHR-1")
def test_what_a_partner_may_not_take_out_is_withheld_from_theirs(ground: Ground, make: Made) -> None:
    ground.ready()
    marked(ground, "E-2", "TLP:RED")
    partner = ground.people.palaver.person("legal_assessor")
    shared(ground.analyst, ground.incident, ground.people.palaver.organisation, Grade.EVIDENCE)
    with pytest.raises(NotCleared):
        asked(ground, partner, mark="TLP:RED")
    theirs, ours = make(partner, mark="TLP:AMBER+STRICT"), make(ground.analyst, mark="TLP:RED")
    assert "Payments for the mail relay" not in theirs.content and "Payments for the mail relay" in ours.content
    assert theirs.items() == ["E-1", "E-3"] and ours.items() == ["E-1", "E-2", "E-3"]


@pytest.mark.usefixtures("unset")
@pytest.mark.duty("SHR-7")
def test_where_names_are_hidden_it_says_handles_and_no_hash_that_covers_a_name(
    ground: Ground, make: Made, tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.KEYS_ROOT = tmp_path / "keys"
    ground.ready()
    ground.revealed({}, DISSENT, {})
    named = make(ground.analyst)
    coordinator = ground.people.vela.coordinator
    with acting_as(coordinator.principal):
        hiding.set_blind(actor=coordinator, reference=ground.reference, hidden=True)
    with pytest.raises(NamesHidden):
        taken(ground, ground.analyst, named.code)
    report = make(ground.analyst)
    data = json.loads(report.content)
    jsonschema.validate(data, SCHEMA, jsonschema.Draft202012Validator)
    assert data["ledger"]["entries"] == [] and "names are hidden" in data["ledger"]["why_not"]
    assert {row["custody"]["head"] for row in data["evidence"]["items"]} == {""}
    for house in ("vela", "meridian", "tessera", "amal"):
        name = getattr(ground.people, house).organisation.name
        assert name not in report.content, name
    assert {row["organisation"] for row in data["panels"][0]["seats"]} and DISSENT["dissent"] in report.content
    place = tmp_path / "report.json"
    place.write_text(report.content, encoding="utf-8")
    code, told = main([str(place), "--key", signer("packages").vkey]), capsys.readouterr().out
    assert code == 3 and "The whole report was signed by" in told, told
