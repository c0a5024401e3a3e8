"""Incidents in bulk: made up, the same for the same number, shaped like a real platform's (many small tenants, few large).

Written as the definer role, below the policies and through the tables' own triggers where they are cheap; what the
triggers would compute grant by grant (audiences, access) is computed once for all. Afterwards the book of grants and the
access rows are proven equal by the same function that proves them for real data.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import Group
from django.db import connections, transaction

from core.tenancy import Principal, acting_as
from organisations.models import Membership, Organisation, RoleGroup, User
from organisations.roles import Role

SINCE = datetime(2016, 1, 1, tzinfo=UTC)
EPOCH_DAYS = 10 * 365

# Words of the summaries: rare, medium and common ones, so that search meets each.
WORDS = [
    "hospital",
    "substation",
    "registry",
    "pipeline",
    "ministry",
    "railway",
    "clinic",
    "exchange",
    "harbour",
    "refinery",
]
RARE, MEDIUM, COMMON = "zugzwang", "substation", "outage"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody the benchmark asks as: how many cases they may see, through how many organisations."""

    name: str
    sees: float
    organisations: int = 1


# Shares of all incidents, as in the targets: nothing, three, 5,000, 12,000, 270,000, 58,000 in 5, 376,000 in 30.
READERS = [
    Reader("sees nothing", 0),
    Reader("sees 3", 0),
    Reader("sees 0.5 %", 0.005),
    Reader("sees 1.2 %", 0.012),
    Reader("sees 27 %", 0.27),
    Reader("sees 5.8 % in 5 organisations", 0.058, 5),
    Reader("sees 37.6 % in 30 organisations", 0.376, 30),
]
SMALL_HOUSES = 160

# The reader the pages over HTTP are measured as.
MEASURED = "sees 0.5 %"

Say = Callable[[str], None]


def found(slug: str, name: str) -> Organisation:
    """An organisation with its groups and one analyst, made once."""
    organisation, made = Organisation.objects.using("owner").get_or_create(
        slug=slug, defaults={"name": name, "kind": "state"}
    )
    if made:
        for role in ["", *Role.values]:
            group = Group.objects.using("owner").create(name=f"{slug}:{role or 'everyone'}")
            number = {} if role else {"principal": organisation.pk}
            RoleGroup.objects.using("owner").create(group=group, organisation=organisation, role=role, **number)
    return organisation


def readers() -> dict[str, Principal]:
    """Every reader of READERS as a principal; `ids` hold all of their organisations."""
    people = {}
    for index, reader in enumerate(READERS):
        houses = [found(f"bench-{index}-{n}", f"Reader {index} house {n}") for n in range(reader.organisations)]
        email = f"reader{index}@bench.invalid"
        user = User.objects.using("owner").filter(email=email).first()
        if user is None:
            user = User(email=email, name=reader.name)
            user.set_unusable_password()
            user.save(using="owner")
            with acting_as(Principal(user.pk, houses[0].pk)), transaction.atomic():
                Membership.objects.create(user_id=user.pk, organisation_id=houses[0].pk, roles=[Role.ANALYST])
        people[reader.name] = Principal(user.pk, houses[0].pk, tuple(house.pk for house in houses[1:]))
    return people


def principal_of(name: str) -> Principal:
    """One reader of an already seeded database."""
    user = User.objects.get(email=f"reader{[reader.name for reader in READERS].index(name)}@bench.invalid")
    with acting_as(Principal(user.pk)), transaction.atomic():
        return Principal(user.pk, Membership.objects.get(user=user).organisation_id)


