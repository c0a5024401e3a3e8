"""Keys for programs, and accounts that are nobody's: what is done with them, with its ledger entry in the same transaction."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import Invalid, NotAllowed, NotFound
from ledger.services import record

from . import tokens
from .actors import Actor
from .models import ApiToken, Membership, MembershipChange, User
from .roles import Action, Scope
from .services import add_member, keep_change, known_roles

# A service account has the address nobody writes to: `.invalid` is in no mail server (RFC 2606).
ADDRESS = "service-{}@{}.invalid"


def longest() -> datetime:
    """The latest moment a key made now may end."""
    return clock.now() + timedelta(days=settings.API_TOKEN_MAX_DAYS)


def clean_end(expires_at: datetime | None) -> datetime:
    """When the key ends: the latest moment unless an earlier one is given. Raises Invalid."""
    last = longest()
    if expires_at is None:
        return last
    if expires_at <= clock.now():
        raise Invalid({"expires_at": [_("The key must end in the future.")]})
    if expires_at > last + timedelta(days=1):  # the last day belongs to it
        days = settings.API_TOKEN_MAX_DAYS
        raise Invalid({"expires_at": [_("A key ends after %(days)s days at the latest.") % {"days": days}]})
    return expires_at


def clean_scopes(scopes: Sequence[str] | None, account: User) -> list[str]:
    """What the key is for, reading always among it. Raises Invalid."""
    known = [str(scope) for scope in Scope]
    beyond = {Scope.DECIDE, Scope.MANAGE} if account.is_service else set()
    chosen = [scope for scope in known if scope not in beyond] if scopes is None else list(scopes)
    if any(scope not in known for scope in chosen):
        raise Invalid({"scopes": [_("Choose from the list.")]})
    if beyond & set(chosen):
        raise Invalid({"scopes": [_("A service account sits on no panel, decides nothing and administers nothing.")]})
    return [scope for scope in known if scope in {*chosen, Scope.READ}]


@transaction.atomic
def issue_token(
    *,
    actor: Actor,
    name: str,
    scopes: Sequence[str] | None = None,
    expires_at: datetime | None = None,
    account_id: int | None = None,
) -> tuple[ApiToken, str]:
    """A key for the actor's own programs, or for a service account of their house; the second value is shown once and never again.

    Without `scopes` it may be used for everything its account may do. Made by a person only: no key makes keys.
    """
    if actor.by_key:
        raise NotAllowed("key")
    account = actor.user if account_id is None else service_account_for(actor, account_id).user
    ends, chosen = clean_end(expires_at), clean_scopes(scopes, account)
    key = tokens.new_key()
    token = ApiToken.objects.create(
        user=account, organisation=actor.organisation, name=name, digest=tokens.digest(key), scopes=chosen, expires_at=ends
    )  # fmt: skip
    payload = {"scopes": chosen, "until": ends.isoformat(), **({"account": account.pk} if account_id else {})}
    record(actor=actor, verb="token.issued", subject=token, payload=payload)
    return token, key


@transaction.atomic
def revoke_token(*, actor: Actor, token_id: int) -> None:
    """Ends one of the actor's own keys, or one of a service account of their house, at once; twice is harmless."""
    if actor.by_key:
        raise NotAllowed("key")
    tokens_here = ApiToken.objects.select_for_update(of=("self",)).select_related("user")
    token = tokens_here.filter(pk=token_id, organisation=actor.organisation).first()
    of_the_house = token is not None and token.user.is_service and actor.may(Action.MANAGE_ORGANISATION)
    if token is None or not (token.user_id == actor.user.pk or of_the_house):
        raise NotFound(token_id)
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        token.save(update_fields=["revoked_at"])
        record(actor=actor, verb="token.revoked", subject=token)


def service_account_for(actor: Actor, account_id: int) -> Membership:
    """A service account of the actor's house that is in force, as a membership; 403 unless they administer it, 404 if it is not there."""
    actor.require(Action.MANAGE_ORGANISATION)
    found = Membership.objects.filter(user_id=account_id, user__service_of=actor.organisation, until__isnull=True)
    membership = found.select_related("user").first()
    if membership is None:
        raise NotFound(account_id)
    return membership


@transaction.atomic
def make_service_account(*, actor: Actor, name: str, roles: Sequence[str]) -> Membership:
    """An account for a program: of this organisation alone, without password or pages, named in the ledger as what it is.

    It is ended as a membership is, and its keys with it.
    """
    actor.require(Action.MANAGE_ORGANISATION)
    if actor.by_key:
        raise NotAllowed("key")
    wanted = known_roles(roles, service=True)
    address = ADDRESS.format(secrets.token_hex(6), actor.organisation.slug)
    user = User.objects.create_user(address, None, name=name, service_of=actor.organisation)
    membership = add_member(organisation=actor.organisation, user=user, roles=wanted)
    keep_change(actor, membership, MembershipChange.Act.INVITED)
    record(actor=actor, verb="service_account.made", subject=user, payload={"roles": wanted})
    return membership
