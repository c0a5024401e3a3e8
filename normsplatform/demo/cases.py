"""The demo's own copy of the facts: one file per case, paraphrased from public sources that each file names."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from core import clock

DATA = Path(__file__).parent / "data"
Case = dict[str, Any]

# By the length of what is written: how exactly a moment is known.
PRECISIONS = {4: "year", 7: "month", 10: "day"}
SHAPES = {4: "%Y", 7: "%Y-%m", 10: "%Y-%m-%d", 17: "%Y-%m-%dT%H:%MZ"}


@cache
def read(name: str) -> Any:
    """One file of the demo."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def all_cases() -> list[Case]:
    """Every case in the order it is filed."""
    return [read(name) for name in read("order")["cases"]]


def moment(written: str) -> dict[str, Any]:
    """`2022`, `2022-05`, `2022-05-31`, `2015-12-23T13:30Z`, the last with `~` for "within an hour"; empty: not known."""
    text = written.removeprefix("~")
    if not text:
        return {"at": None, "precision": "unknown"}
    at = datetime.strptime(text, SHAPES[len(text)]).replace(tzinfo=UTC)
    precision = PRECISIONS.get(len(text), "hour" if written.startswith("~") else "exact")
    return {"at": at.isoformat(), "precision": precision}


def in_days(days: int) -> datetime:
    """A moment counted from the telling, so that clocks in the demo are running."""
    return clock.now().replace(microsecond=0) + timedelta(days=days)
