"""Run as a program of its own: computes one large finding anew and says how long it took and what the process needed.

Pure computation, as a worker does it once the record is read: 30 assessors' ratings of every cell are pooled, every item is
weighed, and the whole standard is applied. No database; nothing of Django is imported.
"""

import json
import random
import resource
import statistics
import sys
import time
from datetime import date
from pathlib import Path

from attribution.rules import (
    EvidenceStandard,
    EvidenceView,
    FindingView,
    HypothesisView,
    Likelihood,
    OpinionView,
    PanelView,
    Pooling,
    TierReport,
    tier_report,
)

ITEMS, HYPOTHESES, ASSESSORS, ORIGINS, ROUNDS = 5_000, 20, 30, 700, 7
SHELF = Path(__file__).resolve().parents[2] / "instruments" / "data" / "evidence-standard"
KINDS = ("state", "non_state", "false_flag", "unknown")
CODES = ("CC", "C", "N", "I", "II", "NA")

Tallies = dict[tuple[int, int], tuple[int, ...]]


def standard() -> EvidenceStandard:
    """The last version on the shelf."""
    newest = sorted(SHELF.glob("[0-9]*.json"))[-1]
    return EvidenceStandard.from_document(json.loads(newest.read_text(encoding="utf-8")))


def tallies(chance: random.Random) -> Tallies:
    """How often each code was given to each cell: everybody rated everything, around a view of their own per cell."""
    found: Tallies = {}
    for item in range(ITEMS):
        for hypothesis in range(HYPOTHESES):
            counts, left, middle = [0] * len(CODES), ASSESSORS, chance.randrange(5)
            for step in (0, 1, -1, 2):
                given = left if step == 2 else chance.randint(0, left)
                counts[min(max(middle + step, 0), 4)] += given
                left -= given
            found[item, hypothesis] = tuple(counts)
    return found


def items(chance: random.Random, rules: EvidenceStandard) -> list[EvidenceView]:
    """Items of every class, a third of them derived from an earlier one."""
    classes = sorted(rules.classes)
    return [
        EvidenceView(
            id=f"E-{number}", evidence_class=chance.choice(classes), origin_ids=frozenset({f"origin {number % ORIGINS}"}),
            derived_from=frozenset({f"E-{chance.randrange(number)}"} if number and number % 3 == 0 else ()),
            reliability=chance.choice("ABC"), credibility=chance.choice("23"), is_open=True, custody_complete=True,
        )
        for number in range(ITEMS)
    ]  # fmt: skip


def panel() -> PanelView:
    """Thirty members who concur."""
    disciplines = ("digital_forensics", "international_law_state_responsibility", "human_rights")
    said = Likelihood("phia", "likely")
    opinions = tuple(
        OpinionView(f"S-{n}", disciplines[n % 3], outside_tenant=True, conflict="none", position="concur", likelihood=said,
                    confidence="high")
        for n in range(ASSESSORS)
    )  # fmt: skip
    return PanelView(opinions, revealed=True, scale="phia")


def compute(rules: EvidenceStandard, record: list[EvidenceView], given: Tallies, judges: PanelView) -> TierReport:
    """Pooling, views and the whole standard."""
    pooling = Pooling(rules, CODES)
    labels = [f"H{number}" for number in range(HYPOTHESES)]
    hypotheses = tuple(HypothesisView(key, KINDS[n % 4], lead=n == 0) for n, key in enumerate(labels))
    rated = []
    for number, item in enumerate(record):
        codes = {key: code for n, key in enumerate(labels) if (code := pooling.code(given[number, n]))}
        rated.append(
            EvidenceView(
                item.id, item.evidence_class, item.origin_ids, item.derived_from, item.reliability, item.credibility,
                is_open=item.is_open, custody_complete=item.custody_complete, ratings=codes,
            )
        )  # fmt: skip
    finding = FindingView(
        standard_version=rules.version, likelihood=Likelihood("phia", "likely"), confidence="high", false_flag_check=True,
        review_on=date(2026, 3, 15), review_set_on=date(2026, 3, 1),
    )  # fmt: skip
    return tier_report(finding, rated, hypotheses, judges, rules)


def peak() -> float:
    """Megabytes this program held at most. Linux says so apart from what the process that started it held."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(row for row in status.read_text(encoding="ascii").splitlines() if row.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2  # bytes, where there is no /proc


def main() -> None:
    """One line of JSON: the middle of several rounds by the clock and by the processor, and the peak of the whole process."""
    chance = random.Random(1)  # noqa: S311  (the same data every time, nothing secret)
    rules = standard()
    record, given, judges = items(chance, rules), tallies(chance), panel()
    times, busy = list[float](), list[float]()
    for _ in range(ROUNDS):
        start, used = time.perf_counter(), time.process_time()
        compute(rules, record, given, judges)
        times.append((time.perf_counter() - start) * 1000)
        busy.append((time.process_time() - used) * 1000)
    sys.stdout.write(
        json.dumps({"milliseconds": statistics.median(times), "busy": statistics.median(busy), "megabytes": peak()})
    )


if __name__ == "__main__":
    main()
