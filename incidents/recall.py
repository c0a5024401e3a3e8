"""Shares of evidence with organisations that are not accredited now: listed, told, and ended by their holder (AT-09)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.urls import reverse

from accreditation.models import Standing
from accreditation.selectors import accredited_now
from core import clock
from core.errors import NotFound
from ledger.services import record
from notifications.services import tell
from organisations.actors import Actor
from organisations.models import Organisation
from organisations.roles import Action, Grade

from .models import IncidentGroupPermission, IncidentUserPermission

AT_ONCE = 500
EVIDENCE_CODES = [f"grade_{grade.name.lower()}" for grade in Grade if Grade.EVIDENCE <= grade < Grade.HOLD]


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A share to recall: of which case, with whom, and since when its reader is not accredited (None: never was)."""

    grant: IncidentGroupPermission
    organisation: Organisation
    since: datetime | None

    @property
    def given_before(self) -> bool:
        """Given before accreditation was required."""
        return not self.grant.standard


def lapsed_shares(actor: Actor, limit: int = 200) -> list[Lapsed]:
    """The shares the actor's organisation has to think about, by organisation; for whoever may share cases."""
    actor.require(Action.SHARE)
    now = clock.now()
    since = {row.organisation_id: row.until for row in Standing.objects.filter(until__lte=now)}
    found = (
        IncidentGroupPermission.objects.filter(
            holder_principal=actor.organisation.pk, permission__codename__in=EVIDENCE_CODES
        )
        .exclude(group__role_group__organisation_id__in=accredited_now())
        .exclude(until__lte=now)
        .select_related("permission", "content_object", "group__role_group__organisation", "granted_by")
        .order_by("group__role_group__organisation__name", "-granted_at")[:limit]
    )
    return [
        Lapsed(each, each.group.role_group.organisation, since.get(each.group.role_group.organisation_id))
        for each in found
    ]


@transaction.atomic
def recall_shares(*, actor: Actor, organisation: Organisation) -> int:
    """Ends every share of evidence the actor's organisation has given to one that is not accredited now; how many.

    404 when there is none. Summaries stay. What was seen stays recorded; up to 500 at a time.
    """
    listed = [each.grant for each in lapsed_shares(actor, AT_ONCE) if each.organisation.pk == organisation.pk]
    if not listed:
        raise NotFound(organisation.pk)
    for grant in listed:
        record(
            actor=actor, verb="grant.recalled", subject=grant, root_id=grant.content_object_id,
            payload={"organisation": grant.principal, "grade": grant.permission.codename.removeprefix("grade_")},
        )  # fmt: skip
    IncidentGroupPermission.objects.filter(pk__in=[grant.pk for grant in listed]).delete()
    return len(listed)


def houses(numbers: Iterable[int]) -> dict[int, Organisation]:
    """Organisations by number."""
    return Organisation.objects.in_bulk(set(numbers))


def tell_holders() -> int:
    """Tells holders, once per lapse, that they have shares to recall; how many were told of. Called by the clock, as the platform."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT holder_id, organisation_id, lapsed, shares FROM incidents_lapsed_shares()")
        rows = cursor.fetchall()
    known = houses(number for row in rows for number in row[:2])
    for holder, organisation, lapsed, shares in rows:
        tell(
            kind="shares.recall", to=[known[holder]], subject=known[organisation].name[:80], url=reverse("share-recall"),
            key=f"recall/{holder}/{organisation}/{lapsed.isoformat() if lapsed else 'before'}", words={"shares": shares},
        )  # fmt: skip
    return len(rows)


def without_accreditation(grants: Iterable[IncidentGroupPermission | IncidentUserPermission]) -> set[int]:
    """Of these shares, the numbers of organisations that are not accredited now."""
    concerned = {number for grant in grants if (number := house_of(grant)) is not None}
    return concerned - accredited_now() if concerned else set()


def house_of(grant: IncidentGroupPermission | IncidentUserPermission) -> int | None:
    """The organisation a share of evidence stands on; None for a summary."""
    if grant.permission.codename not in EVIDENCE_CODES:
        return None
    if isinstance(grant, IncidentGroupPermission):
        number: int = grant.group.role_group.organisation_id
        return number
    return grant.organisation_id
