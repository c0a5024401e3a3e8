"""Disclosure control against attackers who subtract, solve and enumerate; none of them uses the code under test."""

import csv
import gzip
import itertools
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publication.attack import hidden_ranges
from publication.disclosure import (
    Cell,
    DisclosureRefused,
    Record,
    Release,
    build_release,
    difference_attack,
    may_be_counted,
)
from publication.perturbation import KEYS, LookupTable, ThresholdAndBase, cell_key, record_key
from publication.release import ALL, INCIDENTS, MEASURES, SUPPRESSED, VICTIMS
from publication.rings import Rings
from publication.shape import TOTAL, Key, key, make_shape, shape_of

pytestmark = pytest.mark.duty("PUB-2")

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted((ROOT / "instruments/data/disclosure-rules").glob("[0-9]*.json"))
RULES: dict[str, Any] = json.loads(DOCUMENTS[-1].read_text(encoding="utf-8"))["content"]
TODAY = date(2026, 6, 1)
SECRET = b"a secret of the tests"


def only(*tables: str) -> dict[str, Any]:
    """The rules in force with some of their breakdowns."""
    return {**RULES, "breakdowns": [each for each in RULES["breakdowns"] if each["code"] in tables]}


def cases(number: int, start: int = 0, **facts: Any) -> list[Record]:
    """So many closed cases of four organisations, alike but for their keys."""
    common: dict[str, Any] = {"year": 2020, "sector": "health", "tier": "T1", "region": "north", "victims": 1, **facts}
    return [
        Record(
            key=f"{common}-{each}",
            tenants=frozenset({f"org-{each % 4}"}),
            opened_on=date(2020, 1, 1),
            closed=True,
            **common,
        )
        for each in range(start, start + number)
    ]


def release(records: Iterable[Record], rules: Mapping[str, Any] = RULES, **more: Any) -> Release:
    return build_release(records, rules, on=more.pop("on", TODAY), secret=SECRET, **more)


def texts(published: Release, code: str, measure: str = INCIDENTS) -> dict[tuple[str, str], str]:
    table = next(each for each in published.tables if (each.code, each.measure) == (code, measure))
    return {place: cell.text for place, cell in table.cells.items()}


# --- attackers ---------------------------------------------------------------------------------------------------------


def five_years(year: str) -> str:
    return year if not year.isdigit() else f"{int(year) // 5 * 5}-{int(year) // 5 * 5 + 4}"


def true_figures(records: Iterable[Record], rules: Mapping[str, Any], measure: str) -> dict[Key, int]:
    """Counted here a second time, in the plainest way."""
    figures: Counter[Key] = Counter()
    tables = [tuple(each["dimensions"]) for each in rules["breakdowns"] if each["offered"]]
    subsets = {
        frozenset(subset) for each in tables for size in range(3) for subset in itertools.combinations(each, size)
    }
    for record in records:
        has = {"year": str(record.year), "sector": record.sector, "tier": record.tier, "region": record.region}
        has["five_years"] = five_years(has["year"])
        for subset in subsets:
            figures[key(*((each, has[each]) for each in subset))] += 1 if measure == INCIDENTS else record.victims or 0
    return dict(figures)


def equations(figures: Iterable[Key], rules: Mapping[str, Any]) -> list[tuple[Key, list[Key]]]:
    """Every "this figure is the sum of those" that a reader can write down."""
    known = list(figures)
    tables = [frozenset(each["dimensions"]) for each in rules["breakdowns"] if each["offered"]]
    sums = []
    for whole in known:
        dimensions = frozenset(dimension for dimension, _ in whole)
        for table in [*tables, *(frozenset(subset) for each in tables for subset in itertools.combinations(each, 1))]:
            if dimensions < table and len(table) == len(dimensions) + 1:
                parts = [each for each in known if {d for d, _ in each} == table and set(whole) <= set(each)]
                sums.append((whole, parts))
        if len(whole) == 1 and whole[0][0] == "five_years":
            parts = [
                each
                for each in known
                if len(each) == 1 and each[0][0] == "year" and five_years(each[0][1]) == whole[0][1]
            ]
            sums.append((whole, parts))
    return sums


