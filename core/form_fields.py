"""Fields for facts that are rarely exact: a time known roughly, a number of people known as a range.

"I do not know" is an answer of its own, kept apart from an empty field, and never becomes zero or midnight.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.choices import CallableChoiceIterator
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

# How well a time is known, from exact to not at all.
PRECISIONS = (
    ("exact", _("Exact")),
    ("hour", _("Within an hour")),
    ("day", _("Day only")),
    ("month", _("Month only")),
    ("year", _("Year only")),
    ("unknown", _("I do not know")),
)
EARLIEST_YEAR = 1970

# One or two cities for each offset in use; any other name of the tz database is accepted as well.
ZONES = [
    "UTC",
    "Pacific/Honolulu",
    "America/Anchorage",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/Mexico_City",
    "America/New_York",
    "America/Bogota",
    "America/Caracas",
    "America/Halifax",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Atlantic/Azores",
    "Europe/London",
    "Africa/Lagos",
    "Europe/Paris",
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Europe/Kyiv",
    "Africa/Nairobi",
    "Asia/Riyadh",
    "Europe/Moscow",
    "Asia/Tehran",
    "Asia/Dubai",
    "Asia/Kabul",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Dhaka",
    "Asia/Yangon",
    "Asia/Bangkok",
    "Asia/Singapore",
    "Asia/Shanghai",
    "Asia/Seoul",
    "Australia/Adelaide",
    "Australia/Sydney",
    "Pacific/Noumea",
    "Pacific/Auckland",
    "Pacific/Tongatapu",
]


@dataclass(frozen=True, slots=True)
class UncertainTime:
    """A time as far as it is known; unknown is None, never midnight.

    `at` is in UTC and is what is stored: the moment itself when exact or within an hour; for a day, a month or a year
    the first midnight *of the date as it was stated*, in UTC, so that the stated date is shown again whatever the zone.
    """

    at: datetime | None
    precision: str
    zone: str = "UTC"

    @property
    def known(self) -> bool:
        return self.at is not None

    @property
    def earliest(self) -> datetime | None:
        """The first moment that can be meant."""
        if self.at is None or self.precision == "exact":
            return self.at
        if self.precision == "hour":
            return self.at - timedelta(hours=1)
        return self._midnight(self.at.date())

    @property
    def latest(self) -> datetime | None:
        """The last moment that can be meant."""
        if self.at is None or self.precision == "exact":
            return self.at
        if self.precision == "hour":
            return self.at + timedelta(hours=1)
        on = self.at.date()
        match self.precision:
            case "day":
                after = on + timedelta(days=1)
            case "month":
                after = date(on.year + on.month // 12, on.month % 12 + 1, 1)
            case _:
                after = date(on.year + 1, 1, 1)
        return self._midnight(after) - timedelta(microseconds=1)

    def _midnight(self, on: date) -> datetime:
        return datetime.combine(on, time(), ZoneInfo(self.zone)).astimezone(UTC)


def western_digits(text: str) -> str:
    """The text with digits of any script as 0 to 9: people type the digits they write with."""
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


@cache
def _all_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone_choices(now: datetime | None = None) -> list[tuple[str, str]]:
    """The zones offered, each with its offset today, west to east after UTC."""
    moment = now or timezone.now()
    choices = []
    for name in ZONES:
        offset = moment.astimezone(ZoneInfo(name)).strftime("%z")
        label = name if name == "UTC" else f"{name.replace('_', ' ')} (UTC{offset[:3]}:{offset[3:]})"
        choices.append((name, label))
    return choices


class PartsWidget(forms.MultiWidget):
    """Several controls that answer one question, each with its own label, inside one fieldset."""

    template_name = "forms/widgets/parts.html"
    use_fieldset = True
    labels: Sequence[Any] = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        for part, label in zip(context["widget"]["subwidgets"], self.labels, strict=True):
            part["part_label"] = label
        return context


class UncertainDateWidget(PartsWidget):
    """Day, month, year, time, zone, and how sure: no calendar that needs a script."""

    template_name = "forms/widgets/uncertain_date.html"
    labels = (_("Day"), _("Month"), _("Year"), _("Time"), _("Time zone"), _("How exactly is this known?"))

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        def digits(width: str, length: int) -> forms.TextInput:
            return forms.TextInput(attrs={"inputmode": "numeric", "class": width, "maxlength": length, "dir": "ltr"})

        # No placeholder: it vanishes on typing, and the hint already says the form.
        clock = forms.TextInput(attrs={"class": "w4", "maxlength": 5, "dir": "ltr"})
        parts = [
            digits("w2", 2),
            digits("w2", 2),
            digits("w4", 4),
            clock,
            forms.Select(choices=CallableChoiceIterator(zone_choices), attrs={"class": "w16"}),
            forms.RadioSelect(choices=PRECISIONS),
        ]
        super().__init__(parts, attrs)

    def decompress(self, value: UncertainTime | None) -> list[Any]:
        if value is None:
            return [None, None, None, None, "UTC", "exact"]
        if value.at is None:
            return [None, None, None, None, value.zone, "unknown"]
        timed = value.precision in {"exact", "hour"}
        shown = value.at.astimezone(ZoneInfo(value.zone)) if timed else value.at
        return [
            shown.day if timed or value.precision == "day" else None,
            shown.month if value.precision != "year" else None,
            shown.year,
            shown.strftime("%H:%M") if timed else None,
            value.zone,
            value.precision,
        ]


class UncertainDateField(forms.Field):
    """Gives an `UncertainTime`; required means "answer", and "I do not know" is an answer."""

    widget = UncertainDateWidget
    default_error_messages = {
        "required": _("Enter a date, or choose “I do not know”."),
        "precision": _("Choose how exactly the date is known."),
        "year": _("Enter a year of four digits, such as 2026."),
        "month": _("Enter a month from 1 to 12."),
        "day": _("Enter a day that this month has."),
        "time": _("Enter a time such as 04:12, or choose “Day only”."),
        "zone": _("Choose a time zone from the list."),
        "early": _("The date must be in 1970 or later."),
        "future": _("The date must not be in the future."),
        "both": _("Clear the date, or choose how exactly it is known: it cannot be both given and unknown."),
    }

    def __init__(self, *, past_only: bool = True, **kwargs: Any) -> None:
        self.past_only = past_only
        super().__init__(**kwargs)

    def _error(self, code: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code)

    def _number(self, text: str, code: str) -> int:
        if not (text.isascii() and text.isdigit()):
            raise self._error(code)
        return int(text)

    def clean(self, value: Any) -> UncertainTime | None:
        parts = [western_digits(str(part or "")).strip() for part in (value or [])]
        day, month, year, clock, zone, precision = (parts + [""] * 6)[:6]
        given = bool(day or month or year or clock)
        if precision == "unknown":
            if given:
                raise self._error("both")
            return UncertainTime(at=None, precision="unknown", zone=zone if zone in _all_zones() else "UTC")
        if not given:
            if self.required:
                raise self._error("required")
            return None
        if precision not in dict(PRECISIONS):
            raise self._error("precision")
        if zone not in _all_zones():
            raise self._error("zone")
        known = UncertainTime(self._stated(day, month, year, clock, ZoneInfo(zone), precision), precision, zone)
        first = known.at if precision == "hour" else known.earliest
        if self.past_only and first is not None and first > timezone.now():
            raise self._error("future")
        return known

    def _stated(self, day: str, month: str, year: str, clock: str, zone: ZoneInfo, precision: str) -> datetime:
        """The moment as `UncertainTime.at` keeps it; says which part is wrong."""
        y = self._number(year, "year")
        if len(year) != 4 or y == 0:
            raise self._error("year")
        if y < EARLIEST_YEAR:
            raise self._error("early")
        m = self._number(month, "month") if precision != "year" else 1
        if not 1 <= m <= 12:
            raise self._error("month")
        d = self._number(day, "day") if precision not in {"year", "month"} else 1
        try:
            on = date(y, m, d)
        except ValueError:
            raise self._error("day") from None
        if precision not in {"exact", "hour"}:
            return datetime.combine(on, time(), UTC)
        hours, colon, minutes = clock.partition(":")
        h, minute = self._number(hours, "time"), self._number(minutes if colon else "x", "time")
        if h > 23 or minute > 59 or len(minutes) != 2:
            raise self._error("time")
        return datetime.combine(on, time(h, minute), zone).astimezone(UTC)

    def has_changed(self, initial: Any, data: Any) -> bool:
        if isinstance(initial, UncertainTime) or initial is None:
            initial = type(self).widget().decompress(initial)
        return [str(part or "") for part in initial] != [str(part or "") for part in (data or [])]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number of people as least, best and most. Unknown is None in each place, and 0 means none."""

    low: int | None = None
    best: int | None = None
    high: int | None = None

    @property
    def known(self) -> bool:
        return not (self.low is None and self.best is None and self.high is None)


