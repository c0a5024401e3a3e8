"""The words and marks every page shares: handling marks, tiers, times, ranges, hashes.

One promise each: what is unknown says "Not known", what is a code says its words too, and what a reader typed or a
machine made (a name, a reference, a hash) keeps its own direction in a right-to-left page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import Any

from django import template
from django.forms import BaseForm, BaseFormSet
from django.template.context import Context
from django.urls import NoReverseMatch, Resolver404, get_urlconf, resolve, reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from core.charts import Figure
from core.forms import error_summary_lines
from core.marks import Mark, Pap

register = template.Library()

# FIRST TLP 2.0: five labels, never translated, never spaced, always capitals.
TLP_MARKS = frozenset(Mark.values)

# The tier model of the evidence standard; the side states keep their own words.
TIERS = {
    "t0": pgettext_lazy("tier", "Under investigation"),
    "t1": pgettext_lazy("tier", "Provisional"),
    "t2": pgettext_lazy("tier", "Corroborated"),
    "t3": pgettext_lazy("tier", "Substantiated"),
    "t4": pgettext_lazy("tier", "Adjudicated"),
    "contested": pgettext_lazy("tier", "Contested"),
    "revised": pgettext_lazy("tier", "Revised"),
    "withdrawn": pgettext_lazy("tier", "Withdrawn"),
    "superseded": pgettext_lazy("tier", "Superseded"),
}

# The Admiralty scale (NATO): the source and the information are graded apart. F and 6 mean "cannot be judged".
RELIABILITY = {
    "A": gettext_lazy("Completely reliable source"),
    "B": gettext_lazy("Usually reliable source"),
    "C": gettext_lazy("Fairly reliable source"),
    "D": gettext_lazy("Not usually reliable source"),
    "E": gettext_lazy("Unreliable source"),
    "F": gettext_lazy("Source reliability cannot be judged"),
    "G": gettext_lazy("Deliberately deceptive source"),
}
CREDIBILITY = {
    "1": gettext_lazy("confirmed by other sources"),
    "2": gettext_lazy("probably true"),
    "3": gettext_lazy("possibly true"),
    "4": gettext_lazy("doubtful"),
    "5": gettext_lazy("improbable"),
    "6": gettext_lazy("truth cannot be judged"),
}

NOT_KNOWN = gettext_lazy("Not known")


def not_known() -> SafeString:
    return format_html('<span class="not-known">{}</span>', NOT_KNOWN)


@register.simple_tag
def tlp(mark: str | None) -> SafeString:
    """A TLP 2.0 label as FIRST prints it; anything else is shown as not known, never as a label."""
    code = str(mark or "").upper()
    code = code if code.startswith("TLP:") else f"TLP:{code}"
    return _label(code) if code in TLP_MARKS else not_known()


@register.simple_tag
def pap(mark: str | None) -> SafeString:
    """A PAP label (what may be done with it), in plain text: the colours are TLP's alone."""
    return format_html('<bdi dir="ltr" translate="no">{}</bdi>', mark) if mark in Pap.values else not_known()


@cache
def _label(code: str) -> SafeString:
    """One of the five labels."""
    css = code.lower().replace(":", "-").replace("+", "-")
    return format_html('<bdi class="tlp {}" dir="ltr" translate="no">{}</bdi>', css, code)


@register.simple_tag
def tier(code: str | None) -> SafeString:
    """The tier of a finding: its code and its words."""
    key = str(code or "t0").lower()
    words = TIERS.get(key)
    if words is None:
        return not_known()
    if len(key) == 2:
        return format_html('<span class="tier {}"><b>{}</b>{}</span>', key, key.upper(), words)
    return format_html('<span class="tier {}"><b aria-hidden="true">&#8226;</b>{}</span>', key, words)


