"""Sharing a case, ending a share and taking that back (SHR-2). `incidents.services` is the door to it.

Each grade is a grant of its own with its own end; the right to export stands beside a grade. What may be given is checked
here, and what must never be false by the database: evidence to accredited houses alone, a guest until a day.
"""

from datetime import datetime, timedelta

from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accreditation.errors import NotAccredited
from accreditation.selectors import is_accredited
from core import clock
from core.errors import Invalid, NotFound
from ledger.services import record
from organisations.actors import Actor
from organisations.models import Organisation, RoleGroup, User
from organisations.roles import NOT_GRANTED_TO, Action, Grade, Role
from organisations.services import admit_guest

from . import errors
from .access import get_incident_for
from .models import Incident, IncidentGroupPermission, IncidentUserPermission, PastGrant

GUEST_GRADES = (Grade.SUMMARY, Grade.EVIDENCE)
# How long an ended share can be taken back with one act; later it is shared anew.
UNDO_WITHIN = timedelta(hours=24)


def permission_for(grade: int) -> Permission:
    """The entry of guardian's book that stands for a grade."""
    return Permission.objects.get(content_type__app_label="incidents", codename=f"grade_{Grade(grade).name.lower()}")


def check_terms(
    incident: Incident, organisation: Organisation, grade: int, reason: str, until: datetime | None, *, may_export: bool
) -> None:
    """What every share has to be, whoever it goes to."""
    if not reason.strip():
        raise errors.GrantNeedsReason
    if grade not in Grade.values or grade == Grade.HOLD:
        raise Invalid({"grade": [_("Choose a grade from the list.")]})
    if may_export and grade < Grade.EVIDENCE:
        raise Invalid({"may_export": [_("Only evidence can be exported: choose a grade that sees it.")]})
    if until is not None and until <= clock.now():
        raise Invalid({"until": [_("The share must end in the future.")]})
    # Evidence and what is above it goes to organisations accredited at this moment, whatever any clock did (SHR-3, AT-09).
    if grade >= Grade.EVIDENCE and not is_accredited(organisation):
        raise NotAccredited(organisation=organisation.slug)


def noted(actor: Actor, grant: IncidentGroupPermission | IncidentUserPermission, verb: str, **more: object) -> None:
    """The ledger entry of a share: who, how much, until when, and not why."""
    grade = grant.permission.codename.removeprefix("grade_")
    record(
        actor=actor, verb=verb, subject=grant, root_id=grant.content_object_id,
        payload={
            "grade": grade, "until": grant.until.isoformat() if grant.until else None, "export": grant.may_export, **more,
        },
    )  # fmt: skip


@transaction.atomic
def grant_access(
    *,
    actor: Actor,
    reference: str,
    organisation: Organisation,
    grade: int,
    reason: str,
    role: str = "",
    until: datetime | None = None,
    may_export: bool = False,
) -> IncidentGroupPermission:
    """Shares the case with an organisation, or with one role in it, at a grade, until a date.

    A second grant of the same grade replaces the first one's reason, end and right to export.
    """
    incident = get_incident_for(actor, reference, Action.SHARE, lock=True)
    if organisation.pk == incident.holder_id:
        raise errors.GrantToHolder
    if role and (role not in Role.values or role in NOT_GRANTED_TO):
        raise Invalid({"role": [_("Choose a role from the list.")]})
    check_terms(incident, organisation, grade, reason, until, may_export=may_export)
    group = RoleGroup.objects.get(organisation=organisation, role=role)
    grant: IncidentGroupPermission = IncidentGroupPermission.objects.update_or_create(
        group_id=group.pk, permission=permission_for(grade), content_object=incident,
        defaults={"granted_by": actor.user, "reason": reason.strip(), "until": until, "may_export": may_export},
    )[0]  # fmt: skip
    noted(actor, grant, "grant.given", organisation=organisation.pk, role=role)
    return grant


def person_of(email: str, organisation: Organisation) -> User:
    """The member of this organisation with this exact address. Whoever asks knows both; nothing is searched."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT organisations_person(%s, %s)", [email.strip(), organisation.pk])
        number = cursor.fetchone()[0]
    if number is None:
        raise Invalid({"person": [_("Nobody with this e-mail address acts for this organisation.")]})
    return User.objects.get(pk=number)


@transaction.atomic
def grant_person(
    *,
    actor: Actor,
    reference: str,
    email: str,
    organisation: Organisation,
    grade: int,
    reason: str,
    until: datetime | None = None,
    may_export: bool = False,
) -> IncidentUserPermission:
    """Shares the case with one person of an organisation, by name: the exception, with its reason."""
    incident = get_incident_for(actor, reference, Action.SHARE, lock=True)
    if organisation.pk == incident.holder_id:
        raise errors.GrantToHolder
    check_terms(incident, organisation, grade, reason, until, may_export=may_export)
    person = person_of(email, organisation)
    return _give_by_name(actor, incident, person, organisation, grade, reason, until, may_export=may_export)


def _give_by_name(
    actor: Actor, incident: Incident, person: User, organisation: Organisation, grade: int, reason: str,
    until: datetime | None, *, may_export: bool,
) -> IncidentUserPermission:  # fmt: skip
    """A grant in a person's own name. One that a panel seat gave is not overwritten."""
    permission = permission_for(grade)
    known = IncidentUserPermission.objects.filter(user=person, permission=permission, content_object=incident).first()
    if known is not None and known.reason.startswith("Panel seat "):
        raise errors.SeesAlready
    grant: IncidentUserPermission = IncidentUserPermission.objects.update_or_create(
        user=person, permission=permission, content_object=incident,
        defaults={
            "granted_by": actor.user, "reason": reason.strip(), "until": until, "may_export": may_export,
            "organisation": organisation,
        },
    )[0]  # fmt: skip
    noted(actor, grant, "grant.given_by_name", organisation=organisation.pk, person=person.pk)
    return grant


