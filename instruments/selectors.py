"""Which norm holds on a day."""

from datetime import date
from functools import lru_cache

from core import clock

from .models import Instrument


@lru_cache(maxsize=64)
def _in_force(kind: str, on: date) -> Instrument:
    found = Instrument.objects.filter(kind=kind, effective_from__lte=on).order_by("-effective_from", "-pk").first()
    if found is None:
        raise LookupError(f"No {kind} is in force on {on}: run `./norms manage load_instruments`.")
    return found


def in_force(kind: str, on: date | None = None) -> Instrument:
    """The version of `kind` in force on a day (today). Raises LookupError when none is: nothing is decided without a norm."""
    return _in_force(kind, on or clock.today())


@lru_cache(maxsize=64)
def version_of(kind: str, version: str) -> Instrument:
    """One exact version: what an earlier decision was taken under."""
    return Instrument.objects.get(kind=kind, version=version)


def forget() -> None:
    """Called when a version is adopted, so that it holds at once in this process."""
    _in_force.cache_clear()
    version_of.cache_clear()
