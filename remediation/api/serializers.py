"""Shapes in and out. What a fact may say is checked in `remediation.checks`, not here."""

from datetime import timedelta
from typing import Any

from rest_framework import serializers

from incidents.api.serializers import MomentField, PeopleField

from ..models import RemediationTask, RestorationUpdate
from ..rules import Total
from ..selectors import Overview, ServiceRow, task_facts
from ..states import TRANSITIONS, CancelReason, ServiceState, TaskStatus

Shape = serializers.Serializer[dict[str, Any]]


class TotalField(Shape):
    """A sum: null when nothing of it is known, `at_least` when a part is missing."""

    value = serializers.FloatField(allow_null=True)
    at_least = serializers.BooleanField()


class UpdateIn(Shape):
    """What is known about a service from a moment on. Null capacity, people or moment: not known."""

    state = serializers.ChoiceField(choices=ServiceState.choices)
    at = MomentField(required=False)
    capacity = serializers.IntegerField(required=False, allow_null=True, help_text="Percent of normal, 0 to 100.")
    people = PeopleField(required=False)
    note = serializers.CharField(required=False, allow_blank=True)
    next_update_due = serializers.DateTimeField(required=False, allow_null=True)
    corrects = serializers.IntegerField(
        required=False, allow_null=True, help_text="The id of the update this one replaces."
    )


class UpdateOut(UpdateIn):
    """An update as it stands in the record."""

    id = serializers.IntegerField()
    by = serializers.CharField()
    organisation = serializers.SlugField()
    recorded_at = serializers.DateTimeField()


class UpdatePage(Shape):
    """A page by cursor."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = UpdateOut(many=True)


class TargetIn(Shape):
    """The target time to recover; null takes it back."""

    target_hours = serializers.FloatField(allow_null=True)


class BackupIn(Shape):
    """The check of what the service is restored from (R4.2)."""

    passed = serializers.BooleanField()
    note = serializers.CharField()


class ConfirmIn(Shape):
    """The word of the service's owner (R4.3); the holder says whose word it is."""

    words = serializers.CharField(required=False, allow_blank=True)


class ServiceOut(Shape):
    """A service that was hit, where it stands, and what that took. Null is "not known"."""

    id = serializers.IntegerField()
    service = serializers.CharField()
    name = serializers.CharField()
    country = serializers.CharField()
    restoration_tier = serializers.IntegerField()
    state = serializers.CharField(allow_null=True, help_text="Null until the first update.")
    since = MomentField()
    people = PeopleField()
    capacity = serializers.IntegerField(allow_null=True)
    next_update_due = serializers.DateTimeField(allow_null=True)
    backup_ok = serializers.BooleanField(allow_null=True)
    confirmed_as = serializers.CharField(allow_null=True)
    confirmed_at = serializers.DateTimeField(allow_null=True)
    target_hours = serializers.FloatField(allow_null=True)
    target_met = serializers.BooleanField(allow_null=True)
    hours_to_manual_workaround = serializers.FloatField(allow_null=True)
    hours_to_restore = serializers.FloatField(allow_null=True)
    hours_lost = TotalField()
    approximate = serializers.BooleanField(help_text="A date behind the figures is not exact.")


class OverviewOut(Shape):
    """Every service of a case in the order of care."""

    services = ServiceOut(many=True)
    not_restored = serializers.IntegerField()
    hours_lost = TotalField()


class TaskIn(Shape):
    """A task; `organisation` by slug, `depends_on` by numbers such as R-2."""

    title = serializers.CharField()
    description = serializers.CharField(required=False, allow_blank=True)
    organisation = serializers.SlugField()
    person = serializers.IntegerField(required=False, allow_null=True)
    due = serializers.DateField(required=False, allow_null=True)
    service = serializers.IntegerField(required=False, allow_null=True)
    depends_on = serializers.ListField(child=serializers.CharField(max_length=8), required=False, max_length=200)


