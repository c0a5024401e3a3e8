"""EuRepoC 1.1 comes in whole: nothing dropped silently, nothing counted twice (AT-15)."""

from pathlib import Path

import pytest

from core.tenancy import acting_as
from exchange import eurepoc
from exchange.services import import_all
from incidents.importing import Recorded
from incidents.models import Incident, Statement
from tests.people import People

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "eurepoc"
SMALL = Path(__file__).resolve().parents[1] / "data" / "eurepoc"
FILES = ("EuRepoC_Global_Database_1.1.csv", "EuRepoC_Attribution_dataset_1.1.csv", "EuRepoC_Receiver_dataset_1.1.csv")

# The real set where it is at hand, else a small one of ours with the same traps.
EXPECTED = {
    SHARED: {
        "incidents": 1643,
        "dates": 83,
        "contested": 18,
        "ids": 1954,
        "without_id": 12,
        "largest": 216,
        "intensity": 13,
        "no_start": 16,
    },
    SMALL: {
        "incidents": 4,
        "dates": 1,
        "contested": 1,
        "ids": 4,
        "without_id": 1,
        "largest": 6,
        "intensity": 1,
        "no_start": 1,
    },
}
SETS = [folder for folder in (SHARED, SMALL) if folder.exists()]

pytestmark = pytest.mark.duty("ATT-4")


def records(folder: Path) -> list[Recorded]:
    return list(eurepoc.incidents(*(eurepoc.read(folder / name) for name in FILES)))


def warned(recorded: list[Recorded], code: str) -> list[dict[str, object]]:
    return [dict(warning) for one in recorded for warning in one.warnings if warning["code"] == code]


@pytest.mark.parametrize("folder", SETS, ids=lambda folder: folder.parent.name)
def test_every_trap_is_counted(folder: Path) -> None:
    recorded, expected = records(folder), EXPECTED[folder]
    assert len(recorded) == expected["incidents"]
    assert len(warned(recorded, "contested_attribution")) == expected["contested"]
    assert len(warned(recorded, "attribution_without_id")) == expected["without_id"]
    assert sum(len(one.statements) for one in recorded) == expected["ids"] + expected["without_id"]
    assert max(int(str(w["rows"])) for w in warned(recorded, "attribution_exploded")) == expected["largest"]
    assert len(warned(recorded, "intensity_sum")) == expected["intensity"]
    assert len(warned(recorded, "no_start_date")) == expected["no_start"]


@pytest.mark.django_db
@pytest.mark.parametrize("folder", SETS, ids=lambda folder: folder.parent.name)
def test_all_of_it_is_stored_once_and_a_second_import_changes_nothing(folder: Path, people: People) -> None:
    recorded, expected = records(folder), EXPECTED[folder]
    report = import_all(actor=people.vela.analyst, recorded=recorded)
    assert report.refused == []
    assert report.new == expected["incidents"]
    assert report.incidents_with["ends_before_it_starts"] == expected["dates"]
    with acting_as(people.vela.analyst.principal):
        assert Incident.objects.count() == expected["incidents"]
        assert Statement.objects.count() == expected["ids"] + expected["without_id"]
    again = import_all(actor=people.vela.analyst, recorded=recorded[:3])
    assert (again.new, again.known) == (0, 3)
    with acting_as(people.orrin.analyst.principal):
        assert not Incident.objects.exists()


def test_an_exploded_attribution_is_one_statement_with_all_its_names() -> None:
    exploded = next(one for one in records(SMALL) if one.external_reference == "eurepoc:9002")
    names = [statement["names"] for statement in exploded.statements]
    assert names == [["Russia", "Korea, Democratic People's Republic of", "Group A", "Group B"]]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Russia", "RU"),
        ("France", "FR"),
        ("Korea, Republic of", "KR"),
        ("Asia (region)", ""),
        ("NATO (region)", ""),
        ("Unknown", ""),
    ],
)
def test_a_region_is_no_country(name: str, code: str) -> None:
    assert eurepoc.country_code(name) == code


def test_a_first_of_january_is_a_year() -> None:
    assert eurepoc.moment("2018-01-01")["precision"] == "year"
    assert eurepoc.moment("")["at"] is None
