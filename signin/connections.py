"""An organisation's own sign-in: what its administrators set up, and the mail domains they have shown to be theirs."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import clock, outward, vault
from core.errors import Invalid, NotFound
from ledger.services import record
from organisations.actors import Actor
from organisations.models import Organisation
from organisations.roles import Role

from . import errors, oidc, saml
from .models import Connection, Domain
from .said import Untrue
from .services import require_administrator

SECRET = "organisation sign-in"  # noqa: S105  (the purpose, not the secret)
DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
SHOWN_AT = "/.well-known/norms-platform-domain.txt"
MOST_GROUPS = 200
Groups = Mapping[str, Sequence[str]]


def connection_of(actor: Actor) -> Connection | None:
    """The organisation's own sign-in, for those who administer it."""
    require_administrator(actor)
    return Connection.objects.filter(organisation=actor.organisation).first()


def domains_of(actor: Actor) -> list[Domain]:
    """The mail domains the organisation named."""
    require_administrator(actor)
    return list(Domain.objects.filter(organisation=actor.organisation).order_by("name"))


def entity_id(connection: Connection) -> str:
    """Our name at the identity provider, which is also where our metadata are."""
    return f"{settings.BASE_URL}{reverse('signin-saml-metadata', args=[connection.public_id])}"


def acs(connection: Connection) -> str:
    """Where the identity provider sends its answer."""
    return f"{settings.BASE_URL}{reverse('signin-saml-answer', args=[connection.public_id])}"


def redirect_uri() -> str:
    """Where an OpenID Connect issuer sends the browser back to; one for all, so that it can be registered before we know it."""
    return f"{settings.BASE_URL}{reverse('signin-oidc-answer')}"


def signed_out_uri() -> str:
    """Where an issuer sends the browser back to after signing it out; one for all, as `redirect_uri` is."""
    return f"{settings.BASE_URL}{reverse('signin-signed-out')}"


def told_there(connection: Connection) -> dict[str, str]:
    """What is registered at the issuer so that signing out is one act: where it sends browsers back, and where it tells us."""
    if connection.kind != Connection.Kind.OIDC:
        return {}
    ended = reverse("signin-ended-there", args=[connection.public_id])
    return {"post_logout_redirect_uri": signed_out_uri(), "backchannel_logout_uri": f"{settings.BASE_URL}{ended}"}


def clean_groups(groups: Groups) -> dict[str, list[str]]:
    """Roles by group. Raises Invalid."""
    if len(groups) > MOST_GROUPS:
        raise Invalid({"groups": [_("At most %(n)s groups.") % {"n": MOST_GROUPS}]})
    for roles in groups.values():
        if not roles or any(role not in Role.values for role in roles):
            raise Invalid({"groups": [_("Each group needs at least one role that exists.")]})
    return {name.strip(): sorted(set(roles)) for name, roles in groups.items() if name.strip()}


def _saved(actor: Actor, facts: dict[str, Any]) -> Connection:
    """The one connection of the house, made or changed, and recorded without its secret."""
    connection = Connection.objects.select_for_update().filter(organisation=actor.organisation).first()
    connection = connection or Connection(organisation=actor.organisation)
    for name, value in {**facts, "changed_at": clock.now(), "is_on": True}.items():
        setattr(connection, name, value)
    connection.save()
    told = {name: facts[name] for name in ("kind", "issuer", "groups", "second_factor")}
    record(actor=actor, verb="sign_in.connected", subject=actor.organisation, payload=told)
    return connection


def connect_oidc(
    *, actor: Actor, issuer: str, client_id: str, client_secret: str = "", groups: Groups, groups_claim: str = "groups",
    second_factor: bool = False,
) -> Connection:  # fmt: skip
    """Members sign in at this issuer from now on, besides their other ways. An empty secret keeps the one there is.

    The issuer is asked before anything is stored.
    """
    require_administrator(actor)
    wanted = clean_groups(groups)
    try:
        document = oidc.discover(issuer)
    except Untrue as problem:
        raise Invalid({"issuer": [errors.ProviderUnreachable.message, f"({problem})"]}) from problem
    with transaction.atomic():
        before = Connection.objects.filter(organisation=actor.organisation, kind="oidc", issuer=issuer).first()
        box = vault.close(client_secret, SECRET) if client_secret else before.secret_box if before else ""
        return _saved(
            actor,
            {
                "kind": Connection.Kind.OIDC, "issuer": issuer, "client_id": client_id, "secret_box": box, "document": document,
                "groups": wanted, "groups_claim": groups_claim or "groups", "second_factor": second_factor,
            },
        )  # fmt: skip


