"""EuRepoC 1.1 CSV, read into our shapes (codebook: EuRepoC Global Database 1.1, Attribution and Receiver data sets).

What the data does, and what becomes of it:

* 83 incidents end before they start: both dates are kept, with a warning.
* Some dates are missing: not known, never a placeholder. A first of January is taken as "year only".
* One attribution id may be exploded into many rows by a cross product (7221: 216 rows): it is one statement.
* Rows without an attribution id become statements of their own.
* "Contested attribution" is a warning on the incident and stays in the statement's words.
* Five sub-scores do not always add up to the coded intensity: kept as coded, with a warning.
* A "receiver country" may be a region or an organisation: then the country is not known, with a warning.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pycountry

from incidents.importing import Recorded

Row = Mapping[str, str]

SECTORS = {
    "Telecommunications": "telecommunications", "Energy": "energy", "Defence industry": "manufacturing", "Finance": "financial",
    "Transportation": "transport", "Health": "health", "Chemicals": "chemical", "Water": "drinking-water", "Food": "food",
    "Space": "space", "Critical Manufacturing": "manufacturing", "Election infrastructure / related systems": "elections",
    "Political parties": "elections",
}  # fmt: skip
CATEGORIES = {
    "State institutions / political system": "public-administration", "International / supranational organization": "public-administration",
    "Media": "media", "Science": "research", "Social groups": "civil-society", "End user(s) / specially protected groups": "civil-society",
}  # fmt: skip
KINDS = [
    ("Attacker confirms", "perpetrator_claim"),
    ("Self-attribution", "perpetrator_claim"),
    ("Anonymous statement", "anonymous_official"),
    ("indictment", "criminal_charge"),
    ("Domestic legal action", "criminal_charge"),
    ("IT-security community", "technical_advisory"),
    ("Technical report", "technical_advisory"),
    ("Media", "relay"),
    ("Receiver attributes", "victim_claim"),
    ("receiver government", "victim_claim"),
]
COUNTRIES = {
    "Russia": "RU", "Iran, Islamic Republic of": "IR", "Korea, Democratic People's Republic of": "KP", "Korea, Republic of": "KR",
    "Turkey": "TR", "Laos": "LA", "Syria": "SY", "Swaziland": "SZ", "Brunei": "BN", "Palestine": "PS", "Czech Republic": "CZ",
    "Congo, the Democratic Republic of the": "CD", "Macao": "MO", "Vietnam": "VN", "Bolivia": "BO", "Tanzania": "TZ", "Moldova, Republic of": "MD",
}  # fmt: skip
SUBSCORES = ("data_theft", "disruption", "hijacking", "physical_effects_spatial", "physical_effects_temporal")
NOT_A_COUNTRY = {"", "Unknown", "Not available"}
SOURCE = "EuRepoC 1.1"


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file; raises OSError or UnicodeDecodeError when it is not one."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def country_code(name: str) -> str:
    """ISO 3166 alpha-2, or empty when the name is no country."""
    if name in COUNTRIES:
        return COUNTRIES[name]
    found = (
        pycountry.countries.get(name=name)
        or pycountry.countries.get(common_name=name)
        or pycountry.countries.get(official_name=name)
    )
    if found is None and name:
        base = name.partition(",")[0].partition(" (")[0]
        found = pycountry.countries.get(name=base) if "(region)" not in name else None
    return str(found.alpha_2) if found else ""


def moment(date: str) -> dict[str, Any]:
    """A day; a first of January stands for "some time in that year"; nothing is not known."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", date):
        return {"at": None, "precision": "unknown"}
    return {"at": f"{date}T00:00:00+00:00", "precision": "year" if date.endswith("-01-01") else "day"}


def sector_of(row: Row) -> str:
    """Our sector of a receiver row; the subcode says more than the category."""
    return (
        SECTORS.get(row["receiver_category_subcode"])
        or CATEGORIES.get(row["receiver_category"].partition(" (")[0])
        or "other"
    )