@register.simple_tag
def when(moment: datetime | date | None, local: bool = True) -> SafeString:  # noqa: FBT001, FBT002  (template syntax)
    """A moment in UTC with the zone said; the reader's own zone beside it when it differs and `local` is true.

    A date without a time stays a date: midnight is never made up.
    """
    if moment is None:
        return not_known()
    if not isinstance(moment, datetime):
        return _day(moment, get_language() or "")
    if timezone.is_naive(moment):
        raise ValueError("A time without a zone cannot be shown: nobody could know what it means.")
    utc = moment.astimezone(UTC)
    stamp = utc.strftime("%Y-%m-%dT%H:%M:%SZ")
    text = _("%(date)s, %(time)s UTC") % {
        "date": formats.date_format(utc, "j M Y"), "time": formats.date_format(utc, "H:i"),
    }  # fmt: skip
    own = timezone.get_current_timezone()
    if not local or own.utcoffset(utc.replace(tzinfo=None)) == UTC.utcoffset(None):
        extra = mark_safe(" data-local") if local else ""
        return format_html('<time datetime="{}"{}><bdi>{}</bdi></time>', stamp, extra, text)
    mine = utc.astimezone(own)
    pattern = "H:i" if mine.date() == utc.date() else "j M, H:i"
    return format_html(
        '<time datetime="{}"><bdi>{}</bdi></time> <span class="soft small">(<bdi>{}</bdi> <bdi>{}</bdi>)</span>',
        stamp,
        text,
        formats.date_format(mine, pattern),
        str(own),
    )


@lru_cache(maxsize=4096)
def _day(on: date, language: str) -> SafeString:
    """A date in this language. Lists show the same days again and again, and naming a month is slow."""
    return format_html('<time datetime="{}"><bdi>{}</bdi></time>', on.isoformat(), formats.date_format(on, "j M Y"))


@register.simple_tag
def moment(at: datetime | None, precision: str) -> SafeString:
    """A moment exactly as well as it is known: a day shows no hour, a month no day, "unknown" says so."""
    if at is None or precision == "unknown":
        return not_known()
    at = at.astimezone(UTC)
    match precision:
        case "day":
            return when(at.date())
        case "month":
            return format_html(
                '<time datetime="{}"><bdi>{}</bdi></time>', at.strftime("%Y-%m"), formats.date_format(at, "F Y")
            )
        case "year":
            return format_html('<time datetime="{0}"><bdi>{0}</bdi></time>', at.year)
        case "hour":
            return format_html('{} <span class="soft">({})</span>', when(at), _("within an hour"))
    return when(at)


@register.simple_tag
def grade(reliability: str | None, credibility: str | int | None) -> SafeString:
    """Source and information grade, each with its words; a missing half says so instead of vanishing."""
    source, truth = str(reliability or "").upper(), str(credibility or "")
    if source not in RELIABILITY and truth not in CREDIBILITY:
        return format_html('<span class="not-known">{}</span>', _("Not graded"))
    words = " · ".join(
        (
            str(RELIABILITY.get(source) or _("Source not graded")),
            str(CREDIBILITY.get(truth) or _("information not graded")),
        )
    )
    code = f"{source if source in RELIABILITY else '–'}{truth if truth in CREDIBILITY else '–'}"
    return format_html('<span class="grade"><b dir="ltr">{}</b></span> <span class="soft">{}</span>', code, words)


@register.simple_tag
def known(value: Any) -> Any:
    """The value, or the words "Not known"; 0 and False are known."""
    if value is None or value == "":
        return not_known()
    return format_html("<bdi>{}</bdi>", formats.localize(value))


@register.simple_tag
def people(low: int | None, best: int | None, high: int | None) -> SafeString:
    """A number of people in words, as exact as it is known and no more: never 0 for "not known"."""
    return _people(low, best, high, get_language() or "") if any_known(low, best, high) else not_known()


@lru_cache(maxsize=4096)
def _people(low: int | None, best: int | None, high: int | None, language: str) -> SafeString:
    """These numbers in this language; a list shows the same ones at every visit."""
    return format_html("{}", people_text(low, best, high))


def any_known(*numbers: int | None) -> bool:
    return any(number is not None for number in numbers)


@register.simple_tag
def count(number: int | None) -> SafeString:
    """A quantity with its thousands grouped, or "Not known". Not for years."""
    return not_known() if number is None else format_html("<bdi>{}</bdi>", _count(number))


def _count(number: int) -> str:
    return formats.number_format(number, use_l10n=True, force_grouping=True)


def people_text(low: int | None, best: int | None, high: int | None) -> str:
    """The sentence behind `people`, also for plain text (e-mail, CSV, PDF)."""
    if low is not None and high is not None and low == high and best in {None, low}:
        return ngettext("%(n)s person", "%(n)s people", low) % {"n": _count(low)}
    if best is not None:
        about = ngettext("about %(n)s person", "about %(n)s people", best) % {"n": _count(best)}
        if low is not None and high is not None:
            return _("%(about)s (between %(low)s and %(high)s)") % {
                "about": about, "low": _count(low), "high": _count(high),
            }  # fmt: skip
        if low is not None:
            return _("%(about)s (at least %(low)s)") % {"about": about, "low": _count(low)}
        if high is not None:
            return _("%(about)s (at most %(high)s)") % {"about": about, "high": _count(high)}
        return about
    if low is not None and high is not None:
        return _("between %(low)s and %(high)s people") % {"low": _count(low), "high": _count(high)}
    if low is not None:
        return ngettext("at least %(n)s person", "at least %(n)s people", low) % {"n": _count(low)}
    if high is not None:
        return ngettext("at most %(n)s person", "at most %(n)s people", high) % {"n": _count(high)}
    return str(NOT_KNOWN)


