"""The order of custody by rule alone: what a tribunal with the links and no database can check."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.custody import (
    GENESIS,
    Link,
    first_fault,
    is_complete,
    link_hash,
    order_fault,
    runs_backwards,
    waits_for_receipt,
)

pytestmark = [pytest.mark.duty("ATT-3")]
START = datetime(2026, 2, 9, 11, tzinfo=UTC)


def chain(*acts: tuple[str, int], times: list[int] | None = None) -> list[Link]:
    """Links with these acts and people, one minute apart unless `times` says otherwise."""
    links: list[Link] = []
    for place, (act, person) in enumerate(acts, start=1):
        at = START + timedelta(minutes=times[place - 1] if times else place)
        link = Link(1, place, act, at, person, 9, None, "", "note", links[-1].hash if links else GENESIS, "")
        links.append(replace(link, hash=link_hash(link)))
    return links


@pytest.mark.parametrize(
    ("acts", "fault"),
    [
        ([("received", 1), ("released", 1), ("accepted", 2)], ""),
        ([("received", 1), ("released", 1), ("refused", 2), ("released", 1), ("returned", 3)], ""),
        ([("received", 1), ("released", 1), ("opened", 1), ("accepted", 2)], ""),
        ([("received", 1), ("disposed", 2), ("exported", 1), ("withdrawn", 1)], ""),
        ([("stored", 1)], "link 1: custody begins with one receipt"),
        ([("received", 1), ("received", 1)], "link 2: custody begins with one receipt"),
        ([("received", 1), ("released", 1), ("released", 1)], "link 3: the release at link 2 has no receipt"),
        ([("received", 1), ("released", 1), ("disposed", 2)], "link 3: the release at link 2 has no receipt"),
        ([("received", 1), ("accepted", 2)], "link 2: a receipt without a release"),
        ([("received", 1), ("released", 1), ("accepted", 1)], "link 3: released and received by the same person"),
        ([("received", 1), ("unsealed", 1)], "link 2: unsealed without having been sealed"),
        ([("received", 1), ("disposed", 1), ("opened", 1)], "link 3: nothing is in hand after disposal"),
    ],
)
def test_each_act_follows_from_those_before(acts: list[tuple[str, int]], fault: str) -> None:
    assert order_fault(chain(*acts)) == fault


ACTS = st.sampled_from(
    ["opened", "released", "accepted", "refused", "returned", "sealed", "unsealed", "disposed", "copied"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(ACTS, st.integers(1, 3)), max_size=8))
def test_what_is_in_order_never_has_two_open_releases_and_every_receipt_has_another_hand(
    acts: list[tuple[str, int]],
) -> None:
    links = chain(("received", 1), *acts)
    if order_fault(links):
        return
    open_release: Link | None = None
    for link in links:
        if link.act == "released":
            assert open_release is None
            open_release = link
        elif link.act in {"accepted", "refused", "returned"}:
            assert open_release is not None and open_release.actor_id != link.actor_id
            open_release = None
    assert waits_for_receipt(links) is (open_release is not None)
    if open_release is not None:
        assert not is_complete(links, {})


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 500), min_size=1, max_size=8))
def test_a_clock_set_back_breaks_nothing_and_is_named(times: list[int]) -> None:
    links = chain(("received", 1), *[("opened", 1)] * (len(times) - 1), times=times)
    assert first_fault(links) == "" and order_fault(links) == ""
    assert runs_backwards(links) == [place for place in range(2, len(times) + 1) if times[place - 1] < times[place - 2]]
