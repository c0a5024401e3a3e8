"""Essential services on their way back, and the tasks that bring them there.

Nothing here has a column for a tier or a culprit: protection does not wait for blame (ATT-10). Every table is under
forced row-level security; who may see the summary of a case sees its restoration.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models import CaseRow, Precision, ServiceHit

from .querysets import TaskQuerySet
from .states import CancelReason, ConfirmedAs, ServiceState, TaskStatus

IN_SERVICE = [ServiceState.RESTORED, ServiceState.HARDENED]


def someone(label: Any, *, null: bool = False) -> Any:
    """Somebody who did something: never deleted while their act stands."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=label, null=null, blank=null
    )


def people_order(prefix: str) -> list[models.CheckConstraint]:
    """At least, best, at most: they grow, as far as they are known."""
    pairs = [("min", "best"), ("best", "max"), ("min", "max")]
    return [
        models.CheckConstraint(
            name=f"{prefix}_people_{low}_{high}",
            condition=Q(**{f"people_{low}__isnull": True})
            | Q(**{f"people_{high}__isnull": True})
            | Q(**{f"people_{low}__lte": F(f"people_{high}")}),
        )
        for low, high in pairs
    ]


class ServiceRestoration(CaseRow):
    """The way back of one service that was hit (REM-1).

    down -> manual_workaround -> degraded -> partially_restored -> restored -> hardened. Stations may be passed over on
    the way up to restored, and every state may fall back to an earlier one; only hardened is reached from restored
    alone. `state` is that of the last update, empty before the first one.

    restored and hardened need a backup check that passed (R4.2) and the word of the service's owner (R4.3). A service
    that falls back loses both: they said something about a restoration that did not last. The ledger keeps them.
    """

    service = models.OneToOneField(ServiceHit, models.PROTECT, related_name="restoration", verbose_name=_("service"))
    state = models.CharField(_("state"), max_length=20, choices=ServiceState, blank=True)
    target = models.DurationField(_("target time to recover"), null=True, blank=True)

    backup_ok = models.BooleanField(_("backup passed its integrity check"), null=True, blank=True)
    backup_checked_at = models.DateTimeField(null=True, editable=False)
    backup_checked_by = someone(_("checked by"), null=True)
    backup_note = models.TextField(_("how the backup was checked"), blank=True)

    confirmed_at = models.DateTimeField(null=True, editable=False)
    confirmed_by = someone(_("recorded by"), null=True)
    confirmed_as = models.CharField(_("whose word"), max_length=10, choices=ConfirmedAs, blank=True)
    confirmed_words = models.TextField(_("who confirmed, and how"), blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="restoration_state", condition=Q(state__in=["", *ServiceState.values])),
            models.CheckConstraint(
                name="restoration_target", condition=Q(target__isnull=True) | Q(target__gt=timedelta())
            ),
            models.CheckConstraint(
                name="restoration_restored_by_rule",
                condition=~Q(state__in=IN_SERVICE)
                | Q(backup_ok__isnull=False, backup_ok=True, confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="restoration_backup_whole",
                condition=Q(backup_ok__isnull=True, backup_checked_at__isnull=True, backup_checked_by__isnull=True)
                | Q(backup_ok__isnull=False, backup_checked_at__isnull=False, backup_checked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="restoration_confirmed_whole",
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True, confirmed_as="")
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, confirmed_as=ConfirmedAs.OPERATOR)
                | (
                    Q(confirmed_at__isnull=False, confirmed_by__isnull=False, confirmed_as=ConfirmedAs.HOLDER)
                    & ~Q(confirmed_words="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} {self.state}"


class RestorationUpdate(CaseRow):
    """What was known about a service at a moment: appended, never changed. A wrong one is corrected by another.

    Updates stand in the order in which they were given; a correction takes the place of the one it corrects.
    """

    restoration = models.ForeignKey(ServiceRestoration, models.PROTECT, related_name="updates")
    state = models.CharField(_("state"), max_length=20, choices=ServiceState)
    capacity = models.PositiveSmallIntegerField(_("capacity in percent"), null=True, blank=True)
    people_min = models.PositiveBigIntegerField(_("people without it, at least"), null=True, blank=True)
    people_best = models.PositiveBigIntegerField(_("people without it, best estimate"), null=True, blank=True)
    people_max = models.PositiveBigIntegerField(_("people without it, at most"), null=True, blank=True)
    at = models.DateTimeField(_("since when"), null=True, blank=True)
    at_precision = models.CharField(max_length=8, choices=Precision, default=Precision.UNKNOWN)
    note = models.TextField(_("note"), blank=True)
    next_update_due = models.DateTimeField(_("next update due"), null=True, blank=True)
    by = someone(_("by"))
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")

    class Meta:
        constraints = [
            models.CheckConstraint(name="restoration_update_state", condition=Q(state__in=ServiceState.values)),
            models.CheckConstraint(
                name="restoration_update_capacity", condition=Q(capacity__isnull=True) | Q(capacity__lte=100)
            ),
            models.CheckConstraint(
                name="restoration_update_down",
                condition=~Q(state=ServiceState.DOWN) | Q(capacity__isnull=True) | Q(capacity=0),
            ),
            models.CheckConstraint(
                name="restoration_update_known",
                condition=Q(at__isnull=True, at_precision=Precision.UNKNOWN)
                | (Q(at__isnull=False) & ~Q(at_precision=Precision.UNKNOWN)),
            ),
            *people_order("restoration_update"),
        ]

    def __str__(self) -> str:
        return f"{self.restoration_id} {self.state}"


class RemediationTask(CaseRow):
    """Something to be done, by an organisation that sees the case, verified by someone other than the doer (REM-2).

    PROPOSED -> AGREED -> IN_PROGRESS -> DONE -> VERIFIED; IN_PROGRESS -> AGREED; DONE -> IN_PROGRESS when sent back;
    PROPOSED, AGREED, IN_PROGRESS -> CANCELLED, with a reason that is never a want of attribution (R2.15).
    """

    number = models.PositiveIntegerField(editable=False)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("what is to be done"), blank=True)
    service = models.ForeignKey(
        ServiceHit, models.PROTECT, null=True, blank=True, related_name="remediation_tasks", verbose_name=_("service")
    )
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    person = someone(_("person"), null=True)
    due = models.DateField(_("due"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=TaskStatus, default=TaskStatus.PROPOSED)
    needs = models.ManyToManyField(
        "self", through="TaskDependency", symmetrical=False, related_name="needed_by", through_fields=("task", "on")
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    added_by = someone(_("added by"))
    added_at = models.DateTimeField(db_default=Now(), editable=False)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = someone(_("last changed by"))

    completion = models.TextField(_("evidence of completion"), blank=True)
    evidence_number = models.CharField(
        _("evidence item"), max_length=10, blank=True, help_text=_("Such as E-17; named only, not looked up.")
    )
    done_by = someone(_("done by"), null=True)
    done_at = models.DateTimeField(null=True, editable=False)
    verification = models.TextField(_("what the verifier found"), blank=True)
    verified_by = someone(_("verified by"), null=True)
    verified_at = models.DateTimeField(null=True, editable=False)
    cancel_reason = models.CharField(_("why it was cancelled"), max_length=12, choices=CancelReason, blank=True)
    cancel_note = models.TextField(_("note on cancelling"), blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="task_number_per_case"),
            models.CheckConstraint(name="task_status", condition=Q(status__in=TaskStatus.values)),
            models.CheckConstraint(name="task_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="task_done_has_facts",
                condition=(
                    Q(status__in=["done", "verified"], done_by__isnull=False, done_at__isnull=False) & ~Q(completion="")
                )
                | Q(
                    status__in=["proposed", "agreed", "in_progress", "cancelled"],
                    done_by__isnull=True,
                    done_at__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="task_verified_has_facts",
                condition=Q(status="verified", verified_by__isnull=False, verified_at__isnull=False)
                | (~Q(status="verified") & Q(verified_by__isnull=True, verified_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="task_four_eyes",
                condition=Q(verified_by__isnull=True) | (Q(done_by__isnull=False) & ~Q(verified_by=F("done_by"))),
                violation_error_message=_("Somebody other than the doer verifies a task."),
            ),
            models.CheckConstraint(
                name="task_cancelled_has_reason",
                condition=Q(status="cancelled", cancel_reason__in=CancelReason.values)
                | (~Q(status="cancelled") & Q(cancel_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """`R-3`: speakable, within its case."""
        return f"R-{self.number}"


class TaskDependency(CaseRow):
    """`task` cannot be done before `on` is. Both are of one case, and never in a circle (the database sees to both)."""

    task = models.ForeignKey(RemediationTask, models.PROTECT, related_name="dependencies")
    on = models.ForeignKey(RemediationTask, models.PROTECT, related_name="dependants")

    class Meta:
        verbose_name_plural = "task dependencies"
        constraints = [
            models.UniqueConstraint(fields=["task", "on"], name="dependency_once"),
            models.CheckConstraint(name="dependency_not_itself", condition=~Q(task=F("on"))),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} after {self.on_id}"
