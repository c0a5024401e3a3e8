"""What is done to people and organisations, with its ledger entry in the same transaction."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import Invalid, NotFound
from ledger.services import record

from . import errors
from .actors import Actor
from .holdings import SOURCES, holdings_of, to_do_first
from .models import ApiToken, Membership, MembershipChange, Organisation, RoleGroup, User
from .roles import FOR_MEMBERS, SERVICE_ROLES, Action, Role
from .tasks import send_invitation


def found_organisation(
    *, slug: str, name: str, kind: str, country: str = "", is_secretariat: bool = False
) -> Organisation:
    """A new tenant with its groups. Operators only: no page and no API leads here."""
    organisation = Organisation(slug=slug, name=name, kind=kind, country=country, is_secretariat=is_secretariat)
    organisation.full_clean(exclude=["id"])
    organisation.save()
    everyone = Group.objects.create(name=f"{slug}:everyone")
    RoleGroup.objects.create(group=everyone, organisation=organisation, role="", principal=organisation.pk)
    groups = Group.objects.bulk_create([Group(name=f"{slug}:{role}") for role in Role.values])
    RoleGroup.objects.bulk_create(
        [
            RoleGroup(group=group, organisation=organisation, role=role)
            for group, role in zip(groups, Role.values, strict=True)
        ]
    )
    return organisation


@transaction.atomic
def add_member(
    *, organisation: Organisation, user: User, roles: Sequence[str], until: datetime | None = None
) -> Membership:
    """Makes `user` a member with these roles: the one place where belonging is stored."""
    membership = Membership(user=user, organisation=organisation, roles=list(roles), until=until)
    membership.full_clean()
    membership.save()
    return membership


def members_locked(organisation: Organisation) -> list[Membership]:
    """The memberships in force, locked: whether somebody is the last administrator is decided by one request at a time."""
    memberships = Membership.objects.select_for_update(of=("self",)).select_related("user")
    locked = list(memberships.filter(organisation=organisation).order_by("pk"))
    # The time is asked after the lock: a membership ended while we waited ended later than we began to wait.
    return [membership for membership in locked if membership.until is None or membership.until > clock.now()]


def member_in(memberships: Sequence[Membership], membership_id: int) -> Membership:
    """One of them; 404 for a membership of another house, or one that ended."""
    found = next((membership for membership in memberships if membership.pk == membership_id), None)
    if found is None:
        raise NotFound(membership_id)
    return found


def require_administrator(memberships: Sequence[Membership], *, without: Membership) -> None:
    """Raises unless somebody else administers the organisation."""
    others = (
        membership
        for membership in memberships
        if membership.pk != without.pk and membership.user.is_active and membership.suspended_at is None
    )
    if not any(Role.ORG_ADMIN in membership.roles for membership in others):
        raise errors.LastAdministrator


def known_roles(roles: Sequence[str], *, service: bool = False) -> list[str]:
    """The roles, each once; raises Invalid when there is none, one that does not exist, or one a program cannot have."""
    known = {value for value, _label in FOR_MEMBERS}
    if not roles or any(role not in known for role in roles):
        raise Invalid({"roles": [_("Choose at least one role from the list.")]})
    if service and any(role not in SERVICE_ROLES for role in roles):
        raise Invalid({"roles": [_("A service account sits on no panel, decides nothing and administers nothing.")]})
    return sorted(set(roles))


def keep_change(actor: Actor, membership: Membership, act: str, reason: str = "", before: Sequence[str] = ()) -> None:
    """Writes down what was done to a membership and why: words of people stand here and not in the ledger."""
    MembershipChange.objects.create(
        membership=membership, organisation=actor.organisation, act=act, before=list(before), after=membership.roles,
        reason=reason.strip(), by=actor.user,
    )  # fmt: skip


@transaction.atomic
def change_roles(*, actor: Actor, membership_id: int, roles: Sequence[str], reason: str) -> Membership:
    """Gives a member other roles, from their next request on, and says why. An organisation keeps an administrator."""
    actor.require(Action.MANAGE_ORGANISATION)
    memberships = members_locked(actor.organisation)
    membership = member_in(memberships, membership_id)
    wanted = known_roles(roles, service=membership.user.is_service)
    if not reason.strip():
        raise errors.ReasonNeeded
    if Role.ORG_ADMIN not in wanted:
        require_administrator(memberships, without=membership)
    before, membership.roles = sorted(membership.roles), wanted
    membership.save(update_fields=["roles"])
    keep_change(actor, membership, MembershipChange.Act.ROLES, reason, before)
    record(
        actor=actor, verb="member.roles_changed", subject=membership.user, payload={"before": before, "after": wanted}
    )
    return membership


@transaction.atomic
def end_membership(*, actor: Actor, membership_id: int, reason: str = "") -> None:
    """Ends a membership at once: the next request of that person, and of their keys here, is refused.

    409 `still_holds` while something hangs on the person that somebody else has to take first, with what to do. Grants in
    their name as one of this house, and watches of cases they reach no other way, end with it (the database sees to that,
    migration incidents 0010); so do seats on panels, and a share of a seal whose other custodians are still enough.
    """
    actor.require(Action.MANAGE_ORGANISATION)
    memberships = members_locked(actor.organisation)
    membership = member_in(memberships, membership_id)
    require_administrator(memberships, without=membership)
    holdings = [each for each in holdings_of(actor, membership.user) if each.keeping]
    if holdings:
        raise errors.StillHolds(
            " ".join([str(errors.StillHolds.message), *to_do_first(holdings)]),
            **{each.source.code: each.keeping for each in holdings},
        )
    keys = ApiToken.objects.filter(user=membership.user, organisation=actor.organisation, revoked_at__isnull=True)
    keys.update(revoked_at=clock.now())
    membership.until = clock.now()
    try:
        with transaction.atomic():
            membership.save(update_fields=["until"])
    except IntegrityError as clash:  # a room's own trigger saw somebody else leave at the same moment
        raise errors.StillHolds from clash
    keep_change(actor, membership, MembershipChange.Act.ENDED, reason, membership.roles)
    record(actor=actor, verb="member.ended", subject=membership.user)


@transaction.atomic
def reassign(*, actor: Actor, membership_id: int, kind: str, to_membership_id: int) -> int:
    """Hands what a member holds of one kind to another member, as far as that member can take it; how many things.

    Where somebody else decides it (`Source.asks`) the member is proposed to them. 409 `nothing_handed_on` for nothing.
    """
    actor.require(Action.MANAGE_ORGANISATION)
    memberships = members_locked(actor.organisation)
    leaver, taker = member_in(memberships, membership_id), member_in(memberships, to_membership_id)
    source = SOURCES.get(kind)
    if source is None or source.move is None or source.takers is None:
        raise Invalid({"kind": [_("Choose what to hand on from the list.")]})
    if taker.user_id not in {person.pk for person in source.takers(actor, leaver.user)}:
        raise Invalid({"to": [_("Choose a member who can take it.")]})
    moved = source.move(actor, leaver.user, taker.user)
    if not moved:
        raise errors.NothingHandedOn
    record(
        actor=actor, verb="member.reassigned", subject=leaver.user,
        payload={"kind": kind, "to": taker.user_id, "things": moved},
    )  # fmt: skip
    return moved


@transaction.atomic
def suspend_member(*, actor: Actor, membership_id: int, reason: str) -> Membership:
    """Shuts a member out for now, roles kept: the next request of that person, and of their keys here, is refused."""
    actor.require(Action.MANAGE_ORGANISATION)
    memberships = members_locked(actor.organisation)
    membership = member_in(memberships, membership_id)
    if membership.suspended_at is not None:
        raise errors.SuspendedAlready
    if not reason.strip():
        raise errors.ReasonNeeded
    require_administrator(memberships, without=membership)
    membership.suspended_at = clock.now()
    membership.save(update_fields=["suspended_at"])
    keep_change(actor, membership, MembershipChange.Act.SUSPENDED, reason, membership.roles)
    record(actor=actor, verb="member.suspended", subject=membership.user)
    return membership


@transaction.atomic
def restore_member(*, actor: Actor, membership_id: int, reason: str) -> Membership:
    """Lets a suspended member in again, in the roles they had."""
    actor.require(Action.MANAGE_ORGANISATION)
    membership = member_in(members_locked(actor.organisation), membership_id)
    if membership.suspended_at is None:
        raise errors.NotSuspended
    if not reason.strip():
        raise errors.ReasonNeeded
    membership.suspended_at = None
    membership.save(update_fields=["suspended_at"])
    keep_change(actor, membership, MembershipChange.Act.RESTORED, reason, membership.roles)
    record(actor=actor, verb="member.restored", subject=membership.user)
    return membership


@transaction.atomic
def invite_member(
    *, actor: Actor, email: str, name: str, roles: Sequence[str], password: str | None = None
) -> Membership:
    """An administrator adds a person to their own organisation; who was a member before is one again.

    A person new to the platform is sent a link to choose a password, unless one is given.
    """
    actor.require(Action.MANAGE_ORGANISATION)
    wanted = known_roles(roles)
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is not None and (user.is_system or user.is_service):
        raise Invalid({"email": [_("This address cannot be invited.")]})
    if user is None:
        user = User.objects.create_user(email.strip(), password, name=name)
        if password is None:
            send_invitation.delay_on_commit(user.pk, actor.organisation.pk)  # type: ignore[attr-defined]
    membership = Membership.objects.select_for_update().filter(user=user, organisation=actor.organisation).first()
    if membership is None:
        membership = add_member(organisation=actor.organisation, user=user, roles=wanted)
    elif membership.until is None or membership.until > clock.now():
        raise Invalid({"email": [_("This person is a member already.")]})
    else:
        membership.roles, membership.until, membership.suspended_at = wanted, None, None
        membership.save(update_fields=["roles", "until", "suspended_at"])
    keep_change(actor, membership, MembershipChange.Act.INVITED)
    record(actor=actor, verb="member.invited", subject=user, payload={"roles": wanted})
    return membership


@transaction.atomic
def admit_guest(*, actor: Actor, email: str, name: str, until: datetime) -> User:
    """Lets somebody in as a guest of the actor's house until a day; who is a member already stays what they are.

    Asked by `incidents.services.invite_guest`, which has checked that the actor may. A guest has nothing of the house: what
    they see is a grant in their own name. An earlier invitation is prolonged, never shortened.
    """
    address = email.strip().lower()
    user = User.objects.filter(email=address).first()
    if user is not None and user.is_system:
        raise Invalid({"email": [_("This address cannot be invited.")]})
    if user is None:
        user = User.objects.create_user(address, None, name=name.strip())
        send_invitation.delay_on_commit(user.pk, actor.organisation.pk)  # type: ignore[attr-defined]
    membership = Membership.objects.select_for_update().filter(user=user, organisation=actor.organisation).first()
    if membership is None:
        membership = add_member(organisation=actor.organisation, user=user, roles=[Role.GUEST], until=until)
        keep_change(actor, membership, MembershipChange.Act.INVITED)
    elif membership.until is not None and (membership.until <= clock.now() or membership.roles == [Role.GUEST]):
        membership.roles, membership.suspended_at = [Role.GUEST], None
        membership.until = max(membership.until, until)
        membership.save(update_fields=["roles", "until", "suspended_at"])
        keep_change(actor, membership, MembershipChange.Act.INVITED)
    record(actor=actor, verb="guest.invited", subject=user, payload={"until": until.isoformat()})
    return user
