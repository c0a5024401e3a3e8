"""The core jobs, done as people do them: in a browser, by what the page says, most of them without a script.

Labels and buttons are found by their words: a job nobody could find on the page fails here, whatever the server can do.
"""

import io
import re

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from attribution.services import declare_conflict
from core.tenancy import acting_as
from incidents.models import Incident
from incidents.services import file_incident
from organisations.actors import Actor
from organisations.roles import Grade
from tests.attribution.ground import Ground
from tests.browser.conftest import Cast, Sit, Visit
from tests.doors.world import shared
from tests.publication.figures import Bureau

LOG = b"2022-04-17T22:12:00Z 4625 an account failed to log on\n" * 20


def case_of(actor: Actor, title: str) -> Incident:
    """An incident of this house with a hospital hit, filed as an earlier day would have left it."""
    facts = {
        "title": title,
        "summary": "Appointments were lost for a week.",
        "victims": [{"sector": "health", "country": "CR"}],
        "services": [{"service": "hospital-care", "name": "Santa Elena hospital", "country": "CR", "people": {}}],
    }
    with acting_as(actor.principal), transaction.atomic():
        return file_incident(actor=actor, facts=facts)


def press(page: Page, name: str) -> None:
    """The one button of this name in the page's main part, by keyboard."""
    button = page.get_by_role("main").get_by_role("button", name=name, exact=True).last
    button.focus()
    page.keyboard.press("Enter")


def answer(page: Page, label: str, text: str) -> None:
    """Types into the field with this label, as a person does."""
    field = page.get_by_label(label, exact=False).first
    field.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


@pytest.mark.duty("ATT-1")
def test_an_incident_is_filed_with_the_keyboard_alone_and_no_script(cast: Cast, visit: Visit) -> None:
    analyst = cast.actor("vela", "analyst")
    with visit(analyst, javascript=False) as page:
        page.goto("/incidents/")
        page.get_by_role("link", name="Report an incident").focus()
        page.keyboard.press("Enter")
        press(page, "Start a new report")
        page.get_by_role("link", name=re.compile("^What happened")).focus()
        page.keyboard.press("Enter")

        press(page, "Save and continue")
        expect(page).to_have_title(re.compile("^Error: "))
        expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()

        answer(page, "Title", "Clinics of the coast cut off")
        answer(page, "happened", "Staff kept paper records for a week.")
        press(page, "Save and continue")
        began = page.get_by_role("group", name=re.compile("begin|began", re.IGNORECASE)).first
        for part, value in (("Day", "17"), ("Month", "4"), ("Year", "2022")):
            began.get_by_label(part, exact=True).fill(value)
        began.get_by_label("Day only").check()
        press(page, "Save and continue")
        page.locator("[name=victims-0-sector]").select_option("health")
        page.locator("[name=victims-0-country]").select_option("CR")
        press(page, "Save and continue")
        press(page, "Save and continue")  # no service is known yet
        press(page, "Save and continue")  # the mark that is offered stands
        expect(page.get_by_role("main")).to_contain_text("Costa Rica")
        expect(page.get_by_role("main")).to_contain_text("Not provided")
        press(page, "File the incident")
        page.wait_for_url("**/sent/")
        reference = re.search(r"INC-\d{4}-\d{6,9}", page.get_by_role("main").inner_text())
        assert reference is not None
        page.goto(f"/incidents/{reference.group()}/")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Clinics of the coast cut off")


@pytest.mark.duty("ATT-1")
def test_what_was_typed_is_there_on_another_device(cast: Cast, sit: Sit) -> None:
    analyst = cast.actor("vela", "analyst")
    first = sit(analyst).new_page()
    first.goto("/incidents/new/")
    press(first, "Start a new report")
    first.get_by_role("link", name=re.compile("^What happened")).click()
    here = first.url
    answer(first, "Title", "Half a sentence about a water work")
    with first.expect_response(lambda sent: sent.url.endswith("/save/") and sent.ok):
        first.keyboard.press("Tab")
    expect(first.locator("[data-autosave-status]")).to_contain_text("Saved")
    first.context.close()

    second = sit(analyst, javascript=False).new_page()
    second.goto(here)
    expect(second.get_by_label("Title")).to_have_value("Half a sentence about a water work")
    second.context.close()


