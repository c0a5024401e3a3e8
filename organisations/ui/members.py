"""Members of the organisation: inviting, other roles, suspending, ending; each with its reason."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import Invalid, NotFound
from core.http import see_other, show_invalid

from .. import errors, selectors, services
from ..actors import Actor
from ..doors import actor_of
from ..holdings import SOURCES, holdings_of
from ..models import Membership, MembershipChange
from ..roles import SERVICE_ROLES, Action, role_words
from .forms import ChangeRolesForm, InviteForm, ReasonForm


@require_safe
def member_list(request: HttpRequest) -> HttpResponse:
    """Who belongs to the organisation, and as what."""
    actor = actor_of(request)
    context = {
        "members": [{"membership": m, "roles": role_words(m.roles)} for m in selectors.members_of(actor)],
        "may_manage": actor.may(Action.MANAGE_ORGANISATION),
    }
    return render(request, "organisations/members.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def member_invite(request: HttpRequest) -> HttpResponse:
    """An administrator invites a person."""
    actor = actor_of(request)
    actor.require(Action.MANAGE_ORGANISATION)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            membership = services.invite_member(actor=actor, **form.cleaned_data)
        except Invalid as error:
            show_invalid(form, error)
        else:
            messages.success(request, _("%(name)s is a member now.") % {"name": membership.user})
            return see_other("organisation-members")
    return render(request, "organisations/invite.html", {"form": form}, status=422 if form.errors else 200)


def _member(request: HttpRequest, membership_id: int) -> tuple[Actor, Membership]:
    """The actor, and the member the page is about; 404 for anybody outside the house."""
    actor = actor_of(request)
    actor.require(Action.MANAGE_ORGANISATION)
    found = next((m for m in selectors.members_of(actor) if m.pk == membership_id), None)
    if found is None:
        raise NotFound(membership_id)
    return actor, found


def change_rows(membership: Membership) -> list[dict[str, Any]]:
    """What was done to a member, in words."""
    rows = []
    for change in selectors.changes_of(membership):
        text = change.reason
        if change.act == MembershipChange.Act.ROLES:
            text = f"{role_words(change.before)} → {role_words(change.after)}. {change.reason}"
        rows.append(
            {
                "id": f"change-{change.pk}",
                "title": change.get_act_display(),
                "when": change.at,
                "actor": str(change.by),
                "text": text,
            }
        )
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
def member_roles(request: HttpRequest, membership_id: int) -> HttpResponse:
    """An administrator changes what a member does here, and reads what was done before."""
    actor, membership = _member(request, membership_id)
    posted = request.method == "POST"
    form = ChangeRolesForm(request.POST) if posted else ChangeRolesForm(initial={"roles": membership.roles})
    if membership.user.is_service:
        form.offer(SERVICE_ROLES)
    if posted and form.is_valid():
        services.change_roles(actor=actor, membership_id=membership_id, **form.cleaned_data)
        messages.success(request, _("The roles of %(name)s were changed.") % {"name": membership.user})
        return see_other("organisation-members")
    context = {"form": form, "membership": membership, "entries": change_rows(membership)}
    return render(request, "organisations/roles.html", context, status=422 if form.errors else 200)


def _asked(
    request: HttpRequest,
    membership_id: int,
    act: str,
    done: str,
    do: Callable[..., object],
    form_class: type[ReasonForm],
    **more: Any,
) -> HttpResponse:
    """Asks for the reason, does it, and goes back to the list."""
    actor, membership = _member(request, membership_id)
    form = form_class(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        do(actor=actor, membership_id=membership_id, reason=form.cleaned_data["reason"])
        messages.success(request, done % {"name": membership.user})
        return see_other("organisation-members")
    context = {"form": form, "membership": membership, "roles": role_words(membership.roles), "act": act, **more}
    return render(request, "organisations/member_act.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def member_suspend(request: HttpRequest, membership_id: int) -> HttpResponse:
    """Shuts a member out for now."""
    return _asked(request, membership_id, "suspend", _("%(name)s is suspended."), services.suspend_member, ReasonForm)


@require_http_methods(["GET", "HEAD", "POST"])
def member_restore(request: HttpRequest, membership_id: int) -> HttpResponse:
    """Lets a suspended member in again."""
    return _asked(
        request, membership_id, "restore", _("%(name)s is let in again."), services.restore_member, ReasonForm
    )


class OptionalReason(ReasonForm):
    """A reason where one may be given."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False


@require_http_methods(["GET", "HEAD", "POST"])
def member_end(request: HttpRequest, membership_id: int) -> HttpResponse:
    """Asks before a membership is ended."""
    actor, membership = _member(request, membership_id)
    holdings = holdings_of(actor, membership.user)
    takers = {member.user_id: member.pk for member in selectors.members_of(actor)}
    rows = [
        {
            "holding": each,
            "takers": [(takers[person.pk], person) for person in each.takers if person.pk in takers],
        }
        for each in holdings
    ]
    return _asked(
        request, membership_id, "end", _("The membership of %(name)s has ended."), services.end_membership, OptionalReason,
        holdings=rows, must_move=any(each.keeping for each in holdings),
    )  # fmt: skip


@require_POST
def member_reassign(request: HttpRequest, membership_id: int) -> HttpResponse:
    """Hands everything of one kind a member holds to another member."""
    actor, membership = _member(request, membership_id)
    to = request.POST.get("to", "")
    if not (to.isascii() and to.isdigit() and len(to) < 10):
        raise errors.NobodyChosen
    moved = services.reassign(
        actor=actor, membership_id=membership_id, kind=request.POST.get("kind", ""), to_membership_id=int(to)
    )
    source = SOURCES.get(request.POST.get("kind", ""))
    if source is not None and source.asks:
        words = ngettext(
            "For %(n)d thing a successor was named. It stays with this person until they are replaced.",
            "For %(n)d things a successor was named. They stay with this person until they are replaced.", moved,
        )  # fmt: skip
    else:
        words = ngettext("%(n)d thing was handed on.", "%(n)d things were handed on.", moved)
    messages.success(request, words % {"n": moved})
    return see_other("member-end", membership.pk)
