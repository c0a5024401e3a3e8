"""How good the estimates of a discipline were, all assessors together: what anybody may read (ATT-12)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class PooledScore(models.Model):
    """The pooled score of one discipline, written by the platform alone from batches large enough that nobody is seen in it."""

    discipline = models.CharField(max_length=40, unique=True)
    questions = models.PositiveIntegerField()
    exercises = models.PositiveIntegerField()
    estimates = models.PositiveIntegerField()
    brier = models.FloatField()
    bands = models.JSONField(default=list)
    computed_at = models.DateTimeField()

    class Meta:
        ordering = ["discipline"]
        constraints = [
            models.CheckConstraint(name="pool_brier", condition=Q(brier__gte=0) & Q(brier__lte=1)),
            models.CheckConstraint(name="pool_of_many", condition=Q(estimates__gte=models.F("questions"))),
        ]

    def __str__(self) -> str:
        return self.discipline
