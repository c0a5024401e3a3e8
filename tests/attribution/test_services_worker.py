"""Findings are marked with the act that changes them and computed by a worker; nobody decides on a stale one (ATT-6, ATT-9)."""

from datetime import timedelta
from typing import Any

import pytest

from attribution import errors, services, tasks
from attribution.models import Finding, Panel, StandingChange
from attribution.selectors import tier_of_case
from core import clock
from escalation.services import propose_measure
from evidence.services import withdraw_item
from ledger.models import Entry
from notifications.models import Notification
from organisations.actors import SYSTEM_EMAIL
from organisations.models import User

from .ground import Ground, as_

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-6")]


@pytest.fixture(autouse=True)
def platform(db: None) -> None:
    """The platform's own person."""
    User.objects.get_or_create(email=SYSTEM_EMAIL)


def withdrawn(ground: Ground, *labels: str) -> None:
    for label in labels:
        with as_(ground.collector):
            withdraw_item(actor=ground.collector, reference=ground.reference, label=label, reason="Retracted")


def stored(ground: Ground) -> Finding:
    """As the row stands, no worker asked."""
    with as_(ground.analyst):
        return Finding.objects.get()


def test_an_act_on_evidence_marks_the_finding_and_a_worker_computes_it_once(ground: Ground) -> None:
    ground.corroborated()
    withdrawn(ground, "E-1", "E-2")
    waiting = stored(ground)
    assert waiting.stale_since is not None and waiting.tier == "T2"
    assert waiting.stale_because == ["evidence.withdrawn E-1", "evidence.withdrawn E-2"]
    tasks.recompute_stale()
    computed = stored(ground)
    assert (computed.stale_since, computed.stale_because, computed.tier) == (None, [], "T1")
    with as_(ground.analyst):
        change = StandingChange.objects.order_by("-pk").first()
        assert change is not None and change.cause == "evidence.withdrawn E-2"
        assert {"tier": "T2", "code": "independent_origins", "met": False} in change.flipped
        steps = StandingChange.objects.count()
    tasks.recompute_stale()
    with as_(ground.analyst):
        assert StandingChange.objects.count() == steps
        assert stored(ground).version == computed.version


