"""What a panel does when it is given what cannot be: each has one defined outcome (ATT-7). The rest of these cases stands with
its room: a circle of lineage in test_rules_lineage and tests/evidence/test_lineage, everyone recused in test_services_rounds,
a conflict after the vote and the accused's side in test_services_panels, a standard changed in mid-panel and evidence
withdrawn after corroboration in test_services_worker, two people at once in test_races."""

from datetime import timedelta

import pytest

from attribution import errors, services
from attribution.models import Opinion, Panel
from core import clock
from core.errors import Invalid

from .ground import OPINION, SEATS, Ground, as_, soon

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-7")]


def test_a_panel_of_one_is_not_convened_and_one_seat_alone_never_opens(ground: Ground) -> None:
    ground.ready()
    with as_(ground.analyst), pytest.raises(Invalid) as refused:
        services.convene_panel(
            actor=ground.analyst, reference=ground.reference, finding="F-1", deadline=soon(), quorum=1
        )
    assert "quorum" in refused.value.fields
    member = ground.members[0]
    with as_(ground.analyst):
        services.convene_panel(actor=ground.analyst, reference=ground.reference, finding="F-1", deadline=soon())
        services.invite_seat(
            actor=ground.analyst, reference=ground.reference, panel=1, discipline=SEATS[0][2],
            organisation=member.organisation,
        )  # fmt: skip
    with as_(member):
        services.declare_conflict(
            actor=member, reference=ground.reference, seat=1, conflict=False, nationalities=["NZ"]
        )
        with pytest.raises(errors.SeatsFilling):
            services.seal_opinion(actor=member, reference=ground.reference, panel=1, facts=OPINION)
    with as_(ground.analyst):
        Panel.objects.update(deadline=clock.now() - timedelta(hours=1))
        with pytest.raises(errors.SeatsFilling):
            services.reveal_panel(actor=ground.analyst, reference=ground.reference, panel=1)
    assert ground.finding().tier == "T1"


@pytest.mark.parametrize("opened", [False, True], ids=["closed while sealed", "closed after the opening"])
def test_an_opinion_after_the_close_is_refused_and_nothing_changes(ground: Ground, opened: bool) -> None:
    ground.ready()
    ground.sealed()
    with as_(ground.analyst):
        if opened:
            services.reveal_panel(actor=ground.analyst, reference=ground.reference, panel=1)
        services.close_panel(actor=ground.analyst, reference=ground.reference, panel=1)
    tier = ground.finding().computed_tier
    member = ground.members[0]
    with as_(member):
        with pytest.raises(errors.RoundOver):
            services.seal_opinion(
                actor=member, reference=ground.reference, panel=1,
                facts={**OPINION, "position": "dissent", "dissent": "Too late."},
            )  # fmt: skip
        assert Opinion.objects.get(author=member.user).position == "concur"
    with as_(ground.analyst):
        with pytest.raises(errors.RoundOver):
            services.close_panel(actor=ground.analyst, reference=ground.reference, panel=1)
        assert Opinion.objects.count() == (3 if opened else 0)
    assert ground.finding().computed_tier == tier == ("T2" if opened else "T1")
