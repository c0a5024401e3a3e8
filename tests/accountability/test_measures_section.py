"""The review tells measures, those the guardrails refused as well, apart from restoration (ESC-3, ATT-10)."""

import pytest

from accountability.building import content_of
from accountability.sections.registry import FILLERS
from core.tenancy import acting_as
from documents.blocks import Table
from escalation import services
from incidents.access import case_for
from tests.escalation.conftest import Case, case  # noqa: F401  (a fixture)

from .conftest import asked

pytestmark = [pytest.mark.django_db, pytest.mark.duty("REM-8")]


def test_measures_are_told_with_their_answers(case: Case) -> None:  # noqa: F811
    helped = case.propose("R02", title="Warn every hospital")
    case.act(services.start_measure, helped, case.coordinator)
    case.propose("R21", title="Suspend customs data exchange")
    admin = case.people.vela.admin
    review = asked(admin, case.incident)
    with acting_as(admin.principal):
        content = content_of(admin, case_for(admin, case.reference), review)
    (table,) = (t for t in content.tables() if t.name == "measures")
    assert isinstance(table, Table)
    taken, refused = table.rows
    assert taken[:4] == ("M-1", "R02 – Warn every hospital", "Vela National CERT", "In force")
    assert taken[4].startswith("since ")
    assert refused[3] == "Refused by the guardrails" and refused[4] == "not started"
    assert (taken[5], refused[5]) == ("PAP:GREEN", "PAP:GREEN")
    assert len(refused[6].splitlines()) > 1 and "%(" not in refused[6]


def test_restoration_is_told_before_measures() -> None:
    rooms = [filler.__module__.rpartition(".")[2] for filler in FILLERS["response"]]
    assert rooms == ["response", "measures"]
