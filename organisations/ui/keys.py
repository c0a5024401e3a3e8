"""Pages of keys for programs: one's own, and the accounts of programs that are nobody's."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import clock
from core.errors import Invalid, NotFound
from core.forms import Form
from core.http import see_other, show_invalid

from .. import keys, selectors
from ..doors import actor_of
from ..models import ApiToken, User
from ..roles import SERVICE_ROLE_CHOICES, Action, Scope, role_words


class TokenForm(Form):
    """A key for programs."""

    name = forms.CharField(
        label=gettext_lazy("What is it for?"), max_length=80, help_text=gettext_lazy("For example “Nightly export”.")
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What may it do?"), choices=Scope.choices, initial=[Scope.READ.value], widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Never more than you may do yourself at that moment. Every key may read."),
    )  # fmt: skip
    until = forms.DateField(
        label=gettext_lazy("Last day it is valid"), required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "w16"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter a date such as 2026-11-30.")},
    )  # fmt: skip
    sent_once = False  # its answer must not be remembered: the key stands in it

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = settings.API_TOKEN_MAX_DAYS
        self.fields["until"].help_text = _(
            "It ends at midnight UTC after this day, and after %(days)s days at the latest."
        ) % {"days": days}

    def clean_until(self) -> object:
        """A key that has ended already helps nobody."""
        until = self.cleaned_data["until"]
        if until is not None and until >= date.max:  # the day after must exist
            raise forms.ValidationError(_("Choose an earlier day, or leave it empty."))
        if until is not None and until < clock.today():
            raise forms.ValidationError(_("The key must end in the future."))
        return until

    def end(self) -> datetime | None:
        """The moment the key ends: the last day belongs to it."""
        until = self.cleaned_data["until"]
        return datetime.combine(until + timedelta(days=1), time(), UTC) if until else None


class ServiceTokenForm(TokenForm):
    """A key of a service account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        beyond = {Scope.DECIDE, Scope.MANAGE}
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101
        field.choices = [(scope.value, scope.label) for scope in Scope if scope not in beyond]
        field.help_text = _("Never more than the account’s roles allow. Every key may read.")


class ServiceAccountForm(Form):
    """An account for a program."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100,
        help_text=gettext_lazy("What the program is. The record names it so, and says that it is a service account."),
    )  # fmt: skip
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"), choices=SERVICE_ROLE_CHOICES, widget=forms.CheckboxSelectMultiple
    )  # fmt: skip


def scope_words(token: ApiToken) -> str:
    """What a key is for, in words."""
    return "; ".join(str(Scope(scope).label) for scope in token.scopes)


def listed(found: list[ApiToken]) -> list[dict[str, Any]]:
    """Keys as the pages show them."""
    now = clock.now()
    return [{"token": token, "scopes": scope_words(token), "ended": token.expires_at <= now} for token in found]


def issued(request: HttpRequest, form: TokenForm, account: User | None = None) -> str:
    """The new key, or empty: then the form says why."""
    try:
        _token, key = keys.issue_token(
            actor=actor_of(request), name=form.cleaned_data["name"], scopes=form.cleaned_data["scopes"], expires_at=form.end(),
            account_id=account.pk if account else None,
        )  # fmt: skip
    except Invalid as error:
        show_invalid(
            form, Invalid({"until" if name == "expires_at" else name: said for name, said in error.fields.items()})
        )
        return ""
    return key


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """One's own keys. A new one is shown in this answer and never again, so it is not redirected."""
    actor = actor_of(request)
    form, key, status = TokenForm(request.POST or None), "", 200
    if request.method == "POST":
        key = issued(request, form) if form.is_valid() else ""
        form, status = (TokenForm(), 201) if key else (form, 422)
    context = {"actor": actor, "form": form, "key": key, "tokens": listed(selectors.tokens_of(actor))}
    return render(request, "organisations/tokens.html", context, status=status)


def _own_or_of_the_house(request: HttpRequest, token_id: int) -> ApiToken:
    """A key the actor may revoke; 404 for any other."""
    actor = actor_of(request)
    own = selectors.tokens_of(actor)
    theirs = selectors.service_tokens_here(actor) if actor.may(Action.MANAGE_ORGANISATION) else []
    token = next((token for token in [*own, *theirs] if token.pk == token_id), None)
    if token is None:
        raise NotFound(token_id)
    return token


@require_http_methods(["GET", "HEAD", "POST"])
def token_revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """Asks before a key is revoked."""
    token = _own_or_of_the_house(request, token_id)
    back = ("organisation-service-account", token.user_id) if token.user.is_service else ("tokens",)
    if request.method == "POST":
        keys.revoke_token(actor=actor_of(request), token_id=token_id)
        messages.success(request, _("The key was revoked."))
        return see_other(*back)
    return render(request, "organisations/token_revoke.html", {"token": token, "scopes": scope_words(token)})


@require_http_methods(["GET", "HEAD", "POST"])
def service_accounts(request: HttpRequest) -> HttpResponse:
    """The organisation's accounts for programs."""
    actor = actor_of(request)
    actor.require(Action.MANAGE_ORGANISATION)
    form = ServiceAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = keys.make_service_account(actor=actor, **form.cleaned_data)
        messages.success(request, _("The account was made. Now make a key for it."))
        return see_other("organisation-service-account", made.user_id)
    accounts = [{"membership": each, "roles": role_words(each.roles)} for each in selectors.service_accounts_of(actor)]
    context = {"actor": actor, "form": form, "accounts": accounts}
    return render(request, "organisations/service_accounts.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def service_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """One of them, with its keys. A new key is shown in this answer and never again."""
    actor = actor_of(request)
    membership = keys.service_account_for(actor, account_id)
    form, key, status = ServiceTokenForm(request.POST or None), "", 200
    if request.method == "POST":
        key = issued(request, form, membership.user) if form.is_valid() else ""
        form, status = (ServiceTokenForm(), 201) if key else (form, 422)
    context = {
        "membership": membership, "roles": role_words(membership.roles), "form": form, "key": key,
        "tokens": listed(selectors.service_tokens_of(actor, membership.user)),
    }  # fmt: skip
    return render(request, "organisations/service_account.html", context, status=status)
