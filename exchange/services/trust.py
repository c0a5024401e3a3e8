"""Keys of other platforms that an administrator vouches for."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import Invalid, NotFound
from incidents.facts import clean_text
from ledger.notes import BadNote, Verifier
from ledger.services import record as write_down
from organisations.actors import Actor
from organisations.roles import Action

from ..models import TrustedKey

LIMITS = {"whose": 200, "how_known": 500}


def keys_of(actor: Actor) -> list[TrustedKey]:
    """The keys of the actor's organisation, those in force first."""
    rows = TrustedKey.objects.filter(organisation=actor.organisation).select_related("added_by", "ended_by")
    return sorted(rows, key=lambda key: (key.ended_at is not None, -key.pk))


def key_of(actor: Actor, key_id: int) -> TrustedKey:
    """One of them; raises NotFound for anybody else's."""
    found = TrustedKey.objects.filter(organisation=actor.organisation, pk=key_id).first()
    if found is None:
        raise NotFound(key_id)
    return found


@transaction.atomic
def trust_key(*, actor: Actor, vkey: str, whose: str, how_known: str) -> TrustedKey:
    """Vouches for a key. From then on a package it signed comes from a known platform; one it falsely claims is refused."""
    actor.require(Action.MANAGE_ORGANISATION)
    errors: dict[str, list[Any]] = {}
    texts = {
        name: " ".join(clean_text(value, name, errors).split())
        for name, value in (("whose", whose), ("how_known", how_known))
    }
    for name, missing in (
        ("whose", _("Say whose key this is.")),
        ("how_known", _("Say how you know that it is theirs.")),
    ):
        if not texts[name]:
            errors.setdefault(name, []).append(missing)
        if len(texts[name]) > LIMITS[name]:
            errors.setdefault(name, []).append(_("Shorten this to %(limit)d characters.") % {"limit": LIMITS[name]})
    try:
        verifier = Verifier.from_vkey(vkey)
    except BadNote:
        errors["vkey"] = [_("This is not a verifier key. It looks like name+0a1b2c3d+AR… in one line.")]
    if errors:
        raise Invalid(errors)
    try:
        with transaction.atomic():
            key = TrustedKey.objects.create(
                organisation=actor.organisation, name=verifier.name, vkey=verifier.vkey, added_by=actor.user, **texts
            )
    except IntegrityError as twice:
        raise Invalid({"vkey": [_("This key is trusted already.")]}) from twice
    write_down(actor=actor, verb="key.trusted", subject=key, payload={"vkey": key.vkey})
    return key


@transaction.atomic
def end_trust(*, actor: Actor, key_id: int) -> TrustedKey:
    """From now on the key vouches for nothing. What was taken in under it stays as it was recorded."""
    actor.require(Action.MANAGE_ORGANISATION)
    key = key_of(actor, key_id)
    if key.ended_at is None:
        key.ended_at, key.ended_by = clock.now(), actor.user
        key.save(update_fields=["ended_at", "ended_by"])
        write_down(actor=actor, verb="key.distrusted", subject=key, payload={"vkey": key.vkey})
    return key