def seed(incidents: int, say: Say) -> None:
    """Adds `incidents` made-up incidents with about two shares each; minutes for a million."""
    started = time.monotonic()
    people = readers()
    houses = [found(f"bench-house-{n:03}", f"Synthetic house {n}") for n in range(SMALL_HOUSES)]
    author = next(iter(people.values())).user_id
    shares = share_plan(people)
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SET LOCAL ROLE norms_definer")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute("SET LOCAL synchronous_commit = off")
        number: dict[str, Any] = {
            "n": incidents,
            "author": author,
            "houses": [house.pk for house in houses],
            "since": SINCE,
            "days": EPOCH_DAYS,
            "words": WORDS,
            "rare": RARE,
            "common": COMMON,
        }
        cursor.execute(FILING, number)
        say(f"{incidents:,} incidents filed after {time.monotonic() - started:.0f} s")
        cursor.execute(VICTIMS)
        say(f"victims added after {time.monotonic() - started:.0f} s")
        cursor.execute("RESET ROLE")
        without_triggers(cursor, shares, author, say, started)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "VACUUM (ANALYZE) incidents_incident, incidents_access, incidents_victim, incidents_incidentgrouppermission"
        )
    say(f"done after {time.monotonic() - started:.0f} s")


def share_plan(people: dict[str, Principal]) -> list[tuple[int, float, int]]:
    """(principal, share of incidents, offset): which cases each reader's houses are granted."""
    plan = []
    for index, reader in enumerate(READERS):
        principal = people[reader.name]
        houses = [principal.organisation_id or 0, *principal.role_ids]
        plan += [(house, reader.sees / len(houses), index * 7919 + n * 104_729) for n, house in enumerate(houses)]
    return plan


FILING = """
INSERT INTO incidents_incident (reference, holder_id, filed_by_id, filed_at, changed_at, version, status, mark, is_exercise, title, summary, harm,
    first_access_precision, began_at, began_precision, detected_precision, ended_precision, people_best, people_source, external_reference, warnings)
SELECT 'INC-' || extract(year FROM at) || '-' || lpad(n::text, 8, '0'), (%(houses)s::int[])[1 + n %% array_length(%(houses)s::int[], 1)], %(author)s,
       at, at, 1, 'open', 'TLP:AMBER', false,
       initcap(word) || ' ' || n || ' disrupted',
       'Synthetic case ' || n || ' at a ' || word || '. ' || CASE WHEN n %% 2 = 0 THEN %(common)s || ' of several hours. ' ELSE '' END
         || CASE WHEN n %% 50000 = 7 THEN %(rare)s || '. ' ELSE '' END || repeat('Staff kept paper records. ', 1 + n %% 5), '',
       'unknown', at - interval '2 days', 'day', 'unknown', 'unknown', 100 + n %% 90000, '', '', '[]'
  FROM (SELECT n, (%(words)s::text[])[1 + (n * 7) %% array_length(%(words)s::text[], 1)] AS word,
               %(since)s::timestamptz + ((n::bigint * 2654435761) %% (%(days)s::bigint * 86400)) * interval '1 second' AS at
          FROM generate_series(1, %(n)s) n) made
ON CONFLICT (reference) DO NOTHING
"""
VICTIMS = """
INSERT INTO incidents_victim (incident_id, sector, country)
SELECT id, (ARRAY['health', 'energy', 'transport', 'water', 'public_administration'])[1 + id % 5], (ARRAY['FR', 'KE', 'CR', 'UA', 'AL'])[1 + id % 5]
  FROM incidents_incident WHERE people_source = '' AND summary LIKE 'Synthetic case %'
ON CONFLICT DO NOTHING
"""
GRANTS = """
INSERT INTO incidents_incidentgrouppermission (group_id, permission_id, content_object_id, principal, holder_principal, granted_by_id, reason)
SELECT r.group_id, p.id, i.id, r.principal, i.holder_id, %(author)s, 'synthetic'
  FROM incidents_incident i
  JOIN organisations_rolegroup r ON r.principal = %(house)s
  JOIN auth_permission p ON p.codename = 'grade_evidence'
 WHERE i.summary LIKE 'Synthetic case %%' AND (('x' || substr(md5(i.id::text || '/' || %(offset)s), 1, 8))::bit(32)::bigint) < %(limit)s
ON CONFLICT DO NOTHING
"""
TWO_EACH = """
INSERT INTO incidents_incidentgrouppermission (group_id, permission_id, content_object_id, principal, holder_principal, granted_by_id, reason)
SELECT r.group_id, p.id, i.id, r.principal, i.holder_id, %(author)s, 'synthetic'
  FROM incidents_incident i
  JOIN LATERAL (SELECT group_id, principal FROM organisations_rolegroup
                 WHERE principal = (%(houses)s::int[])[1 + (i.id * 31 + 17) %% array_length(%(houses)s::int[], 1)]) r ON r.principal <> i.holder_id
  JOIN auth_permission p ON p.codename = 'grade_evidence'
 WHERE i.summary LIKE 'Synthetic case %%'
ON CONFLICT DO NOTHING
"""
THREE = """
INSERT INTO incidents_incidentgrouppermission (group_id, permission_id, content_object_id, principal, holder_principal, granted_by_id, reason)
SELECT r.group_id, p.id, i.id, r.principal, i.holder_id, %(author)s, 'synthetic'
  FROM (SELECT id, holder_id FROM incidents_incident WHERE summary LIKE 'Synthetic case %%' ORDER BY id LIMIT 3) i
  JOIN organisations_rolegroup r ON r.principal = %(house)s
  JOIN auth_permission p ON p.codename = 'grade_evidence'
ON CONFLICT DO NOTHING
"""
ACCESS = """
INSERT INTO incidents_access (principal, incident_id, grade, filed_at)
SELECT g.principal, i.id, 20, i.filed_at FROM incidents_incidentgrouppermission g JOIN incidents_incident i ON i.id = g.content_object_id
 WHERE g.reason = 'synthetic' ON CONFLICT DO NOTHING
"""
AUDIENCE = """
UPDATE {table} t SET audience = a.everyone {evidence}
  FROM (SELECT incident_id, array_agg(principal ORDER BY principal) AS everyone FROM incidents_access GROUP BY incident_id) a
 WHERE a.incident_id = t.{key} AND t.audience IS DISTINCT FROM a.everyone
"""
BOOK = "incidents_incidentgrouppermission"


