"""Taking evidence in, and checking it again: against `cp` and `sha256sum` of the same file in the same run.

Each of ours runs in a process of its own, which tells its time and its peak memory. The yardstick is what anybody does by
hand: `sha256sum` and then `cp` of the file, written down to the disk (`sync`); ours hashes while it writes, and syncs.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from .measure import Result

MIB = 1024 * 1024
SIZE = int(os.environ.get("NORMS_BENCH_FILE_MB", "512")) * MIB
ROUNDS = 3
BLOCK = bytes(range(256)) * 4096

OURS = """
import json, resource, sys, time
import django
django.setup()
from django.conf import settings
from pathlib import Path
from evidence import storage
work, source, folder = sys.argv[1:]
settings.FILES_ROOT, settings.EVIDENCE_STORE, settings.EVIDENCE_MAX_BYTES = Path(folder), "folder", 2**40
idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
begin = time.perf_counter()
if work == "intake":
    with open(source, "rb", buffering=0) as handle, storage.receive(storage.pieces(handle)) as received:
        path = received.keep(1)
else:
    path = source
    assert storage.hash_of(path)
seconds = time.perf_counter() - begin
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"seconds": seconds, "path": path, "peak_mb": peak / 1024, "more_mb": (peak - idle) / 1024}))
"""


def ours(work: str, source: str, folder: Path) -> dict[str, float | str]:
    """One run of the product's own code."""
    made = subprocess.run(
        [sys.executable, "-c", OURS, work, source, str(folder)],
        check=True,
        capture_output=True,
        text=True,
        cwd=settings.BASE_DIR,
    )
    answer: dict[str, float | str] = json.loads(made.stdout.splitlines()[-1])
    return answer


def by_hand(source: Path, to: Path) -> float:
    """Seconds for `sha256sum`, `cp` and writing it down."""
    begin = time.perf_counter()
    subprocess.run(["sha256sum", str(source)], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cp", str(source), str(to)], check=True)
    subprocess.run(["sync", str(to)], check=True)
    return time.perf_counter() - begin


def hashed(source: Path) -> float:
    """Seconds for `sha256sum` alone."""
    begin = time.perf_counter()
    subprocess.run(["sha256sum", str(source)], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def run() -> Iterator[Result]:
    """The best of three rounds each, turn by turn."""
    with tempfile.TemporaryDirectory(dir=settings.NORMS_HOME, prefix="bench-") as folder:
        place = Path(folder)
        source, store = place / "source.img", place / "store"
        store.mkdir()
        with source.open("wb") as out:
            for _ in range(SIZE // MIB):
                out.write(BLOCK)
        taken: list[float] = []
        copied: list[float] = []
        swept: list[float] = []
        summed: list[float] = []
        peak = more = 0.0
        for _ in range(ROUNDS):
            done = ours("intake", str(source), store)
            taken.append(float(done["seconds"]))
            peak, more = max(peak, float(done["peak_mb"])), max(more, float(done["more_mb"]))
            copied.append(by_hand(source, place / "copy.img"))
            again = ours("sweep", str(done["path"]), store)
            swept.append(float(again["seconds"]))
            summed.append(hashed(store / str(done["path"])))
            (store / str(done["path"])).unlink()
            (place / "copy.img").unlink()
    size = SIZE / MIB
    name = f"intake of {size:.0f} MB against sha256sum + cp"
    yield Result("evidence", name, "MB/s", size / min(taken), size / min(copied), "at least 0.70")
    yield Result("evidence", "peak memory of the process taking it in", "MB", peak, None, "under 150 MB")
    yield Result("evidence", "of which while taking it in", "MB", more, None, "flat")
    yield Result(
        "evidence", f"sweep of {size:.0f} MB against sha256sum", "MB/s", size / min(swept), size / min(summed), ""
    )
