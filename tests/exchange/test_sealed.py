"""What is sealed is not told by a custody record or a package either (SHR-4, R2.12)."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from core.tenancy import acting_as
from exchange import services
from exchange.errors import PackageOvertaken, RecordOvertaken
from organisations.actors import Actor
from tests.evidence.seals import SECRET, Sealed
from tests.people import People

from .bags import asked, inside, made, seen
from .conftest import Work
from .test_custody_record import asked as record_asked
from .test_custody_record import taken

pytestmark = [pytest.mark.django_db, pytest.mark.duty("SHR-4"), pytest.mark.duty("ATT-4")]


@pytest.fixture(autouse=True)
def keys(settings: Any, tmp_path: Path) -> None:
    """Keys of this test's own."""
    settings.KEYS_ROOT = tmp_path / "keys"


def opened(actor: Actor, case: Sealed) -> None:
    with acting_as(actor.principal):
        services.open_package(actor=actor, reference=case.incident.reference, number=1)


def test_a_package_says_that_sealed_items_exist_and_no_more(people: People, work: Work) -> None:
    case = Sealed(people)
    case.sealed()
    files = inside(made(work, case.depositor, case.incident))
    said = json.loads(files["data/items.json"])["items"][0]
    assert (said["holding"], said["summary"], said["files"][0]["path"]) == (
        "sealed",
        "An account of the night of the outage.",
        None,
    )
    assert said["files"][0]["sha256"] == case.file.sha256 and said["custody"]["links"] > 2
    assert not any(b"Marrow" in data or SECRET[:40] in data for data in files.values())
    assert seen(case.depositor, case.incident).holds["withheld"] == [{"label": "E-1", "why": "sealed"}]


def test_a_custody_record_withholds_what_names_the_source(people: People, work: Work) -> None:
    case = Sealed(people)
    case.sealed()
    work(lambda: record_asked(case.depositor, case.item))
    pdf, data = taken(case.depositor, case.item)
    links = json.loads(data)["links"]
    assert links[0]["act"] == "received" and links[0]["note_withheld"] is True and json.loads(data)["fault"] == ""
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())
    assert "Marrow" not in text and "Withheld: the item is sealed" in text and b"Marrow" not in data


def test_what_was_made_before_the_seal_is_not_handed_out_after_it(people: People, work: Work) -> None:
    case = Sealed(people)
    work(lambda: asked(case.depositor, case.incident))
    work(lambda: record_asked(case.depositor, case.item))
    opened(case.depositor, case)
    assert b"Ilse Marrow, in person" in taken(case.depositor, case.item)[1]
    case.sealed()
    case.item.incident = case.incident
    with pytest.raises(PackageOvertaken):
        opened(case.depositor, case)
    with pytest.raises(RecordOvertaken):
        taken(case.depositor, case.item)
