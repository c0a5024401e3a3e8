"""The right of reply as a rule: nothing is published before a party was heard, or its silence has lasted (ATT-11)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attribution.rules.reply import (
    AskedView,
    ReplyRules,
    channel_ends,
    deadline_from,
    names_a_party,
    publication_bars,
)

pytestmark = pytest.mark.duty("ATT-11")

NOW = datetime(2026, 11, 27, tzinfo=UTC)
RULES = ReplyRules("x", 14, 30, 5, 20_000, frozenset({"named"}), {"denies": "denial"}, frozenset(), frozenset())
asked = st.builds(
    AskedView, party=st.sampled_from(["named", "victim", "quoted"]),
    deadline=st.integers(-40, 40).map(lambda days: NOW + timedelta(days=days)), answered=st.booleans(), waived=st.booleans(),
)  # fmt: skip


@given(st.lists(asked, max_size=6), st.booleans())
def test_while_somebody_has_time_and_is_silent_nothing_is_published(rows: list[AskedView], names: bool) -> None:
    bars = publication_bars(rows, names=names, now=NOW, rules=RULES)
    waits = any(not row.answered and not row.waived and row.deadline > NOW for row in rows)
    assert ("reply_awaited" in bars) == waits


@given(st.lists(asked, max_size=6))
def test_a_finding_that_names_a_party_is_not_published_unless_that_party_was_asked(rows: list[AskedView]) -> None:
    bars = publication_bars(rows, names=True, now=NOW, rules=RULES)
    assert ("party_not_asked" in bars) == all(row.party != "named" for row in rows)
    assert "party_not_asked" not in publication_bars(rows, names=False, now=NOW, rules=RULES)


@given(st.lists(asked, max_size=6), asked, st.booleans())
def test_asking_more_people_never_brings_publication_forward(
    rows: list[AskedView], more: AskedView, names: bool
) -> None:
    before = set(publication_bars(rows, names=names, now=NOW, rules=RULES)) - {"party_not_asked"}
    assert before <= set(publication_bars([*rows, more], names=names, now=NOW, rules=RULES))


@given(st.lists(asked, max_size=6), st.integers(0, 60), st.booleans())
def test_time_only_ever_clears(rows: list[AskedView], days: int, names: bool) -> None:
    later = set(publication_bars(rows, names=names, now=NOW + timedelta(days=days), rules=RULES))
    assert later <= set(publication_bars(rows, names=names, now=NOW, rules=RULES))


def test_the_clock_counts_whole_days_from_the_notice_and_a_late_reply_is_still_taken() -> None:
    assert deadline_from(NOW, RULES) == NOW + timedelta(days=14)
    assert channel_ends(deadline_from(NOW, RULES), RULES) == NOW + timedelta(days=44)


def test_unknown_names_nobody() -> None:
    assert not names_a_party("unknown", "", "somebody")
    assert not names_a_party("state", "", "")
    assert names_a_party("state", "RU", "") and names_a_party("non_state", "", "A group")
