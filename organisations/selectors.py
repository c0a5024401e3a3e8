"""What pages and API read of people and organisations."""

from django.db.models import Q, QuerySet

from core import clock

from .actors import Actor
from .models import ApiToken, Membership, MembershipChange, Organisation, User


def memberships_of(actor: Actor) -> list[Membership]:
    """Where this person belongs: the organisations they may act for."""
    in_force = Q(until__isnull=True) | Q(until__gt=clock.now())
    found = Membership.objects.filter(in_force, user=actor.user, suspended_at__isnull=True)
    found = found.select_related("organisation")
    return list(found.order_by("organisation__name"))


def members_of(actor: Actor) -> list[Membership]:
    """The members of the organisation one acts for, by name; suspended ones too, former ones not."""
    in_force = Q(until__isnull=True) | Q(until__gt=clock.now())
    found = Membership.objects.filter(in_force, organisation=actor.organisation).select_related("user")
    return list(found.order_by("user__name", "pk"))


def lasting_people(organisation: Organisation) -> QuerySet[Membership]:
    """Who could take something over for good, by name: people and no programs, not suspended, who belong without an end."""
    found = Membership.objects.filter(organisation=organisation, suspended_at__isnull=True, until__isnull=True)
    found = found.filter(user__is_active=True, user__service_of__isnull=True)
    return found.select_related("user").order_by("user__name", "pk")


def changes_of(membership: Membership) -> list[MembershipChange]:
    """What was done to a membership, newest first."""
    return list(MembershipChange.objects.filter(membership=membership).select_related("by").order_by("-pk")[:200])


def tokens_of(actor: Actor) -> list[ApiToken]:
    """The actor's own keys here, the newest first; revoked and expired ones too, so that they can be told apart."""
    return list(
        ApiToken.objects.filter(user=actor.user, organisation=actor.organisation)
        .select_related("user")
        .order_by("-pk")[:200]
    )


def service_accounts_of(actor: Actor) -> list[Membership]:
    """The accounts of programs of the organisation one acts for, by name."""
    found = Membership.objects.filter(until__isnull=True, user__service_of=actor.organisation).select_related("user")
    return list(found.order_by("user__name", "pk"))


def service_tokens_of(actor: Actor, account: User) -> list[ApiToken]:
    """The keys of a service account, the newest first."""
    return list(ApiToken.objects.filter(user=account, organisation=actor.organisation).order_by("-pk")[:200])


def service_tokens_here(actor: Actor) -> list[ApiToken]:
    """The keys of every service account of the organisation one acts for."""
    of_programs = ApiToken.objects.filter(user__service_of=actor.organisation, organisation=actor.organisation)
    return list(of_programs.select_related("user").order_by("-pk"))


def directory() -> list[Organisation]:
    """Every organisation on the platform: the directory is for every member."""
    return list(Organisation.objects.order_by("name", "pk"))
