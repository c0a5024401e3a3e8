"""Somebody comes through their organisation's own sign-in: who they are here, and what their groups make of them.

Linked once, by an address in a domain the organisation has shown to be its own; from then on by the issuer's own name for
the person. The organisation decides about roles in its own house and about nothing else: the session that begins here acts
for that organisation alone (`organisations.middleware.ONLY_KEY`).
"""

import structlog
from django.db import transaction

from core import clock
from core.tenancy import Principal, acting_as
from ledger.services import record
from organisations import errors as house_errors
from organisations.actors import Actor, system_for
from organisations.models import Membership, MembershipChange, Organisation, User
from organisations.roles import Role
from organisations.services import add_member, keep_change, members_locked, require_administrator

from . import errors
from .connections import is_domain_of
from .models import Connection, Identity
from .said import Said

log = structlog.get_logger()
BECAUSE = "Groups of the organisation's own sign-in"


def roles_by(connection: Connection, groups: list[str]) -> list[str]:
    """The roles these groups give."""
    given = {role for group in groups for role in connection.groups.get(group, ())}
    return sorted(given & set(Role.values))


def refuse(why: str) -> errors.SignInRefused:
    """One answer for every reason; which one it was is in the log."""
    log.warning("sign_in_refused", why=why)
    return errors.SignInRefused()


@transaction.atomic
def arrive(connection: Connection, said: Said) -> Membership:
    """Whoever comes, with the roles their groups give today; without any role they are not to be let in. Raises
    SignInRefused, and NoRoleThere where nothing is to be kept of it.
    """
    house = connection.organisation
    with acting_as(system_for(house.pk).principal):
        identity = (
            Identity.objects.select_for_update(of=("self",)).select_related("user")
            .filter(organisation=house, issuer=said.issuer, subject=said.subject).first()
        )  # fmt: skip
        roles = roles_by(connection, said.groups)
        user = identity.user if identity else person_of(house, said, may_make=bool(roles))
    if not user.is_active or user.is_system or user.is_service or user.is_staff or user.is_superuser:
        # An operator of the platform is nobody an organisation speaks for.
        raise refuse("account")
    with acting_as(Principal(user.pk, house.pk)):
        if identity is None:
            identity = Identity(organisation=house, user=user, issuer=said.issuer, subject=said.subject)
            identity.save()
            is_new = True
        else:
            is_new = False
            identity.last_used_at = clock.now()
            identity.save(update_fields=["last_used_at"])
        membership = Membership.objects.filter(user=user, organisation=house).first()
        if membership is None:
            if not roles:
                raise errors.NoRoleThere
            membership = join(house, user, roles)
        elif membership.suspended_at is not None or (membership.until is not None and membership.until <= clock.now()):
            # Whoever was shown out by an administrator comes in again by an administrator.
            raise refuse("membership")
        else:
            membership = with_roles(connection, membership, roles)
        if is_new:
            record(
                actor=Actor(user, house, tuple(membership.roles)), verb="sign_in.linked", subject=user,
                payload={"issuer": said.issuer},
            )  # fmt: skip
    return membership


def person_of(house: Organisation, said: Said, *, may_make: bool) -> User:
    """The account with this address, or a new one. Only an address the organisation may speak for links to anything."""
    if not said.email or said.email_verified is False or not is_domain_of(house, said.email):
        raise refuse("address")
    user = User.objects.filter(email=said.email).first()
    if user is None:
        if not may_make:
            raise errors.NoRoleThere
        user = User.objects.create_user(said.email, None, name=(said.name or said.email.partition("@")[0])[:120])
    return user


def join(house: Organisation, user: User, roles: list[str]) -> Membership:
    """A new member, because their groups have a role here."""
    membership = add_member(organisation=house, user=user, roles=roles)
    keep_change(Actor(user, house, tuple(roles)), membership, MembershipChange.Act.INVITED, BECAUSE)
    return membership


def with_roles(connection: Connection, membership: Membership, roles: list[str]) -> Membership:
    """The member with the roles of today: those the mapping names are given and taken, others are left as they were given.

    The last administrator stays one.
    """
    house, named = membership.organisation, {role for each in connection.groups.values() for role in each}
    memberships = members_locked(house)
    found = next(each for each in memberships if each.pk == membership.pk)
    before = sorted(found.roles)
    wanted = (set(before) - named) | set(roles)
    if Role.ORG_ADMIN in before and Role.ORG_ADMIN not in wanted:
        try:
            require_administrator(memberships, without=found)
        except house_errors.LastAdministrator:
            wanted.add(Role.ORG_ADMIN.value)
    if sorted(wanted) != before:
        found.roles = sorted(wanted)
        found.save(update_fields=["roles"])
        actor = Actor(found.user, house, tuple(found.roles))
        keep_change(actor, found, MembershipChange.Act.ROLES, BECAUSE, before)
        record(actor=actor, verb="sign_in.roles", subject=found.user, payload={"before": before, "after": found.roles})
    return found
