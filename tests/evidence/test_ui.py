"""The pages of evidence, as a person without JavaScript meets them."""

import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.tenancy import acting_as
from evidence.models import CustodyEntry, EvidenceItem, StoredFile
from evidence.states import Status
from organisations.actors import Actor
from organisations.roles import Grade
from tests.people import People
from tests.tenancy.test_walls import filed

from .builders import LOG, given, graded, shared, tamper, the_file

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-2")]
SignIn = Callable[[Actor], Client]

ANSWERS = {
    "title": "Sign-in log", "description": "Text", "evidence_class": "", "source": "Operator", "collection_method": "Copied",
    "collected_0": "10", "collected_1": "2", "collected_2": "2018", "collected_3": "", "collected_4": "UTC", "collected_5": "day",
    "collected_by": "R. Okello", "origin": "Operator", "clock_zone": "UTC", "clock_offset_seconds": "0", "clock_source": "NTP",
    "detail_logging_source": "Windows Security", "mark": "TLP:AMBER",
}  # fmt: skip


def base(reference: str) -> str:
    return f"/incidents/{reference}/evidence/"


def test_the_list_says_what_it_is_for_when_it_is_empty(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    page = sign_in(people.vela.analyst).get(base(incident.reference)).content.decode()
    assert "No evidence yet" in page and "Add the first item" in page


def test_the_list_shows_grade_mark_class_and_integrity_in_words(people: People, sign_in: SignIn) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    graded(people.vela.another("analyst"), given(analyst, incident, title="<b>Log</b>"))
    page = sign_in(analyst).get(base(incident.reference)).content.decode()
    for words in (
        "E-1",
        "&lt;b&gt;Log&lt;/b&gt;",
        "Usually reliable source",
        "probably true",
        "TLP:AMBER",
        "Host forensics",
        "Not checked since receipt",
    ):
        assert words in page
    assert "<b>Log" not in page


def test_an_item_is_added_in_two_steps_with_its_file(people: People, sign_in: SignIn) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    client = sign_in(analyst)
    assert "Log extract" in client.get(f"{base(incident.reference)}new/").content.decode()
    address = f"{base(incident.reference)}new/?kind=log"
    assert "detail_logging_source" in client.get(address).content.decode()
    answer = client.post(address, {**ANSWERS, "file": SimpleUploadedFile("security.log", LOG)})
    assert (answer.status_code, answer["Location"]) == (303, f"{base(incident.reference)}E-1/")
    with acting_as(analyst.principal):
        item = EvidenceItem.objects.get()
        assert (item.kind, item.collected_precision, item.clock_offset_seconds) == ("log", "day", 0)
        assert item.details == {"logging_source": "Windows Security"}
        assert StoredFile.objects.get(item=item).size == len(LOG)
    page = client.get(answer["Location"]).content.decode()
    assert "2 fields are missing" in page  # the two grades
    assert "Received" in page and "Stored" in page


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"title": ""}, "needs an answer"),
        ({"description": "d" * (10 * 1024 * 1024)}, "Shorten this"),
        ({"collected_2": "1969"}, "1970 or later"),
        ({"collected_2": "2999"}, "future"),
        ({"clock_zone": "Mars"}, "Enter a zone such as"),
        ({"mark": "TLP:PINK"}, "Select a valid choice"),
        ({"title": "x\u202egnp.exe"}, "invisible control characters"),
        ({"file": SimpleUploadedFile("empty.log", b"")}, "This file is empty"),
        ({"file": SimpleUploadedFile("report.pdf", b"MZ" + bytes(58) + (128).to_bytes(4, "little") + bytes(64) + b"PE\0\0\x4c\x01" + bytes(300))}, "Malware sample"),
    ],
)  # fmt: skip
def test_a_bad_answer_is_told_beside_its_field_and_nothing_typed_is_lost(
    people: People, sign_in: SignIn, changed: dict[str, object], sentence: str
) -> None:
    incident = filed(people.vela.analyst)
    answer = sign_in(people.vela.analyst).post(f"{base(incident.reference)}new/?kind=log", {**ANSWERS, **changed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "There is a problem" in page and sentence in page
    assert "Windows Security" in page, "the other answers are still there"
    with acting_as(people.vela.analyst.principal):
        assert not EvidenceItem.objects.exists()


def test_a_file_above_the_limit_keeps_the_other_answers(people: People, sign_in: SignIn, settings: object) -> None:
    settings.EVIDENCE_MAX_BYTES = 1000  # type: ignore[attr-defined]
    settings.FILE_UPLOAD_HANDLERS = ["evidence.uploads.EvidenceUploadHandler"]  # type: ignore[attr-defined]
    incident = filed(people.vela.analyst)
    answers = {**ANSWERS, "file": SimpleUploadedFile("security.log", bytes(5000))}
    answer = sign_in(people.vela.analyst).post(f"{base(incident.reference)}new/?kind=log", answers)
    assert answer.status_code == 422
    assert "larger than" in answer.content.decode() and "Windows Security" in answer.content.decode()


def test_a_form_that_comes_back_has_its_files_still(people: People, sign_in: SignIn) -> None:
    """A browser does not keep a file when a form comes back: the platform does."""
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    answers = {**ANSWERS, "title": "", "file": [SimpleUploadedFile("a.log", LOG), SimpleUploadedFile("b.log", LOG * 2)]}
    answer = client.post(f"{base(incident.reference)}new/?kind=log", answers)
    ticked = re.findall(r'name="uploads" value="([0-9a-f-]{36})"[^>]*checked', answer.content.decode())
    assert (answer.status_code, len(ticked)) == (422, 2)
    again = client.post(f"{base(incident.reference)}new/?kind=log", {**ANSWERS, "uploads": ticked})
    assert again.status_code == 303
    with acting_as(people.vela.analyst.principal):
        assert [file.name for file in StoredFile.objects.order_by("pk")] == ["a.log", "b.log"]
        assert EvidenceItem.objects.count() == 1


def test_a_file_that_came_back_can_be_left_out(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    wrong = {**ANSWERS, "file": SimpleUploadedFile("report.pdf", LOG)}
    answer = client.post(f"{base(incident.reference)}new/?kind=log", wrong)
    assert answer.status_code == 422 and "report.pdf" in answer.content.decode()
    assert client.post(f"{base(incident.reference)}new/?kind=log", ANSWERS).status_code == 303
    assert "report.pdf" in client.get(f"{base(incident.reference)}new/?kind=malware_sample").content.decode()


def test_several_files_become_one_item_each_when_asked(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    files = [SimpleUploadedFile("a.log", LOG), SimpleUploadedFile("b.log", LOG)]
    answer = client.post(f"{base(incident.reference)}new/?kind=log", {**ANSWERS, "file": files, "several": "each"})
    assert answer.status_code == 303
    with acting_as(people.vela.analyst.principal):
        titles = list(EvidenceItem.objects.order_by("number").values_list("title", flat=True))
    assert [title.rsplit(": ")[-1] for title in titles] == ["a.log", "b.log"]


def test_files_are_added_to_an_item_several_at_once(people: People, sign_in: SignIn) -> None:
    item = given(people.vela.analyst, filed(people.vela.analyst))
    client = sign_in(people.vela.analyst)
    where = f"{base(item.incident.reference)}E-1/files/add/"
    files = [SimpleUploadedFile("a.log", LOG * 2), SimpleUploadedFile("b.log", LOG * 3)]
    assert client.post(where, {"file": files}).status_code == 303
    assert client.post(where, {}).status_code == 422
    with acting_as(people.vela.analyst.principal):
        assert item.files.count() == 3


def test_a_double_click_adds_one_item(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    for _ in range(2):
        answer = client.post(f"{base(incident.reference)}new/?kind=log", {**ANSWERS, "once": "0123456789abcdef"})
        assert answer.status_code == 303
    with acting_as(people.vela.analyst.principal):
        assert EvidenceItem.objects.count() == 1


@pytest.mark.duty("ATT-3")
def test_a_download_needs_a_purpose_and_is_a_link_of_custody(people: People, sign_in: SignIn) -> None:
    analyst = people.vela.analyst
    item = given(analyst, filed(analyst))
    file = the_file(analyst, item)
    address = f"{base(item.incident.reference)}E-1/files/{file.sha256}/open/"
    client = sign_in(analyst)
    refused = client.post(address, {"purpose": " "})
    assert refused.status_code == 422 and "Say what you open this file for" in refused.content.decode()
    answer = client.post(address, {"purpose": "Panel reading"})
    assert b"".join(answer.streaming_content) == LOG  # type: ignore[attr-defined]
    assert answer["Content-Disposition"] == 'attachment; filename="security.log"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Content-Type"] == "application/octet-stream"
    with acting_as(analyst.principal):
        link = CustodyEntry.objects.get(act="opened")
        assert (link.note, link.sha256_seen, link.actor) == ("Panel reading", file.sha256, analyst.user)
    assert "Panel reading" in client.get(f"{base(item.incident.reference)}E-1/").content.decode()


@pytest.mark.duty("ATT-3")
def test_a_changed_byte_is_answered_with_409_and_the_freeze_stays(people: People, sign_in: SignIn) -> None:
    analyst = people.vela.analyst
    item = given(analyst, filed(analyst))
    file = the_file(analyst, item)
    tamper(file)
    client = sign_in(analyst)
    answer = client.post(f"{base(item.incident.reference)}E-1/files/{file.sha256}/open/", {"purpose": "Panel"})
    assert answer.status_code == 409
    assert "not the one that was received" in answer.content.decode()
    with acting_as(analyst.principal):
        assert EvidenceItem.objects.get().status == Status.FROZEN
        assert not CustodyEntry.objects.filter(act="opened").exists()
    page = client.get(f"{base(item.incident.reference)}E-1/").content.decode()
    assert "Does not match" in page and "Frozen" in page
    assert client.get(f"{base(item.incident.reference)}E-1/files/{file.sha256}/open/").status_code == 409


def test_an_item_is_graded_on_its_page_by_another(people: People, sign_in: SignIn) -> None:
    analyst = people.vela.analyst
    item = given(analyst, filed(analyst))
    second = people.vela.another("analyst")
    address = f"{base(item.incident.reference)}E-1/grade/"
    assert sign_in(analyst).get(address).status_code == 409, "whoever gave it in"
    client = sign_in(second)
    answers = {"reliability": "F", "reliability_reason": "Never heard of", "credibility": "6", "credibility_reason": ""}
    refused = client.post(address, answers)
    assert refused.status_code == 422 and "Never heard of" in refused.content.decode()
    assert client.post(address, {**answers, "credibility_reason": "Nothing to compare"}).status_code == 303
    page = client.get(f"{base(item.incident.reference)}E-1/").content.decode()
    assert "Source reliability cannot be judged" in page and "Nothing to compare" in page


def test_who_saves_second_sees_both_versions(people: People, sign_in: SignIn) -> None:
    analyst = people.vela.analyst
    item = given(analyst, filed(analyst))
    client = sign_in(analyst)
    address = f"{base(item.incident.reference)}E-1/edit/"
    answers = {name: value for name, value in ANSWERS.items() if name != "mark"}
    assert client.post(address, {**answers, "version": "1", "title": "First"}).status_code == 303
    second = client.post(address, {**answers, "version": "1", "title": "Second"})
    page = second.content.decode()
    assert second.status_code == 409 and "First" in page and "Second" in page
    kept = client.post(address, {**answers, "version": "2", "title": "Second", "choose-title": "theirs"})
    assert kept.status_code == 303
    with acting_as(analyst.principal):
        assert EvidenceItem.objects.get().title == "First"


@pytest.mark.parametrize("act", ["link", "mark", "withdraw", "file", "restore", "verify"])
def test_every_act_has_a_page_that_works(people: People, sign_in: SignIn, act: str) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    given(analyst, incident)
    given(analyst, incident, data=b"another\n" * 9)
    client = sign_in(analyst)
    path = "files/add" if act == "file" else act
    if act == "restore":
        assert client.get(f"{base(incident.reference)}E-1/{path}/").status_code == 409, "it is not frozen"
        return
    if act != "verify":
        assert client.get(f"{base(incident.reference)}E-1/{path}/").status_code == 200
    answers: dict[str, dict[str, object]] = {
        "link": {"kind": "derived_from", "other": "E-2", "note": ""},
        "mark": {"mark": "TLP:RED"},
        "withdraw": {"reason": "Given in by mistake"},
        "file": {"file": SimpleUploadedFile("more.log", b"more\n")},
        "verify": {},
    }
    answer = client.post(f"{base(incident.reference)}E-1/{path}/", answers[act])
    assert answer.status_code == 303
    page = client.get(answer["Location"]).content.decode()
    words = {
        "link": "is derived from",
        "mark": "TLP:RED",
        "withdraw": "Given in by mistake",
        "file": "more.log",
        "verify": "Matches",
    }
    assert words[act] in page


PAGES = [
    "",
    "new/",
    "E-1/",
    "E-1/edit/",
    "E-1/files/add/",
    "E-1/grade/",
    "E-1/link/",
    "E-1/mark/",
    "E-1/withdraw/",
    "E-1/restore/",
]


@pytest.mark.duty("SHR-1")
@pytest.mark.parametrize("path", PAGES)
def test_another_tenant_finds_no_page(people: People, sign_in: SignIn, path: str) -> None:
    incident = filed(people.vela.analyst)
    given(people.vela.analyst, incident)
    client = sign_in(people.orrin.analyst)
    assert client.get(f"{base(incident.reference)}{path}").status_code == 404
    assert client.post(f"{base(incident.reference)}{path}", {}).status_code in {404, 405}


@pytest.mark.duty("SHR-2")
@pytest.mark.parametrize(("grade", "answer"), [(Grade.SUMMARY, 403), (Grade.EVIDENCE, 200)])
def test_evidence_opens_with_the_evidence_grade(people: People, sign_in: SignIn, grade: int, answer: int) -> None:
    incident = filed(people.vela.analyst)
    given(people.vela.analyst, incident)
    shared(people.vela.analyst, incident, people.meridian.organisation, grade)
    client = sign_in(people.meridian.person("legal_assessor"))
    assert client.get(base(incident.reference)).status_code == answer
    assert client.get(f"{base(incident.reference)}E-1/").status_code == answer
    assert client.get(f"{base(incident.reference)}E-1/edit/").status_code == 403


def test_an_item_of_another_case_is_not_there(people: People, sign_in: SignIn) -> None:
    analyst = people.vela.analyst
    given(analyst, filed(analyst))
    assert sign_in(analyst).get(f"{base(filed(analyst).reference)}E-1/").status_code == 404


def statements(queries: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]


@pytest.mark.parametrize(("path", "budget"), [("", 8), ("E-1/", 12)])
def test_pages_ask_the_database_few_questions(people: People, sign_in: SignIn, path: str, budget: int) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    for _ in range(4):
        given(analyst, incident)
    graded(people.vela.another("analyst"), EvidenceItem(number=1, incident=incident))
    client = sign_in(analyst)
    client.get(f"{base(incident.reference)}{path}")  # warms what is cached for all: instruments, role numbers
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"{base(incident.reference)}{path}").status_code == 200
    assert len(statements(queries)) <= budget, "\n".join(statements(queries))
