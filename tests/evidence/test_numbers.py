"""What numbers tell: items are counted within their case, and whoever sees one of a case sees all of them."""

import pytest

from core.tenancy import acting_as
from evidence.models import EvidenceItem
from organisations.roles import Grade
from tests.people import People
from tests.tenancy.test_walls import filed

from .builders import given, shared

pytestmark = [pytest.mark.django_db, pytest.mark.duty("SHR-1"), pytest.mark.duty("ATT-3")]


@pytest.mark.parametrize("grade", [Grade.SUMMARY, Grade.EVIDENCE, Grade.CONTRIBUTE, Grade.ASSESS, Grade.OVERSEE])
def test_a_grantee_counts_what_it_may_see_and_nothing_else(people: People, grade: Grade) -> None:
    """Numbers in order would tell of hidden items, if there were any: grants are on the case, so there are none."""
    incident = filed(people.vela.analyst)
    for _ in range(3):
        given(people.vela.analyst, incident, data=None)
    given(people.vela.analyst, filed(people.vela.analyst), data=None)  # another case, never shared
    shared(people.vela.analyst, incident, people.orrin.organisation, grade)
    with acting_as(people.orrin.analyst.principal):
        seen = list(EvidenceItem.objects.order_by("number").values_list("number", flat=True))
    assert seen == ([] if grade == Grade.SUMMARY else [1, 2, 3])
