"""Facts as plain text: what is not known says so; nothing here knows of HTML."""

from datetime import UTC, date, datetime
from html import unescape

from django.utils import formats
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from core.countries import country_name
from core.templatetags.norms import CREDIBILITY, RELIABILITY, moment


def moment_text(at: datetime | None, precision: str) -> str:
    """A moment only as exactly as it is known."""
    return unescape(strip_tags(moment(at, precision)))


def stamp(at: datetime) -> str:
    """A moment of the record, to the minute, in UTC."""
    return _("%(time)s UTC") % {"time": formats.date_format(at.astimezone(UTC), "j N Y, H:i")}


def day(at: date) -> str:
    """A date."""
    return formats.date_format(at, "j N Y")


def country(code: str) -> str:
    """A country's name, or that it is not known."""
    if not code:
        return _("country not known")
    return country_name(code)


def grade_text(reliability: str, credibility: str) -> str:
    """Both halves of a grade with their words; they are never merged."""
    if not reliability or not credibility:
        return _("not graded")
    source, truth = RELIABILITY.get(reliability, reliability), CREDIBILITY.get(credibility, credibility)
    return f"{reliability}{credibility} – {source}; {truth}"
