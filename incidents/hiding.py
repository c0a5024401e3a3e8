"""Beginning and ending organisation-blind work, and looking behind a handle. Each checks, changes and records in one transaction."""

import re
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


@transaction.atomic
def look_up(*, actor: Actor, reference: str, handle: str, reason: str) -> Found:
    """Who stands behind a handle of a blind case. Recorded in the case's ledger, and its subject is told at once."""
    if not may_look(actor):
        raise NotAllowed(Action.LOOK_UP_NAMES)
    errors_found: dict[str, list[Any]] = {}
    why = clean_text(reason, "reason", errors_found)
    if not why:
        errors_found.setdefault("reason", []).append(_("Say why you look this up. Whoever it is will read it."))
    if len(why) > MOST_REASON:
        errors_found["reason"] = [_("Shorten this to %(limit)d characters.") % {"limit": MOST_REASON}]
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
        tell(
            kind="names.looked_up", to=[bearer], key=f"names.looked_up:{look.pk}", reference=reference, mark="TLP:RED",
            subject=look.handle, url="/names/",
        )  # fmt: skip
        return Found(bearer.name, look)


def looks_at(actor: Actor) -> list[NameLook]:
    """When one's own name, or that of the organisation one acts for, was looked up; for keepers, every look of theirs."""
    return list(NameLook.objects.select_related("looked_by", "organisation")[:200])


def must_show_names(incident: Incident) -> None:
    """Raises NamesHidden: for what names every hand under hashes that cover the names, and so cannot be told by handles."""
    if incident.blind:
        raise errors.NamesHidden


def blindings_of(incident: Incident) -> list[Blinding]:
    """When names were hidden and shown again, the newest first."""
    return list(Blinding.objects.filter(incident=incident).select_related("organisation", "changed_by")[:100])
