"""A SAML provider's metadata, read again from where they came: what would change is shown, and taken when an administrator says so.

A provider that gets a new key names it in its metadata beside the old one for a while; both count side by side.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import rfc8785
from django.db import transaction

from core import clock
from core.errors import Invalid, NotFound
from ledger.services import record
from organisations.actors import Actor

from . import errors, saml
from .models import Connection
from .said import Untrue
from .services import require_administrator


@dataclass(frozen=True, slots=True)
class Reading:
    """What the metadata say today beside what is in force."""

    seen: str
    """Names exactly this reading: what is confirmed is what was shown."""
    document: dict[str, Any]
    kept: list[saml.Certificate]
    added: list[saml.Certificate]
    dropped: list[saml.Certificate]
    address_before: str
    address: str

    @property
    def changes(self) -> bool:
        """Whether there is anything to confirm."""
        return bool(self.added or self.dropped or self.address != self.address_before)


def address_of(document: dict[str, Any]) -> str:
    """Where browsers are sent."""
    return str(document["singleSignOnService"]["url"])


def readable(actor: Actor, *, lock: bool = False) -> Connection | None:
    """The SAML sign-in of the organisation, if its metadata have an address."""
    require_administrator(actor)
    there = Connection.objects.select_for_update() if lock else Connection.objects.all()
    return there.filter(organisation=actor.organisation, kind=Connection.Kind.SAML).exclude(metadata_url="").first()


def connection_for(actor: Actor, *, lock: bool = False) -> Connection:
    """That one; 404 where there is none."""
    found = readable(actor, lock=lock)
    if found is None:
        raise NotFound("metadata")
    return found


def look_again(*, actor: Actor) -> Reading:
    """Asks the address; changes nothing. Raises Invalid where it does not answer with metadata of the same provider."""
    connection = connection_for(actor)
    try:
        document = saml.read_metadata(saml.fetch_metadata(connection.metadata_url))
        if document["entityId"] != connection.issuer:
            raise Untrue("another provider")
        before, now = saml.certificates(connection.document), saml.certificates(document)
    except (Untrue, ValueError) as problem:
        raise Invalid({"metadata_url": [errors.ProviderUnreachable.message, f"({problem})"]}) from problem
    old, new = {each.fingerprint for each in before}, {each.fingerprint for each in now}
    return Reading(
        seen=hashlib.sha256(rfc8785.dumps(document)).hexdigest(),
        document=document,
        kept=[each for each in now if each.fingerprint in old],
        added=[each for each in now if each.fingerprint not in old],
        dropped=[each for each in before if each.fingerprint not in new],
        address_before=address_of(connection.document),
        address=address_of(document),
    )


def take_again(*, actor: Actor, seen: str) -> Connection:
    """What was shown is in force. Asked once more: when the answer is another one by now, MetadataChanged, and nothing changes."""
    reading = look_again(actor=actor)
    if reading.seen != seen:
        raise errors.MetadataChanged
    with transaction.atomic():
        connection = connection_for(actor, lock=True)
        if reading.changes:
            connection.document, connection.changed_at = reading.document, clock.now()
            connection.save(update_fields=["document", "changed_at"])
            told = {
                "added": [each.fingerprint for each in reading.added], "dropped": [each.fingerprint for each in reading.dropped],
                "address": reading.address,
            }  # fmt: skip
            record(actor=actor, verb="sign_in.metadata_taken", subject=actor.organisation, payload=told)
    return connection
