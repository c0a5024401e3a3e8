"""What the counting may see of the cases, and who may count (SHR-7, PUB-2)."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pycountry
import pytest
from django.db import DatabaseError, connection, transaction

from attribution.services import withdraw_finding
from core import clock
from organisations.actors import Actor, acting
from publication import gathering
from tests.attribution.ground import Ground
from tests.people import People
from tests.publication.figures import Bureau, as_definer

pytestmark = [pytest.mark.duty("PUB-2"), pytest.mark.django_db]
TODAY = clock.today()


def counted(actor: Actor, on: date = TODAY) -> list[Any]:
    with acting(actor):
        return list(gathering.records(on, "2026.1"))


def raw(actor: Actor, statement: str) -> list[tuple[Any, ...]]:
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


ALL = "SELECT * FROM publication_records(current_date, '2026.1')"


def test_a_publisher_counts_the_cases_of_all_and_sees_none_of_them(bureau: Bureau) -> None:
    filed = bureau.cases(8, sector="energy", country="FR", hit=12)
    records = counted(bureau.first)
    assert len(records) == 8
    assert {(r.year, r.sector, r.region, r.tier, r.victims) for r in records} == {(2021, "energy", "europe", "T0", 12)}
    assert len({r.key for r in records}) == 8
    assert len(frozenset().union(*(r.tenants for r in records))) == 4
    told = str(raw(bureau.first, ALL))
    for incident in filed:
        assert incident.reference not in told
        assert incident.title not in told
    with acting(bureau.first), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM incidents_incident")
        assert cursor.fetchone() == (0,)


def test_the_function_tells_seven_facts_and_no_more(bureau: Bureau) -> None:
    """No number of a row, no date, no country, no name: whoever injects a statement learns what a table counts."""
    with acting(bureau.first), connection.cursor() as cursor:
        cursor.execute(ALL)
        assert [column.name for column in cursor.description or ()] == [
            "record_key", "tenant", "year", "sector", "region", "tier", "victims",
        ]  # fmt: skip


@pytest.mark.parametrize("who", ["vela.analyst", "vela.publisher", "secretariat.analyst", "secretariat.org_admin"])
def test_nobody_else_counts(people: People, who: str) -> None:
    """Neither another role of the secretariat nor a publisher of another organisation: the database refuses."""
    house, role = who.split(".")
    with pytest.raises(DatabaseError, match="publisher of the secretariat"), transaction.atomic():
        counted(getattr(people, house).person(role))


def test_a_publisher_whose_membership_ended_counts_no_more(bureau: Bureau) -> None:
    as_definer(
        "UPDATE organisations_membership SET since = now() - interval '2 day', until = now() - interval '1 day'"
        " WHERE user_id = %s",
        bureau.first.user.pk,
    )
    with pytest.raises(DatabaseError, match="publisher of the secretariat"), transaction.atomic():
        counted(bureau.first)


def test_who_claims_a_role_in_words_alone_counts_nothing(people: People) -> None:
    """The roles an actor object carries prove nothing; the database reads the membership."""
    analyst = people.secretariat.analyst
    with pytest.raises(DatabaseError, match="publisher of the secretariat"), transaction.atomic():
        counted(Actor(analyst.user, analyst.organisation, ("publisher",)))


def test_open_cases_count_after_the_embargo_and_exercises_never(bureau: Bureau) -> None:
    """R5.4, R3.9: the day the embargo ends is not yet past it."""
    analyst = bureau.people.vela.analyst
    fresh = bureau.file(analyst, closed=False)
    edge = bureau.file(analyst, closed=False, sector="energy")
    old = bureau.file(analyst, closed=False, sector="space")
    bureau.file(analyst, closed=True, sector="food", is_exercise=True)
    bureau.file(analyst, closed=True, sector="media", mark="TLP:RED")
    for incident, days in ((fresh, 1), (edge, 90), (old, 91)):
        as_definer(
            "UPDATE incidents_incident SET filed_at = %s WHERE id = %s", clock.now() - timedelta(days=days), incident.pk
        )
    assert {record.sector for record in counted(bureau.first)} == {"space"}


def test_no_argument_widens_what_is_counted(bureau: Bureau) -> None:
    """A later day does not end the embargo; rules that were never adopted are no rules."""
    bureau.file(bureau.people.vela.analyst, closed=False)
    assert counted(bureau.first, TODAY + timedelta(days=400)) == []
    with pytest.raises(DatabaseError), transaction.atomic(), acting(bureau.first):
        list(gathering.records(TODAY, "0000.1"))


def test_each_counting_leaves_a_trace_the_application_cannot_read_or_drop(bureau: Bureau) -> None:
    counted(bureau.first)
    for statement in (
        "SELECT * FROM publication_gathering",
        "DELETE FROM publication_gathering",
        "SELECT * FROM publication_key",
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            raw(bureau.first, statement)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE norms_definer")
        cursor.execute("SELECT user_id FROM publication_gathering")
        assert cursor.fetchall() == [(bureau.first.user.pk,)]
        cursor.execute("SET LOCAL ROLE norms_app")


def test_several_and_unknown_are_categories_of_their_own(bureau: Bureau) -> None:
    analyst = bureau.people.vela.analyst
    bureau.file(analyst, victims=[{"sector": "health", "country": "FR"}, {"sector": "energy", "country": "KE"}])
    bureau.file(analyst, victims=[], began={"at": None, "precision": "unknown"})
    found = {(r.category("year"), r.category("sector"), r.category("region")) for r in counted(bureau.first)}
    assert found == {("2021", "several", "several"), ("unknown", "unknown", "unknown")}


def test_a_sector_of_nobodys_list_never_names_a_row(bureau: Bureau) -> None:
    incident = bureau.file(bureau.people.vela.analyst)
    as_definer("UPDATE incidents_victim SET sector = 'Ward 7, Mrs A.' WHERE incident_id = %s", incident.pk)
    assert [record.category("sector") for record in counted(bureau.first)] == ["unknown"]


def test_a_case_keeps_its_key_and_an_organisation_gets_a_new_number_each_time(bureau: Bureau) -> None:
    bureau.cases(4)
    once, again = counted(bureau.first), counted(bureau.first)
    assert [r.key for r in once] == [r.key for r in again]
    assert Counter(len(r.tenants) for r in once) == {1: 4}


def test_every_country_has_a_region_or_is_said_to_have_none() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, publication_region(code) FROM unnest(%s::text[]) code",
            [[c.alpha_2 for c in pycountry.countries]],
        )
        regions = dict(cursor.fetchall())
    assert {code for code, region in regions.items() if region is None} == {"AQ"}
    assert set(regions.values()) == {*gathering.REGIONS, None}
    assert (regions["CR"], regions["UA"], regions["KE"], regions["FJ"], regions["JP"]) == (
        "americas", "europe", "africa", "oceania", "asia",
    )  # fmt: skip


def test_a_case_counts_at_the_highest_tier_of_the_findings_that_stand(
    bureau: Bureau, tmp_path: Path, settings: Any
) -> None:
    """What was withdrawn does not count; a case without a finding that stands is at T0."""
    settings.FILES_ROOT, settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "files", tmp_path / "uploads"
    for folder in (settings.FILES_ROOT, settings.FILE_UPLOAD_TEMP_DIR):
        folder.mkdir()
    analyst = bureau.people.vela.analyst
    ground = Ground(bureau.people, bureau.file(analyst, closed=False))
    as_definer("UPDATE incidents_incident SET filed_at = now() - interval '100 days' WHERE id = %s", ground.incident.pk)
    ground.ready()
    bureau.file(analyst)
    assert Counter(record.tier for record in counted(bureau.first)) == {"T0": 1, "T1": 1}
    with acting(analyst):
        withdraw_finding(actor=analyst, reference=ground.reference, label="F-1", reason="The log was forged.")
    assert Counter(record.tier for record in counted(bureau.first)) == {"T0": 2}