class EstimateWidget(PartsWidget):
    """Least, best, most, and a box for "not known"."""

    labels = (_("At least"), _("Best estimate"), _("At most"), _("Not known"))

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        number = {"inputmode": "numeric", "class": "w8", "maxlength": 13, "dir": "ltr"}
        parts = [forms.TextInput(attrs=dict(number)) for _part in range(3)]
        super().__init__([*parts, forms.CheckboxInput()], attrs)

    def decompress(self, value: Estimate | None) -> list[Any]:
        if value is None:
            return [None, None, None, False]
        return [value.low, value.best, value.high, not value.known]


class EstimateField(forms.Field):
    """Gives an `Estimate`; an empty answer is refused when required, "not known" is not."""

    widget = EstimateWidget
    default_error_messages = {
        "required": _("Enter a number, or choose “Not known”."),
        "number": _("Enter whole numbers, such as 1200."),
        "large": _("Enter numbers below 10 billion."),
        "order": _("“At least” must not be above the best estimate, nor the best estimate above “At most”."),
        "both": _("Clear the numbers, or clear “Not known”: it cannot be both."),
    }

    def clean(self, value: Any) -> Estimate | None:
        texts = [str("" if part is None else part) for part in (value or [])]
        numbers = [self._number(text) for text in [*texts, "", "", ""][:3]]
        unknown = len(texts) > 3 and texts[3] in {"True", "on", "true", "1"}
        given = [number for number in numbers if number is not None]
        if unknown and given:
            raise ValidationError(self.error_messages["both"], code="both")
        if not unknown and not given:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if given != sorted(given):
            raise ValidationError(self.error_messages["order"], code="order")
        return Estimate(*numbers)

    def _number(self, text: str) -> int | None:
        # People paste "1 200", "1,200" and "1.200". Only groups of three count, or "1,5" would become fifteen people.
        plain = western_digits(text).strip()
        if not plain:
            return None
        if not re.fullmatch(r"[0-9]+|[0-9]{1,3}(?:[\s.,'’][0-9]{3})+", plain):
            raise ValidationError(self.error_messages["number"], code="number")
        digits = re.sub(r"[^0-9]", "", plain).lstrip("0")
        if len(digits) > 10:
            raise ValidationError(self.error_messages["large"], code="large")
        return int(digits or "0")

    def has_changed(self, initial: Any, data: Any) -> bool:
        if isinstance(initial, Estimate) or initial is None:
            initial = type(self).widget().decompress(initial)
        return [str(part or "") for part in initial] != [str(part or "") for part in (data or [])]


@lru_cache(maxsize=128)
def _options(choices: tuple[tuple[str, str], ...]) -> str:
    """The options of a select, none of them chosen. The same few lists are asked for on every page."""
    return format_html_join("", '<option value="{}">{}</option>', choices)


class LongSelect(forms.Select):
    """A select of tens or hundreds of options (countries), written once a list: a template node per option takes ten times as long."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        given = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        options = _options(tuple((str(code), str(label)) for code, label in self.choices))
        chosen = escape("" if value is None else str(value))
        options = options.replace(f'<option value="{chosen}">', f'<option value="{chosen}" selected>', 1)
        return format_html("<select{}>{}</select>", flatatt(given), mark_safe(options))  # noqa: S308 (escaped above)
