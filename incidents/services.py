"""What is done to a case. Each function checks, changes and records in one transaction."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import Invalid, NotFound, StaleVersion
from ledger.services import record
from organisations.actors import Actor
from organisations.roles import Action

from . import errors
from .access import case_for, get_incident_for
from .facts import MOMENTS, check
from .granting import expire_grants as expire_grants
from .granting import grant_access as grant_access
from .granting import grant_person as grant_person
from .granting import invite_guest as invite_guest
from .granting import restore_grant as restore_grant
from .granting import revoke_grant as revoke_grant
from .granting import revoke_person as revoke_person
from .hiding import write_blinding
from .marking import note_mark, reason_to_relax
from .mentions import tell_mentioned
from .models import Draft, Incident, IncidentLink, ServiceHit, Statement, TimelineEntry, Victim
from .snapshots import facts_of
from .statements import check_statement, check_timeline_entry
from .states import Status


def next_reference() -> str:
    """A fresh reference: speakable, random to look at, silent about how many there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT incident_next_reference(%s)", [clock.today().year])
        return str(cursor.fetchone()[0])


def columns(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Checked facts as the columns of an incident."""
    values = {
        name: facts[name]
        for name in ("title", "summary", "harm", "mark", "pap", "is_exercise", "people_source")
        if name in facts
    }
    for name in MOMENTS:
        if name in facts:
            at = facts[name]["at"]
            values[f"{name}_at"] = datetime.fromisoformat(at) if at else None
            values[f"{name}_precision"] = facts[name]["precision"]
    if "people" in facts:
        values |= {f"people_{part}": number for part, number in facts["people"].items()}
    return values


def add_victims(incident: Incident, victims: list[dict[str, Any]]) -> None:
    """Rows for the sectors and countries hit."""
    Victim.objects.bulk_create([Victim(incident=incident, **row) for row in victims])


def service_columns(row: Mapping[str, Any]) -> dict[str, Any]:
    """A checked service as the columns of its row."""
    people = {f"people_{part}": number for part, number in row["people"].items()}
    return {"service": row["service"], "name": row["name"], "country": row["country"], **people}


def add_services(incident: Incident, services: list[dict[str, Any]]) -> None:
    """Rows for the essential services hit."""
    ServiceHit.objects.bulk_create([ServiceHit(incident=incident, **service_columns(row)) for row in services])


def change_services(incident: Incident, services: list[dict[str, Any]]) -> None:
    """Changes the rows named by their number and adds the others. None is taken away: its way back is followed in remediation."""
    known = {hit.pk: hit for hit in incident.servicehits.all()}
    if any(row["id"] is not None and row["id"] not in known for row in services):
        raise Invalid({"services": [_("One of these services is not part of this case.")]})
    for row in services:
        if row["id"] is not None:
            hit = known[row["id"]]
            for name, value in service_columns(row).items():
                setattr(hit, name, value)
            hit.save()
    add_services(incident, [row for row in services if row["id"] is None])


@transaction.atomic
def file_incident(*, actor: Actor, facts: Mapping[str, Any], draft_reference: str | None = None) -> Incident:
    """Files an incident; the actor's organisation holds it from then on (ATT-1).

    `facts` as in `incidents.facts`. Filing a draft twice gives the same incident. Raises Invalid with every field to mend.
    """
    actor.require(Action.FILE)
    draft = get_draft(actor=actor, reference=draft_reference, lock=True) if draft_reference else None
    if draft is not None and draft.incident_id is not None:
        return Incident.objects.get(pk=draft.incident_id)
    checked = check(facts, whole=True)
    incident = Incident.objects.create(
        reference=next_reference(), holder=actor.organisation, filed_by=actor.user, **columns(checked)
    )
    add_victims(incident, checked["victims"])
    add_services(incident, checked["services"])
    if draft is not None:
        draft.incident = incident
        draft.save(update_fields=["incident", "saved_at"])
    if checked["blind"]:
        write_blinding(actor=actor, incident=incident, hidden=True)
    record(
        actor=actor, verb="incident.filed", subject=incident, root_id=incident.pk,
        payload={"reference": incident.reference, "mark": incident.mark, "pap": incident.pap, "exercise": incident.is_exercise},
    )  # fmt: skip
    return incident


@transaction.atomic
def edit_incident(
    *, actor: Actor, reference: str, version: int, facts: Mapping[str, Any], mark_reason: str = ""
) -> Incident:
    """Changes the facts given, if nobody else saved since `version`. A mark is relaxed with `mark_reason`, never without (R2.9).

    Raises StaleVersion with what is stored now, so that both sides can be shown field by field.
    """
    incident = get_incident_for(actor, reference, Action.EDIT, lock=True)
    if incident.status == Status.CLOSED:
        raise errors.AlreadyClosed
    if incident.version != version:
        raise StaleVersion(theirs=facts_of(incident), version=incident.version)
    moments = {name: value for name, value in facts_of(incident).items() if name in MOMENTS}
    checked = check({**moments, **facts})
    before = {"mark": incident.mark, "pap": incident.pap}
    marks = {**before, **{name: checked[name] for name in before if name in checked}}
    said = reason_to_relax(before, marks, mark_reason, "mark_reason")
    for name, value in columns(checked).items():
        setattr(incident, name, value)
    incident.version += 1
    incident.save(update_fields=[*columns(checked), "version", "changed_at"])
    if "victims" in checked:
        incident.victims.all().delete()
        add_victims(incident, checked["victims"])
    if "services" in checked:
        change_services(incident, checked["services"])
    record(
        actor=actor, verb="incident.edited", subject=incident, root_id=incident.pk,
        payload={"fields": sorted(facts), "version": incident.version},
    )  # fmt: skip
    if marks != before:
        note_mark(actor=actor, subject=incident, incident=incident, before=before, after=marks, reason=said)
    return incident


@transaction.atomic
def close_incident(*, actor: Actor, reference: str, note: str = "") -> Incident:
    """Closes the case; it stays readable, and can be opened again."""
    incident = get_incident_for(actor, reference, Action.CLOSE, lock=True)
    if incident.status == Status.CLOSED:
        raise errors.AlreadyClosed
    incident.status, incident.closed_at = Status.CLOSED, clock.now()
    incident.version += 1
    incident.save(update_fields=["status", "closed_at", "version", "changed_at"])
    record(actor=actor, verb="incident.closed", subject=incident, root_id=incident.pk)
    return incident


@transaction.atomic
def reopen_incident(*, actor: Actor, reference: str) -> Incident:
    """Opens a closed case again."""
    incident = get_incident_for(actor, reference, Action.CLOSE, lock=True)
    if incident.status == Status.OPEN:
        raise errors.NotClosed
    incident.status, incident.closed_at = Status.OPEN, None
    incident.version += 1
    incident.save(update_fields=["status", "closed_at", "version", "changed_at"])
    record(actor=actor, verb="incident.reopened", subject=incident, root_id=incident.pk)
    return incident


# ── drafts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def get_draft(*, actor: Actor, reference: str, lock: bool = False) -> Draft:
    """The author's own draft; for anybody else there is none."""
    drafts = Draft.objects.select_for_update() if lock else Draft.objects.all()
    draft = drafts.filter(reference=reference, author=actor.user, organisation=actor.organisation).first()
    if draft is None:
        raise NotFound(reference)
    return draft


@transaction.atomic
def open_draft(*, actor: Actor) -> Draft:
    """An empty draft, kept on the server from the first moment."""
    actor.require(Action.FILE)
    reference = "DRAFT-" + "".join(secrets.choice("23456789ABCDEFGHJKMNPQRSTUVWXYZ") for _ in range(6))
    return Draft.objects.create(reference=reference, author=actor.user, organisation=actor.organisation)


@transaction.atomic
def save_draft(*, actor: Actor, reference: str, answers: Mapping[str, Any]) -> Draft:
    """Keeps answers as typed, right or wrong: nothing typed is lost. They are checked when a step is done and when it is sent."""
    draft = get_draft(actor=actor, reference=reference, lock=True)
    if draft.incident_id is not None:
        raise errors.DraftSent
    draft.answers = {**draft.answers, **storable(dict(answers))}
    draft.save(update_fields=["answers", "saved_at"])
    return draft


def storable(value: Any) -> Any:
    """Answers as the database can keep them: its JSON has no NUL and no half of a surrogate pair."""
    match value:
        case str():
            return value.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
        case Mapping():
            return {storable(str(name)): storable(inner) for name, inner in value.items()}
        case list() | tuple():
            return [storable(inner) for inner in value]
    return value


@transaction.atomic
def discard_draft(*, actor: Actor, reference: str) -> None:
    """Throws a draft away; one that has been sent stays, because the filing came from it."""
    draft = get_draft(actor=actor, reference=reference, lock=True)
    if draft.incident_id is not None:
        raise errors.DraftSent
    draft.delete()


# ── what is said and what happened ───────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def add_statement(*, actor: Actor, reference: str, statement: Mapping[str, Any]) -> Statement:
    """Keeps what somebody said in public, in their words; nothing is merged and nothing deleted (R1.8)."""
    incident = get_incident_for(actor, reference, Action.EDIT)
    added = Statement.objects.create(incident=incident, added_by=actor.user, **check_statement(statement))
    record(actor=actor, verb="statement.added", subject=added, root_id=incident.pk, payload={"kind": added.kind})
    return added


@transaction.atomic
def add_timeline_entry(*, actor: Actor, reference: str, entry: Mapping[str, Any]) -> TimelineEntry:
    """Adds something that happened in the case's own time."""
    incident = get_incident_for(actor, reference, Action.EDIT)
    added = TimelineEntry.objects.create(incident=incident, added_by=actor.user, **check_timeline_entry(entry))
    record(actor=actor, verb="timeline.added", subject=added, root_id=incident.pk)
    tell_mentioned(
        actor=actor, incident=incident, texts=[added.what, added.source], key=f"timeline:{added.pk}",
        url=reverse("incident", args=[reference]),
    )  # fmt: skip
    return added


@transaction.atomic
def link_incidents(*, actor: Actor, reference: str, other_reference: str, kind: str) -> IncidentLink:
    """Links two incidents the actor may both see: linked, not merged."""
    incident = get_incident_for(actor, reference, Action.EDIT)
    try:
        other = case_for(actor, other_reference).incident
    except NotFound as unseen:
        # The same words whether it does not exist or is hidden: existence is a fact too.
        raise Invalid({"other": [_("There is no incident with this reference that you may see.")]}) from unseen
    if kind not in IncidentLink.Kind.values:
        raise Invalid({"kind": [_("Choose how the two belong together.")]})
    if other.pk == incident.pk:
        raise Invalid({"other": [_("Choose another incident than this one.")]})
    link, made = IncidentLink.objects.get_or_create(incident=incident, other=other, defaults={"kind": kind})
    if made:
        record(
            actor=actor,
            verb="incident.linked",
            subject=link,
            root_id=incident.pk,
            payload={"other": other.reference, "kind": kind},
        )
    return link
