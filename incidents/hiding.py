"""Beginning and ending organisation-blind work, and looking behind a handle. Each checks, changes and records in one transaction."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core import naming
from core.errors import Invalid, NotAllowed, NotFound
from core.naming import LETTERS
from ledger.services import record
from notifications.services import tell
from organisations.actors import Actor
from organisations.models import Organisation, User
from organisations.roles import Action

from . import errors
from .access import case_for
from .blind import give_handles, own_names
from .facts import clean_text
from .models import Blinding, Incident, NameLook

HANDLE = re.compile(r"\s*(organisation|person|reviewer)[ -]([a-z]{1,3})\s*", re.IGNORECASE)
MOST_REASON = 500


@transaction.atomic
def set_blind(*, actor: Actor, reference: str, hidden: bool, reasons: str = "") -> Blinding:
    """Hides the names of a case, or shows them again with reasons. Whoever coordinates, oversees or holds it may."""
    case = case_for(actor, reference, Action.HIDE_NAMES, lock=True)
    errors_found: dict[str, list[Any]] = {}
    said = clean_text(reasons, "reasons", errors_found)
    if not hidden and not said and not errors_found:
        errors_found["reasons"] = [_("Say why names may be shown again. Everybody on the case will read it.")]
    if errors_found:
        raise Invalid(errors_found)
    if case.incident.blind is hidden:
        raise errors.AlreadyBlind if hidden else errors.NotBlind
    return write_blinding(actor=actor, incident=case.incident, hidden=hidden, reasons=said)


def write_blinding(*, actor: Actor, incident: Incident, hidden: bool, reasons: str = "") -> Blinding:
    """The row that turns the case; the database follows it."""
    row = Blinding.objects.create(
        incident_id=incident.pk, hidden=hidden, reasons=reasons, organisation=actor.organisation, changed_by=actor.user
    )
    record(
        actor=actor, verb="incident.blinded" if hidden else "incident.unblinded", subject=row, root_id=incident.pk,
        payload={"hidden": hidden},
    )  # fmt: skip
    incident.blind = hidden
    return row


def may_look(actor: Actor | None) -> bool:
    """For drawing a link: keepers of names are people the secretariat has named."""
    return bool(actor and actor.organisation.is_secretariat and actor.may(Action.LOOK_UP_NAMES))


@dataclass(frozen=True, slots=True)
class Found:
    """Who stands behind a handle, and the look as it was recorded."""

    name: str
    look: NameLook


def number_in(letters: str) -> int:
    """2 of `C`, 28 of `AC`."""
    block = LETTERS.index(letters[0].upper()) + 1 if len(letters) > 1 else 0
    return block * len(LETTERS) + LETTERS.index(letters[-1].upper())


def reason_to_look(reason: str, field: str, errors_found: dict[str, list[Any]]) -> str:
    """Why names are looked at, as it is kept and read by those whose they are."""
    why = clean_text(reason, field, errors_found)
    if not why:
        errors_found.setdefault(field, []).append(_("Say why you look this up. Whoever it is will read it."))
    if len(why) > MOST_REASON:
        errors_found[field] = [_("Shorten this to %(limit)d characters.") % {"limit": MOST_REASON}]
    return why


@transaction.atomic
def look_up(*, actor: Actor, reference: str, handle: str, reason: str) -> Found:
    """Who stands behind a handle of a blind case. Recorded in the case's ledger, and its subject is told at once."""
    if not may_look(actor):
        raise NotAllowed(Action.LOOK_UP_NAMES)
    errors_found: dict[str, list[Any]] = {}
    why = reason_to_look(reason, "reason", errors_found)
    named = HANDLE.fullmatch(handle)
    if named is None or len(named[2]) > 2:
        errors_found["handle"] = [_("Enter a handle as it stands in the case, such as Organisation C or reviewer-c.")]
    if errors_found or named is None:
        raise Invalid(errors_found)
    kind = named[1].lower()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT incident_id, principal FROM incident_behind_handle(%s, %s, %s)",
            [reference, kind, number_in(named[2])],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(reference)
    root_id, subject = row
    look = NameLook.objects.create(
        incident_id=root_id, reference=reference, handle=f"{kind}-{named[2]}".lower(), subject=subject, reason=why,
        looked_by=actor.user, organisation=actor.organisation,
    )  # fmt: skip
    record(actor=actor, verb="names.looked_up", subject=look, root_id=root_id, payload={"handle": look.handle})
    with naming.true_names():
        bearer: User | Organisation = (
            Organisation.objects.get(pk=subject) if kind == "organisation" else User.objects.get(pk=subject)
        )
        tell_looked_up(look, bearer)
        return Found(bearer.name, look)


def tell_looked_up(look: NameLook, bearer: User | Organisation) -> None:
    """Whoever was looked up, at once: by which handle, and where the reason stands."""
    tell(
        kind="names.looked_up", to=[bearer], key=f"names.looked_up:{look.pk}", reference=look.reference, mark="TLP:RED",
        subject=look.handle, url="/names/",
    )  # fmt: skip


def write_looks(*, actor: Actor, incident: Incident, subjects: Iterable[int], reason: str) -> list[str]:
    """A look at each of these names, by a keeper who takes them out of a blind case; each is told. Their handles, in order.

    Not of those the keeper sees by name in any case, and not of the platform itself.
    """
    wanted = sorted(set(subjects) - own_names(actor))
    with naming.true_names():
        people = User.objects.filter(pk__in=wanted, is_system=False)
        bearers: list[User | Organisation] = [*people, *Organisation.objects.filter(pk__in=wanted)]
        handles = give_handles((incident.pk, bearer.pk) for bearer in bearers)
        looks = NameLook.objects.bulk_create(
            NameLook(
                incident_id=incident.pk, reference=incident.reference, handle=handles[incident.pk, bearer.pk].slug,
                subject=bearer.pk, reason=reason, looked_by=actor.user, organisation=actor.organisation,
            )
            for bearer in bearers
        )  # fmt: skip
        for look, bearer in zip(looks, bearers, strict=True):
            tell_looked_up(look, bearer)
    return sorted(look.handle for look in looks)


def looks_at(actor: Actor) -> list[NameLook]:
    """When one's own name, or that of the organisation one acts for, was looked up; for keepers, every look of theirs."""
    return list(NameLook.objects.select_related("looked_by", "organisation")[:200])


def must_show_names(incident: Incident) -> None:
    """Raises NamesHidden: for what names every hand under hashes that cover the names, and so cannot be told by handles."""
    if incident.blind:
        raise errors.NamesHidden


def names_open_to(actor: Actor, incident: Incident) -> bool:
    """Whether what names every hand may be made for the actor: names are shown in the case, or they are a keeper of names."""
    return not incident.blind or may_look(actor)


def blindings_of(incident: Incident) -> list[Blinding]:
    """When names were hidden and shown again, the newest first."""
    return list(Blinding.objects.filter(incident=incident).select_related("organisation", "changed_by")[:100])
