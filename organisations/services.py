"""What is done to people and organisations, with its ledger entry in the same transaction."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction

from ledger.services import record

from . import tokens
from .actors import Actor
from .models import ApiToken, Membership, Organisation, RoleGroup, User
from .roles import Action, Role


def found_organisation(
    *, slug: str, name: str, kind: str, country: str = "", is_secretariat: bool = False
) -> Organisation:
    """A new tenant with its groups. Operators only: no page and no API leads here."""
    organisation = Organisation(slug=slug, name=name, kind=kind, country=country, is_secretariat=is_secretariat)
    organisation.full_clean(exclude=["id"])
    organisation.save()
    for role in ["", *Role.values]:
        group = Group.objects.create(name=f"{slug}:{role or 'everyone'}")
        number = {} if role else {"principal": organisation.pk}
        RoleGroup.objects.create(group=group, organisation=organisation, role=role, **number)
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


@transaction.atomic
def invite_member(
    *, actor: Actor, email: str, name: str, roles: Sequence[str], password: str | None = None
) -> Membership:
    """An administrator adds a person to their own organisation."""
    actor.require(Action.MANAGE_ORGANISATION)
    user = User.objects.filter(email=email.lower()).first() or User.objects.create_user(email, password, name=name)
    membership = add_member(organisation=actor.organisation, user=user, roles=roles)
    record(actor=actor, verb="member.invited", subject=user, payload={"roles": sorted(roles)})
    return membership


@transaction.atomic
def issue_token(*, actor: Actor, name: str, expires_at: datetime | None = None) -> tuple[ApiToken, str]:
    """A key for the actor's own programs; the second value is shown once and never again."""
    key = tokens.new_key()
    token = ApiToken.objects.create(
        user=actor.user, organisation=actor.organisation, name=name, digest=tokens.digest(key), expires_at=expires_at
    )
    record(actor=actor, verb="token.issued", subject=token)
    return token, key
