"""A case like Olympic Destroyer from the first hypothesis to a corroborated finding, and what a damaged file does to it."""

import pytest

from attribution import services
from attribution.models import Contest, StandingChange
from attribution.selectors import clock_of, tier_of_case
from evidence.services import verify_item
from ledger.models import Entry
from tests.evidence.builders import tamper, the_file

from .ground import Ground, as_

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-6")]


@pytest.mark.duty("ATT-7")
def test_from_provisional_to_corroborated_and_back_when_a_file_is_damaged(ground: Ground) -> None:
    finding = ground.ready()
    assert (finding.tier, finding.standing, finding.contested) == ("T1", "current", False)
    with as_(ground.analyst):
        assert clock_of(finding).overdue is False

    panel = ground.seated()
    assert ground.finding().tier == "T1"
    for member in ground.members:
        ground.opines(member)
    # Three concurring opinions change nothing while they are sealed.
    assert ground.finding().computed_tier == "T1"
    with as_(ground.analyst):
        services.reveal_panel(actor=ground.analyst, reference=ground.reference, panel=panel.number)
    carried = ground.finding()
    assert (carried.tier, carried.computed_tier) == ("T1", "T2")  # computed, and waiting for a second pair of eyes

    member = ground.members[0]
    with as_(member):
        services.corroborate_finding(actor=member, reference=ground.reference, label="F-1")
    corroborated = ground.finding()
    assert (corroborated.tier, corroborated.approved_by_id) == ("T2", member.user.pk)
    assert corroborated.explanation["robust"] is True
    assert corroborated.explanation["independent_origins"] == 3

    # One bit of the log changes on disk: the item freezes and the finding is marked and computed anew, at once.
    tamper(the_file(ground.analyst, ground.items[0]))
    with as_(ground.analyst):
        verify_item(actor=ground.analyst, reference=ground.reference, label="E-1")
    shaken = ground.finding()
    assert shaken.marked_items == ["E-1"]
    assert shaken.tier == "T2"  # two other origins of two other classes carry it still
    tamper(the_file(ground.analyst, ground.items[1]))
    with as_(ground.analyst):
        verify_item(actor=ground.analyst, reference=ground.reference, label="E-2")
    fallen = ground.finding()
    assert fallen.marked_items == ["E-1", "E-2"]
    assert (fallen.tier, fallen.computed_tier, fallen.approved_by_id) == ("T1", "T1", None)

    with as_(ground.analyst):
        assert tier_of_case(ground.incident) == "T1"
        steps = list(StandingChange.objects.order_by("pk").values_list("cause", "tier", "computed_tier"))
        assert steps == [
            ("finding.proposed", "T1", "T1"),
            ("panel.revealed", "T1", "T2"),
            ("finding.corroborated", "T2", "T2"),
            ("evidence.frozen E-1", "T2", "T2"),
            ("evidence.frozen E-2", "T1", "T1"),
        ]
        assert not Contest.objects.exists()
        verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"finding.proposed", "panel.convened", "panel.seat_invited", "panel.revealed", "finding.recomputed"} <= verbs