@pytest.mark.duty("ATT-2", "ATT-3")
def test_evidence_is_given_in_graded_by_another_and_opened_for_a_purpose(cast: Cast, visit: Visit) -> None:
    analyst = cast.actor("vela", "analyst")
    case = case_of(analyst, "Evidence of the coast")
    with visit(analyst, javascript=False) as page:
        page.goto(f"/incidents/{case.reference}/evidence/new/")
        page.get_by_label("Log extract").check()
        press(page, "Continue")
        answer(page, "Title", "Sign-in log of the domain controller")
        answer(page, "Source", "The operator's responders")
        page.locator("[name=file]").set_input_files({"name": "security.log", "mimeType": "text/plain", "buffer": LOG})
        page.locator("main form button.primary").last.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Sign-in log")
        expect(page.get_by_role("main")).to_contain_text(
            "You gave this item in or collected it: somebody else has to grade it."
        )
        item = page.url
    with visit(cast.actor("vela", "forensic_assessor"), javascript=False) as page:
        page.goto(item)
        page.get_by_role("link", name="Grade this item").click()
        page.locator("[name=reliability][value=B]").check()
        answer(page, "One sentence about the source", "The responders kept their notes.")
        page.locator("[name=credibility][value='2']").check()
        answer(page, "One sentence about the information", "It fits the times of the other logs.")
        page.locator("main form button.primary").last.click()
        expect(page.get_by_role("main")).to_contain_text("Usually reliable source")
        page.get_by_role("link", name="security.log", exact=True).click()
        answer(page, "What do you open this file for", "Comparing the times")
        with page.expect_download() as given:
            page.locator("main form button.primary").last.click()
        assert given.value.path().read_bytes() == LOG
        page.goto(item)
        expect(page.get_by_role("main")).to_contain_text("Comparing the times")


@pytest.mark.duty("ATT-7", "ATT-12")
def test_opinions_are_sealed_from_each_other_until_all_are_in(cast: Cast, visit: Visit) -> None:
    analyst = cast.actor("vela", "analyst")
    for house, role in (
        ("meridian", "forensic_assessor"), ("tessera", "legal_assessor"), ("amal", "human_rights_assessor"),
        ("vela", "custodian"), ("vela", "forensic_assessor"),
    ):  # fmt: skip
        cast.actor(house, role)
    case = case_of(analyst, "A panel of three houses")
    with transaction.atomic():
        ground = Ground(cast, case)
        ground.ready()
        ground.convened()
    address = f"/incidents/{case.reference}/attribution/panels/1/"
    reasons = ("Two origins agree on the relay.", "Article 4 needs more than a uniform.", "Patients were the target.")
    for seat, member in enumerate(ground.members, start=1):
        with acting_as(member.principal), transaction.atomic():
            declare_conflict(actor=member, reference=case.reference, seat=seat, conflict=False, nationalities=["NZ"])
    for seat, (member, words) in enumerate(zip(ground.members, reasons, strict=True)):
        with visit(member, javascript=False) as page:
            opened = page.goto(f"{address}opinion/")
            assert opened is not None and opened.status == 200, opened
            for earlier in reasons[:seat]:
                assert earlier not in page.content()
            page.locator(f"[name=position][value={'dissent' if seat == 1 else 'concur'}]").check()
            page.locator("[name=likelihood]").select_option("likely")
            page.locator("[name=confidence][value=moderate]").check()
            answer(page, "Reasons", words)
            if seat == 1:
                answer(page, "Your dissent", "Effective control is not shown.")
            page.locator("main form button.primary").last.click()
            page.goto(address)
            for earlier in reasons[:seat]:
                assert earlier not in page.content(), "own opinion given, the round still sealed"
    with visit(analyst, javascript=False) as page:
        page.goto(address)
        for words in reasons:
            assert words not in page.content()
        press(page, "Open all opinions")
        for words in (*reasons, "Effective control is not shown."):
            expect(page.get_by_role("main")).to_contain_text(words)


