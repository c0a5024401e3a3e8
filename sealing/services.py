"""What is done with a person's own sealing key. A private half leaves these functions only as a value in memory."""

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import Invalid
from ledger.services import record
from organisations.actors import Actor

from . import boxes
from .errors import HasSealingKey, NoSealingKey, TooManyTries
from .models import SealingKey

SHORTEST = 12
LONGEST = 500
TRIES = 5
TRIES_WITHIN = 15 * 60  # seconds


def check_new_passphrase(passphrase: str, user: Any) -> None:
    """Long enough, and neither on the list of common ones nor like one's own name; raises Invalid."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    sentences: list[Any] = []
    if len(passphrase) > LONGEST:
        sentences.append(_("Shorten this to %(limit)d characters.") % {"limit": LONGEST})
    try:
        validate_password(passphrase[:LONGEST], user)
    except ValidationError as error:
        sentences += error.messages
    if sentences:
        raise Invalid({"passphrase": sentences})


def locked_key(actor: Actor) -> SealingKey:
    """The actor's own key in use, locked; raises NoSealingKey."""
    key = SealingKey.objects.select_for_update().filter(user=actor.user, retired_at__isnull=True).first()
    if key is None:
        raise NoSealingKey
    return key


def put_away(key: SealingKey, private: bytes, passphrase: str) -> str:
    """Locks the private half under a passphrase and a fresh recovery code, which is answered and kept nowhere."""
    code = boxes.new_recovery_code()
    locked = boxes.lock(private, bytes(key.public), passphrase, code, settings.SEALING_SCRYPT_LOG_N)
    key.log_n, key.salt = locked.log_n, locked.salt
    key.by_passphrase, key.by_recovery = locked.by_passphrase, locked.by_recovery
    key.save()
    return code


@transaction.atomic
def make_key(*, actor: Actor, passphrase: str, replace: bool = False) -> tuple[SealingKey, str]:
    """The actor's own key pair; the second value is its recovery code, shown once and never again.

    With `replace` a lost key is retired first: what was sealed for it stays closed to it, and custodians are replaced.
    """
    check_new_passphrase(passphrase, actor.user)
    before = SealingKey.objects.select_for_update().filter(user=actor.user, retired_at__isnull=True).first()
    if before is not None:
        if not replace:
            raise HasSealingKey
        before.retired_at = clock.now()
        before.save(update_fields=["retired_at", "changed_at"])
    private, public = boxes.new_pair()
    key = SealingKey(user=actor.user, public=public, fingerprint=boxes.fingerprint(public))
    code = put_away(key, private, passphrase)
    record(
        actor=actor, verb="sealing_key.replaced" if before else "sealing_key.made", subject=key,
        payload={"fingerprint": key.fingerprint, **({"retired": before.fingerprint} if before else {})},
    )  # fmt: skip
    return key, code


@transaction.atomic
def change_passphrase(*, actor: Actor, passphrase: str, old: str = "", code: str = "") -> tuple[SealingKey, str]:
    """Another passphrase for the same key, by the old one or by the recovery code; the recovery code changes with it."""
    check_new_passphrase(passphrase, actor.user)
    key = locked_key(actor)
    private = by_code(actor, key, code) if code else by_passphrase(actor, key, old, "old")
    fresh = put_away(key, private, passphrase)
    record(
        actor=actor, verb="sealing_key.passphrase_changed", subject=key,
        payload={"fingerprint": key.fingerprint, "by": "recovery_code" if code else "passphrase"},
    )  # fmt: skip
    return key, fresh


def unlock(actor: Actor, passphrase: str) -> tuple[SealingKey, bytes]:
    """The actor's key and its private half, for this moment; raises Invalid for a wrong passphrase, TooManyTries after five."""
    key = SealingKey.objects.filter(user=actor.user, retired_at__isnull=True).first()
    if key is None:
        raise NoSealingKey
    return key, by_passphrase(actor, key, passphrase, "passphrase")


def by_passphrase(actor: Actor, key: SealingKey, passphrase: str, field: str) -> bytes:
    """The private half by its passphrase."""
    if not passphrase:
        raise Invalid({field: [_("Enter the passphrase of your sealing key.")]})
    count_try(actor)
    try:
        private = boxes.unlock(key.locked, passphrase[:LONGEST])
    except boxes.WrongKey as problem:
        raise Invalid({field: [_("This is not the passphrase of your sealing key.")]}) from problem
    cache.delete(tries_of(actor))
    return private


def by_code(actor: Actor, key: SealingKey, code: str) -> bytes:
    """The private half by its recovery code."""
    count_try(actor)
    try:
        private = boxes.recover(key.locked, code[:LONGEST])
    except boxes.WrongKey as problem:
        raise Invalid({"code": [_("This is not the recovery code of your sealing key.")]}) from problem
    cache.delete(tries_of(actor))
    return private


def tries_of(actor: Actor) -> str:
    """Under which name wrong guesses are counted."""
    return f"sealing-tries:{actor.user.pk}"


def count_try(actor: Actor) -> None:
    """Counts before it looks, and outside the transaction: many guesses at once, or a request that is undone, win nothing.

    A stolen session can therefore not go through passphrases; who has the database itself is held up by scrypt alone.
    """
    name = tries_of(actor)
    cache.add(name, 0, TRIES_WITHIN)
    try:
        tries = cache.incr(name)
    except ValueError:  # it ended between the two calls
        tries = 1
        cache.set(name, tries, TRIES_WITHIN)
    if tries > TRIES:
        raise TooManyTries
