"""Tasks across organisations: owned, done with evidence, verified by another (REM-2)."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from core.errors import Invalid, StaleVersion
from incidents.access import case_for
from incidents.services import close_incident
from ledger.models import Entry
from organisations.actors import Actor
from organisations.roles import Grade
from remediation import selectors, services
from remediation.errors import (
    AttributionIsNoReason,
    DependencyCircle,
    TaskMoveRefused,
    TaskSettled,
    TaskWaits,
    VerifierIsDoer,
)
from remediation.models import RemediationTask, TaskDependency
from remediation.states import TRANSITIONS, TaskStatus
from tests.people import People

from .conftest import Ground, as_actor

pytestmark = [pytest.mark.django_db, pytest.mark.duty("REM-2")]
Share = Callable[..., None]


def add(actor: Actor, ground: Ground, title: str = "Rebuild the directory", **more: Any) -> RemediationTask:
    return services.add_task(
        actor=actor, reference=ground.reference, task={"title": title, "organisation": actor.organisation.slug, **more}
    )


def to_done(actor: Actor, ground: Ground, task: RemediationTask) -> None:
    for to in ("agreed", "in_progress"):
        services.move_task(actor=actor, reference=ground.reference, number=task.reference, to=to)
    services.complete_task(
        actor=actor,
        reference=ground.reference,
        number=task.reference,
        completion="Ran the restore twice.",
        evidence_number="e-17",
    )


def test_a_task_goes_from_proposal_to_verification_by_two_people(people: People, ground: Ground) -> None:
    analyst, coordinator = people.vela.analyst, people.vela.coordinator
    task = add(
        analyst,
        ground,
        due="2026-11-30",
        person=analyst.user.pk,
        service=ground.hospital,
        description="From clean media.",
    )
    to_done(analyst, ground, task)
    with as_actor(coordinator):
        done = services.verify_task(
            actor=coordinator, reference=ground.reference, number="R-1", accepted=True, verification="Logged in."
        )
    assert (done.reference, done.status, done.evidence_number) == ("R-1", "verified", "E-17")
    assert (done.done_by, done.verified_by) == (analyst.user, coordinator.user)
    with as_actor(coordinator):
        written = list(
            Entry.objects.filter(subject_type="remediation.remediationtask")
            .order_by("pk")
            .values_list("verb", flat=True)
        )
    assert written == ["task.added", "task.moved", "task.moved", "task.done", "task.verified"]


def test_the_doer_cannot_verify(people: People, ground: Ground) -> None:
    coordinator = people.vela.coordinator
    with as_actor(coordinator):
        task = add(coordinator, ground)
        to_done(coordinator, ground, task)
        with pytest.raises(VerifierIsDoer):
            services.verify_task(
                actor=coordinator,
                reference=ground.reference,
                number=task.reference,
                accepted=True,
                verification="Fine.",
            )
        with pytest.raises(IntegrityError, match="task_four_eyes"), transaction.atomic():
            RemediationTask.objects.update(status="verified", verified_by=coordinator.user, verified_at=timezone.now())


def test_who_may_restore_may_not_therefore_verify(people: People, ground: Ground) -> None:
    task = add(people.vela.analyst, ground)
    to_done(people.vela.analyst, ground, task)
    other = people.vela.another("analyst")
    with as_actor(other), pytest.raises(PermissionDenied):
        services.verify_task(
            actor=other, reference=ground.reference, number=task.reference, accepted=True, verification="Fine."
        )


def test_what_was_not_done_is_sent_back_and_says_why(people: People, ground: Ground) -> None:
    task = add(people.vela.analyst, ground)
    to_done(people.vela.analyst, ground, task)
    with as_actor(people.vela.coordinator):
        back = services.verify_task(
            actor=people.vela.coordinator,
            reference=ground.reference,
            number=task.reference,
            accepted=False,
            verification="One domain is missing.",
        )
    assert (back.status, back.done_by, back.verification) == ("in_progress", None, "One domain is missing.")
    assert back.completion == "Ran the restore twice."


@pytest.mark.parametrize("status", TaskStatus.values)
def test_every_move_that_the_table_lacks_is_refused(people: People, ground: Ground, status: str) -> None:
    task = add(people.vela.analyst, ground)
    now, doer, other = timezone.now(), people.vela.analyst.user, people.vela.coordinator.user
    facts: dict[str, Any] = {"status": status}
    if status in {"done", "verified"}:
        facts |= {"done_by": doer, "done_at": now, "completion": "x"}
    if status == "verified":
        facts |= {"verified_by": other, "verified_at": now}
    if status == "cancelled":
        facts |= {"cancel_reason": "no_need"}
    RemediationTask.objects.update(**facts)
    ask: dict[str, Any] = {"reference": ground.reference, "number": task.reference}
    moves: dict[str, Callable[[], object]] = {
        to: lambda to=to: services.move_task(actor=people.vela.analyst, to=to, **ask)  # type: ignore[misc]
        for to in (TaskStatus.PROPOSED, TaskStatus.AGREED, TaskStatus.IN_PROGRESS)
    }
    moves[TaskStatus.DONE] = lambda: services.complete_task(actor=people.vela.analyst, completion="x", **ask)
    moves[TaskStatus.CANCELLED] = lambda: services.cancel_task(actor=people.vela.analyst, reason="no_need", **ask)
    for to, move in moves.items():
        if to not in TRANSITIONS[status]:
            with pytest.raises(TaskMoveRefused):
                move()
    if status != TaskStatus.DONE:
        with as_actor(people.vela.coordinator):
            for accepted in (True, False):
                with pytest.raises(TaskMoveRefused):
                    services.verify_task(actor=people.vela.coordinator, accepted=accepted, verification="x", **ask)


def test_a_move_cannot_skip_evidence_or_verification(people: People, ground: Ground) -> None:
    task = add(people.vela.analyst, ground)
    for to in ("done", "verified", "cancelled"):
        with pytest.raises(TaskMoveRefused):
            services.move_task(actor=people.vela.analyst, reference=ground.reference, number=task.reference, to=to)
    with pytest.raises(Invalid):
        services.move_task(actor=people.vela.analyst, reference=ground.reference, number=task.reference, to="forgotten")
    with pytest.raises(Invalid):
        services.complete_task(
            actor=people.vela.analyst, reference=ground.reference, number=task.reference, completion="  "
        )
    with pytest.raises(IntegrityError, match="task_done_has_facts"), transaction.atomic():
        RemediationTask.objects.update(status="done")


def test_a_task_waits_for_those_it_depends_on(people: People, ground: Ground) -> None:
    first, second = (
        add(people.vela.analyst, ground, "Order discs"),
        add(people.vela.analyst, ground, "Rebuild", depends_on=["R-1"]),
    )
    with pytest.raises(TaskWaits) as refused:
        to_done(people.vela.analyst, ground, second)
    assert refused.value.details == {"tasks": ["R-1"]}
    to_done(people.vela.analyst, ground, first)
    services.complete_task(actor=people.vela.analyst, reference=ground.reference, number="R-2", completion="Built.")


def test_tasks_never_wait_for_each_other_in_a_circle(people: People, ground: Ground) -> None:
    analyst = people.vela.analyst
    first, _second = add(analyst, ground, "A"), add(analyst, ground, "B", depends_on=["R-1"])
    third = add(analyst, ground, "C", depends_on=["R-2"])
    for numbers in (["R-3"], ["R-1"], ["R-2"]):
        with pytest.raises(DependencyCircle), transaction.atomic():
            services.change_task(
                actor=analyst, reference=ground.reference, number="R-1", version=1, task={"depends_on": numbers}
            )
    with pytest.raises(DatabaseError, match="wait for each other"), transaction.atomic():
        TaskDependency.objects.create(incident=ground.incident, task=first, on=third)
    with pytest.raises(Invalid):
        add(analyst, ground, "D", depends_on=["R-99"])


def test_a_stale_change_loses_nothing(people: People, ground: Ground) -> None:
    task = add(people.vela.analyst, ground, due="2026-11-30")
    services.change_task(
        actor=people.vela.analyst, reference=ground.reference, number="R-1", version=1, task={"due": "2026-12-01"}
    )
    with pytest.raises(StaleVersion) as refused:
        services.change_task(
            actor=people.vela.analyst, reference=ground.reference, number="R-1", version=1, task={"title": "Mine"}
        )
    assert refused.value.theirs["due"] == "2026-12-01" and refused.value.version == 2
    task.refresh_from_db()
    assert task.title == "Rebuild the directory"


def test_a_settled_task_is_not_changed(people: People, ground: Ground) -> None:
    add(people.vela.analyst, ground)
    services.cancel_task(actor=people.vela.analyst, reference=ground.reference, number="R-1", reason="no_need")
    with pytest.raises(TaskSettled):
        services.change_task(
            actor=people.vela.analyst, reference=ground.reference, number="R-1", version=2, task={"title": "x"}
        )


@pytest.mark.duty("ATT-10")
def test_want_of_attribution_is_no_reason_to_cancel(people: People, ground: Ground) -> None:
    """R2.15: not in the service, and not in the database either."""
    add(people.vela.analyst, ground)
    with pytest.raises(AttributionIsNoReason):
        services.cancel_task(
            actor=people.vela.analyst, reference=ground.reference, number="R-1", reason="insufficient_attribution"
        )
    with pytest.raises(IntegrityError, match="task_cancelled_has_reason"), transaction.atomic():
        RemediationTask.objects.update(status="cancelled", cancel_reason="insufficient")
    with pytest.raises(Invalid):
        services.cancel_task(actor=people.vela.analyst, reference=ground.reference, number="R-1", reason="other")


def test_an_owner_is_somebody_who_can_see_the_case(people: People, ground: Ground, share: Share) -> None:
    assert people.orrin.organisation.slug == "orrin"
    with pytest.raises(Invalid) as refused:
        add(people.vela.analyst, ground, organisation="orrin")
    assert set(refused.value.fields) == {"organisation"}
    with pytest.raises(DatabaseError, match="owner of a task"), transaction.atomic():
        RemediationTask.objects.create(
            incident=ground.incident, number=9, title="x", organisation=people.orrin.organisation,
            added_by=people.vela.analyst.user, changed_by=people.vela.analyst.user,
        )  # fmt: skip
    share(people.orrin.organisation)
    add(people.vela.analyst, ground, organisation="orrin")
    with as_actor(people.orrin.coordinator):
        services.move_task(actor=people.orrin.coordinator, reference=ground.reference, number="R-1", to="agreed")
        task = services.change_task(
            actor=people.orrin.coordinator,
            reference=ground.reference,
            number="R-1",
            version=2,
            task={"person": people.orrin.coordinator.user.pk},
        )
    assert task.person == people.orrin.coordinator.user


def test_a_partner_does_not_learn_who_else_sees_the_case(people: People, ground: Ground, share: Share) -> None:
    share(people.orrin.organisation)
    share(people.brigid.organisation)
    with as_actor(people.orrin.coordinator):
        with pytest.raises(Invalid):
            add(people.orrin.coordinator, ground, organisation="brigid")
        case = case_for(people.orrin.coordinator, ground.reference)
        assert [house.slug for house in selectors.possible_owners(people.orrin.coordinator, case)] == ["orrin", "vela"]


def test_nobody_names_a_person_of_another_house(people: People, ground: Ground, share: Share) -> None:
    share(people.orrin.organisation)
    for person in (people.orrin.coordinator.user.pk, 999_999_999, "x"):
        with pytest.raises(Invalid) as refused:
            add(people.vela.analyst, ground, organisation="orrin", person=person)
        assert set(refused.value.fields) == {"person"}


def test_a_new_owner_names_its_own_person(people: People, ground: Ground, share: Share) -> None:
    share(people.orrin.organisation)
    add(people.vela.analyst, ground, person=people.vela.analyst.user.pk)
    task = services.change_task(
        actor=people.vela.analyst, reference=ground.reference, number="R-1", version=1,
        task={"organisation": "orrin"},
    )  # fmt: skip
    assert (task.organisation, task.person) == (people.orrin.organisation, None)


def test_a_reader_changes_nothing_and_a_stranger_knows_nothing(people: People, ground: Ground, share: Share) -> None:
    add(people.vela.analyst, ground)
    share(people.orrin.organisation, Grade.OVERSEE)
    for actor, answer in ((people.orrin.coordinator, PermissionDenied), (people.tessera.coordinator, Http404)):
        ask: dict[str, Any] = {"actor": actor, "reference": ground.reference, "number": "R-1"}
        with as_actor(actor):
            acts: list[Callable[[], object]] = [
                partial(add, actor, ground),
                partial(services.change_task, **ask, version=1, task={}),
                partial(services.move_task, **ask, to="agreed"),
                partial(services.complete_task, **ask, completion="x"),
                partial(services.verify_task, **ask, accepted=True, verification="x"),
                partial(services.cancel_task, **ask, reason="no_need"),
            ]
            for act in acts:
                with pytest.raises(answer):
                    act()


def test_a_task_of_another_case_is_not_there(people: People, ground: Ground) -> None:
    from tests.tenancy.test_walls import filed

    add(people.vela.analyst, ground)
    other = filed(people.vela.analyst)
    with pytest.raises(Http404):
        services.move_task(actor=people.vela.analyst, reference=other.reference, number="R-1", to="agreed")
    with pytest.raises(Invalid):
        services.add_task(
            actor=people.vela.analyst,
            reference=other.reference,
            task={"title": "x", "organisation": "vela", "service": ground.hospital},
        )


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("title", {"title": ""}),
        ("title", {"title": "x" * 201}),
        ("description", {"description": "x" * 20_001}),
        ("due", {"due": "2026-02-30"}),
        ("due", {"due": "soon"}),
        ("due", {"due": "1969-12-31"}),
        ("organisation", {"organisation": ""}),
        ("service", {"service": "9" * 30}),
        ("service", {"service": "one"}),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(
    people: People, ground: Ground, field: str, more: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refused:
        add(people.vela.analyst, ground, **more)
    assert set(refused.value.fields) == {field}


def test_overdue_and_mine(people: People, ground: Ground) -> None:
    analyst = people.vela.analyst
    add(analyst, ground, "late", due="2026-01-01")
    add(analyst, ground, "theirs", due="2099-01-01", person=people.vela.coordinator.user.pk)
    cancelled = add(analyst, ground, "late but cancelled", due="2026-01-01")
    services.cancel_task(actor=analyst, reference=ground.reference, number=cancelled.reference, reason="duplicate")
    late = selectors.tasks_of(ground.incident, analyst, selectors.WantedTasks(overdue=True))
    assert [task.title for task in late] == ["late"]
    mine = selectors.tasks_of(ground.incident, analyst, selectors.WantedTasks(mine=True))
    assert {task.title for task in mine} == {"late", "late but cancelled"}
    assert RemediationTask.objects.overdue(date(2026, 1, 1)).count() == 0


def test_a_closed_case_stands_still(people: People, ground: Ground) -> None:
    from incidents.errors import AlreadyClosed

    close_incident(actor=people.vela.analyst, reference=ground.reference)
    with pytest.raises(AlreadyClosed):
        add(people.vela.analyst, ground)


def test_numbers_follow_each_other_within_a_case(people: People, ground: Ground) -> None:
    assert [add(people.vela.analyst, ground, str(n)).reference for n in range(3)] == ["R-1", "R-2", "R-3"]
