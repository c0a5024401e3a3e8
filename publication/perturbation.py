"""Rounding by cell key: the same records always give the same published number (domain 5, `cell_key`, `round_base5`).

Semantics of the ONS cell-key method: each record has a secret, stable key of 0 to 255; the key of a cell is the sum of
its records' keys modulo 256; the table says which amount is added to a true value under that key. The rule in use,
10-5, adds the same amount under every key (1-9 vanish, the rest is rounded to base 5); a table with real noise can take
its place without another change.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Protocol

KEYS = 256
# The ONS table has rows for 1 to 750; larger values repeat the last 250 rows.
LAST_ROW, REPEATING = 750, 250


class Perturbation(Protocol):
    """What a release needs of a perturbation table."""

    def published(self, value: int, cell_key: int) -> int:
        """The number to show for a true value; below the threshold it is 0, which the release shows as suppressed."""

    def bounds(self, shown: int) -> tuple[int, int]:
        """The least and the largest true value behind a number that is shown."""

    @property
    def base(self) -> int:
        """The step from one number that can be shown to the next."""


class ThresholdAndBase:
    """The 10-5 rule: values below the threshold vanish, all others go to the nearest multiple of the base."""

    def __init__(self, threshold: int = 10, base: int = 5) -> None:
        if base < 1 or base % 2 == 0 or threshold % base:
            raise ValueError("the base must be odd and divide the threshold")
        self.threshold = threshold
        self._base = base

    @property
    def base(self) -> int:
        return self._base

    def published(self, value: int, cell_key: int) -> int:
        del cell_key  # the same under every key
        if value < self.threshold:
            return 0
        return (value + self._base // 2) // self._base * self._base

    def bounds(self, shown: int) -> tuple[int, int]:
        half = self._base // 2
        return max(self.threshold, shown - half), shown + half


class LookupTable:
    """A perturbation table as published by ONS: rows of (pcv, ckey, pvalue)."""

    def __init__(self, rows: Iterable[tuple[int, int, int]], base: int = 5) -> None:
        self._noise: Mapping[tuple[int, int], int] = {(pcv, ckey): pvalue for pcv, ckey, pvalue in rows}
        self._base = base
        self._least, self._most = min(self._noise.values()), max(self._noise.values())

    @property
    def base(self) -> int:
        return self._base

    def published(self, value: int, cell_key: int) -> int:
        if value <= 0:
            return 0
        row = value if value <= LAST_ROW else (value - 1) % REPEATING + LAST_ROW - REPEATING + 1
        return value + self._noise[row, cell_key]

    def bounds(self, shown: int) -> tuple[int, int]:
        candidates = range(max(1, shown - self._most), shown - self._least + 1)
        behind = [value for value in candidates if any(self.published(value, key) == shown for key in range(KEYS))]
        return (behind[0], behind[-1]) if behind else (candidates[0], candidates[-1])


def record_key(secret: bytes, key: str) -> int:
    """The record's own key: secret, so that noise cannot be predicted, and stable, so that it cannot be averaged out."""
    return hmac.new(secret, key.encode(), hashlib.sha256).digest()[0]


def cell_key(record_keys: Iterable[int]) -> int:
    """The key of a cell: the sum of its records' keys modulo 256."""
    return sum(record_keys) % KEYS
