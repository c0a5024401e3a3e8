"""The answer to a question that was judged, once it is known."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models import CaseRow

from .findings import Finding
from .people import person


class Resolution(CaseRow):
    """Whether the hypothesis of a finding was so, how that is known, and why. Said once (ATT-12).

    What the database asks of each way is in migrations 0007 and 0008: a decision on record, a finding withdrawn, an exercise.
    """

    class How(models.TextChoices):
        ADJUDICATED = "adjudicated", _("A court, tribunal or commission decided")
        DISPROVED = "disproved", _("It was disproved and withdrawn")
        EXERCISE = "exercise", _("An exercise, whose answer is known")

    finding = models.OneToOneField(Finding, models.PROTECT, related_name="resolution")
    was_so = models.BooleanField(_("it was so"))
    how = models.CharField(_("how it is known"), max_length=12, choices=How)
    reasons = models.TextField(_("reasons"))
    decision = models.TextField(
        _("the decision, as it is cited"),
        blank=True,
        help_text=_("Needed when a court, tribunal or commission decided and the finding does not name it yet."),
    )
    resolved_by = person()
    resolved_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="resolution_has_reasons", condition=~Q(reasons="")),
            models.CheckConstraint(
                name="resolution_disproved_was_not_so", condition=~Q(how="disproved") | Q(was_so=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.was_so}"
