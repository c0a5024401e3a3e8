"""Measuring: pairs in alternation, medians, ratios; nothing asserted."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table: ours against the yardstick, in milliseconds or requests per second, and what is aimed at."""

    group: str
    name: str
    unit: str
    ours: float
    yardstick: float | None = None
    target: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours ÷ yardstick."""
        return self.ours / self.yardstick if self.yardstick else None

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {**asdict(self), "ratio": self.ratio}


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def alternate(
    ours: Callable[[], object], yardstick: Callable[[], object], pairs: int = 31, warm: int = 3
) -> tuple[float, float]:
    """Medians of both, measured turn by turn so that whatever else the machine does hits both alike."""
    for _ in range(warm):
        ours()
        yardstick()
    left: list[float] = []
    right: list[float] = []
    for turn in range(pairs):
        for times, work in ((left, ours), (right, yardstick)) if turn % 2 else ((right, yardstick), (left, ours)):
            times.append(timed(work))
    return statistics.median(left), statistics.median(right)


def table(results: Sequence[Result]) -> str:
    """The table as text, a group at a time."""
    results = sorted(results, key=lambda row: row.group)
    lines = [f"{'':58}{'ours':>11}{'yardstick':>11}{'ratio':>8}  target"]
    group = ""
    for row in results:
        if row.group != group:
            group = row.group
            lines.append(f"\n{group}")
        yardstick = f"{row.yardstick:11.2f}" if row.yardstick is not None else f"{'':11}"
        ratio = f"{row.ratio:8.2f}" if row.ratio is not None else f"{'':8}"
        lines.append(f"  {row.name[:56]:56}{row.ours:11.2f}{yardstick}{ratio}  {row.unit}; {row.target}")
    return "\n".join(lines)
