"""What pages, API and PDF read of cases."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils import timezone

from core import clock
from core.errors import Invalid
from ledger.models import Entry
from organisations.actors import Actor

from .blind import hide_holders
from .models import (
    Access,
    Draft,
    Incident,
    IncidentGroupPermission,
    IncidentLink,
    IncidentUserPermission,
    MarkChange,
    PastGrant,
    Victim,
)

PAGE = 25
CAP = 1000

# Page ids from `access`, newest first per principal, merged; then the rows by key under the policy. What has ended is not
# asked about: the policies hide it by its date (docs/explanation/tenancy.md).
NEWEST = """
SELECT v.incident_id FROM (
  SELECT DISTINCT x.incident_id, x.filed_at FROM unnest(app_orgs()) o(id), LATERAL (
    SELECT DISTINCT a.incident_id, a.filed_at FROM incidents_access a
     WHERE a.principal = o.id
       AND (%s::timestamptz IS NULL OR (a.filed_at, a.incident_id) < (%s::timestamptz, %s::bigint))
     ORDER BY a.filed_at DESC, a.incident_id DESC LIMIT %s) x
  ORDER BY 2 DESC, 1 DESC LIMIT %s) v
"""
COUNT = """
SELECT count(*) FROM (
  SELECT DISTINCT x.incident_id FROM unnest(app_orgs()) o(id), LATERAL (
    SELECT DISTINCT a.filed_at, a.incident_id FROM incidents_access a
     WHERE a.principal = o.id
     ORDER BY a.filed_at DESC, a.incident_id DESC LIMIT %(limit)s) x LIMIT %(limit)s) v
"""

SEARCH = "SELECT s.id FROM incident_search(%s, %s, %s, %s, %s, %s, %s) AS s(id)"

LABELLED = "SELECT l.incident_id FROM (FOUND) f JOIN incidents_labelon l ON l.incident_id = f.id AND l.label_id = %s"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is asked for; empty means all."""

    words: str = ""
    sector: str = ""
    country: str = ""
    status: str = ""
    label: str = ""

    @property
    def filtered(self) -> bool:
        return bool(self.sector or self.country or self.status or self.label)


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
        aware = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
        if not 0 <= int(pk) < 2**63:
            raise ValueError(pk)
        return aware.astimezone(UTC), int(pk)
    except (ValueError, OverflowError, binascii.Error, UnicodeDecodeError) as problem:
        raise Invalid({"cursor": ["This page address is not complete. Start from the first page."]}) from problem


def on_page(actor: Actor, wanted: Wanted, start: tuple[datetime, int] | None, limit: int) -> Q | RawSQL:
    """The condition that picks a page's cases: numbers found first, rows then read by key, in one statement."""
    at, pk = start or (None, 0)
    if wanted.words:
        found = SEARCH
        params: list[Any] = [wanted.words, wanted.sector, wanted.country, wanted.status, limit, at, pk]
    elif wanted.filtered:
        return Q(pk__in=filtered_ids(actor, wanted, start, limit))
    else:
        found, params = NEWEST, [at, at, pk, limit, limit]
    if wanted.words and wanted.label:
        params[4] = CAP + 1  # the words find first; what carries the label is picked out of them
        found = LABELLED.replace("FOUND", found)
        params.append(int(wanted.label))
    # An array and not `IN`: the planner then reads rows by key instead of guessing how many there are.
    return RawSQL(f"incidents_incident.id = ANY (ARRAY({found}))", params, output_field=BooleanField())  # noqa: S611


def filtered_ids(actor: Actor, wanted: Wanted, start: tuple[datetime, int] | None, limit: int) -> list[int]:
    """The numbers of the newest cases that fit the filters."""
    found = Access.objects.filter(Q(until__isnull=True) | Q(until__gt=clock.now()), principal__in=actor.principal.ids)
    if start:
        found = found.filter(Q(filed_at__lt=start[0]) | Q(filed_at=start[0], incident_id__lt=start[1]))
    if wanted.status:
        found = found.filter(incident__status=wanted.status)
    if wanted.sector:
        found = found.filter(incident__victims__sector=wanted.sector)
    if wanted.country:
        found = found.filter(incident__victims__country=wanted.country)
    if wanted.label:
        found = found.filter(incident__labels__label=int(wanted.label))
    rows = found.order_by("-filed_at", "-incident_id").values_list("incident_id", "filed_at").distinct()
    return [row[0] for row in rows[:limit]]


