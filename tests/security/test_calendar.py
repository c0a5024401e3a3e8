"""The last day of the calendar is a day like any other: no form falls over the one that does not come after it."""

from datetime import UTC, date, datetime

import pytest

from attribution.ui.forms import end_of
from organisations.ui.keys import TokenForm


def test_the_last_day_has_an_end() -> None:
    assert end_of(date.max) == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert end_of(date(2026, 2, 28)) == datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(("until", "valid"), [("9999-12-31", False), ("9999-12-30", True), ("", True)])
def test_a_key_ends_while_there_are_days(until: str, valid: bool) -> None:
    form = TokenForm({"name": "script", "scopes": ["read"], "until": until})
    assert form.is_valid() is valid
    if valid and until:
        assert form.end() == datetime(9999, 12, 31, tzinfo=UTC)
