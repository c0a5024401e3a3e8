"""Pages of the organisation one acts for: who belongs to it, as what; switching."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.http import see_other

from .. import errors, selectors
from ..doors import actor_of
from ..middleware import ONLY_KEY, SESSION_KEY
from ..roles import BY_GRADE, BY_ROLE, OWN_HOUSE, Action, Grade, Role
from .words import words_of


@require_safe
def organisation(request: HttpRequest) -> HttpResponse:
    """For whom I act, for whom else I could, and who else belongs here."""
    actor = actor_of(request)
    context = {
        "actor": actor,
        "others": [m for m in selectors.memberships_of(actor) if m.organisation_id != actor.organisation.pk],
        "members": len(selectors.members_of(actor)),
        "administrators": [
            m.user for m in selectors.members_of(actor) if Role.ORG_ADMIN in m.roles and m.suspended_at is None
        ],
        "my_roles": ", ".join(str(Role(role).label) for role in actor.roles),
    }
    return render(request, "organisations/organisation.html", context)


@require_safe
def organisation_roles(request: HttpRequest) -> HttpResponse:
    """What each role may do, and each grade of a share: printed from the one table every door asks."""
    actor = actor_of(request)
    roles = [Role(role) for role in Role.values]
    grades = [Grade(grade) for grade in sorted(Grade.values)]
    context = {
        "roles": [{"label": role.label, "mine": role in actor.roles} for role in roles],
        "grades": [grade.label for grade in grades],
        "acts": [
            {
                "words": words_of(action),
                "code": action.value,
                "by_role": [action in BY_ROLE.get(role, ()) for role in roles],
                "by_grade": [action in BY_GRADE.get(grade, ()) for grade in grades],
                "own_house": action in OWN_HOUSE,
            }
            for action in Action
        ],
    }
    return render(request, "organisations/rights.html", context)


@require_POST
def organisation_switch(request: HttpRequest) -> HttpResponse:
    """From the next request on, acts for another organisation one belongs to."""
    actor = actor_of(request)
    wanted = request.POST.get("organisation", "")
    found = next((m for m in selectors.memberships_of(actor) if str(m.organisation_id) == wanted), None)
    if found is None:
        raise errors.NotMember
    if request.session.get(ONLY_KEY) not in (None, found.organisation_id):
        raise errors.OtherWayIn
    request.session[SESSION_KEY] = found.organisation_id
    messages.success(request, _("You now act for %(organisation)s.") % {"organisation": found.organisation})
    return see_other("organisation")
