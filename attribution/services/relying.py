"""Who relies on a finding, and recall: whoever was shown it, or whom it was sent to, is told when it stands otherwise."""

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _now

from core.errors import Invalid, NotFound
from core.marks import Way, marks_that_leave
from core.tenancy import acting_as
from incidents.facts import Errors
from incidents.models import Incident
from ledger.services import record
from notifications.services import tell
from organisations.actors import Actor
from organisations.models import User
from organisations.roles import Action

from ..access import finding_for, open_finding_for
from ..models import Finding, FindingIssue, OutsideAcknowledgement, RelyingParty, StandingChange
from .facts import clean_line
from .platform import system_for

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def note_shown(
    actor: Actor, finding: Finding, *, how: str = RelyingParty.How.SHOWN, change: StandingChange | None = None
) -> None:
    """Notes that this person was shown the finding as it stands, or as it stood from `change` on: one statement, one row a
    person and version."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO attribution_relyingparty (incident_id, finding_id, change_id, holder_id, how, user_id, organisation_id, addressee, channel, noted_by_id)"
            " SELECT c.incident_id, c.finding_id, c.id, i.holder_id, %s, %s, %s, '', '', %s FROM attribution_standingchange c"
            " JOIN incidents_incident i ON i.id = c.incident_id WHERE c.finding_id = %s"
            " AND c.id = coalesce(%s, c.id) ORDER BY c.id DESC LIMIT 1 ON CONFLICT DO NOTHING",
            [str(how), actor.user.pk, actor.organisation.pk, actor.user.pk, finding.pk, change.pk if change else None],
        )


@transaction.atomic
def note_sent(*, actor: Actor, reference: str, label: str, addressee: str, channel: str) -> RelyingParty:
    """Notes that the finding was sent to somebody outside, and how: by that way they are told of changes."""
    case, finding = open_finding_for(actor, reference, label, Action.PROPOSE_FINDING)
    errors: Errors = {}
    columns = {
        "addressee": clean_line(addressee, "addressee", errors, required=True, most=160),
        "channel": clean_line(channel, "channel", errors, required=True, most=200),
    }
    if errors:
        raise Invalid(errors)
    change = StandingChange.objects.filter(finding=finding).order_by("-pk")[0]
    noted, made = RelyingParty.objects.get_or_create(
        incident=case.incident, finding=finding, change=change, user=None, **columns,
        defaults={"holder": case.incident.holder, "how": RelyingParty.How.SENT, "noted_by": actor.user},
    )  # fmt: skip
    if made:
        record(
            actor=actor, verb="finding.sent", subject=finding, root_id=finding.incident_id, payload={"finding": label}
        )
    return noted


def key_of(change: StandingChange) -> str:
    """One key a finding and change: told twice by two at once, it arrives once."""
    return f"recall:{change.finding_id}:{change.pk}"


def concerned(finding_id: int) -> tuple[bool, bool]:
    """Whether somebody relies on the finding, and whether it was published; who they are is the holder's to know."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relied, published FROM attribution_concerned(%s)", [finding_id])
        found = cursor.fetchone()
    return (bool(found[0]), bool(found[1])) if found else (False, False)


def recall(change: StandingChange) -> None:
    """Tells everybody who was shown an earlier version that the finding stands otherwise now, and asks to acknowledge it.

    As the holder, who sees who has acknowledged. Whoever may not see the case any more is told only that what they were
    shown has changed: an error that was spread is corrected where it was spread, without opening the case again.
    """
    finding = change.finding
    incident = Incident.objects.only("pk", "reference", "mark", "holder_id").get(pk=finding.incident_id)
    holder = system_for(incident.holder_id)
    with acting_as(holder.principal):
        earlier = RelyingParty.objects.filter(finding=finding, change_id__lt=change.pk)
        people = set(earlier.filter(user__isnull=False).values_list("user_id", flat=True)) - {change.actor_id}
        outside = list(earlier.filter(user__isnull=True).order_by("pk"))
        if not people and not outside:
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM attribution_still_reach(%s, %s)", [incident.pk, list(people)])
            reached = {row[0] for row in cursor.fetchall()}
        users = {user.pk: user for user in User.objects.filter(pk__in=people)}
        words = {"tier": change.tier, "standing": change.standing}
        tell(
            kind="finding.recalled", to=[users[key] for key in sorted(people & reached)], key=key_of(change),
            root_id=incident.pk, reference=incident.reference, mark=incident.mark, subject=finding.label, words=words,
            url=reverse("finding", args=[incident.reference, finding.label]), acknowledge=True,
        )  # fmt: skip
        tell(
            kind="finding.recalled_unseen", to=[users[key] for key in sorted(people - reached)], key=key_of(change),
            reference=incident.reference, mark=incident.mark, subject=finding.label, acknowledge=True,
        )  # fmt: skip
        for each in outside:
            if EMAIL.fullmatch(each.channel):
                transaction.on_commit(lambda to=each.channel: send_recall(incident.reference, finding, to), robust=True)  # type: ignore[misc]