def incident_page(
    actor: Actor, wanted: Wanted | None = None, cursor: str = "", limit: int = PAGE, *, with_victims: bool = True
) -> Page:
    """One page of what the actor may see, newest first. Two statements at most (one without victims), whatever the number of rows."""
    start = decode_cursor(cursor) if cursor else None
    found = Incident.objects.filter(on_page(actor, wanted or Wanted(), start, limit + 1))
    found = found.select_related("holder").defer("search", "summary", "harm").order_by("-filed_at", "-pk")
    rows = list(found.prefetch_related("victims") if with_victims else found)
    hide_holders(actor, rows[:limit])
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


def personal_grants_on(incident: Incident) -> list[IncidentUserPermission]:
    """The exceptions: grants to persons by name."""
    return list(
        IncidentUserPermission.objects.filter(content_object=incident).filter(Q(until__isnull=True) | Q(until__gt=clock.now()))
        .select_related("permission", "user", "granted_by").order_by("granted_at")
    )  # fmt: skip


def past_grants_of(incident: Incident, limit: int = 100) -> list[PastGrant]:
    """Shares of the case that are over, the last first: with whom, how much, how it ended."""
    found = PastGrant.objects.filter(incident=incident).select_related(
        "group__role_group__organisation", "user", "organisation", "ended_by"
    )
    return list(found.order_by("-ended_at", "-pk")[:limit])


def activity(incident: Incident, before: int | None = None, limit: int = PAGE, verb: str = "") -> list[Entry]:
    """The case's ledger entries, newest first; empty for whoever may see the summary only."""
    return list(
        Entry.objects.raw("SELECT * FROM incident_activity(%s, %s, %s, %s)", [incident.pk, limit, before, verb])
    )


def last_change(incident: Incident) -> Entry | None:
    """Who changed the facts last; None when nobody has since it was filed."""
    return next(iter(activity(incident, limit=1, verb="incident.edited")), None)


def mark_changes(incident: Incident, label: str = "") -> list[MarkChange]:
    """How the marks of the case, or of one of its items, were changed, the newest first; empty for readers of the summary."""
    rows = MarkChange.objects.filter(incident=incident, label=label).select_related("organisation", "changed_by")
    return list(rows[:100])


def drafts_of(actor: Actor) -> list[Draft]:
    """The actor's own filings that are not sent, the last saved first."""
    return list(
        Draft.objects.filter(author=actor.user, organisation=actor.organisation, incident__isnull=True).order_by(
            "-saved_at"
        )[:100]
    )


SIMILAR_WITHIN = timedelta(days=14)


def similar_incidents(actor: Actor, facts: Mapping[str, Any], limit: int = 5) -> list[Incident]:
    """Cases in the actor's world that hit the same sector in the same country within 14 days: perhaps the same event.

    `facts` are checked facts. When nothing says when it happened, the day of filing counts.
    """
    pairs = [(row["sector"], row["country"]) for row in facts.get("victims") or [] if row["country"]]
    if not pairs:
        return []
    known = [
        facts[name]["at"] for name in ("began", "first_access", "detected") if facts.get(name) and facts[name]["at"]
    ]
    at = datetime.fromisoformat(known[0]) if known else clock.now()
    same = Q()
    for sector, country in pairs:
        same |= Q(sector=sector, country=country)
    happened = Coalesce("began_at", "first_access_at", "detected_at", "filed_at")
    found = list(
        Incident.objects.visible_to(actor).alias(happened=happened)
        .filter(pk__in=Victim.objects.filter(same).values("incident_id"))
        .filter(happened__gte=at - SIMILAR_WITHIN, happened__lte=at + SIMILAR_WITHIN)
        .select_related("holder").defer("search", "summary", "harm").order_by("-filed_at", "-pk")[:limit]
    )  # fmt: skip
    hide_holders(actor, found)
    return found


def linked_to(incident: Incident) -> list[IncidentLink]:
    """Links from and to this case whose other end the reader may see; a hidden end is not even counted."""
    links = IncidentLink.objects.filter(Q(incident=incident) | Q(other=incident)).select_related("incident", "other")
    return list(links.defer("incident__search", "other__search").order_by("pk"))


def summary_of(incident: Incident) -> dict[str, Any]:
    """A row of a list, as JSON."""
    return {
        "reference": incident.reference,
        "title": incident.title,
        "status": incident.status,
        "mark": incident.mark,
        "pap": incident.pap,
        "holder": incident.holder.slug,
        "filed_at": incident.filed_at,
        "began": {"at": incident.began_at, "precision": incident.began_precision},
        "people": {part: getattr(incident, f"people_{part}") for part in ("min", "best", "max")},
        "sectors": sorted({victim.sector for victim in incident.victims.all()}),
        "countries": sorted({victim.country for victim in incident.victims.all() if victim.country}),
    }
