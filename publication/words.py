"""What codes are called: measures, dimensions, categories, marks, titles."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.charts import number_text
from core.templatetags.norms import TIERS

from .release import ALL, INCIDENTS, SUPPRESSED, UNKNOWN, VICTIMS, Cell

LICENCE = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"

MEASURES: dict[str, Any] = {INCIDENTS: _("Incidents"), VICTIMS: _("People affected")}
DIMENSIONS: dict[str, Any] = {
    "year": _("Year"),
    "sector": _("Sector"),
    "tier": _("Tier of attribution"),
    "region": _("Region"),
    "five_years": _("Five years"),
}
REGIONS: dict[str, Any] = {
    "africa": _("Africa"),
    "americas": _("Americas"),
    "asia": _("Asia"),
    "europe": _("Europe"),
    "oceania": _("Oceania"),
}
COMMON: dict[str, Any] = {
    ALL: pgettext_lazy("row or column that adds the others up", "All"),
    "several": pgettext_lazy("more than one sector or region", "Several"),
    "unknown": _("Not known"),
}
MARKS: dict[str, Any] = {
    SUPPRESSED: _("Suppressed: the number is small, or would give a small one away. It is not zero."),
    "0": _("Zero: no case of this kind was counted."),
    UNKNOWN: _("Not known: there are cases, but nobody knows the number for any of them."),
    "≥": _("At least: the number is not known for every case that is counted here."),
}
TITLES: dict[tuple[str, tuple[str, ...]], Any] = {
    (INCIDENTS, ("year",)): _("Incidents by year"),
    (INCIDENTS, ("sector",)): _("Incidents by sector"),
    (INCIDENTS, ("tier",)): _("Incidents by tier of attribution"),
    (INCIDENTS, ("region",)): _("Incidents by region"),
    (INCIDENTS, ("sector", "year")): _("Incidents by sector and year"),
    (INCIDENTS, ("tier", "year")): _("Incidents by tier of attribution and year"),
    (INCIDENTS, ("region", "five_years")): _("Incidents by region and five years"),
    (VICTIMS, ("year",)): _("People affected by year"),
    (VICTIMS, ("sector",)): _("People affected by sector"),
    (VICTIMS, ("tier",)): _("People affected by tier of attribution"),
    (VICTIMS, ("region",)): _("People affected by region"),
    (VICTIMS, ("sector", "year")): _("People affected by sector and year"),
    (VICTIMS, ("tier", "year")): _("People affected by tier of attribution and year"),
    (VICTIMS, ("region", "five_years")): _("People affected by region and five years"),
}


def table_title(measure: str, dimensions: Sequence[str]) -> str:
    """The title of a table, in the reader's language."""
    found = TITLES.get((measure, tuple(dimensions)))
    return str(found) if found else f"{MEASURES[measure]}: {' × '.join(str(dimension_name(d)) for d in dimensions)}"


def dimension_name(dimension: str) -> str:
    """What a dimension is called."""
    return str(DIMENSIONS.get(dimension, dimension))


def category_name(dimension: str, code: str, sectors: dict[str, str]) -> str:
    """What a category is called; `sectors` are the names of the taxonomy, which live with the release's own words."""
    if code in COMMON:
        return str(COMMON[code])
    if dimension == "region":
        return str(REGIONS.get(code, code))
    if dimension == "sector":
        return gettext(sectors[code]) if code in sectors else code
    if dimension == "tier":
        words = TIERS.get(code.lower())
        return f"{code} {words}" if words else code
    return code


def cell_text(cell: Cell) -> str:
    """A figure as it stands in a file: `[c]`, `[u]`, `0`, `1200` or `≥1200`."""
    if cell.mark:
        return f"[{cell.mark}]"
    return f"≥{cell.value}" if cell.at_least else str(cell.value)


def page_text(cell: Cell) -> str:
    """The same as a page writes it, the number as the reader's language does: `≥1,200`."""
    if cell.value is None:
        return cell_text(cell)
    return f"≥{number_text(cell.value)}" if cell.at_least else number_text(cell.value)