def solved_by_algebra(hidden: set[Key], figures: Mapping[Key, int], rules: Mapping[str, Any]) -> set[Key]:
    """Gaussian elimination over the hidden figures, all others being known exactly: those with one solution."""
    unknowns = sorted(hidden)
    rows = []
    for whole, parts in equations(figures, rules):
        row = [Fraction((unknown in parts) - (unknown == whole)) for unknown in unknowns]
        if any(row):
            rows.append(row)
    pivots: list[int] = []
    for column in range(len(unknowns)):
        pivot = next((row for row in range(len(pivots), len(rows)) if rows[row][column]), None)
        if pivot is None:
            continue
        place = len(pivots)
        rows[place], rows[pivot] = rows[pivot], rows[place]
        rows[place] = [value / rows[place][column] for value in rows[place]]
        for other in range(len(rows)):
            if other != place and rows[other][column]:
                factor = rows[other][column]
                rows[other] = [mine - factor * its for mine, its in zip(rows[other], rows[place], strict=True)]
        pivots.append(column)
    return {
        unknowns[column]
        for place, column in enumerate(pivots)
        if not any(rows[place][other] for other in range(len(unknowns)) if other != column)
    }


def hidden_in(published: Release, measure: str = INCIDENTS) -> set[Key]:
    return {figure for figure, cell in published.figures(measure).items() if cell.mark == SUPPRESSED}


# --- thresholds --------------------------------------------------------------------------------------------------------


def test_nine_are_hidden_and_a_second_figure_with_them() -> None:
    """AT-10."""
    records = cases(9, sector="health") + cases(30, sector="energy") + cases(40, sector="transport")
    assert texts(release(records, only("sector")), "sector") == {
        ("health", ALL): "c",
        ("energy", ALL): "c",
        ("transport", ALL): "40",
        (ALL, ALL): "80",
    }


def test_ten_of_three_organisations_are_shown() -> None:
    assert texts(release(cases(10), only("sector")), "sector") == {("health", ALL): "10", (ALL, ALL): "10"}


@pytest.mark.parametrize(
    "records",
    [
        cases(9, victims=50),
        cases(10, victims=0)[1:] + cases(1, victims=9, start=99),
        [replace(each, tenants=frozenset({f"org-{place % 2}"})) for place, each in enumerate(cases(50))],
    ],
    ids=["few incidents", "few victims", "few organisations"],
)
def test_each_threshold_hides_both_measures(records: list[Record]) -> None:
    """R5.1."""
    published = release(records, only("sector"))
    for measure in MEASURES:
        assert set(texts(published, "sector", measure).values()) == {"c"}


def test_the_only_case_of_a_humanitarian_body_cannot_be_found() -> None:
    """CASE-08: one victim organisation in its cell."""
    records = cases(1, sector="humanitarian", victims=515_000)
    records += cases(40, sector="health") + cases(40, sector="energy", year=2021)
    published = release(records)
    figures = published.figures(VICTIMS)
    assert figures[key(("sector", "humanitarian"))].text == "c"
    assert figures[key(("sector", "humanitarian"), ("year", "2020"))].text == "c"
    assert not any(cell.value and cell.value > 500_000 for cell in figures.values())
    assert published.figures(INCIDENTS)[TOTAL].text == "80"


def test_zero_is_zero_and_unknown_is_unknown() -> None:
    """R5.6."""
    records = cases(20, sector="health", victims=None) + cases(20, sector="energy", victims=0)
    records += cases(20, sector="energy", victims=2, start=50) + cases(20, sector="space", victims=3)
    records += cases(3, sector="space", victims=None, start=50)
    published = release(records, only("sector"), categories={"sector": ["water", "health", "energy", "space"]})
    assert texts(published, "sector", VICTIMS) == {
        ("water", ALL): "0",
        ("health", ALL): "u",
        ("energy", ALL): "40",
        ("space", ALL): "60",
        (ALL, ALL): "100",
    }
    cells = published.figures(VICTIMS)
    assert [cells[key(("sector", each))].at_least for each in ("energy", "space")] == [False, True]
    assert published.figures(INCIDENTS)[key(("sector", "water"))].text == "0"