def without_triggers(
    cursor: object, shares: list[tuple[int, float, int]], author: int, say: Say, started: float
) -> None:
    """Writes the grants, then access and audiences once for all of them."""
    run = cursor.execute  # type: ignore[attr-defined]
    run(f"ALTER TABLE {BOOK} DISABLE TRIGGER USER")
    run("SET LOCAL ROLE norms_definer")
    run(TWO_EACH, {"author": author, "houses": houses_of(run, cursor)})
    for house, share, offset in shares:
        if share:
            run(GRANTS, {"author": author, "house": house, "offset": offset, "limit": int(share * 2**32)})
    run(THREE, {"author": author, "house": shares[1][0]})
    say(f"grants written after {time.monotonic() - started:.0f} s")
    run(ACCESS)
    say(f"access written after {time.monotonic() - started:.0f} s")
    for table, key, evidence in (
        ("incidents_incident", "id", ", evidence_audience = a.everyone"),
        ("incidents_victim", "incident_id", ""),
    ):
        run(AUDIENCE.format(table=table, key=key, evidence=evidence))
    say(f"audiences written after {time.monotonic() - started:.0f} s")
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("RESET ROLE")
    run(f"ALTER TABLE {BOOK} ENABLE TRIGGER USER")


def houses_of(run: Callable[..., object], cursor: object) -> list[int]:
    """Principals of the small houses."""
    run("SELECT array_agg(id ORDER BY id) FROM organisations_organisation WHERE slug LIKE 'bench-house-%%'", [])
    return list(cursor.fetchone()[0])  # type: ignore[attr-defined]


def seeded() -> int:
    """How many made-up incidents there are already."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SET LOCAL ROLE norms_definer")
        cursor.execute(
            "SELECT count(*) FROM incidents_incident WHERE people_source = '' AND summary LIKE 'Synthetic case %'"
        )
        return int(cursor.fetchone()[0])
