"""Handling marks (TLP 2.0, FIRST 2022), strictest last."""

from django.db.models import TextChoices


class Mark(TextChoices):
    """Labels are never translated (TLP 2.0)."""

    CLEAR = "TLP:CLEAR", "TLP:CLEAR"
    GREEN = "TLP:GREEN", "TLP:GREEN"
    AMBER = "TLP:AMBER", "TLP:AMBER"
    AMBER_STRICT = "TLP:AMBER+STRICT", "TLP:AMBER+STRICT"
    RED = "TLP:RED", "TLP:RED"


ORDER = {mark: rank for rank, mark in enumerate(Mark.values)}


def strictest(*marks: str) -> str:
    """The mark a thing made of these carries (R2.8)."""
    return max(marks, key=ORDER.__getitem__)


def above(mark: str, limit: str) -> bool:
    """Whether something so marked may not stand in a thing marked `limit` (R2.8)."""
    return ORDER[Mark(mark)] > ORDER[Mark(limit)]
