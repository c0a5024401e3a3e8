"""Rows as canonical JSON: what the database shows the person who asks, without keys, digests and places in the store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import rfc8785
from django.apps import apps
from django.db import connection, models

from incidents.models import Incident
from ledger.hashing import moment
from organisations.models import Organisation

BATCH = 1000
# Secrets and what only means something inside this platform.
LEFT_OUT = ("digest", "secret", "password", "path", "search", "salt", "ciphertext", "private")
# Sealed content leaves only through its custodians; a permission book and work under way are no holdings.
NOT_HELD = {
    "evidence.seal", "evidence.sealedfile", "evidence.share", "evidence.releasedshare", "evidence.pendingupload", "incidents.access",
    "incidents.draft", "documents.job", "organisations.submission", "organisations.apitoken",
}  # fmt: skip


def plain(value: Any) -> Any:
    """A value as JSON keeps it for ever: numbers above 2^53, dates and times as text."""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    if isinstance(value, float):
        return value
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return str(value)


def kept(field: models.Field[Any, Any]) -> bool:
    """Whether a field goes along."""
    words = field.attname.split("_")
    return not isinstance(field, models.BinaryField) and not any(part in LEFT_OUT for part in words)


def as_data(row: models.Model) -> dict[str, Any]:
    """A row, column by column."""
    return {field.attname: plain(getattr(row, field.attname)) for field in row._meta.concrete_fields if kept(field)}


def line(value: dict[str, Any]) -> bytes:
    """Canonical JSON (RFC 8785) and the end of the line."""
    return bytes(rfc8785.dumps(value)) + b"\n"


def readable() -> set[str]:
    """Tables the application may read at all: some belong to functions alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
            " AND has_table_privilege(c.oid, 'SELECT')"
        )
        return {name for (name,) in cursor.fetchall()}


def tied(name: str, to: type[models.Model]) -> list[type[models.Model]]:
    """Every model with a foreign key of this name to `to`, by label."""
    tables = readable()
    found = [
        model
        for model in apps.get_models()
        if model._meta.label_lower not in NOT_HELD
        and model._meta.db_table in tables
        and any(field.name == name and field.related_model is to for field in model._meta.concrete_fields)
    ]
    return sorted(found, key=lambda model: model._meta.label_lower)


def tables_of_cases() -> list[str]:
    """The case itself, then everything that hangs on it."""
    return ["incidents.incident", *(model._meta.label_lower for model in tied("incident", Incident))]


def tables_of_house() -> list[str]:
    """The organisation's own records that hang on no case: members, labels, requests, its ledger and who looked."""
    on_cases = {*tables_of_cases(), "keeping.houseexport", "keeping.exportpart"}
    own = [model._meta.label_lower for model in tied("organisation", Organisation)]
    return [
        "organisations.organisation", "organisations.user", *(name for name in own if name not in on_cases),
        "ledger.entry", "ledger.look",
    ]  # fmt: skip


def chosen(name: str, house: Organisation, incidents: list[Incident]) -> models.QuerySet[Any]:
    """The rows of a table that belong to the part."""
    model: Any = apps.get_model(name)
    if name == "incidents.incident":
        return model.objects.filter(pk__in=[one.pk for one in incidents])  # type: ignore[no-any-return]
    if incidents:
        return model._default_manager.filter(incident__in=[one.pk for one in incidents])  # type: ignore[no-any-return]
    match name:
        case "organisations.organisation":
            return model.objects.filter(pk=house.pk)  # type: ignore[no-any-return]
        case "organisations.user":
            return model.objects.filter(memberships__organisation=house).distinct()  # type: ignore[no-any-return]
        case "ledger.entry":
            return model.objects.filter(organisation_id=house.pk)  # type: ignore[no-any-return]
        case "ledger.look":
            hidden = Incident.objects.filter(blind=True).values("pk")
            own = models.Q(organisation_id=house.pk) | models.Q(holder_id=house.pk)
            return model.objects.filter(own).exclude(root_id__in=hidden)  # type: ignore[no-any-return]
    return model._default_manager.filter(organisation=house)  # type: ignore[no-any-return]


def rows_of(name: str, house: Organisation, incidents: list[Incident]) -> Iterator[bytes]:
    """The rows as lines, in the order of their numbers."""
    for row in chosen(name, house, incidents).order_by("pk").iterator(BATCH):
        yield line(as_data(row))