@pytest.mark.duty("ESC-3", "REM-1", "REM-2")
def test_a_measure_against_a_hospital_is_refused_and_restoration_asks_for_nobodys_guilt(
    cast: Cast, visit: Visit
) -> None:
    analyst, coordinator = cast.actor("vela", "analyst"), cast.actor("vela", "coordinator")
    with transaction.atomic():
        colleague = cast.vela.another("coordinator")
    case = case_of(analyst, "A hospital to bring back")
    with visit(coordinator, javascript=False) as page:
        page.goto(f"/incidents/{case.reference}/escalation/new/?code=R02")
        answer(page, "What is to be done, in one line", "Cut the supplier of a hospital off")
        page.get_by_label("A hospital", exact=True).check()
        page.get_by_label("Hospital care", exact=True).first.check()
        press(page, "Propose the measure")
        expect(page.get_by_role("main")).to_contain_text("Prohibited, always: Effect on essential civilian services")
        expect(page.get_by_label("What is to be done, in one line")).to_have_value("Cut the supplier of a hospital off")

        page.goto(f"/incidents/{case.reference}/remediation/tasks/new/")
        answer(page, "Title", "Bring the paper forms to every ward")
        page.locator("[name=organisation]").select_option("vela")
        press(page, "Add the task")
        page.get_by_role("link", name="R-1", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Bring the paper forms")
        task = page.url
        page.goto(f"{task}complete/")
        answer(page, "What was done", "Forms are at all wards since noon.")
        page.locator("main form button.primary").last.click()
        expect(page.get_by_role("link", name="Verify")).to_have_count(0)  # not by whoever did it
    with visit(colleague, javascript=False) as page:
        page.goto(f"{task}verify/")
        page.locator("[name=outcome][value=verified]").check()
        answer(page, "How did you verify it", "Called three wards.")
        press(page, "Record what you found")
        expect(page.get_by_role("main")).to_contain_text("Verified")


@pytest.mark.duty("REM-8")
def test_an_administrator_asks_for_a_review_and_reads_the_pdf(cast: Cast, visit: Visit) -> None:
    admin = cast.actor("vela", "org_admin")
    case = case_of(cast.actor("vela", "analyst"), "A case to look back on")
    with visit(admin) as page:
        page.goto(f"/incidents/{case.reference}/reviews/new/")
        answer(page, "What worked", "Paper.")
        press(page, "Ask for the review")
        link = page.get_by_role("link", name=re.compile("^Download")).first
        expect(link).to_be_visible(timeout=60_000)
        with page.expect_download() as given:
            link.click()
        document = PdfReader(io.BytesIO(given.value.path().read_bytes()))
        assert case.reference in document.pages[0].extract_text()


@pytest.mark.duty("SHR-1", "SHR-2")
def test_a_neighbour_finds_nothing_until_the_case_is_shared(cast: Cast, visit: Visit) -> None:
    analyst, neighbour = cast.actor("vela", "analyst"), cast.actor("orrin", "analyst")
    case = case_of(analyst, "Unseen by neighbours")
    with visit(neighbour, javascript=False) as page:
        page.goto("/search/?q=Unseen")
        assert case.reference not in page.content()
    with transaction.atomic():
        shared(analyst, case, neighbour.organisation, Grade.SUMMARY)
    with visit(neighbour, javascript=False) as page:
        page.goto("/search/?q=Unseen")
        expect(page.get_by_role("main")).to_contain_text(case.reference)
        page.goto(f"/incidents/{case.reference}/")
        expect(page.get_by_role("navigation").get_by_role("link", name="Evidence")).to_have_count(0)


@pytest.mark.duty("PUB-1", "PUB-2")
def test_a_journalist_reads_a_figure_and_takes_its_numbers_along(cast: Cast, visit: Visit) -> None:
    with transaction.atomic():
        bureau = Bureau(cast)
        bureau.cases(12)
        bureau.publish(key_points="Hospitals most of all.")
    with visit(None) as page:
        page.goto("/data/")
        expect(page.get_by_role("main")).to_contain_text("Hospitals most of all.")
        page.get_by_text("The same numbers as a table").first.click()
        expect(page.get_by_role("table").first).to_be_visible()
        csv = page.get_by_role("link", name=re.compile("CSV")).first
        with page.expect_download() as given:
            csv.click()
        assert "year" in given.value.path().read_text(encoding="utf-8-sig").splitlines()[0].lower()
