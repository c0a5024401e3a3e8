"""What the launcher says: one line a step, on standard output."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator, Sequence


def say(text: str = "") -> None:
    """One line for the person at the terminal; a closed terminal is no reason to fail."""
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def warn(text: str) -> None:
    """A line that must not get lost in what is piped elsewhere."""
    sys.stderr.write(f"norms: {text}\n")
    sys.stderr.flush()


def colour(text: str, code: str) -> str:
    """Coloured on a terminal, plain anywhere else and where ``NO_COLOR`` asks for it."""
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        return f"\033[{code}m{text}\033[0m"
    return text


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Say that a step is done and how long it took; a step that fails is named by its error instead."""
    begun = time.monotonic()
    yield
    say(f"  {colour('✓', '32')} {title:<44}{time.monotonic() - begun:6.1f} s")


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as what stands in them."""
    widths = [max(len(row[column]) for row in [headings, *rows]) for column in range(len(headings))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    head = "  ".join(cell.ljust(width) for cell, width in zip(headings, widths, strict=True)).rstrip()
    return "\n".join([head, "  ".join("─" * width for width in widths), *lines])
