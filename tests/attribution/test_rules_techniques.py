"""Why technique overlap raises no tier: it ranks the wrong group first, in data (domain 0.3, R2.16)."""

import json
from typing import Any

from tests.attribution.builders import ITEMS, ROOT, item, report

REAL = ROOT.parent / "shared" / "data" / "mitre" / "ttp_sets_and_overlap.json"
OURS = ROOT / "tests" / "data" / "technique_overlap.json"
OVERLAP: dict[str, Any] = json.loads((REAL if REAL.is_file() else OURS).read_text(encoding="utf-8"))


def coverage(software: str) -> list[tuple[float, str]]:
    """Groups by the share of the software's techniques they use themselves, best first."""
    wanted = set(OVERLAP["software"][software]["techniques"])
    rows = ((len(wanted & set(row["techniques"])) / len(wanted), row["name"]) for row in OVERLAP["groups"].values())
    return sorted(rows, key=lambda row: (-row[0], row[1]))


def test_overlap_ranks_others_above_the_group_that_used_the_tool() -> None:
    ranking = coverage("S0365")
    users = set(OVERLAP["software"]["S0365"]["attack_users"])
    best, name = ranking[0]
    own = max(share for share, name in ranking if name in users)
    assert name not in users
    assert best > own


def test_perfect_overlap_opens_nothing_and_adds_nothing() -> None:
    """Whoever comes first in the ranking: no tier, and no change to a finding that stands for other reasons."""
    matches = tuple(
        item(f"T-{place}", "behavioural_ttp", f"comparison {place}", reliability="A", credibility="2")
        for place, _ in enumerate(coverage("S0365")[:10])
    )
    assert report(items=matches).tier == "T0"
    for size in range(len(ITEMS) + 1):
        assert report(items=(*ITEMS[:size], *matches)).tier == report(items=ITEMS[:size]).tier