def test_a_worker_killed_in_the_middle_leaves_the_mark_and_the_next_one_does_it(
    ground: Ground, monkeypatch: Any
) -> None:
    ground.corroborated()
    withdrawn(ground, "E-1", "E-2")

    class Killed(BaseException):
        """No handler of ours sees it, as with SIGKILL."""

    def dies(*_args: Any, **_kwargs: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("attribution.services.tiers.tell_change", dies)  # after everything was written
        with pytest.raises(Killed):
            tasks.recompute_stale()
    assert stored(ground).stale_since is not None and stored(ground).tier == "T2"
    tasks.recompute_stale()
    assert (stored(ground).stale_since, stored(ground).tier) == (None, "T1")


def test_one_finding_that_cannot_be_computed_stops_no_other(ground: Ground, monkeypatch: Any) -> None:
    ground.corroborated()
    ground.proposed(statement="Once more.")
    withdrawn(ground, "E-1", "E-2")
    real = services.recompute_finding

    def first_fails(*, finding: Finding, **more: Any) -> Any:
        if finding.number == 1:
            raise RuntimeError("broken")
        return real(finding=finding, **more)

    monkeypatch.setattr(tasks, "recompute_finding", first_fails)
    tasks.recompute_stale()
    with as_(ground.analyst):
        assert [row.stale_since is None for row in Finding.objects.order_by("number")] == [False, True]


def test_no_measure_is_judged_on_a_tier_that_waits(ground: Ground) -> None:
    ground.corroborated()
    withdrawn(ground, "E-1", "E-2")
    coordinator = ground.people.vela.coordinator
    with as_(coordinator):
        measure = propose_measure(
            actor=coordinator, reference=ground.reference, proposal={"code": "R02", "title": "Notice"}
        )
        assert measure.tier == "T1"
        assert tier_of_case(ground.incident) == "T1"
    assert stored(ground).stale_since is None


def test_nobody_signs_a_finding_that_waits(ground: Ground) -> None:
    ground.ready()
    ground.revealed()
    withdrawn(ground, "E-1", "E-2")
    member = ground.members[0]
    with as_(member), pytest.raises(errors.NotCorroborated):
        services.corroborate_finding(actor=member, reference=ground.reference, label="F-1")


def test_the_page_says_that_it_waits_and_what_flipped(ground: Ground, sign_in: Any) -> None:
    ground.corroborated()
    withdrawn(ground, "E-1", "E-2")
    client = sign_in(ground.analyst)
    address = f"incidents/{ground.reference}/attribution/findings/F-1/"
    assert "It is being computed anew" in client.get(f"/{address}").content.decode()
    assert client.get(f"/api/v1/{address}").json()["being_recomputed"] is True
    tasks.recompute_stale()
    page = client.get(f"/{address}").content.decode()
    assert "It is being computed anew" not in page and "No longer met" in page
    history = client.get(f"/api/v1/{address}history/").json()
    assert any(row["code"] == "independent_origins" and not row["met"] for step in history for row in step["flipped"])


def told(actor: Any) -> list[tuple[str, str]]:
    with as_(actor):
        return sorted(Notification.objects.filter(recipient=actor.user).values_list("kind", "subject"))


def test_a_difference_is_told_to_those_concerned(ground: Ground) -> None:
    ground.corroborated()
    before = {who.user.pk: told(who) for who in (ground.analyst, *ground.members)}
    withdrawn(ground, "E-1", "E-2")
    tasks.recompute_stale()
    for who in (ground.analyst, *ground.members):
        assert set(told(who)) - set(before[who.user.pk]) == {("finding.changed", "F-1")} or (
            told(who).count(("finding.changed", "F-1")) == before[who.user.pk].count(("finding.changed", "F-1")) + 1
        )
    assert told(ground.people.orrin.analyst) == []


def test_a_standard_that_changes_in_mid_panel_leaves_the_finding_under_its_own(
    ground: Ground, monkeypatch: Any, sign_in: Any
) -> None:
    with monkeypatch.context() as patch:  # the day before the new version came into force
        patch.setattr("attribution.norms.version_in_force", lambda: "2026.1")
        ground.ready()
        ground.sealed()
    with as_(ground.analyst):
        services.reveal_panel(actor=ground.analyst, reference=ground.reference, panel=1)
    found = stored(ground)
    assert (found.standard_version, found.explanation["standard_version"]) == ("2026.1", "2026.1")
    page = sign_in(ground.analyst).get(f"/incidents/{ground.reference}/attribution/findings/F-1/").content.decode()
    assert "It stays under the standard it was opened with" in page


@pytest.mark.duty("ATT-9")
def test_people_are_told_before_a_review_and_their_opinion_are_due_and_once(ground: Ground, monkeypatch: Any) -> None:
    ground.ready()
    ground.seated()
    ground.opines(ground.members[0])
    review = stored(ground).review_on
    with as_(ground.analyst):
        deadline = Panel.objects.get().deadline
    assert told(ground.analyst) == []
    tasks.remind()
    assert ("finding.review_due", "F-1") not in told(ground.analyst)  # two weeks ahead
    monkeypatch.setattr(clock, "today", lambda: deadline.date() - timedelta(days=1))
    tasks.remind()
    tasks.remind()
    assert told(ground.members[0]).count(("panel.opinion_due", "F-1")) == 0  # has spoken
    assert told(ground.members[1]).count(("panel.opinion_due", "F-1")) == 1
    monkeypatch.setattr(clock, "today", lambda: review - timedelta(days=1))
    tasks.remind()
    tasks.remind()
    assert told(ground.analyst).count(("finding.review_due", "F-1")) == 1
    monkeypatch.setattr(clock, "today", lambda: review + timedelta(days=1))
    tasks.flag_overdue()
    assert told(ground.analyst).count(("finding.overdue", "F-1")) == 1
    with as_(ground.analyst):
        assert Entry.objects.filter(verb="finding.overdue").count() <= 1
