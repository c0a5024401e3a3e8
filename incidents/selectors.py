"""What pages, API and PDF read of cases."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from core import clock
from core.errors import Invalid
from ledger.models import Entry
from organisations.actors import Actor

from .models import Access, Incident, IncidentGroupPermission

PAGE = 25
CAP = 1000

# Page ids from `access`, newest first per principal, merged; then the rows by key under the policy.
NEWEST = """
SELECT v.incident_id FROM (
  SELECT DISTINCT x.incident_id, x.filed_at FROM unnest(app_orgs()) o(id), LATERAL (
    SELECT a.incident_id, a.filed_at FROM incidents_access a
     WHERE a.principal = o.id AND (%(at)s::timestamptz IS NULL OR (a.filed_at, a.incident_id) < (%(at)s::timestamptz, %(id)s::bigint))
     ORDER BY a.filed_at DESC, a.incident_id DESC LIMIT %(limit)s) x
  ORDER BY 2 DESC, 1 DESC LIMIT %(limit)s) v
"""
COUNT = """
SELECT count(*) FROM (
  SELECT DISTINCT x.incident_id FROM unnest(app_orgs()) o(id), LATERAL (
    SELECT a.incident_id FROM incidents_access a WHERE a.principal = o.id LIMIT %(limit)s) x LIMIT %(limit)s) v
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is asked for; empty means all."""

    words: str = ""
    sector: str = ""
    country: str = ""
    status: str = ""

    @property
    def filtered(self) -> bool:
        return bool(self.sector or self.country or self.status)


@dataclass(frozen=True, slots=True)
class Page:
    """Some cases, newest first; `next` is the cursor of the page after this one, or empty."""

    incidents: list[Incident]
    next: str


def encode_cursor(incident: Incident) -> str:
    """Where the next page starts."""
    return base64.urlsafe_b64encode(f"{incident.filed_at.isoformat()}|{incident.pk}".encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> tuple[datetime, int]:
    """Raises Invalid when somebody made it up."""
    try:
        at, _, pk = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("|")
        moment = datetime.fromisoformat(at)
        return (moment if timezone.is_aware(moment) else timezone.make_aware(moment)), int(pk)
    except (ValueError, binascii.Error, UnicodeDecodeError) as problem:
        raise Invalid({"cursor": ["This page address is not complete. Start from the first page."]}) from problem


def page_ids(actor: Actor, wanted: Wanted, start: tuple[datetime, int] | None, limit: int) -> list[int]:
    """The numbers of a page's cases."""
    at, pk = start or (None, 0)
    if not wanted.words and wanted.filtered:
        found = Access.objects.filter(principal__in=actor.principal.ids)
        if start:
            found = found.filter(Q(filed_at__lt=at) | Q(filed_at=at, incident_id__lt=pk))
        if wanted.status:
            found = found.filter(incident__status=wanted.status)
        if wanted.sector:
            found = found.filter(incident__victims__sector=wanted.sector)
        if wanted.country:
            found = found.filter(incident__victims__country=wanted.country)
        rows = found.order_by("-filed_at", "-incident_id").values_list("incident_id", "filed_at").distinct()
        return [row[0] for row in rows[:limit]]
    with connection.cursor() as cursor:
        if wanted.words:
            cursor.execute(
                "SELECT incident_search(%s, %s, %s, %s, %s, %s, %s)",
                [wanted.words, wanted.sector, wanted.country, wanted.status, limit, at, pk],
            )
        else:
            cursor.execute(NEWEST, {"at": at, "id": pk, "limit": limit})
        return [row[0] for row in cursor.fetchall()]


def incident_page(actor: Actor, wanted: Wanted | None = None, cursor: str = "", limit: int = PAGE) -> Page:
    """One page of what the actor may see, newest first. Three statements, whatever the number of rows."""
    start = decode_cursor(cursor) if cursor else None
    ids = page_ids(actor, wanted or Wanted(), start, limit + 1)
    rows = list(
        Incident.objects.filter(pk__in=ids).select_related("holder").prefetch_related("victims").defer("search", "summary", "harm")
        .order_by("-filed_at", "-pk")
    )  # fmt: skip
    return Page(rows[:limit], encode_cursor(rows[limit - 1]) if len(rows) > limit else "")


def count_visible() -> int:
    """How many cases the principal may see, counted up to 1,001: more is shown as "1,000+"."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"limit": CAP + 1})
        return int(cursor.fetchone()[0])


def grants_on(incident: Incident) -> list[IncidentGroupPermission]:
    """Who the case is shared with, at which grade, until when, by whom and why."""
    return list(
        IncidentGroupPermission.objects.filter(content_object=incident).filter(Q(until__isnull=True) | Q(until__gt=clock.now()))
        .select_related("permission", "group__role_group__organisation", "granted_by").order_by("granted_at")
    )  # fmt: skip


def activity(incident: Incident, before: int | None = None, limit: int = PAGE) -> list[Entry]:
    """The case's ledger entries, newest first; empty for whoever may see the summary only."""
    return list(Entry.objects.raw("SELECT * FROM incident_activity(%s, %s, %s)", [incident.pk, limit, before]))


def summary_of(incident: Incident) -> dict[str, Any]:
    """A row of a list, as JSON."""
    return {
        "reference": incident.reference,
        "title": incident.title,
        "status": incident.status,
        "mark": incident.mark,
        "holder": incident.holder.slug,
        "filed_at": incident.filed_at,
        "began": {"at": incident.began_at, "precision": incident.began_precision},
        "people": {part: getattr(incident, f"people_{part}") for part in ("min", "best", "max")},
        "sectors": sorted({victim.sector for victim in incident.victims.all()}),
        "countries": sorted({victim.country for victim in incident.victims.all() if victim.country}),
    }