def send_recall(reference: str, finding: Finding, address: str) -> None:
    """An id and a link, to an address outside."""
    public = (
        FindingIssue.objects.filter(finding=finding, mark__in=marks_that_leave(Way.PUBLIC))
        .values_list("public_id", flat=True)
        .first()
    )
    where = reverse("published-finding", args=[public]) if public else "/"
    title = f"[Norms] {reference} {finding.label}"
    body = _now("A finding that was sent to you stands otherwise now. Do not rely on what you were sent before.")
    send_mail(title, f"{reference} {finding.label}\n{settings.BASE_URL}{where}\n\n{body}\n", None, [address])


@dataclass(frozen=True, slots=True)
class Relies:
    """A party as the holder sees it: since when, and whether they know of the last change."""

    id: int
    name: str
    organisation: str
    how: str
    since: datetime
    channel: str
    asked: bool
    acknowledged_at: datetime | None

    @property
    def waiting(self) -> bool:
        return self.asked and self.acknowledged_at is None


def last_change(finding: Finding) -> StandingChange | None:
    """The change everybody was last told of: the newest that altered how the finding stands."""
    rows = list(StandingChange.objects.filter(finding=finding).defer("explanation").order_by("-pk")[:200])
    for newer, older in pairwise(rows):
        if stands(newer) != stands(older):
            return newer
    return None


def stands(change: StandingChange) -> tuple[Any, ...]:
    """How a finding stood, as far as whoever relies on it is concerned."""
    return (change.tier, change.standing, change.contested)


def relying_on(*, actor: Actor, reference: str, label: str) -> tuple[Finding, StandingChange | None, list[Relies]]:
    """Everybody who relies on the finding, those who have not acknowledged the last change first. For the holder alone."""
    _case, finding = finding_for(actor, reference, label, Action.PROPOSE_FINDING)
    change = last_change(finding)
    rows = RelyingParty.objects.filter(finding=finding).select_related("user", "organisation").order_by("pk")
    known: dict[int, datetime | None] = {}
    if change is not None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT user_id, acknowledged_at FROM attribution_recall_state(%s, %s)", [finding.pk, key_of(change)]
            )
            known = dict(cursor.fetchall())
    outside = {
        row.relying_id: row.noted_at
        for row in OutsideAcknowledgement.objects.filter(relying__finding=finding, change=change)
    } if change else {}  # fmt: skip
    found: dict[tuple[Any, ...], Relies] = {}
    for row in rows:
        earlier = change is not None and row.change_id < change.pk
        if row.user is not None and row.organisation is not None:
            key: tuple[Any, ...] = (row.user_id, row.organisation_id)
            entry = Relies(row.pk, row.user.name, row.organisation.name, row.get_how_display(), row.noted_at, "", row.user_id in known, known.get(row.user_id or 0))  # fmt: skip
        else:
            key = (row.addressee, row.channel)
            entry = Relies(row.pk, row.addressee, "", row.get_how_display(), row.noted_at, row.channel, earlier, outside.get(row.pk))  # fmt: skip
        found.setdefault(key, entry)
    return finding, change, sorted(found.values(), key=lambda each: (not each.waiting, each.since))


@transaction.atomic
def note_outside_acknowledgement(*, actor: Actor, reference: str, label: str, relying_id: int, note: str) -> None:
    """Writes down that an addressee outside knows of the last change, and how they said so; once."""
    _case, finding = open_finding_for(actor, reference, label, Action.PROPOSE_FINDING)
    row = RelyingParty.objects.filter(finding=finding, pk=relying_id, user__isnull=True).first()
    change = last_change(finding)
    if row is None or change is None:
        raise NotFound(relying_id)
    errors: Errors = {}
    text = clean_line(note, "note", errors, required=True, most=200)
    if errors:
        raise Invalid(errors)
    _noted, made = OutsideAcknowledgement.objects.get_or_create(
        incident_id=finding.incident_id, relying=row, change=change, defaults={"note": text, "noted_by": actor.user}
    )
    if made:
        record(
            actor=actor,
            verb="finding.recall_acknowledged",
            subject=finding,
            payload={"finding": label, "relying": row.pk},
        )