def victims_of(rows: Iterable[Row], warnings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sectors and countries hit."""
    victims = []
    for row in rows:
        name = row["receiver_country"]
        code = country_code(name)
        if not code and name not in NOT_A_COUNTRY:
            warnings.append({"code": "not_a_country", "name": name})
        victims.append({"sector": sector_of(row), "country": code})
    return victims


def kind_of(row: Row) -> str:
    """Our kind of statement; the type outranks the basis, and an unclear one is an own assessment without stated base."""
    for text in (row["attribution_type"], row["attribution_basis"]):
        for words, kind in KINDS:
            if words.lower() in text.lower():
                return kind
    return "own_assessment"


def distinct(rows: Sequence[Row], column: str) -> list[str]:
    """The different values of a column, in order of appearance."""
    return list(dict.fromkeys(row[column] for row in rows if row[column]))


def statement_of(rows: Sequence[Row], reference: str) -> dict[str, Any]:
    """One statement from all rows of one attribution id."""
    first = rows[0]
    speakers = (
        distinct(rows, "attributing_actor")
        + distinct(rows, "attribution_it_company")
        + distinct(rows, "attributing_country")
    )
    dates = distinct(rows, "attribution_date")
    bases = distinct(rows, "attribution_basis")
    return {
        "kind": kind_of(first),
        "said_by": "; ".join(dict.fromkeys(speakers))[:200] or "; ".join(bases)[:200] or "not known",
        "said": moment(dates[0] if dates else ""),
        "names": distinct(rows, "attributed_initiator_country") + distinct(rows, "attributed_initiator"),
        "wording": "; ".join(bases + distinct(rows, "attribution_type")),
        "source": SOURCE,
        "external_reference": reference,
    }


def statements_of(rows: Sequence[Row], warnings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each attribution id once, each row without an id by itself."""
    by_id: dict[str, list[Row]] = defaultdict(list)
    statements = []
    for place, row in enumerate(rows):
        if row["attribution_ID"]:
            by_id[row["attribution_ID"]].append(row)
        else:
            statements.append(statement_of([row], f"eurepoc:{row['incident_ID']}:row-{place}"))
            warnings.append({"code": "attribution_without_id", "row": place})
    for number, exploded in by_id.items():
        reference = f"eurepoc:attribution:{number.removesuffix('.0')}"
        statements.append(statement_of(exploded, reference))
        if len(exploded) > 1:
            warnings.append({"code": "attribution_exploded", "id": number, "rows": len(exploded)})
        if len(distinct(exploded, "attribution_date")) > 1:
            warnings.append(
                {"code": "attribution_dates_differ", "id": number, "dates": distinct(exploded, "attribution_date")}
            )
    if any(row["attribution_basis"] == "Contested attribution" for row in rows):
        warnings.append({"code": "contested_attribution"})
    return statements


def intensity_warning(row: Row) -> list[dict[str, Any]]:
    """A warning when the sub-scores do not give the coded sum; the coded value is kept as imported."""
    coded = row["unweighted_cyber_intensity"]
    points = sum(int(found[1]) for column in SUBSCORES if (found := re.search(r"scores (\d)", row[column])))
    if coded and points != int(float(coded)):
        return [{"code": "intensity_sum", "coded": coded, "sum": points}]
    return []


def incidents(database: Iterable[Row], attributions: Iterable[Row], receivers: Iterable[Row]) -> Iterator[Recorded]:
    """Every incident of the data set, in its order."""
    said: dict[str, list[Row]] = defaultdict(list)
    hit: dict[str, list[Row]] = defaultdict(list)
    for row in attributions:
        said[row["incident_ID"]].append(row)
    for row in receivers:
        hit[row["ID"]].append(row)
    for row in database:
        warnings = intensity_warning(row)
        if not row["start_date"]:
            warnings.append({"code": "no_start_date"})
        facts = {
            "title": row["name"] or f"EuRepoC {row['ID']}",
            "summary": row["description"] or row["name"] or f"EuRepoC {row['ID']}",
            "mark": "TLP:CLEAR",
            "began": moment(row["start_date"]),
            "ended": moment(row["end_date"]),
            "victims": victims_of(hit[row["ID"]], warnings),
        }
        statements = statements_of(said[row["ID"]], warnings)
        yield Recorded(f"eurepoc:{row['ID']}", facts, statements, warnings)
