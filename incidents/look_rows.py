"""Looks as rows for people and for programs, and where the next page of them begins."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from ledger.models import Look
from organisations.models import Organisation, User

from .looks import Place
from .models import Incident


def place_in(said: str) -> Place:
    """The last row of the page before: where this one goes on; a place somebody made up is the first page."""
    at, _comma, pk = said.partition(",")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, int(pk)) if timezone.is_aware(moment) and 0 < int(pk) < 2**63 else None
    except ValueError:
        return None


def look_rows(found: Iterable[Look], house: int | None = None) -> list[dict[str, Any]]:
    """Looks in words. Three statements, whatever their number.

    With `house` no case is open whose veil would cover names: at a case that is worked on without names, those of other
    organisations are left out.
    """
    found = list(found)
    users = User.objects.in_bulk({look.actor_id for look in found} | {look.as_person_id or 0 for look in found})
    houses = Organisation.objects.in_bulk(
        {look.organisation_id for look in found} | {look.as_organisation_id or 0 for look in found}
    )
    rows = Incident.objects.filter(pk__in={look.root_id for look in found}).values_list("pk", "reference", "blind")
    cases = {pk: reference for pk, reference, _blind in rows}
    veiled = {pk for pk, _reference, blind in rows if blind} if house is not None else set()
    covered = {look.pk for look in found if look.root_id in veiled and look.organisation_id != house}
    covered_as = {look.pk for look in found if look.root_id in veiled and look.as_organisation_id != house}
    return [
        {
            "at": look.at,
            "person": None if look.pk in covered else users.get(look.actor_id),
            "organisation": None if look.pk in covered else houses.get(look.organisation_id),
            "preview": look.as_organisation_id is not None,
            "as_organisation": None if look.pk in covered_as else houses.get(look.as_organisation_id or 0),
            "as_person": None if look.pk in covered_as else users.get(look.as_person_id or 0),
            "as_roles": look.as_roles.split(),
            "act": look.get_act_display(),
            "door": look.get_door_display(),
            "case": cases.get(look.root_id, ""),
            "what": look.what,
            "subject": look.subject,
            "codes": (look.act, look.door),
        }
        for look in found
    ]


def plain_rows(found: Iterable[Look], house: int | None = None) -> list[dict[str, str]]:
    """Looks as a program reads them: codes and not words."""
    return [
        {
            "at": row["at"].isoformat(), "person": str(row["person"] or ""), "organisation": str(row["organisation"] or ""),
            "act": row["codes"][0], "door": row["codes"][1], "case": row["case"], "what": row["what"], "subject": row["subject"],
            "preview": "yes" if row["preview"] else "", "as_organisation": str(row["as_organisation"] or ""),
            "as_person": str(row["as_person"] or ""), "as_roles": " ".join(row["as_roles"]),
        }
        for row in look_rows(found, house)
    ]  # fmt: skip
