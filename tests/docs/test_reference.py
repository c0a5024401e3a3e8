"""What the reference draws is what the code does."""

import re
from pathlib import Path

import pytest

from normsplatform.reference import DRAWN, FOLDER, machines

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_the_drawing_is_up_to_date(name: str) -> None:
    assert (FOLDER / name).read_text() == DRAWN[name](), "run ./norms manage write_reference"


def test_every_state_leads_somewhere_known() -> None:
    for title, table in machines():
        known = {str(state) for state in table}
        assert known, title
        for state, following in table.items():
            assert {str(to) for to in following} <= known, f"{title}: {state}"


def duties() -> set[str]:
    """Ids in docs/duties.md."""
    return set(re.findall(r"^\| ([A-Z]{3}-\d+) \|", (ROOT / "docs" / "duties.md").read_text(), re.MULTILINE))


def test_every_duty_is_listed_with_its_state() -> None:
    counts = {"ATT": 13, "SHR": 7, "ESC": 10, "REM": 10, "PUB": 6, "GOV": 5}
    assert duties() == {f"{part}-{number}" for part, count in counts.items() for number in range(1, count + 1)}


def test_tests_name_only_known_duties() -> None:
    named = set()
    for file in (ROOT / "tests").rglob("*.py"):
        named |= set(re.findall(r'duty\("([A-Z]{3}-\d+)"\)', file.read_text()))
    assert named <= duties()
    assert {"ATT-1", "ATT-2", "ATT-3", "SHR-1", "SHR-7"} <= named


@pytest.mark.parametrize(
    "page", sorted(str(path.relative_to(ROOT)) for path in [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"])
)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text()
    for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", text):
        assert ((ROOT / page).parent / target).exists(), f"{page} points at {target}"
