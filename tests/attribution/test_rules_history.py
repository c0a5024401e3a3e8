"""What differs between two states, by property: nothing from a state to itself, the same turned round, in whatever order."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attribution.rules.history import Change, State, difference, natural

pytestmark = pytest.mark.duty("ATT-6")

labels = st.sampled_from([f"E-{number}" for number in (1, 2, 3, 9, 10, 11)])
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(0, 3),
    st.sampled_from(["B2", "C3", ""]),
    st.lists(labels, max_size=3).map(tuple),
)
rows = st.dictionaries(st.sampled_from(["grade", "status", "links", "counts"]), values, max_size=4)
states = st.dictionaries(
    st.sampled_from(["items", "opinions", "finding"]), st.dictionaries(labels, rows, max_size=5), max_size=3
)


@given(states)
def test_a_day_differs_in_nothing_from_itself(state: State) -> None:
    assert difference(state, state) == ()


@given(states, states)
def test_turned_round_it_is_the_same_turned_round(one: State, other: State) -> None:
    there, back = difference(one, other), difference(other, one)
    assert [change.turned for change in there] == list(back)
    assert [change.turned.turned for change in there] == list(there)


@given(states, states, st.randoms(use_true_random=False))
def test_the_order_of_evidence_does_not_matter(one: State, other: State, chance: random.Random) -> None:
    def shuffled(state: State) -> State:
        def mixed(value: object) -> object:
            if isinstance(value, tuple):
                return tuple(chance.sample(value, len(value)))
            if isinstance(value, dict):
                return {key: mixed(value[key]) for key in chance.sample(list(value), len(value))}
            return value

        return mixed(state)  # type: ignore[return-value]

    assert difference(shuffled(one), shuffled(other), parts=["items"]) == difference(one, other, parts=["items"])


@given(states, states)
def test_nothing_that_differs_is_left_out(one: State, other: State) -> None:
    """Applying the difference to the first day gives the second."""
    built = {part: {key: dict(row) for key, row in rows.items()} for part, rows in one.items()}
    for change in difference(one, other):
        if change.kind == "gone":
            del built[change.part][change.key]
        elif change.kind == "added":
            built.setdefault(change.part, {})[change.key] = dict(other[change.part][change.key])
        else:
            built[change.part][change.key][change.what] = change.after
    assert difference({p: r for p, r in built.items() if r}, {p: r for p, r in other.items() if r}) == ()


def test_items_stand_in_the_order_of_their_numbers() -> None:
    assert sorted(["E-10", "E-9", "E-1"], key=natural) == ["E-1", "E-9", "E-10"]
    before: State = {"items": {"E-9": {"grade": "B2"}, "E-10": {"grade": "B2"}}}
    after: State = {"items": {"E-10": {"grade": "C3"}, "E-11": {}}, "contests": {"1": {}}}
    assert difference(before, after, parts=["items", "contests"]) == (
        Change("items", "E-9", "gone"),
        Change("items", "E-10", "moved", "grade", "B2", "C3"),
        Change("items", "E-11", "added"),
        Change("contests", "1", "added"),
    )
