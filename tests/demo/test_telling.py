"""The demo as people find it: told through the services, once, by different people, and seen by those it is shared with."""

import json
import stat
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.test import Client

from evidence.models import EvidenceItem, GradeEntry, Redaction, Seal, SealAnswer, SealRequest, StoredFile
from incidents.models import Draft, Incident, IncidentLink, Statement
from ledger.models import Entry
from normsplatform.demo.story import told_by
from organisations.roles import Role
from remediation.models import RemediationTask, RestorationUpdate, ServiceRestoration
from tests.demo.conftest import Demo

MAIN = ["costa-rica-2022", "icrc-2022", "olympic-destroyer-2018", "ukraine-grid-2015", "albania-2022"]


def count(demo: Demo) -> dict[str, dict[str, int]]:
    """How many rows of the case tables and of the ledger each house sees."""
    tables = (Incident, Statement, EvidenceItem, StoredFile, GradeEntry, RestorationUpdate, RemediationTask, Entry)
    return {
        actor.organisation.slug: demo.asked_as(
            f"{actor.organisation.slug}.admin",
            lambda: {table.__name__: table._default_manager.count() for table in tables},
        )
        for actor in demo.cast.of_each_house()
    }


def test_a_second_telling_changes_nothing(demo: Demo) -> None:
    before, book = count(demo), demo.accounts.read_bytes()
    assert demo.again().new == 0
    assert count(demo) == before
    assert demo.accounts.read_bytes() == book
    assert before["vela"]["Incident"] >= 4


def test_the_accounts_are_in_a_file_of_the_owners_alone(demo: Demo) -> None:
    assert stat.S_IMODE(demo.accounts.stat().st_mode) == 0o600
    accounts = json.loads(demo.accounts.read_text())
    assert all(
        set(row) == {"email", "password", "organisation", "kind", "roles", "api_token", "sealing_passphrase"}
        for row in accounts
    )
    assert {role for row in accounts for role in row["roles"]} == set(Role.values) - {Role.GUEST}
    assert {row["kind"] for row in accounts} == {
        "state", "assessment_body", "civil_society", "operator", "mediator", "regional",
    }  # fmt: skip
    assert len({row["password"] for row in accounts}) == len(accounts)


