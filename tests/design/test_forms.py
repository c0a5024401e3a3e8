"""Forms: every error stands beside its field and in the summary, and "I do not know" is an answer."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django import forms
from django.template import Context, Template

from core.form_fields import Estimate, EstimateField, UncertainDateField, UncertainDateWidget, UncertainTime
from core.forms import Form, error_summary_lines
from core.ui.catalogue import SampleForm


class Small(Form):
    name = forms.CharField(label="Name", help_text="As in the passport.")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A")], widget=forms.RadioSelect)
    note = forms.CharField(label="Note", required=False)


class Times(Form):
    at = UncertainDateField(label="When")


class Crowd(Form):
    people = EstimateField(label="People")


def test_an_error_is_beside_its_field_and_tied_to_it() -> None:
    html = str(Small({"note": "x"}))
    assert 'aria-invalid="true"' in html
    assert re.search(r'<input[^>]*aria-describedby="id_name_helptext id_name_error"', html)
    assert re.search(r'id="id_name_error".*?“Name” needs an answer\.', html, flags=re.S)
    assert "This field is required" not in html
    assert " required" not in html


def test_a_group_of_choices_is_a_fieldset_with_a_legend() -> None:
    html = str(Small())
    assert re.search(r"<fieldset[^>]*>\s*<legend>Kind\s*</legend>", html)
    assert re.search(r"<label for=\"id_kind_0\">A</label>", html)


def test_only_what_may_be_left_out_says_optional() -> None:
    html = str(Small())
    assert html.count("(optional)") == 1
    assert re.search(r'for="id_note">Note <span class="optional">', html)


def test_the_summary_says_the_same_words_and_links_to_the_control() -> None:
    form = Small({})
    page = Template("{% load norms %}{% error_summary form %}").render(Context({"form": form}))
    assert "There is a problem" in page
    assert '<a href="#id_name">“Name” needs an answer.</a>' in page
    assert '<a href="#id_kind_0">' in page
    assert "data-autofocus" in page
    assert 'id="id_kind_0"' in str(form)


def test_no_errors_no_summary() -> None:
    assert Template("{% load norms %}{% error_summary form other %}").render(Context({"form": Small()})).strip() == ""


def test_errors_of_the_whole_form_are_in_the_summary() -> None:
    form = Small({"name": "n", "kind": "a"})
    form.add_error(None, "The two dates contradict each other.")
    assert [line.text for line in error_summary_lines(form)] == ["The two dates contradict each other."]


def test_typed_text_is_escaped_and_kept() -> None:
    html = str(Small({"name": "<b>x", "kind": "zz"}))
    assert "&lt;b&gt;x" in html
    assert "<b>x" not in html


def test_a_field_forgotten_in_the_groups_is_found() -> None:
    class Forgetful(Small):
        groups = (("One", ("name",)),)

    with pytest.raises(LookupError, match="kind"):
        str(Forgetful())


def test_the_sample_form_shows_each_field_once() -> None:
    html = str(SampleForm())
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def clean_time(*parts: str) -> UncertainTime:
    form = Times({f"at_{n}": part for n, part in enumerate(parts)})
    assert form.is_valid(), form.errors
    value: UncertainTime = form.cleaned_data["at"]
    return value


def refuse(form: Form, name: str) -> str:
    assert not form.is_valid()
    (data,) = form.errors.as_data()[name]
    return str(data.code)


@pytest.fixture(autouse=True)
def _one_day() -> Any:
    with time_machine.travel(datetime(2026, 11, 23, 12, 0, tzinfo=UTC), tick=False):
        yield


def test_an_exact_time_is_turned_to_utc() -> None:
    value = clean_time("3", "11", "2026", "04:12", "Africa/Nairobi", "exact")
    assert value.at == value.earliest == value.latest == datetime(2026, 11, 3, 1, 12, tzinfo=UTC)


def test_a_day_runs_from_midnight_to_midnight_in_its_zone() -> None:
    value = clean_time("25", "10", "2026", "", "Europe/Paris", "day")
    assert value.at == datetime(2026, 10, 25, tzinfo=UTC)  # the date as stated
    assert value.earliest == datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    assert value.latest == datetime(2026, 10, 25, 22, 59, 59, 999999, tzinfo=UTC)  # 25 hours: the clock goes back


@pytest.mark.parametrize(("precision", "last"), [("month", (2026, 2, 28)), ("year", (2026, 12, 31))])
def test_a_month_or_a_year_needs_no_day(precision: str, last: tuple[int, int, int]) -> None:
    value = (
        clean_time("", "2" if precision == "month" else "", "2026", "", "UTC", precision)
        if precision == "month"
        else None
    )
    if precision == "year":
        with time_machine.travel(datetime(2027, 3, 1, tzinfo=UTC)):
            value = clean_time("", "", "2026", "", "UTC", "year")
    assert value is not None and value.latest is not None
    assert (value.latest.year, value.latest.month, value.latest.day) == last


def test_within_an_hour_means_an_hour_to_either_side() -> None:
    value = clean_time("3", "11", "2026", "04:12", "UTC", "hour")
    assert value.at == datetime(2026, 11, 3, 4, 12, tzinfo=UTC)
    assert value.earliest == datetime(2026, 11, 3, 3, 12, tzinfo=UTC)
    assert value.latest == datetime(2026, 11, 3, 5, 12, tzinfo=UTC)


def test_i_do_not_know_is_an_answer() -> None:
    value = clean_time("", "", "", "", "UTC", "unknown")
    assert (value.known, value.at, value.latest) == (False, None, None)


def test_digits_of_another_script_are_understood() -> None:
    assert clean_time("٣", "١١", "٢٠٢٦", "٠٤:١٢", "UTC", "exact").at == datetime(2026, 11, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (("", "", "", "", "UTC", "exact"), "required"),
        (("31", "2", "2026", "04:12", "UTC", "exact"), "day"),
        (("3", "13", "2026", "04:12", "UTC", "exact"), "month"),
        (("3", "11", "26", "04:12", "UTC", "exact"), "year"),
        (("3", "11", "1969", "04:12", "UTC", "exact"), "early"),
        (("3", "11", "2026", "25:00", "UTC", "exact"), "time"),
        (("3", "11", "2026", "", "UTC", "exact"), "time"),
        (("3", "11", "2026", "04:12", "Mars/Olympus", "exact"), "zone"),
        (("24", "11", "2026", "04:12", "UTC", "exact"), "future"),
        (("3", "11", "2026", "04:12", "UTC", "unknown"), "both"),
        (("3", "11", "2026", "04:12", "UTC", "guess"), "precision"),
        (("<b>", "11", "2026", "04:12", "UTC", "exact"), "day"),
        (("3", "11", "0000", "04:12", "UTC", "exact"), "year"),
    ],
)
def test_a_wrong_date_says_what_is_wrong(parts: tuple[str, ...], code: str) -> None:
    assert refuse(Times({f"at_{n}": part for n, part in enumerate(parts)}), "at") == code


@pytest.mark.parametrize("precision", ["exact", "hour", "day", "month", "unknown"])
def test_a_stored_time_comes_back_as_it_was_typed(precision: str) -> None:
    parts = {
        "exact": ("3", "11", "2026", "04:12"), "hour": ("3", "11", "2026", "04:12"), "day": ("3", "11", "2026", ""),
        "month": ("", "2", "2026", ""), "unknown": ("", "", "", ""),
    }[precision]  # fmt: skip
    value = clean_time(*parts, "Asia/Kathmandu", precision)
    shown = UncertainDateWidget().decompress(value)
    assert [str(part or "") for part in shown] == [*parts, "Asia/Kathmandu", precision]
    assert not UncertainDateField().has_changed(value, [*parts, "Asia/Kathmandu", precision])


def crowd(*parts: str, unknown: bool = False) -> Crowd:
    data = {f"people_{n}": part for n, part in enumerate(parts)}
    return Crowd(data | ({"people_3": "on"} if unknown else {}))


@pytest.mark.parametrize(
    ("parts", "unknown", "expected"),
    [
        (("1", "2", "3"), False, Estimate(1, 2, 3)),
        (("", "300", ""), False, Estimate(None, 300, None)),
        (("0", "", ""), False, Estimate(0, None, None)),
        (("1 200", "1,200", "1.200"), False, Estimate(1200, 1200, 1200)),
        (("", "", ""), True, Estimate()),
    ],
)
def test_a_range_of_people(parts: tuple[str, ...], unknown: bool, expected: Estimate) -> None:
    form = crowd(*parts, unknown=unknown)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["people"] == expected
    assert expected.known is not unknown


@pytest.mark.parametrize(
    ("parts", "unknown", "code"),
    [
        (("", "", ""), False, "required"),
        (("5", "2", ""), False, "order"),
        (("5", "", "2"), False, "order"),
        (("many", "", ""), False, "number"),
        (("1,5", "", ""), False, "number"),
        (("-3", "", ""), False, "number"),
        (("99999999999", "", ""), False, "large"),
        (("5", "", ""), True, "both"),
    ],
)
def test_a_wrong_range_says_what_is_wrong(parts: tuple[str, ...], unknown: bool, code: str) -> None:
    assert refuse(crowd(*parts, unknown=unknown), "people") == code


def test_zero_people_is_shown_as_zero_and_unknown_as_a_tick() -> None:
    class Shown(Form):
        people = EstimateField(label="People", initial=Estimate(0, None, None))

    assert 'value="0"' in str(Shown())
    assert "checked" not in str(Shown())
    assert "checked" in str(Shown(initial={"people": Estimate()}))
