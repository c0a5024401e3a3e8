"""Pooled scores as anybody reads them: every discipline of the standard, with its score or the reason why there is none (ATT-12)."""

from dataclasses import dataclass

from .models import PooledScore
from .norms import named


@dataclass(frozen=True, slots=True)
class ShownPool:
    """A discipline and its pooled score; None: too few questions are resolved to claim anything."""

    code: str
    name: str
    pool: PooledScore | None


def shown_pools(using: str) -> list[ShownPool]:
    """Read with the login named, which need see nothing but what is for everybody."""
    kept = {row.discipline: row for row in PooledScore.objects.using(using)}
    return [ShownPool(code, name, kept.get(code)) for code, name in named("disciplines")]
