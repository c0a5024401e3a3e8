"""Pooled scores in public, and answers that come after a case was closed (ATT-12)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from attribution import errors, services
from attribution.api import scores
from attribution.models import PooledScore, Resolution
from attribution.pooling import write_pools
from attribution.tasks import pool_scores
from attribution.ui import published
from incidents.services import close_incident
from organisations.actors import Actor

from .ground import Ground, as_
from .test_services_scores import answered, colleague

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-12")]
TOO_FEW = "Not enough data to claim anything."


@pytest.fixture(autouse=True)
def _public_login(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages and API read this test's rows, with the role of the public login."""

    @contextmanager
    def as_public() -> Iterator[str]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE norms_public")
            yield "default"
            cursor.execute("SET LOCAL ROLE norms_app")

    monkeypatch.setattr(published, "as_public", as_public)
    monkeypatch.setattr(scores, "as_public", as_public)


def resolved(ground: Ground) -> None:
    """One question, judged by three members, disproved."""
    ground.ready()
    ground.revealed({"likelihood": "almost_certain"}, {}, {"likelihood": "unlikely"})
    with as_(ground.analyst):
        services.withdraw_finding(actor=ground.analyst, reference=ground.reference, label="F-1", reason="Disproved")
    answered(ground)


def test_below_the_minimum_the_public_reads_a_sentence_and_no_number(ground: Ground) -> None:
    resolved(ground)
    pool_scores()
    page = Client().get("/findings/calibration/").content.decode()
    assert page.count(TOO_FEW) >= 3 and "0.951" not in page and "0.090" not in page
    answer = Client().get("/api/v1/calibration/").json()
    assert {row["brier"] for row in answer["pools"]} == {None}
    assert (answer["questions"], answer["people"]) == (20, 5)


def test_above_it_each_discipline_is_pooled_and_nobody_named(ground: Ground, settings: Any) -> None:
    settings.CALIBRATION_QUESTIONS = settings.CALIBRATION_PEOPLE = 1
    assert write_pools() == 0  # nothing has an answer yet
    resolved(ground)
    pool_scores()
    pool_scores()  # twice is harmless
    answer = Client().get("/api/v1/calibration/").json()
    pools = {row["discipline"]: row for row in answer["pools"] if row["brier"] is not None}
    assert set(pools) == {"digital_forensics", "international_law_state_responsibility", "human_rights"}
    assert pools["digital_forensics"]["brier"] == pytest.approx(0.975**2)
    assert pools["human_rights"]["brier"] == pytest.approx(0.09)
    assert [band["estimates"] for band in pools["human_rights"]["bands"]] == [None, 1, None, None, None]
    page = Client().get("/findings/calibration/").content.decode()
    assert "0.951" in page and "0.090" in page and TOO_FEW in page  # the other disciplines
    for word in (*(each.user.name for each in ground.members), ground.reference, "Meridian", "F-1"):
        assert word not in page, word


def test_whoever_stepped_out_for_a_conflict_does_not_count(ground: Ground, settings: Any) -> None:
    settings.CALIBRATION_QUESTIONS = settings.CALIBRATION_PEOPLE = 1
    ground.ready()
    ground.revealed()
    first = ground.members[0]
    with as_(first):
        services.declare_conflict(actor=first, reference=ground.reference, seat=1, conflict=True, text="We were hired.")
    with as_(ground.analyst):
        services.withdraw_finding(actor=ground.analyst, reference=ground.reference, label="F-1", reason="Disproved")
    answered(ground)
    pool_scores()
    assert "digital_forensics" not in set(PooledScore.objects.values_list("discipline", flat=True))


def test_the_database_takes_pools_from_the_platform_alone(ground: Ground) -> None:
    with as_(ground.analyst), pytest.raises(DatabaseError), transaction.atomic():
        PooledScore.objects.create(
            discipline="law", questions=1, exercises=0, estimates=1, brier=0.0, computed_at=ground.incident.filed_at
        )


def cites(ground: Ground, actor: Actor, **more: Any) -> Resolution:
    with as_(actor):
        return services.resolve_question(
            actor=actor, reference=ground.reference, label="F-1",
            **{"was_so": True, "how": "adjudicated", "reasons": "The court found so.", **more},
        )  # fmt: skip


def test_a_court_speaks_years_after_the_case_was_closed(ground: Ground, sign_in: Any) -> None:
    ground.ready()
    ground.revealed()
    with as_(ground.analyst):
        services.close_panel(actor=ground.analyst, reference=ground.reference, panel=1)
        close_incident(actor=ground.analyst, reference=ground.reference)
    other = colleague(ground)
    with pytest.raises(errors.AnswerNotKnown):
        cites(ground, other)
    before = ground.finding()
    client = sign_in(other)
    path = f"/incidents/{ground.reference}/attribution/findings/F-1/"
    said = {"was_so": "yes", "how": "adjudicated", "reasons": "The court found so.", "decision": "Case 12/31, judgment"}
    assert client.post(f"{path}outcome/", said).status_code == 303
    page = client.get(path).content.decode()
    assert "It was so" in page and "Case 12/31, judgment" in page
    after = ground.finding()
    assert (after.tier, after.version, after.decision_reference) == (before.tier, before.version, "")
    with pytest.raises(errors.QuestionResolved):
        cites(ground, other, decision="Case 12/31")
    assert sign_in(ground.members[0]).get("/api/v1/estimates/").json()["estimates"][0]["was_so"] is True
