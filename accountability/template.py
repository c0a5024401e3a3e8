"""The template of a review, as the instrument in force says it: which sections, in which order, filled from where."""

from dataclasses import dataclass

from django.utils.translation import gettext

from instruments.models import Instrument
from instruments.selectors import in_force, version_of


@dataclass(frozen=True, slots=True)
class SectionSpec:
    """One section of the template."""

    code: str
    title: str
    annex: bool
    by_people: bool  # nothing in the record fills it: people write it


def specs(version: str = "") -> list[SectionSpec]:
    """Sections of a version, or of the one in force."""
    kind = Instrument.Kind.REVIEW_TEMPLATE
    instrument = version_of(kind, version) if version else in_force(kind)
    return [
        SectionSpec(s["code"], gettext(s["title"]), bool(s["annex"]), not s["filled_from"])
        for s in instrument.content["sections"]
    ]


def version_in_force() -> str:
    """The version a review asked for today is built by."""
    return in_force(Instrument.Kind.REVIEW_TEMPLATE).version


def opens_within_days(version: str) -> int:
    """R4.5."""
    return int(version_of(Instrument.Kind.REVIEW_TEMPLATE, version).content["opens_within_days"])
