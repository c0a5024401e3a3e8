"""The marks every page shares: codes with their words, times with their zone, unknown as unknown."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import RequestFactory
from django.utils import timezone, translation

from core.templatetags import norms

MOMENT = datetime(2026, 11, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize("mark", sorted(norms.TLP_MARKS))
def test_a_tlp_label_is_printed_as_first_prints_it(mark: str) -> None:
    with translation.override("ar"):
        assert norms.tlp(mark).endswith(f'dir="ltr" translate="no">{mark}</bdi>')


@pytest.mark.parametrize("mark", ["TLP:WHITE", "TLP:PINK", "", None, "<b>"])
def test_what_is_no_tlp_label_is_not_shown_as_one(mark: str | None) -> None:
    assert norms.tlp(mark) == norms.not_known()


@pytest.mark.parametrize(
    ("code", "words"), [("T1", "Provisional"), ("t3", "Substantiated"), ("contested", "Contested"), (None, "Under")]
)
def test_a_tier_says_its_words(code: str | None, words: str) -> None:
    assert words in norms.tier(code)


def test_a_time_says_utc_and_the_readers_zone_beside_it() -> None:
    assert ">3 Nov 2026, 04:12 UTC<" in norms.when(MOMENT)
    with timezone.override(ZoneInfo("Africa/Nairobi")):
        html = norms.when(MOMENT)
        assert ">3 Nov 2026, 04:12 UTC<" in html
        assert ">07:12<" in html
        assert "Africa/Nairobi" in html
        assert "Nairobi" not in norms.when(MOMENT, local=False)
    with timezone.override(ZoneInfo("America/New_York")):
        assert "2 Nov, 23:12" in norms.when(MOMENT)


def test_a_date_gets_no_midnight_and_a_time_without_zone_is_refused() -> None:
    assert "00:00" not in norms.when(date(2026, 11, 3))
    with pytest.raises(ValueError, match="zone"):
        norms.when(datetime(2026, 11, 3))  # noqa: DTZ001
    assert norms.when(None) == norms.not_known()


@pytest.mark.parametrize(
    ("precision", "words", "never"),
    [
        ("exact", "3 Nov 2026, 04:12 UTC", "within"),
        ("hour", "within an hour", "never said"),
        ("day", "3 Nov 2026", "04:12"),
        ("month", "November 2026", "3 Nov"),
        ("year", "<bdi>2026</bdi>", "Nov"),
        ("unknown", "Not known", "2026"),
    ],
)
def test_a_moment_is_shown_as_exactly_as_it_is_known(precision: str, words: str, never: str) -> None:
    html = norms.moment(MOMENT, precision)
    assert words in html
    assert never not in html
    assert norms.moment(None, precision) == norms.not_known()


def test_nothing_known_is_not_zero() -> None:
    assert norms.known(0) == "<bdi>0</bdi>"
    assert norms.known(None) == norms.known("") == norms.not_known()
    assert norms.known("<b>") == "<bdi>&lt;b&gt;</bdi>"


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((None, None, None), "Not known"),
        ((0, 0, 0), "0 people"),
        ((1, 1, 1), "1 person"),
        ((120, 300, 900), "about 300 people (between 120 and 900)"),
        ((None, 1200, None), "about 1,200 people"),
        ((40, None, None), "at least 40 people"),
        ((None, None, 9), "at most 9 people"),
        ((2, None, 5), "between 2 and 5 people"),
        ((None, 5, 9), "about 5 people (at most 9)"),
        ((2, 5, None), "about 5 people (at least 2)"),
    ],
)
def test_people_in_words(numbers: tuple[int | None, int | None, int | None], words: str) -> None:
    assert words in norms.people(*numbers)


def test_a_grade_keeps_its_halves_apart() -> None:
    assert "B2" in norms.grade("B", 2)
    assert "Source not graded" in norms.grade(None, 2)
    assert "information not graded" in norms.grade("B", None)
    assert "Not graded" in norms.grade("Z", "9")
    assert "cannot be judged" in norms.grade("F", "6")


def test_a_long_hash_is_short_with_the_whole_beside_it() -> None:
    digest = "9f2c1b7de4a05c38817b0e6f4d2a91c6e35f70d8b9a4c2e1f0d3b5a79688e41a"
    html = norms.hash_(digest)
    assert digest in html
    assert "9f2c1b7d…9688e41a" in html
    assert "<script" not in norms.hash_("<script>")


@pytest.mark.urls("core.ui.urls")
def test_addresses_that_do_not_exist_are_left_out() -> None:
    assert norms.url_or_none("no-such-page") is None
    assert norms.url_or_none("set-theme") == "/preferences/theme/"
    assert norms.path_or_none("/nowhere/") is None
    assert norms.path_or_none("/ui/") == "/ui/"


@pytest.mark.parametrize(("cookie", "expected"), [("dark", "dark"), ("light", "light"), ('x" onload=', ""), ("", "")])
def test_only_a_known_theme_reaches_the_page(cookie: str, expected: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = cookie
    assert norms.theme({"request": request}) == expected  # type: ignore[arg-type]
