"""Pages of a house's administration about cases: what a member can see, what was shared, who is a guest (SHR-2)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from organisations.doors import actor_of
from organisations.roles import Role
from organisations.ui.words import words_of

from .. import reach
from ..blind import hide_bearers
from ..sight import grade_of

HOW = {
    "house": _("shared with the organisation, or held"),
    "role": _("shared with their role"),
    "name": _("shared with them by name"),
}


@require_safe
def member_sees(request: HttpRequest, membership_id: int) -> HttpResponse:
    """What can this person see?"""
    found = reach.reach(actor_of(request), membership_id)
    context = {
        "reach": found,
        "roles": [Role(role).label for role in found.membership.roles if role in Role.values],
        "acts": sorted(words_of(action) for action in found.actions),
        "cases": [{**row, "how": HOW[row["how"]], "grade": row["grade"].label} for row in found.cases],
        "most": reach.MOST,
    }
    return render(request, "incidents/member_sees.html", context)


@require_safe
def organisation_grants(request: HttpRequest) -> HttpResponse:
    """Everything the house has shared of the cases it holds."""
    actor = actor_of(request)
    houses = [
        {"grant": grant, "who": grant.group.role_group.organisation, "giver": grant.granted_by, "role": grant.group.role_group.get_role_display() if grant.group.role_group.role else "", "grade": grade_of(grant).label}
        for grant in reach.given_by_house(actor)[: reach.MOST]
    ]  # fmt: skip
    people = [
        {"grant": grant, "who": grant.user, "giver": grant.granted_by, "role": "", "grade": grade_of(grant).label}
        for grant in reach.given_by_name(actor)[: reach.MOST]
    ]
    rows: list[dict[str, Any]] = houses + people
    hide_bearers(actor, ((row["grant"].content_object, row[side]) for row in rows for side in ("who", "giver")))
    return render(request, "incidents/organisation_grants.html", {"rows": rows, "most": reach.MOST})


@require_safe
def organisation_guests(request: HttpRequest) -> HttpResponse:
    """Who was invited from outside, to which case, until when."""
    return render(request, "incidents/organisation_guests.html", {"guests": reach.guests_of(actor_of(request))})