# --- R5.4 --------------------------------------------------------------------------------------------------------------


def test_open_cases_wait_for_the_embargo_and_exercises_never_count() -> None:
    case = replace(cases(1)[0], closed=False, opened_on=TODAY - timedelta(days=90))
    assert not may_be_counted(case, RULES, TODAY)
    assert may_be_counted(case, RULES, TODAY + timedelta(days=1))
    assert may_be_counted(replace(case, closed=True), RULES, TODAY)
    assert not may_be_counted(replace(case, closed=True, exercise=True), RULES, TODAY)
    records = cases(20) + [replace(each, exercise=True) for each in cases(20, start=20)]
    records += [replace(each, closed=False, opened_on=TODAY) for each in cases(20, start=40)]
    assert texts(release(records, only("sector")), "sector")["health", ALL] == "20"


# --- rounding ----------------------------------------------------------------------------------------------------------


def test_the_rounding_rule_is_that_of_the_ons_table() -> None:
    oracle = ROOT.parent / "shared/data/reference/ons_ptable_10_5_rule.csv.gz"
    # Without the table at hand: the rows of it that domain 5 states, under every key.
    noise = {1: -1, 9: -9, 10: 0, 11: -1, 12: -2, 13: 2, 14: 1, 15: 0, 16: -1, 17: -2, 750: 0}
    rows = [(pcv, ckey, pvalue) for pcv, pvalue in noise.items() for ckey in range(KEYS)]
    if oracle.exists():
        with gzip.open(oracle, "rt", encoding="utf-8") as lines:
            rows = [(int(row["pcv"]), int(row["ckey"]), int(row["pvalue"])) for row in csv.DictReader(lines)]
        assert len(rows) == 192_000
    rule, table = ThresholdAndBase(10, 5), LookupTable(rows)
    for pcv, ckey, pvalue in rows:
        assert rule.published(pcv, ckey) == pcv + pvalue == table.published(pcv, ckey)
    if oracle.exists():
        assert all(rule.published(value, 7) == table.published(value, 7) for value in range(751, 2_000))
        assert all(rule.bounds(shown) == table.bounds(shown) for shown in range(10, 60, 5))


@given(st.integers(10, 5_000))
def test_what_a_number_says_about_the_true_value_is_true(value: int) -> None:
    rule = ThresholdAndBase(10, 5)
    shown = rule.published(value, 0)
    low, high = rule.bounds(shown)
    assert low <= value <= high
    assert {rule.published(each, 0) for each in range(low, high + 1)} == {shown}
    assert rule.published(high + 1, 0) != shown


def test_record_keys_are_stable_secret_and_spread() -> None:
    keys = [record_key(SECRET, f"case-{each}") for each in range(5_000)]
    assert keys == [record_key(SECRET, f"case-{each}") for each in range(5_000)]
    assert keys != [record_key(b"another secret", f"case-{each}") for each in range(5_000)]
    assert set(keys) == set(range(KEYS))
    assert cell_key([200, 100]) == 44
    assert cell_key(keys) == cell_key(reversed(keys))


def test_a_table_with_noise_can_take_the_place_of_the_rule() -> None:
    """The cell key decides: the same records give the same number, others of the same size may give another."""
    noisy = LookupTable([(pcv, ckey, 1 if ckey % 2 else -1) for pcv in range(1, 751) for ckey in range(KEYS)])
    shown = {
        release(cases(30, start=start), only("sector"), perturbation=noisy).figures(INCIDENTS)[TOTAL].value
        for start in range(0, 300, 30)
    }
    assert shown == {29, 31}
    first, again = (release(cases(30), only("sector"), perturbation=noisy) for _ in range(2))
    assert first == again


