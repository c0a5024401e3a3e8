"""Signing in through one's organisation: the question, the way out, the way back."""

import secrets
import time
from typing import Any
from urllib.parse import urlsplit

import structlog
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core import ratelimit
from django import forms
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import vault
from core.forms import Form
from core.http import SeeOther, error_page
from organisations.middleware import ONLY_KEY, SESSION_KEY

from .. import connections, errors, leaving, oidc, saml
from ..arriving import arrive
from ..models import Connection
from ..said import Said, Untrue
from ..sessions import SHOWN_THERE

log = structlog.get_logger()
ON_THE_WAY = "signin.on_the_way"
# How long somebody may take over there, and how many tabs may be on the way at once.
SECONDS, MOST = 600, 5


class WhereForm(Form):
    """Which organisation."""

    sent_once = False
    where = forms.CharField(
        label=_("Your e-mail address, or your organisation’s short name"), max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "dir": "ltr"}),
    )  # fmt: skip


def remember(request: HttpRequest, state: str, kept: dict[str, Any]) -> None:
    """In this browser's session: an answer that comes to another browser is nobody's."""
    now = time.time()
    waiting = {key: each for key, each in request.session.get(ON_THE_WAY, {}).items() if each["at"] > now - SECONDS}
    newest = dict(sorted(waiting.items(), key=lambda pair: pair[1]["at"])[-(MOST - 1) :])
    request.session[ON_THE_WAY] = {**newest, state: {**kept, "at": now}}


def recall(request: HttpRequest, state: str) -> dict[str, Any]:
    """What this browser went out with; once. Raises SignInRefused."""
    waiting = request.session.get(ON_THE_WAY, {})
    found = waiting.pop(state, None)
    request.session[ON_THE_WAY] = waiting
    if found is None or found["at"] < time.time() - SECONDS:
        raise refused("state")
    return dict(found)


def refused(why: object) -> errors.SignInRefused:
    """One answer for every reason; which one it was is in the log."""
    log.warning("sign_in_refused", why=str(why))
    return errors.SignInRefused()


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: HttpRequest) -> HttpResponse:
    """Asks for the organisation, and sends on. The same answer for whatever is not known here."""
    form, unknown = WhereForm(request.POST or None), False
    onward = request.POST.get("next") or request.GET.get("next", "")
    onward = onward if onward and get_adapter(request).is_safe_url(onward) else ""
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="organisation_sign_in"):
            limited: HttpResponse = ratelimit.respond_429(request)
            return limited
        found = connections.find(form.cleaned_data["where"])
        if found is not None:
            return send_out(request, found, form.cleaned_data["where"], onward)
        unknown = True
    context = {"form": form, "unknown": unknown, "next": onward}
    return render(request, "signin/where.html", context, status=422 if form.errors else 200)


def send_out(request: HttpRequest, connection: Connection, where: str, onward: str) -> HttpResponse:
    """A page that leads to the organisation's own sign-in.

    A page and not a redirect: the policy lets a form lead nowhere but here, and a person sees where they are taken.
    """
    kept: dict[str, Any] = {"connection": str(connection.public_id), "next": onward}
    if connection.kind == Connection.Kind.OIDC:
        hint = where if "@" in where else ""
        address, more = oidc.begin(connection.document, connection.client_id, connections.redirect_uri(), hint)
        state = more["state"]
        kept |= more
    else:
        state = secrets.token_urlsafe(24)
        address, question = saml.begin(
            connection.document, connections.entity_id(connection), connections.acs(connection), state
        )
        # Their answer comes by a POST from another site, without this browser's cookies: the question waits beside it.
        cache.set(f"signin.saml.{state}", {"question": question, "connection": str(connection.public_id)}, SECONDS)
    remember(request, state, kept)
    host = urlsplit(address).hostname
    return render(request, "signin/leave.html", {"address": address, "host": host, "house": connection.organisation})


@never_cache
@login_not_required
@require_safe
def oidc_answer(request: HttpRequest) -> HttpResponse:
    """Back from an OpenID Connect issuer."""
    kept = recall(request, request.GET.get("state", ""))
    connection = connections.at(kept["connection"])
    code, sender = request.GET.get("code", ""), request.GET.get("iss")
    if connection is None or connection.kind != Connection.Kind.OIDC or not code:
        raise refused(request.GET.get("error", "no code")[:80])
    if sender is not None and sender != connection.issuer:  # RFC 9207: the answer of another issuer
        raise refused("iss")
    try:
        secret = vault.open_(connection.secret_box, connections.SECRET) if connection.secret_box else ""
        said = oidc.exchange(
            connection.document, connection.client_id, secret, connections.redirect_uri(), code, kept, connection.groups_claim
        )  # fmt: skip
    except (Untrue, vault.InvalidToken) as problem:
        raise refused(problem) from problem
    return let_in(request, connection, said, kept["next"])


@csrf_exempt
@never_cache
@login_not_required
@require_POST
def saml_answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """An identity provider's answer, posted from its site. It is checked here, and waits for the browser that asked."""
    state = request.POST.get("RelayState", "")[:80]
    place = f"signin.saml.{state}"
    asked = cache.get(place)
    connection = connections.at(public_id)
    if connection is None or connection.kind != Connection.Kind.SAML:
        raise Http404
    # Taken once: the same answer a second time answers nothing.
    if asked is None or asked["connection"] != str(public_id) or not cache.delete(place):
        raise refused("unasked for")
    try:
        said = saml.accept(
            connection.document, connections.entity_id(connection), connections.acs(connection),
            request.POST.get("SAMLResponse", ""), asked["question"], connection.groups_claim,
        )  # fmt: skip
    except Untrue as problem:
        raise refused(problem) from problem
    cache.set(f"signin.said.{state}", said.as_json(), 120)
    return SeeOther(f"{reverse('signin-saml-finish')}?{urlencode({'state': state})}")


@never_cache
@login_not_required
@require_safe
def saml_finish(request: HttpRequest) -> HttpResponse:
    """The browser that asked comes for the answer."""
    state = request.GET.get("state", "")[:80]
    kept = recall(request, state)
    facts, connection = cache.get(f"signin.said.{state}"), connections.at(kept["connection"])
    if facts is None or connection is None or not cache.delete(f"signin.said.{state}"):
        raise refused("no answer")
    return let_in(request, connection, Said.from_json(facts), kept["next"])


@login_not_required
@require_safe
def saml_metadata(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the identity provider has to know of us."""
    connection = connections.at(public_id)
    if connection is None or connection.kind != Connection.Kind.SAML:
        raise Http404
    made = saml.our_metadata(connections.entity_id(connection), connections.acs(connection))
    return HttpResponse(made, content_type="application/samlmetadata+xml")


def let_in(request: HttpRequest, connection: Connection, said: Said, onward: str) -> HttpResponse:
    """The session begins: for this organisation alone. A second factor of one's own here is still asked for."""
    with transaction.atomic():
        membership = arrive(connection, said)
    if not membership.roles:  # answered and not raised: that the roles are gone is to stand
        return error_page(request, errors.NoRoleThere())
    user = membership.user
    if request.user.is_authenticated:
        logout(request)
    request.session[ONLY_KEY] = request.session[SESSION_KEY] = connection.organisation_id
    if connection.second_factor:
        request.session[SHOWN_THERE] = connection.organisation_id
    leaving.remember(request, connection, said)
    record_authentication(request, user, method="organisation", connection=str(connection.public_id))
    response: HttpResponse = perform_login(request, Login(user=user, redirect_url=onward or None))
    return response