@transaction.atomic
def invite_guest(
    *, actor: Actor, reference: str, email: str, name: str, grade: int, reason: str, until: datetime, may_export: bool = False
) -> IncidentUserPermission:  # fmt: skip
    """Invites a person by e-mail to this one case, until a day: they look, and change nothing. With `may_export` they open
    originals, each with a purpose that is recorded; packages they make in no case.

    The house that invites vouches for its guest, so it is the one that has to be accredited for evidence. Whether the address
    was known to the platform before is not told.
    """
    incident = get_incident_for(actor, reference, Action.SHARE, lock=True)
    if actor.organisation.pk != incident.holder_id:
        raise errors.OnlyHolder
    if grade not in GUEST_GRADES:
        raise Invalid({"grade": [_("A guest sees the summary or the evidence.")]})
    wrong: dict[str, list[object]] = {}
    try:
        validate_email(email.strip())
    except ValidationError:
        wrong["email"] = [_("Enter an e-mail address such as name@example.org.")]
    if not name.strip():
        wrong["name"] = [_("Say who the guest is.")]
    if until is None or until <= clock.now() or until > clock.now() + timedelta(days=366):
        wrong["until"] = [_("A guest is invited until a day within a year.")]
    if wrong:
        raise Invalid(wrong)
    check_terms(incident, actor.organisation, grade, reason, until, may_export=may_export)
    guest = admit_guest(actor=actor, email=email, name=name, until=until)
    return _give_by_name(actor, incident, guest, actor.organisation, grade, reason, until, may_export=may_export)


@transaction.atomic
def revoke_grant(*, actor: Actor, reference: str, grant_id: int) -> None:
    """Ends a share with an organisation or a role at once; what was seen stays recorded."""
    _end(actor, reference, IncidentGroupPermission.objects.filter(pk=grant_id), grant_id)


@transaction.atomic
def revoke_person(*, actor: Actor, reference: str, grant_id: int) -> None:
    """Ends a share with a person at once. A seat's is ended by stepping out of the seat, not here."""
    grant = IncidentUserPermission.objects.filter(pk=grant_id, reason__startswith="Panel seat ").first()
    if grant is not None and grant.content_object.reference == reference:
        get_incident_for(actor, reference, Action.SHARE)
        raise errors.SeatGrant
    _end(actor, reference, IncidentUserPermission.objects.filter(pk=grant_id), grant_id)


def _end(actor: Actor, reference: str, grants: object, grant_id: int) -> None:
    incident = get_incident_for(actor, reference, Action.SHARE, lock=True)
    grant = grants.filter(content_object=incident).select_related("permission").first()  # type: ignore[attr-defined]
    if grant is None:
        raise NotFound(grant_id)
    record(
        actor=actor, verb="grant.revoked", subject=grant, root_id=incident.pk,
        payload={"organisation" if isinstance(grant, IncidentGroupPermission) else "person": grant.principal},
    )  # fmt: skip
    grant.delete()


@transaction.atomic
def restore_grant(*, actor: Actor, reference: str, past_id: int) -> IncidentGroupPermission | IncidentUserPermission:
    """Takes back the ending of a share, within a day, on the terms it had; every rule of giving is asked anew."""
    incident = get_incident_for(actor, reference, Action.SHARE, lock=True)
    past = (
        PastGrant.objects.filter(incident=incident, pk=past_id)
        .select_related("group__role_group__organisation", "user", "organisation").first()
    )  # fmt: skip
    if past is None:
        raise NotFound(past_id)
    if past.how != PastGrant.How.ENDED or past.ended_at < clock.now() - UNDO_WITHIN:
        raise errors.TooLateToUndo
    if past.group is not None:
        house = past.group.role_group
        return grant_access(
            actor=actor, reference=reference, organisation=house.organisation, role=house.role, grade=past.grade,
            reason=past.reason, until=past.until, may_export=past.may_export,
        )  # fmt: skip
    if past.user is None or past.organisation is None:
        raise errors.TooLateToUndo
    check_terms(incident, past.organisation, past.grade, past.reason, past.until, may_export=past.may_export)
    return _give_by_name(
        actor, incident, past.user, past.organisation, past.grade, past.reason, past.until, may_export=past.may_export
    )


def expire_grants() -> int:
    """Takes shares whose time is over out of the book; how many. They ended by their date: this only tidies. Called by the clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT incidents_expire_grants()")
        return int(cursor.fetchone()[0])