def connect_saml(
    *, actor: Actor, metadata: str = "", metadata_url: str = "", groups: Groups, groups_claim: str = "groups", second_factor: bool = False
) -> Connection:  # fmt: skip
    """Members sign in at this identity provider from now on, besides their other ways."""
    require_administrator(actor)
    wanted = clean_groups(groups)
    place = "metadata_url" if metadata_url else "metadata"
    try:
        document = saml.read_metadata(saml.fetch_metadata(metadata_url) if metadata_url else metadata)
    except Untrue as problem:
        raise Invalid({place: [errors.ProviderUnreachable.message, f"({problem})"]}) from problem
    with transaction.atomic():
        return _saved(
            actor,
            {
                "kind": Connection.Kind.SAML, "issuer": document["entityId"], "client_id": "", "secret_box": "", "document": document,
                "metadata_url": metadata_url, "groups": wanted, "groups_claim": groups_claim or "groups", "second_factor": second_factor,
            },
        )  # fmt: skip


@transaction.atomic
def disconnect(*, actor: Actor) -> None:
    """The organisation's own sign-in is no way in any more; sessions that came by it go on until they end. Twice is harmless."""
    require_administrator(actor)
    connection = Connection.objects.select_for_update().filter(organisation=actor.organisation).first()
    if connection is not None:
        record(
            actor=actor, verb="sign_in.disconnected", subject=actor.organisation,
            payload={"kind": connection.kind, "issuer": connection.issuer},
        )  # fmt: skip
        connection.delete()


@transaction.atomic
def add_domain(*, actor: Actor, name: str) -> Domain:
    """Names a mail domain. It counts for nothing until it is shown to be theirs."""
    require_administrator(actor)
    wanted = name.strip().lower().removeprefix("@")
    if not DOMAIN.fullmatch(wanted):
        raise Invalid({"name": [_("Enter a domain such as example.org.")]})
    domain, made = Domain.objects.get_or_create(organisation=actor.organisation, name=wanted)
    if made:
        record(actor=actor, verb="sign_in.domain_added", subject=actor.organisation, payload={"domain": wanted})
    return domain


def domain_for(actor: Actor, domain_id: int, *, lock: bool = False) -> Domain:
    """A domain the organisation named; 404 for any other."""
    require_administrator(actor)
    domains = Domain.objects.select_for_update() if lock else Domain.objects.all()
    found = domains.filter(pk=domain_id, organisation=actor.organisation).first()
    if found is None:
        raise NotFound(domain_id)
    return found


def shown_at(domain: Domain) -> str:
    """Where the domain's owner has to put the token."""
    return f"https://{domain.name}{SHOWN_AT}"


def verify_domain(*, actor: Actor, domain_id: int) -> Domain:
    """Looks whether the token stands where only the domain's owner can put it; from then on accounts are linked by it."""
    domain = domain_for(actor, domain_id)
    try:
        answer = outward.request(
            "GET", shown_at(domain), allow=settings.SIGNIN_ALLOW, seconds=oidc.SECONDS, most_bytes=4096
        )
    except outward.Refused as problem:
        raise errors.DomainNotShown from problem
    if answer.status != 200 or domain.token not in answer.body.decode(errors="replace").split():
        raise errors.DomainNotShown
    try:
        with transaction.atomic():
            domain = domain_for(actor, domain_id, lock=True)
            if domain.verified_at is None:
                domain.verified_at = clock.now()
                domain.save(update_fields=["verified_at"])
                record(
                    actor=actor, verb="sign_in.domain_verified", subject=actor.organisation, payload={"domain": domain.name}
                )  # fmt: skip
    except IntegrityError as problem:  # another house has shown it: which one is not said
        raise errors.DomainTaken from problem
    return domain


@transaction.atomic
def remove_domain(*, actor: Actor, domain_id: int) -> None:
    """Gives a domain up: nobody new is linked by it. Whoever is linked stays."""
    domain = domain_for(actor, domain_id, lock=True)
    record(actor=actor, verb="sign_in.domain_removed", subject=actor.organisation, payload={"domain": domain.name})
    domain.delete()


def is_domain_of(house: Organisation, email: str) -> bool:
    """Whether the address is in a domain this organisation has shown to be its own; asked in the organisation's name."""
    name = email.rpartition("@")[2]
    return Domain.objects.filter(organisation=house, name=name, verified_at__isnull=False).exists()


def find(where: str) -> Connection | None:
    """The sign-in of an organisation by its short name, or by the domain of an address; nobody is known yet."""
    text = where.strip().lower()
    house, domain = ("", text.rpartition("@")[2]) if "@" in text else (text, text)
    found = Connection.objects.raw("SELECT * FROM signin_connection_of(%s, %s)", [house, domain])
    return next(iter(found), None)


def at(public_id: Any) -> Connection | None:
    """The connection with this public number, while it is on."""
    return next(iter(Connection.objects.raw("SELECT * FROM signin_connection_at(%s)", [str(public_id)])), None)