def test_password_and_token_of_an_account_open_the_door(demo: Demo, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    account = next(row for row in json.loads(demo.accounts.read_text()) if row["email"] == "analyst@vela.example")
    assert authenticate(None, email=account["email"], password=account["password"]) == demo.cast["vela.analyst"].user
    answer = Client().get("/api/v1/incidents/", HTTP_AUTHORIZATION=f"Token {account['api_token']}")
    assert answer.status_code == 200
    assert demo.reference("ukraine-grid-2015") in {row["reference"] for row in answer.json()["results"]}


@pytest.mark.parametrize("case", MAIN)
def test_every_case_was_told_by_people_of_different_organisations(demo: Demo, case: str) -> None:
    houses = {
        actor.organisation.slug
        for actor in demo.cast.of_each_house()
        if any(step.startswith(f"{case}/") for step in told_by([actor]))
    }
    assert len(houses) >= 2


@pytest.mark.duty("SHR-1")
@pytest.mark.parametrize(
    ("who", "cases"),
    [
        ("orrin.analyst", {"ukraine-grid-2015", "olympic-destroyer-2018", "albania-2022", "albania-tims-2022"}),
        ("brigid.coordinator", {"costa-rica-hive-2022"}),
        ("palaver.mediator", {"ukraine-grid-2015", "olympic-destroyer-2018", "albania-2022", "costa-rica-2022"}),
    ],
)
def test_nobody_sees_more_than_was_shared(demo: Demo, who: str, cases: set[str]) -> None:
    seen = demo.asked_as(
        who, lambda: set(Incident.objects.filter(external_reference="").values_list("reference", flat=True))
    )
    assert {demo.reference(case) for case in cases} == seen & {
        demo.reference(case) for case in (*MAIN, "ukraine-grid-2016", "albania-tims-2022", "costa-rica-hive-2022")
    }


@pytest.mark.duty("SHR-2")
def test_the_most_guarded_case_is_opened_to_one_role_of_one_other_house(demo: Demo) -> None:
    seen_by = {who for who in ("vela.coordinator", "vela.analyst", "vela.admin", "orrin.analyst", "meridian.legal", "secretariat.admin")
               if demo.case(who, "icrc-2022") is not None}  # fmt: skip
    assert seen_by == {"vela.coordinator"}
    found = demo.case("amal.analyst", "icrc-2022")
    assert found is not None and found.mark == "TLP:AMBER+STRICT"


@pytest.mark.duty("ATT-10")
def test_a_case_without_any_attribution_completes_its_remediation(demo: Demo) -> None:
    reference = demo.reference("icrc-2022")
    tasks = demo.asked_as("amal.admin", lambda: list(RemediationTask.objects.filter(incident__reference=reference)))
    assert tasks and {task.status for task in tasks} == {"verified"}
    assert all(task.done_by_id != task.verified_by_id for task in tasks)
    states = demo.asked_as(
        "amal.admin",
        lambda: set(ServiceRestoration.objects.filter(incident__reference=reference).values_list("state", flat=True)),
    )
    assert states == {"hardened"}


def test_one_case_is_in_the_middle_of_its_restoration(demo: Demo) -> None:
    reference = demo.reference("costa-rica-2022")
    found = demo.asked_as(
        "vela.admin",
        lambda: set(RemediationTask.objects.filter(incident__reference=reference).values_list("status", flat=True)),
    )
    assert found == {"proposed", "in_progress", "done", "verified"}


def test_numbers_keep_their_range_and_unknown_stays_unknown(demo: Demo) -> None:
    grid, games = demo.case("vela.admin", "ukraine-grid-2015"), demo.case("orrin.admin", "olympic-destroyer-2018")
    assert grid is not None and games is not None
    assert (grid.people_min, grid.people_best, grid.people_max) == (80_000, 225_000, 230_000)
    assert "E-ISAC" in grid.people_source
    assert (games.people_min, games.people_best, games.people_max) == (None, None, None)


def test_first_access_and_effect_are_two_dates(demo: Demo) -> None:
    found = demo.case("orrin.admin", "albania-2022")
    assert found is not None and found.first_access_at and found.began_at
    assert (found.first_access_at.year, found.first_access_at.month, found.first_access_precision) == (2021, 5, "month")
    assert (found.began_at.date().isoformat(), found.began_precision) == ("2022-07-15", "day")


def test_words_are_kept_as_they_were_said(demo: Demo) -> None:
    reference = demo.reference("albania-2022")
    said = demo.asked_as(
        "orrin.admin",
        lambda: {row.kind: row for row in Statement.objects.filter(incident__reference=reference).order_by("-pk")},
    )
    assert said["own_assessment"].wording == "indisputable evidence"
    assert said["solidarity_no_attribution"].names == [] and said["denial"].names == []


@pytest.mark.duty("ATT-2")
def test_five_statements_have_one_origin(demo: Demo) -> None:
    reference = demo.reference("albania-2022")
    origins = demo.asked_as(
        "orrin.admin",
        lambda: list(
            EvidenceItem.objects.filter(incident__reference=reference)
            .exclude(statement_type="denial")
            .values_list("origin__name", flat=True)
        ),
    )
    assert len(origins) == 5 and len(set(origins)) == 1


def test_two_incidents_of_one_emergency_are_linked_and_not_merged(demo: Demo) -> None:
    links = demo.asked_as(
        "vela.admin",
        lambda: set(IncidentLink.objects.values_list("incident__reference", "other__reference", "kind")),
    )
    assert (demo.reference("costa-rica-2022"), demo.reference("costa-rica-hive-2022"), "same_emergency") in links
    assert (demo.reference("ukraine-grid-2015"), demo.reference("ukraine-grid-2016"), "recurrence") in links


@pytest.mark.duty("ATT-3")
def test_nobody_graded_what_they_gave_in_and_every_file_says_what_it_is(demo: Demo) -> None:
    for holder in ("vela.admin", "orrin.admin", "amal.admin"):
        graded = demo.asked_as(holder, lambda: list(GradeEntry.objects.select_related("item")))
        assert graded and all(entry.graded_by_id != entry.item.uploaded_by_id for entry in graded)
        files = demo.asked_as(holder, lambda: list(StoredFile.objects.all()))
        assert files and all(file.size > 0 for file in files)


@pytest.mark.duty("ATT-1")
def test_a_draft_waits_for_its_author(demo: Demo) -> None:
    drafts = demo.asked_as("vela.analyst", lambda: list(Draft.objects.filter(incident=None)))
    assert [draft.answers["title"][:6] for draft in drafts] == ["KA-SAT"]
    assert demo.asked_as("vela.deputy", lambda: Draft.objects.count()) == 0


def test_one_item_is_sealed_one_request_waits_and_one_redacted_version_stands_for_it(demo: Demo) -> None:
    def look() -> tuple[list[str], list[str], list[bool], list[str]]:
        seals = list(Seal.objects.values_list("state", flat=True))
        requests = list(SealRequest.objects.values_list("state", flat=True))
        answers = list(SealAnswer.objects.values_list("approved", flat=True))
        redacted = [row.result.mark for row in Redaction.objects.select_related("result") if row.result is not None]
        return seals, requests, answers, redacted

    assert demo.asked_as("vela.deputy", look) == (["sealed"], ["pending"], [True], ["TLP:AMBER"])