@register.simple_tag(name="hash")
def hash_(value: str | None, algorithm: str = "SHA-256") -> SafeString:
    """A hash, short, with the whole of it one step away: readable without a pointer, copyable without a script."""
    if not value:
        return not_known()
    short = f"{value[:8]}…{value[-8:]}" if len(value) > 24 else value
    if short == value:
        return format_html('<bdi class="hash" dir="ltr">{}</bdi>', value)
    return format_html(
        '<details class="hash"><summary><span class="visually-hidden">{} </span><bdi dir="ltr">{}</bdi></summary>'
        '<bdi dir="ltr">{}</bdi></details>',
        algorithm,
        short,
        value,
    )


@register.simple_tag
def bdi(value: Any) -> SafeString:
    """A name, reference or other text with its own direction."""
    return not_known() if value in (None, "") else format_html("<bdi>{}</bdi>", value)


@register.simple_tag
def url_or_none(name: str, *args: Any, **kwargs: Any) -> str | None:
    """The address of a named page, or None where that page does not exist (yet): so that a menu can leave it out."""
    try:
        return reverse(name, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return None


@register.simple_tag
def path_or_none(path: str) -> str | None:
    """The path, or None if nothing answers there."""
    return path if _answers(path, get_urlconf()) else None


@lru_cache(maxsize=64)
def _answers(path: str, urlconf: str | None) -> bool:
    """Whether anything answers at one of the menu's few addresses; that does not change while we run."""
    try:
        resolve(path, urlconf)
    except Resolver404:
        return False
    return True


# The addresses are fixed (docs/reference): the menu is written once, and shows the rooms that exist.
MENU = (
    ("/incidents/", pgettext_lazy("menu", "Incidents")),
    ("/inbox/", pgettext_lazy("menu", "Inbox")),
    ("/organisation/", pgettext_lazy("menu", "Organisation")),
    ("/data/", pgettext_lazy("menu", "Public figures")),
    ("/findings/", pgettext_lazy("menu", "Published findings")),
    ("/transparency/", pgettext_lazy("menu", "Transparency")),
)
PUBLIC_MENU = ("/data/", "/findings/", "/transparency/")
# How many things wait in a room, by its address; a room above registers itself. Only what its reader can clear is counted.
WAITING: dict[str, Callable[[Any], int]] = {}


@register.simple_tag(takes_context=True)
def main_menu(context: Context) -> list[dict[str, Any]]:
    """The main menu for this reader: label, address and whether we are in that room."""
    request = context.get("request")
    path = request.path if request else ""
    user = context.get("user")
    signed_in = bool(user and user.is_authenticated)
    return [
        {"url": url, "label": label, "current": path.startswith(url), "count": waiting_at(url, request)}
        for url, label in MENU
        if (signed_in or url in PUBLIC_MENU) and path_or_none(url)
    ]


def waiting_at(url: str, request: Any) -> int | str:
    """How many things wait there for this reader; 99+ for many."""
    if url not in WAITING or getattr(request, "actor", None) is None:
        return 0
    number = WAITING[url](request)
    return number if number < 100 else "99+"


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """The reader's chosen theme: "light", "dark", or "" to follow their system."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "") if request else ""
    return chosen if chosen in {"light", "dark"} else ""


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm | BaseFormSet[Any] | None) -> dict[str, Any]:
    """ "There is a problem": every error of the given forms, each linking to its control. Empty when all is well."""
    bound = [form for form in forms if form]
    return {"lines": list(error_summary_lines(*bound))}


@register.inclusion_tag("components/chart.html")
def chart(figure: Figure, level: int = 3) -> dict[str, Any]:
    """A chart with its table beside it."""
    return {"figure": figure, "level": level}


@register.filter
def word(value: Any, words: Sequence[tuple[Any, Any]]) -> Any:
    """The label of a value in a list of choices, or the value itself."""
    return dict(words).get(value, value)
