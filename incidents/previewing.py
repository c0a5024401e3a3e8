"""Looking at a case as somebody else would see it (SHR-2): read only, recorded, and never more than one may see oneself.

The database makes it exact and safe at once: a preview is a principal nobody is, given the previewed grades on this one case.
It sees what a new reader with these grades would see, and nothing of the viewer's own, of the grantee's own, or of any other case.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import Invalid, NotFound
from ledger.services import record
from organisations import glasses
from organisations.actors import Actor, Glass
from organisations.errors import PreviewGone
from organisations.models import Organisation, User
from organisations.roles import NOT_GRANTED_TO, Action, Grade, Role

from .access import case_for
from .blind import hide_one
from .models import Incident, IncidentGroupPermission, IncidentUserPermission, Preview

LASTS = timedelta(minutes=15)


@transaction.atomic
def start_preview(
    *, actor: Actor, reference: str, organisation: Organisation, role: str, grade: int, may_export: bool = False
) -> Preview:
    """As a member with this role of an organisation that holds (or would hold) this grade."""
    case = case_for(actor, reference, Action.SHARE)
    if grade not in Grade.values or grade == Grade.HOLD:
        raise Invalid({"grade": [_("Choose a grade from the list.")]})
    if role not in Role.values or role in NOT_GRANTED_TO:
        raise Invalid({"role": [_("Choose a role from the list.")]})
    return _start(actor, case.incident, case.actions, organisation, [role], [grade], may_export=may_export)


@transaction.atomic
def preview_grant(*, actor: Actor, reference: str, grant_id: int, by_name: bool, role: str = "") -> Preview:
    """As the reader of a share the case has: the person named, or a member of the organisation with this role.

    With every grade that reaches them on this case: a share is not looked at alone when two make what they see.
    """
    case = case_for(actor, reference, Action.SHARE)
    if by_name:
        given = IncidentUserPermission.objects.filter(content_object=case.incident, pk=grant_id)
        named = given.select_related("organisation", "user").first()
        if named is None or named.organisation is None:
            raise NotFound(grant_id)
        roles = roles_known(named.user, named.organisation, role)
        grades, export = reached(case.incident, named.organisation, roles, named.user)
        return _start(
            actor, case.incident, case.actions, named.organisation, roles, grades, person=named.user, may_export=export
        )
    grant = IncidentGroupPermission.objects.filter(content_object=case.incident, pk=grant_id)
    found = grant.select_related("group__role_group__organisation").first()
    if found is None:
        raise NotFound(grant_id)
    house = found.group.role_group
    wanted = house.role or role or Role.ANALYST
    if wanted not in Role.values or wanted in NOT_GRANTED_TO:
        raise Invalid({"role": [_("Choose a role from the list.")]})
    grades, export = reached(case.incident, house.organisation, [wanted], None)
    return _start(actor, case.incident, case.actions, house.organisation, [wanted], grades, may_export=export)


def roles_known(person: User, organisation: Organisation, role: str) -> list[str]:
    """The roles to look with: of one's own guest, a guest's; of another house's person, the one asked for (their roles are theirs)."""
    own = person.memberships.filter(organisation=organisation).first()
    if own is not None and own.roles:
        return list(own.roles)
    return [role if role in Role.values and role not in NOT_GRANTED_TO else str(Role.ANALYST)]


def reached(
    incident: Incident, organisation: Organisation, roles: Iterable[str], person: User | None
) -> tuple[list[int], bool]:
    """Every grade that reaches such a reader on this case now, and whether one of them may export."""
    now = clock.now()
    numbers: dict[str, int] = {f"grade_{grade.name.lower()}": grade.value for grade in Grade}
    house = IncidentGroupPermission.objects.filter(
        content_object=incident, group__role_group__organisation=organisation, group__role_group__role__in=["", *roles]
    )
    rows = [*house.exclude(until__lte=now).select_related("permission")]
    named = IncidentUserPermission.objects.filter(content_object=incident, user=person).exclude(until__lte=now)
    everything = [*rows, *(named.select_related("permission") if person else [])]
    return (
        sorted({numbers[row.permission.codename] for row in everything}),
        any(row.may_export for row in everything),
    )


def _start(
    actor: Actor,
    incident: Incident,
    mine: frozenset[Action],
    organisation: Organisation,
    roles: list[str],
    grades: list[int],
    *,
    person: User | None = None,
    may_export: bool = False,
) -> Preview:
    if not grades:
        raise NotFound(organisation.slug)
    preview = Preview.objects.create(
        incident=incident, viewer=actor.user, viewer_organisation=actor.organisation, organisation=organisation,
        person=person, roles=roles, grades=grades, may_export=may_export, until=clock.now() + LASTS,
    )  # fmt: skip
    record(
        actor=actor, verb="case.previewed", subject=preview, root_id=incident.pk,
        payload={
            "organisation": organisation.pk, "roles": roles, "grades": grades,
            "person": person.pk if person else None,
        },
    )  # fmt: skip
    return preview


def own_preview(viewer: Actor, preview_id: int) -> Preview:
    """One of the viewer's own that is not over; 404 for anybody else's."""
    found = (
        Preview.objects.filter(pk=preview_id, viewer=viewer.user, viewer_organisation=viewer.organisation)
        .select_related("organisation", "incident", "person").first()
    )  # fmt: skip
    if found is None:
        raise NotFound(preview_id)
    if found.ended_at is not None or found.until <= clock.now():
        raise PreviewGone
    return found


def through(viewer: Actor, preview_id: int) -> Actor:
    """The actor a viewer is while they look: at most what they may do themselves, and nothing that changes anything.

    Asked at every request, so that a preview ends with the viewer's own right to the case.
    """
    found = own_preview(viewer, preview_id)
    case = case_for(viewer, found.incident.reference, Action.SHARE)
    if case.incident.blind and found.organisation_id != viewer.organisation.pk:
        hide_one(case.incident.pk, found.organisation)  # on every page, also those that are of no case
    glass = Glass(
        preview=found.pk, number=found.number, ceiling=case.actions, reference=found.incident.reference, until=found.until,
        words=str(found.person) if found.person else "",
    )  # fmt: skip
    return Actor(viewer.user, found.organisation, tuple(found.roles), viewer.limit, glass)


@transaction.atomic
def end_preview(*, actor: Actor, preview_id: int) -> None:
    """Ends it before its time; twice is harmless."""
    found = Preview.objects.filter(pk=preview_id, viewer=actor.user).first()
    if found is None:
        raise NotFound(preview_id)
    if found.ended_at is None:
        found.ended_at = clock.now()
        found.save(update_fields=["ended_at"])


glasses.register(through)
