"""What a person can see: for the administrators of their house, within what these may see themselves (SHR-2)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from core.errors import NotFound
from organisations.actors import Actor, role_numbers
from organisations.models import Membership
from organisations.roles import Action, Grade, Role, actions_of
from organisations.selectors import members_of

from .blind import hide_holders
from .holdings import reach_of
from .models import Access, IncidentGroupPermission, IncidentUserPermission

MOST = 100


@dataclass(frozen=True, slots=True)
class Reach:
    """A member's reach: what their roles allow somewhere, how many cases by which way, and those the asker may see too."""

    membership: Membership
    actions: frozenset[Action]
    numbers: dict[str, int]
    cases: list[dict[str, Any]]


def reach(actor: Actor, membership_id: int) -> Reach:
    """What this member of the actor's house can see. Cases the administrator may not see are counted and not named."""
    actor.require(Action.MANAGE_ORGANISATION)
    membership = next((each for each in members_of(actor) if each.pk == membership_id), None)
    if membership is None:
        raise NotFound(membership_id)
    numbers = role_numbers(actor.organisation.pk)
    guest = membership.roles == [Role.GUEST]
    theirs = [] if guest else [actor.organisation.pk, *(numbers[role] for role in membership.roles if role in numbers)]
    found = Access.objects.filter(principal__in=theirs).select_related("incident__holder")
    found = found.only(
        "principal",
        "grade",
        "until",
        "filed_at",
        "incident__reference",
        "incident__title",
        "incident__blind",
        "incident__holder__name",
    )
    by_name = IncidentUserPermission.objects.filter(user=membership.user, organisation=actor.organisation)
    cases = [
        {"incident": row.incident, "grade": Grade(row.grade), "until": row.until, "how": "house" if row.principal == actor.organisation.pk else "role"}
        for row in found.order_by("-filed_at", "-incident_id")[:MOST]
    ] + [
        {"incident": grant.content_object, "grade": grade, "until": grant.until, "how": "name"}
        for grant in by_name.select_related("content_object__holder", "permission")[:MOST]
        for grade in [Grade[grant.permission.codename.removeprefix("grade_").upper()]]
    ]  # fmt: skip
    hide_holders(actor, [row["incident"] for row in cases])
    return Reach(membership, actions_of(membership.roles), reach_of(actor, membership.user), cases)


def given_by_house(actor: Actor) -> QuerySet[IncidentGroupPermission]:
    """Shares with other houses of cases this one holds, the newest first."""
    actor.require(Action.MANAGE_ORGANISATION)
    found = IncidentGroupPermission.objects.filter(holder_principal=actor.organisation.pk).order_by(
        "-granted_at", "-pk"
    )
    return found.select_related("content_object", "permission", "group__role_group__organisation", "granted_by")


def given_by_name(actor: Actor) -> QuerySet[IncidentUserPermission]:
    """Shares with persons and guests of cases this house holds."""
    actor.require(Action.MANAGE_ORGANISATION)
    found = IncidentUserPermission.objects.filter(holder_principal=actor.organisation.pk).order_by("-granted_at", "-pk")
    return found.select_related("content_object", "permission", "user", "organisation", "granted_by")


def guests_of(actor: Actor) -> list[dict[str, Any]]:
    """The house's guests, with the cases each was invited to."""
    actor.require(Action.MANAGE_ORGANISATION)
    invited: dict[int, list[IncidentUserPermission]] = {}
    for grant in given_by_name(actor).filter(organisation=actor.organisation):
        invited.setdefault(grant.user_id, []).append(grant)
    guests = [each for each in members_of(actor) if each.roles == [Role.GUEST]]
    return [{"membership": each, "grants": invited.get(each.user_id, [])} for each in guests]
