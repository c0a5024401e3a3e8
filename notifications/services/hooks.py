"""What administrators do with webhooks. A secret is told once, when it is made; it is stored encrypted."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from core import clock, outward, vault
from core.errors import Invalid, NotFound
from ledger.services import record
from organisations.actors import Actor
from organisations.roles import Action, Grade

from .. import errors, hooks
from ..models import Delivery, Endpoint, EndpointSecret
from ..sending import PURPOSE, check_scheme

MOST_ENDPOINTS = 20


def checked_url(url: str) -> str:
    """An address a webhook may have; Invalid otherwise. Its name is resolved and judged at each sending."""
    url = url.strip()
    if len(url) > 500:
        raise Invalid({"url": [_("This address is too long.")]})
    try:
        check_scheme(url)
        _scheme, host, port = outward.check_url(url)
    except outward.Refused as refusal:
        raise Invalid({"url": [_("Enter a whole address that begins with https://.")]}) from refusal
    if f"{host}:{port}" in settings.WEBHOOK_ALLOW:
        return url
    if port not in outward.SCHEMES.values():
        raise Invalid({"url": [_("Only the usual ports of the web (443) can be used.")]})
    try:
        inside = not outward.is_public(host)
    except ValueError:  # a name, not a number
        inside = host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
    if inside:
        raise Invalid({"url": [_("This address is not on the public internet.")]})
    return url


def known_kinds(kinds: Sequence[str]) -> list[str]:
    """The kinds, each once; Invalid when there is none or one nobody is told of."""
    known = {kind.code for kind in hooks.subscribable()}
    if not kinds or not set(kinds) <= known:
        raise Invalid({"kinds": [_("Choose at least one event from the list.")]})
    return sorted(set(kinds))


def _named(name: str) -> str:
    name = name.strip()
    if not name or len(name) > 80:
        raise Invalid({"name": [_("Say what it is for, in at most 80 characters.")]})
    return name


def _locked(actor: Actor, endpoint_id: int) -> Endpoint:
    actor.require(Action.MANAGE_ORGANISATION)
    rows = Endpoint.objects.select_for_update().filter(organisation=actor.organisation, ended_at__isnull=True)
    found = rows.filter(pk=endpoint_id).first()
    if found is None:
        raise NotFound(endpoint_id)
    return found


def _note(actor: Actor, verb: str, endpoint: Endpoint, **more: Any) -> None:
    record(actor=actor, verb=verb, subject=endpoint, payload=more)


def _new_secret(endpoint: Endpoint) -> str:
    secret = hooks.new_secret()
    EndpointSecret.objects.create(
        endpoint=endpoint, organisation=endpoint.organisation, sealed=vault.close(secret, PURPOSE)
    )
    return secret


@transaction.atomic
def add_endpoint(*, actor: Actor, name: str, url: str, kinds: Sequence[str]) -> tuple[Endpoint, str]:
    """A new webhook and its secret, which is told this once."""
    actor.require(Action.MANAGE_ORGANISATION)
    if Endpoint.objects.filter(organisation=actor.organisation, ended_at__isnull=True).count() >= MOST_ENDPOINTS:
        raise errors.TooManyEndpoints
    endpoint = Endpoint.objects.create(
        organisation=actor.organisation,
        name=_named(name),
        url=checked_url(url),
        kinds=known_kinds(kinds),
        made_by=actor.user,
    )
    secret = _new_secret(endpoint)
    _note(actor, "webhook.added", endpoint, kinds=endpoint.kinds)
    return endpoint, secret


@transaction.atomic
def change_endpoint(*, actor: Actor, endpoint_id: int, name: str, url: str, kinds: Sequence[str]) -> Endpoint:
    """Another name, address or choice of events; what waits goes to the new address."""
    endpoint = _locked(actor, endpoint_id)
    endpoint.name, endpoint.url, endpoint.kinds = _named(name), checked_url(url), known_kinds(kinds)
    endpoint.save(update_fields=["name", "url", "kinds"])
    _note(actor, "webhook.changed", endpoint, kinds=endpoint.kinds)
    return endpoint


@transaction.atomic
def rotate_secret(*, actor: Actor, endpoint_id: int) -> str:
    """A new secret, told this once. The one before signs too for a day; an older one ends at once."""
    endpoint = _locked(actor, endpoint_id)
    now = clock.now()
    endpoint.secrets.filter(expires_at__gt=now).update(expires_at=now)
    endpoint.secrets.filter(expires_at__isnull=True).update(expires_at=now + hooks.GRACE)
    secret = _new_secret(endpoint)
    _note(actor, "webhook.rotated", endpoint)
    return secret


@transaction.atomic
def disable_endpoint(*, actor: Actor, endpoint_id: int) -> Endpoint:
    """Nothing is sent until it is enabled again; what comes meanwhile waits. Twice is harmless."""
    endpoint = _locked(actor, endpoint_id)
    if endpoint.disabled_at is None:
        endpoint.disabled_at, endpoint.disabled_because = clock.now(), "by_hand"
        endpoint.save(update_fields=["disabled_at", "disabled_because"])
        _note(actor, "webhook.disabled", endpoint, because="by_hand")
    return endpoint


@transaction.atomic
def enable_endpoint(*, actor: Actor, endpoint_id: int) -> Endpoint:
    """What waits is sent from now on. Twice is harmless."""
    endpoint = _locked(actor, endpoint_id)
    if endpoint.disabled_at is not None:
        endpoint.disabled_at, endpoint.disabled_because, endpoint.failing_since = None, "", None
        endpoint.save(update_fields=["disabled_at", "disabled_because", "failing_since"])
        _note(actor, "webhook.enabled", endpoint)
    return endpoint


@transaction.atomic
def end_endpoint(*, actor: Actor, endpoint_id: int) -> None:
    """Ends it for good: nothing is sent there any more, and its secrets end."""
    endpoint = _locked(actor, endpoint_id)
    now = clock.now()
    endpoint.secrets.exclude(expires_at__lte=now).update(expires_at=now)
    endpoint.ended_at = now
    endpoint.save(update_fields=["ended_at"])
    _note(actor, "webhook.ended", endpoint)


@transaction.atomic
def try_endpoint(*, actor: Actor, endpoint_id: int) -> Delivery:
    """Sends a message that is about nothing; its attempts are shown like any other's."""
    endpoint = _locked(actor, endpoint_id)
    if endpoint.disabled_at is not None:
        raise errors.EndpointDisabled
    mark = uuid.uuid4().hex
    made: Delivery = Delivery.objects.create(
        endpoint=endpoint, organisation=actor.organisation, message_id=f"msg_{mark}", key=f"{hooks.TEST}:{mark}",
        kind=hooks.TEST, grade=Grade.SUMMARY, state=Delivery.State.PENDING, next_at=clock.now(), made_at=clock.now(),
        tries=0, last_problem="",
    )  # fmt: skip
    _note(actor, "webhook.tested", endpoint)
    return made


@transaction.atomic
def redeliver(*, actor: Actor, endpoint_id: int, delivery_id: int) -> Delivery:
    """Sends a finished message again under its own id, with all its attempts before it; one that waits is sent now."""
    endpoint = _locked(actor, endpoint_id)
    if endpoint.disabled_at is not None:
        raise errors.EndpointDisabled
    delivery = Delivery.objects.select_for_update().filter(endpoint=endpoint, pk=delivery_id).first()
    if delivery is None:
        raise NotFound(delivery_id)
    delivery.state, delivery.tries, delivery.finished_at = Delivery.State.PENDING, 0, None
    delivery.next_at, delivery.queued_until = clock.now(), None
    delivery.save(update_fields=["state", "tries", "finished_at", "next_at", "queued_until"])
    _note(actor, "webhook.redelivered", endpoint, message=delivery.message_id)
    return delivery
