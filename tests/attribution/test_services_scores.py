"""Earlier estimates are scored once the answer is known, and shown to whoever gave them (ATT-12)."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from attribution import errors, services
from attribution.models import Finding, Resolution
from attribution.rules import Likelihood
from attribution.rules.calibration import brier, mean_score, scored_as
from attribution.scores import by_discipline, own_estimates
from core.errors import Invalid
from organisations.actors import Actor
from organisations.models import User

from .builders import STANDARD
from .ground import Ground, as_

duty = pytest.mark.duty("ATT-12")
pytestmark = [duty]


@pytest.mark.parametrize(
    ("scale", "term", "number"),
    [("phia", "likely", 0.65), ("icd203", "likely", 0.675), ("phia", "almost_certain", 0.975), ("phia", "maybe", None)],
)
def test_a_word_is_scored_as_the_middle_of_its_band_in_its_own_scale(
    scale: str, term: str, number: float | None
) -> None:
    found = scored_as(Likelihood(scale, term), STANDARD)
    assert found == (None if number is None else pytest.approx(number))


@given(st.floats(0, 1), st.booleans())
def test_a_score_is_between_0_and_1_and_best_for_who_was_right(said: float, was_so: bool) -> None:
    score = brier(said, was_so=was_so)
    assert 0 <= score <= 1
    assert score <= brier(said, was_so=not was_so) or (said < 0.5) == was_so


def test_nothing_is_claimed_without_data() -> None:
    assert mean_score([]) is None and mean_score([0.25, 0.75]) == 0.5
    assert scored_as(Likelihood("phia", "likely"), replace(STANDARD, scales={})) is None


def colleague(ground: Ground) -> Actor:
    """A second analyst of the house, who did not propose the finding."""
    known = User.objects.filter(email="analyst2@vela.example").first()
    return Actor(known, ground.analyst.organisation, ("analyst",)) if known else ground.people.vela.another("analyst")


def answered(ground: Ground, **facts: Any) -> Resolution:
    other = colleague(ground)
    with as_(other):
        return services.resolve_question(
            actor=other, reference=ground.reference, label="F-1",
            **{"was_so": False, "how": "disproved", "reasons": "The log was forged, a court found.", **facts},
        )  # fmt: skip


@pytest.mark.django_db
def test_a_disproved_finding_scores_the_members_and_each_sees_their_own(ground: Ground, sign_in: Any) -> None:
    ground.ready()
    ground.revealed({"likelihood": "almost_certain"}, {}, {"likelihood": "unlikely"})
    first, _second, third = ground.members
    assert "There is nothing to score yet" in sign_in(first).get("/estimates/").content.decode()
    with pytest.raises(errors.AnswerNotKnown):
        answered(ground)
    with as_(ground.analyst):
        services.withdraw_finding(actor=ground.analyst, reference=ground.reference, label="F-1", reason="Disproved")
        with pytest.raises(errors.ResolvedByItsProposer):
            services.resolve_question(
                actor=ground.analyst,
                reference=ground.reference,
                label="F-1",
                was_so=False,
                how="disproved",
                reasons="x",
            )
    answered(ground)
    with as_(first):
        wrong = own_estimates(first.user)
        assert [round(row.score, 4) for row in wrong] == [round(0.975**2, 4)]
        assert [(number, round(score, 4)) for _name, number, score in by_discipline(wrong)] == [(1, 0.9506)]
    with as_(third):
        assert [round(row.score, 4) for row in own_estimates(third.user)] == [0.09]
    with as_(ground.analyst):
        assert own_estimates(ground.analyst.user) == []
    assert "0.951" in sign_in(first).get("/estimates/").content.decode()
    assert sign_in(third).get("/api/v1/estimates/").json()["mean"] == pytest.approx(0.09)
    assert (
        "It was not so"
        in sign_in(first).get(f"/incidents/{ground.reference}/attribution/findings/F-1/").content.decode()
    )


@pytest.mark.django_db
def test_an_answer_is_put_once_with_reasons_and_never_before_the_panel_has_spoken(ground: Ground) -> None:
    ground.ready()
    ground.sealed()
    for facts in ({"reasons": ""}, {"how": "guess"}, {"was_so": "perhaps"}):
        with pytest.raises(Invalid):
            answered(ground, **facts)
    with pytest.raises(errors.StillJudged):
        answered(ground)
    with as_(ground.analyst):
        services.reveal_panel(actor=ground.analyst, reference=ground.reference, panel=1)
        services.amend_finding(
            actor=ground.analyst, reference=ground.reference, label="F-1", facts={"decision_reference": "Case 12/26"}
        )
    answered(ground, was_so=True, how="adjudicated")
    with pytest.raises(errors.QuestionResolved):
        answered(ground, was_so=True, how="adjudicated")
    with as_(ground.analyst), pytest.raises(DatabaseError), transaction.atomic():
        Resolution.objects.update(was_so=False)


@pytest.mark.django_db
def test_the_database_asks_for_a_known_answer_too(ground: Ground) -> None:
    ground.ready()
    grader = ground.people.vela.another("analyst")
    with as_(grader):
        for how, was_so in (("disproved", False), ("exercise", True), ("adjudicated", True)):
            with pytest.raises(DatabaseError), transaction.atomic():
                Resolution.objects.create(
                    incident=ground.incident, finding=Finding.objects.get(), was_so=was_so, how=how, reasons="x",
                    resolved_by=grader.user,
                )  # fmt: skip