# --- the attackers -----------------------------------------------------------------------------------------------------

DATA_SETS = st.lists(
    st.tuples(
        st.sampled_from([2018, 2019, 2020, 2021]),
        st.sampled_from(["health", "energy", "space"]),
        st.sampled_from(["T0", "T1", "T3"]),
        st.sampled_from(["north", "south"]),
        st.sampled_from([None, 0, 1, 7, 400]),
        st.sampled_from([1, 2, 5, 12, 30]),
    ),
    min_size=1,
    max_size=14,
)


def records_of(groups: Iterable[tuple[Any, ...]]) -> list[Record]:
    return [
        case
        for place, (year, sector, tier, region, victims, number) in enumerate(groups)
        for case in cases(
            number, start=1_000 * place, year=year, sector=sector, tier=tier, region=region, victims=victims
        )
    ]


@settings(max_examples=40, deadline=None)
@given(DATA_SETS)
def test_no_hidden_figure_can_be_computed_even_if_rounding_is_undone(groups: list[tuple[Any, ...]]) -> None:
    records = records_of(groups)
    published = release(records)
    for measure in MEASURES:
        figures = true_figures(records, RULES, measure)
        hidden = hidden_in(published, measure)
        assert solved_by_algebra(hidden, figures, RULES) == set()
        for figure, cell in published.figures(measure).items():
            true_value = figures.get(figure, 0)
            if cell.value is not None:
                assert cell.value == 0 or true_value >= RULES["threshold"]
                assert cell.low is not None
                assert cell.high is not None
                assert cell.low <= true_value <= cell.high


@settings(max_examples=15, deadline=None)
@given(DATA_SETS)
def test_every_hidden_figure_keeps_nine_neighbouring_values(groups: list[tuple[Any, ...]]) -> None:
    """What is published leaves a range at least as wide as what any number below the threshold has by itself."""
    records = records_of(groups)
    published = release(records)
    ranges = hidden_ranges(published, RULES)
    for (measure, figure), (low, high) in ranges.items():
        assert low <= true_figures(records, RULES, measure).get(figure, 0) <= high
        assert high - low >= RULES["threshold"] - 2
    assert set(ranges) == {(measure, figure) for measure in MEASURES for figure in hidden_in(published, measure)}


@pytest.mark.parametrize(
    "counts",
    [(3, 20, 30, 25), (3, 1, 30, 25), (9, 10, 11, 12), (1, 40, 1, 40), (5, 5, 5, 60), (2, 12, 13, 0)],
)
def test_enumerating_every_possible_table_leaves_nine_values_for_each_hidden_figure(counts: tuple[int, ...]) -> None:
    """Two sectors, two years: all tables of whole numbers that agree with what is shown, unrounded."""
    rules = only("sector", "year", "sector_year")
    places = [("energy", 2020), ("energy", 2021), ("health", 2020), ("health", 2021)]
    records = [
        case
        for place, ((sector, year), number) in enumerate(zip(places, counts, strict=True))
        for case in cases(number, start=1_000 * place, sector=sector, year=year)
    ]
    hidden = hidden_in(release(records, rules))
    true = true_figures(records, rules, INCIDENTS)
    cells = [key(("sector", sector), ("year", str(year))) for sector, year in places]
    choices = [
        range(max(1, true[cell] - 9), true[cell] + 10) if cell in hidden else [true.get(cell, 0)] for cell in cells
    ]
    sums = {figure: [place for place, cell in enumerate(cells) if set(figure) <= set(cell)] for figure in true}
    exact = [(places, true[figure]) for figure, places in sums.items() if figure not in hidden]
    seen: dict[Key, set[int]] = {figure: set() for figure in hidden}
    for values in itertools.product(*choices):
        if all(sum(values[place] for place in places) == known for places, known in exact):
            for figure in hidden:
                seen[figure].add(sum(values[place] for place in sums[figure]))
    assert hidden
    for values_left in seen.values():
        assert max(values_left) - min(values_left) >= RULES["threshold"] - 2


