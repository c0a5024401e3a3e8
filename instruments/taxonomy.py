"""Choices that come from an instrument: sectors and services, as (code, name) pairs in the reader's language."""

from django.utils.translation import gettext

from .models import Instrument
from .selectors import in_force


def sectors() -> list[tuple[str, str]]:
    """Sectors of the taxonomy in force."""
    return [(s["code"], gettext(s["name"])) for s in in_force(Instrument.Kind.SERVICE_TAXONOMY).content["sectors"]]


def services() -> list[tuple[str, str]]:
    """Essential services of the taxonomy in force."""
    return [(s["code"], gettext(s["name"])) for s in in_force(Instrument.Kind.SERVICE_TAXONOMY).content["services"]]