class TaskOut(TaskIn):
    """A task as it stands."""

    number = serializers.CharField()
    status = serializers.ChoiceField(choices=TaskStatus.choices)
    version = serializers.IntegerField()
    moves = serializers.ListField(child=serializers.CharField(), help_text="Statuses the task could move to.")
    added_at = serializers.DateTimeField()
    completion = serializers.CharField()
    evidence_number = serializers.CharField()
    done_by = serializers.IntegerField(allow_null=True)
    done_at = serializers.DateTimeField(allow_null=True)
    verification = serializers.CharField()
    verified_by = serializers.IntegerField(allow_null=True)
    verified_at = serializers.DateTimeField(allow_null=True)
    cancel_reason = serializers.CharField()
    cancel_note = serializers.CharField()


class TaskPage(Shape):
    """A page by cursor."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = TaskOut(many=True)


class MoveIn(Shape):
    """Where to: agreed or in_progress."""

    to = serializers.CharField()


class CompleteIn(Shape):
    """What shows that it is done."""

    completion = serializers.CharField()
    evidence_number = serializers.CharField(required=False, allow_blank=True)


class VerifyIn(Shape):
    """Whether it was done, and how that was verified or what is missing."""

    accepted = serializers.BooleanField()
    verification = serializers.CharField()


class CancelIn(Shape):
    """Why not. `insufficient_attribution` is understood, and refused (R2.15)."""

    reason = serializers.CharField(help_text=", ".join(CancelReason.values))
    note = serializers.CharField(required=False, allow_blank=True)


def total_as_json(total: Total) -> dict[str, Any]:
    """A sum with what it misses."""
    return {"value": total.value, "at_least": total.at_least}


def hours(time: timedelta | None) -> float | None:
    """Hours; None stays None."""
    return None if time is None else time / timedelta(hours=1)


def moment_as_json(update: RestorationUpdate | None) -> dict[str, Any]:
    """Since when."""
    return {"at": update.at if update else None, "precision": update.at_precision if update else "unknown"}


def update_as_json(update: RestorationUpdate) -> dict[str, Any]:
    """An update."""
    return {
        "id": update.pk,
        "state": update.state,
        "at": moment_as_json(update),
        "capacity": update.capacity,
        "people": {part: getattr(update, f"people_{part}") for part in ("min", "best", "max")},
        "note": update.note,
        "next_update_due": update.next_update_due,
        "corrects": update.corrects_id,
        "by": str(update.by),
        "organisation": update.organisation.slug,
        "recorded_at": update.recorded_at,
    }


def service_as_json(row: ServiceRow) -> dict[str, Any]:
    """A service."""
    restoration, latest, metrics = row.restoration, row.latest, row.metrics
    return {
        "id": row.hit.pk,
        "service": row.hit.service,
        "name": row.hit.name,
        "country": row.hit.country,
        "restoration_tier": row.view.restoration_tier,
        "state": row.view.state or None,
        "since": moment_as_json(row.since),
        "people": {"min": row.view.people.minimum, "best": row.view.people.best, "max": row.view.people.maximum},
        "capacity": latest.capacity if latest else None,
        "next_update_due": latest.next_update_due if latest else None,
        "backup_ok": restoration.backup_ok if restoration else None,
        "confirmed_as": (restoration.confirmed_as or None) if restoration else None,
        "confirmed_at": restoration.confirmed_at if restoration else None,
        "target_hours": hours(row.view.target),
        "target_met": metrics.target_met,
        "hours_to_manual_workaround": hours(metrics.to_workaround),
        "hours_to_restore": hours(metrics.to_restore),
        "hours_lost": total_as_json(metrics.hours_lost),
        "approximate": metrics.approximate,
    }


def overview_as_json(seen: Overview) -> dict[str, Any]:
    """All of them."""
    return {
        "services": [service_as_json(row) for row in seen.services],
        "not_restored": len(seen.out),
        "hours_lost": total_as_json(seen.hours_lost),
    }


def task_as_json(task: RemediationTask) -> dict[str, Any]:
    """A task."""
    return {
        **task_facts(task),
        "number": task.reference,
        "status": task.status,
        "version": task.version,
        "moves": sorted(TRANSITIONS[task.status]),
        "added_at": task.added_at,
        "completion": task.completion,
        "evidence_number": task.evidence_number,
        "done_by": task.done_by_id,
        "done_at": task.done_at,
        "verification": task.verification,
        "verified_by": task.verified_by_id,
        "verified_at": task.verified_at,
        "cancel_reason": task.cancel_reason,
        "cancel_note": task.cancel_note,
    }