def test_the_order_of_the_records_does_not_matter() -> None:
    records = cases(9, sector="health") + cases(30, sector="energy", start=100) + cases(12, sector="space", year=2021)
    assert release(records).tables == release(records[::-1]).tables


def test_many_cases_still_give_an_account() -> None:
    """Suppression that hides everything would protect, and be useless: of 1,000 cases the main figures are shown."""
    groups = itertools.product(range(2014, 2024), ["health", "energy", "space"], ["T0", "T1"], ["north", "south"])
    records = [
        case
        for place, (year, sector, tier, region) in enumerate(groups)
        for case in cases(3 + place % 13, start=1_000 * place, year=year, sector=sector, tier=tier, region=region)
    ]
    published = release(records)
    shown = [figure for figure, cell in published.figures(INCIDENTS).items() if cell.value]
    assert TOTAL in shown
    assert len(shown) > 0.8 * len(published.figures(INCIDENTS))


# --- two releases ------------------------------------------------------------------------------------------------------


def with_cell(published: Release, figure: Key, cell: Cell) -> Release:
    """A release in which one figure was published otherwise, in every table that holds it."""
    tables = []
    for table in published.tables:
        held = {
            place for (place, _), (each, _) in zip(table.cells.items(), table.figures(), strict=True) if each == figure
        }
        cells = {
            place: cell if place in held and table.measure == INCIDENTS else old for place, old in table.cells.items()
        }
        tables.append(replace(table, cells=cells))
    return replace(published, tables=tuple(tables))


def test_a_difference_of_a_few_is_found_by_subtraction() -> None:
    """R5.8: 15 then 20 says that between 1 and 9 were added."""
    rules = only("sector")
    before = release(cases(15) + cases(40, sector="energy"), rules)
    after = with_cell(before, key(("sector", "health")), Cell(value=20, low=18, high=22))
    after = with_cell(after, TOTAL, Cell(value=60, low=58, high=62))
    assert {(each.figure, each.went) for each in difference_attack(before, after, rules)} == {
        (key(("sector", "health")), False),
        (TOTAL, False),
    }
    assert {each.went for each in difference_attack(after, before, rules)} == {True}
    assert difference_attack(before, before, rules) == []


def test_a_difference_hidden_in_two_tables_is_found_by_both_together() -> None:
    """The changed figure is hidden in both releases; the other figures and the total give the change away."""
    rules = only("sector")
    first = release(cases(9) + cases(30, sector="energy") + cases(41, sector="space"), rules)
    hidden = Cell(value=None, mark=SUPPRESSED, low=1)
    before = with_cell(first, TOTAL, Cell(value=80, low=80, high=80))
    before = with_cell(before, key(("sector", "energy")), Cell(value=30, low=30, high=30))
    before = with_cell(before, key(("sector", "space")), Cell(value=41, low=41, high=41))
    after = with_cell(before, TOTAL, Cell(value=85, low=85, high=85))
    assert before.figures(INCIDENTS)[key(("sector", "health"))] == hidden
    assert key(("sector", "health")) in {each.figure for each in difference_attack(before, after, rules)}


def test_a_figure_keeps_its_number_until_it_has_moved_by_more_than_a_step() -> None:
    rules = only("sector")
    first = release(cases(17) + cases(40, sector="energy"), rules)
    second = release(cases(21) + cases(40, sector="energy"), rules, earlier=[first])
    third = release(cases(33) + cases(40, sector="energy"), rules, earlier=[first, second])
    shown = [each.figures(INCIDENTS)[key(("sector", "health"))] for each in (first, second, third)]
    assert [cell.value for cell in shown] == [15, 15, 35]
    assert (shown[1].low, shown[1].high) == (10, 22)


