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

from .blind import hide_bearers
from .models import IncidentGroupPermission, IncidentUserPermission

AT_ONCE = 500
EVIDENCE_CODES = [f"grade_{grade.name.lower()}" for grade in Grade if Grade.EVIDENCE <= grade < Grade.HOLD]


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A share to recall: of which case, with whom, and since when its reader is not accredited (None: never was).

    Of a case worked without names the reader is shown by their handle there, and the day is not told: the day an accreditation
    lapsed is public, and would name whose it was.
    """

    grant: IncidentGroupPermission
    organisation: Organisation
    since: datetime | None

    @property
    def hidden(self) -> bool:
        """Whether its case is worked without names: then it is ended by itself and not with all of the same organisation."""
        return self.grant.content_object.blind

    @property
    def given_before(self) -> bool:
        """Given before accreditation was required."""
        return not self.grant.standard


def lapsed_shares(actor: Actor, limit: int = 200) -> list[Lapsed]:
    """The shares the actor's organisation has to think about, by organisation, and after them those of cases without names, by
    case; for whoever may share cases."""
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
        .order_by("content_object__blind", "group__role_group__organisation__name", "-granted_at")[:limit]
    )
    listed = [Lapsed(each, each.group.role_group.organisation, day_of(each, since)) for each in found]
    hide_bearers(actor, [(each.grant.content_object, each.organisation) for each in listed])
    return sorted(listed, key=lambda each: (each.hidden, each.grant.content_object_id if each.hidden else 0))


def day_of(grant: IncidentGroupPermission, since: dict[int, datetime]) -> datetime | None:
    """The day its reader's accreditation lapsed, where names are shown."""
    return None if grant.content_object.blind else since.get(grant.group.role_group.organisation_id)


@transaction.atomic
def recall_shares(*, actor: Actor, organisation: Organisation) -> int:
    """Ends every share of evidence the actor's organisation has given to one that is not accredited now; how many.

    404 when there is none. Summaries stay. What was seen stays recorded; up to 500 at a time. Shares of cases without names are
    left out, as if there were none: ending them together would tell whose they are.
    """
    listed = [
        each.grant
        for each in lapsed_shares(actor, AT_ONCE)
        if each.organisation.pk == organisation.pk and not each.hidden
    ]
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
        cursor.execute(
            "SELECT holder_id, incident_id, reference, mark, shares, said FROM incidents_lapsed_blind_shares()"
        )
        blind = cursor.fetchall()
    known = houses([number for row in rows for number in row[:2]] + [row[0] for row in blind])
    for holder, organisation, lapsed, shares in rows:
        tell(
            kind="shares.recall", to=[known[holder]], subject=known[organisation].name[:80], url=reverse("share-recall"),
            key=f"recall/{holder}/{organisation}/{lapsed.isoformat() if lapsed else 'before'}", words={"shares": shares},
        )  # fmt: skip
    for holder, incident, reference, mark, shares, said in blind:
        tell(
            kind="shares.recall_without_names", to=[known[holder]], root_id=incident, reference=reference, mark=mark,
            url=reverse("share-recall"), key=f"recall/{incident}/{said}", words={"shares": shares},
        )  # fmt: skip
    return len(rows) + len(blind)


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
