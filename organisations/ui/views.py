"""Pages of the organisation one acts for: who belongs to it, as what; switching; one's own keys."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import Invalid, NotFound
from core.http import see_other, show_invalid

from .. import errors, selectors, services
from ..doors import actor_of
from ..middleware import SESSION_KEY
from ..models import Membership
from ..roles import Action, Role
from .forms import InviteForm, RolesForm, TokenForm


def role_words(membership: Membership) -> str:
    """A member's roles in words."""
    return ", ".join(str(Role(role).label) for role in membership.roles if role in Role.values)


@require_safe
def organisation(request: HttpRequest) -> HttpResponse:
    """For whom I act, for whom else I could, and who else belongs here."""
    actor = actor_of(request)
    context = {
        "actor": actor,
        "others": [m for m in selectors.memberships_of(actor) if m.organisation_id != actor.organisation.pk],
        "members": [{"membership": m, "roles": role_words(m)} for m in selectors.members_of(actor)],
        "may_manage": actor.may(Action.MANAGE_ORGANISATION),
        "may_share": actor.may(Action.SHARE),
        "my_roles": ", ".join(str(Role(role).label) for role in actor.roles),
    }
    return render(request, "organisations/organisation.html", context)


@require_POST
def organisation_switch(request: HttpRequest) -> HttpResponse:
    """From the next request on, acts for another organisation one belongs to."""
    actor = actor_of(request)
    wanted = request.POST.get("organisation", "")
    found = next((m for m in selectors.memberships_of(actor) if str(m.organisation_id) == wanted), None)
    if found is None:
        raise errors.NotMember
    request.session[SESSION_KEY] = found.organisation_id
    messages.success(request, _("You now act for %(organisation)s.") % {"organisation": found.organisation})
    return see_other("organisation")


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
            return see_other("organisation")
    return render(request, "organisations/invite.html", {"form": form}, status=422 if form.errors else 200)


def _member(request: HttpRequest, membership_id: int) -> tuple[Any, Membership]:
    """The actor, and the member the page is about; 404 for anybody outside the house."""
    actor = actor_of(request)
    actor.require(Action.MANAGE_ORGANISATION)
    found = next((m for m in selectors.members_of(actor) if m.pk == membership_id), None)
    if found is None:
        raise NotFound(membership_id)
    return actor, found


@require_http_methods(["GET", "HEAD", "POST"])
def member_roles(request: HttpRequest, membership_id: int) -> HttpResponse:
    """An administrator changes what a member does here."""
    actor, membership = _member(request, membership_id)
    form = RolesForm(request.POST) if request.method == "POST" else RolesForm(initial={"roles": membership.roles})
    if request.method == "POST" and form.is_valid():
        services.change_roles(actor=actor, membership_id=membership_id, roles=form.cleaned_data["roles"])
        messages.success(request, _("The roles of %(name)s were changed.") % {"name": membership.user})
        return see_other("organisation")
    context = {"form": form, "membership": membership}
    return render(request, "organisations/roles.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def member_end(request: HttpRequest, membership_id: int) -> HttpResponse:
    """Asks before a membership is ended."""
    actor, membership = _member(request, membership_id)
    if request.method == "POST":
        services.end_membership(actor=actor, membership_id=membership_id)
        messages.success(request, _("The membership of %(name)s has ended.") % {"name": membership.user})
        return see_other("organisation")
    return render(request, "organisations/end.html", {"membership": membership, "roles": role_words(membership)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """One's own keys. A new one is shown in this answer and never again, so it is not redirected."""
    actor = actor_of(request)
    form, key, status = TokenForm(request.POST or None), "", 200
    form.sent_once = False  # its answer must not be remembered: the key stands in it
    if request.method == "POST":
        if form.is_valid():
            _token, key = services.issue_token(actor=actor, name=form.cleaned_data["name"], expires_at=form.end())
            form, status = TokenForm(), 201
            form.sent_once = False
        else:
            status = 422
    context = {"actor": actor, "form": form, "key": key, "tokens": selectors.tokens_of(actor)}
    return render(request, "organisations/tokens.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def token_revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """Asks before a key is revoked."""
    actor = actor_of(request)
    token = next((token for token in selectors.tokens_of(actor) if token.pk == token_id), None)
    if token is None:
        raise NotFound(token_id)
    if request.method == "POST":
        services.revoke_token(actor=actor, token_id=token_id)
        messages.success(request, _("The key was revoked."))
        return see_other("tokens")
    return render(request, "organisations/token_revoke.html", {"token": token})