def test_a_release_that_would_single_out_a_few_is_refused() -> None:
    """An earlier release under a finer rule said exactly 13; now 20 would say that five to nine were added."""
    rules = only("sector")
    steady = cases(40, sector="energy")
    first = release(cases(15) + steady, rules)
    forged = with_cell(first, key(("sector", "health")), Cell(value=13, low=13, high=13))
    with pytest.raises(DisclosureRefused) as refused:
        release(cases(20) + steady, rules, earlier=[forged])
    assert key(("sector", "health")) in {each.figure for each in refused.value.findings}  # type: ignore[attr-defined]


@settings(max_examples=30, deadline=None)
@given(DATA_SETS, DATA_SETS)
def test_no_two_releases_show_that_a_few_were_added(first: list[tuple[Any, ...]], more: list[tuple[Any, ...]]) -> None:
    """Subtracted figure by figure, here without any network: the change is never known to lie between 1 and 9."""
    before = release(records_of(first))
    try:
        after = release(records_of(first + more), earlier=[before])
    except DisclosureRefused:
        return
    nothing = Cell(value=0, low=0, high=0)
    for measure in MEASURES:
        for figure, new in after.figures(measure).items():
            old = before.figures(measure).get(figure, nothing)
            if new.low is None or new.high is None or old.low is None or old.high is None:
                continue
            least, most = new.low - old.high, new.high - old.low
            assert not (least >= 1 and most < RULES["threshold"])
            assert not (most <= -1 and least > -RULES["threshold"])


# --- the shape ---------------------------------------------------------------------------------------------------------


def test_only_tables_that_can_be_protected_together_are_accepted() -> None:
    """R5.2."""
    with pytest.raises(ValueError, match="cycle"):
        make_shape([("1", ("year", "sector")), ("2", ("sector", "tier")), ("3", ("tier", "year"))])
    with pytest.raises(ValueError, match="cycle"):
        make_shape([("1", ("sector", "year")), ("2", ("sector", "five_years"))])
    with pytest.raises(ValueError, match="one-way and two-way"):
        make_shape([("1", ("year", "sector", "tier"))])
    shape = shape_of(RULES)
    assert {code for code, _ in shape.tables} == {each["code"] for each in RULES["breakdowns"] if each["offered"]}
    assert shape.shared == {"year"}


def test_what_one_ring_leaves_open_another_may_forbid() -> None:
    """Years could trade cases among sectors and regions, but the cases of each tier and year are known exactly."""
    shape = make_shape([("1", ("sector", "year")), ("2", ("region", "year")), ("3", ("tier", "year"))])
    assert len(shape.rings) == 2
    categories = {"sector": ["a"], "region": ["r"], "tier": ["t"], "year": ["2020", "2021"]}

    def rings(*, tiers_known: bool) -> Rings:
        def bounds(figure: Key) -> tuple[int, int, int]:
            value = 10 * (1 if "year" in dict(figure) else 2)
            fixed = not figure or (tiers_known and "tier" in dict(figure))
            return (value, value, value) if fixed else (1, 100, value)

        return Rings(shape, categories, bounds, is_zero=lambda _: False)

    change = {key(("sector", "a"), ("year", "2020")): 5}
    assert rings(tiers_known=False).shift(change) == frozenset()
    assert rings(tiers_known=True).shift(change) is None
    assert rings(tiers_known=False).shift({each: 50 for each in change}) is None


def test_a_release_survives_being_stored() -> None:
    published = release(cases(9) + cases(30, sector="energy", victims=None) + cases(12, sector="space", year=2021))
    stored = json.loads(json.dumps(published.as_document()))
    assert Release.from_document(stored) == published


def test_a_published_document_holds_no_key_no_organisation_and_no_secret() -> None:
    document = json.dumps(release(cases(9) + cases(30, sector="energy")).as_document())
    assert "org-" not in document
    assert all(case.key not in document for case in cases(9))
    assert SECRET.decode() not in document
