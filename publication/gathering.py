"""The cases as they may be counted: the one place where figures meet live records.

The database hands them out (migration 0002): pseudonymous, without reference, date or country, to a publisher of the
secretariat alone, embargo and exclusions already applied. They live as long as the counting and are stored nowhere.
"""

from collections.abc import Iterator
from datetime import date

from django.db import connection

from instruments.models import Instrument
from instruments.selectors import in_force

from .disclosure import Record

# The keys are keyed hashes already, under a secret that never leaves the database.
RECORD_KEY_LABEL = b"norms-platform.publication"
SEVERAL = "several"
REGIONS = ("africa", "americas", "asia", "europe", "oceania")
TIERS = ("T0", "T1", "T2", "T3", "T4")


def sector_codes() -> list[str]:
    """The sectors of the taxonomy in force. A code from anywhere else never becomes the name of a published row."""
    return [str(sector["code"]) for sector in in_force(Instrument.Kind.SERVICE_TAXONOMY).content["sectors"]]


def categories() -> dict[str, list[str]]:
    """What is listed even where nothing was counted, in this order."""
    return {
        "sector": [*sector_codes(), SEVERAL],
        "region": [*REGIONS, SEVERAL],
        "tier": list(TIERS),
    }


def records(on: date, rules_version: str) -> Iterator[Record]:
    """Every case that may be counted on this day. Raises a database error for anyone but a publisher of the secretariat."""
    known = {*sector_codes(), SEVERAL}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record_key, tenant, year, sector, region, tier, victims FROM publication_records(%s, %s)",
            [on, rules_version],
        )
        for key, tenant, year, sector, region, tier, victims in cursor:
            yield Record(
                key=key,
                tenants=frozenset({str(tenant)}),
                opened_on=on,
                closed=True,  # the function hands out only what is closed or past the embargo
                year=year,
                sector=sector if sector in known else "",
                region=region,
                tier=tier,
                victims=victims,
            )
