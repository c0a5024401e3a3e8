"""How an organisation's members sign in: what its administrators decide and set up."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import Invalid
from core.forms import Form
from core.http import see_other, show_invalid
from organisations.doors import actor_of
from organisations.roles import Role

from .. import connections, rereading, saml, services
from ..factors import has_second_factor
from ..models import Connection

HOME = "organisation-signin"


class SecondFactorForm(Form):
    """Whether members need a second factor."""

    mark_optional = False
    required = forms.BooleanField(label=gettext_lazy("Members need a second factor"), required=False)


class DomainForm(Form):
    """A mail domain."""

    name = forms.CharField(
        label=gettext_lazy("Domain"), max_length=253, help_text=gettext_lazy("What stands after the @, such as example.org."),
        widget=forms.TextInput(attrs={"dir": "ltr", "class": "w16"}),
    )  # fmt: skip


def as_lines(groups: dict[str, list[str]]) -> str:
    """Roles by group as people write them."""
    return "\n".join(f"{group} = {', '.join(roles)}" for group, roles in groups.items())


class GroupsForm(Form):
    """What every kind of connection asks."""

    roles_by_group = forms.CharField(
        label=gettext_lazy("Roles by group"), widget=forms.Textarea(attrs={"rows": 6, "dir": "ltr"}), max_length=20_000,
        help_text=gettext_lazy("One group on each line, then = and its roles: “Analysts = analyst, custodian”. At every sign-in a person gets the roles of their groups, and loses those of the list that no group gives them."),
    )  # fmt: skip
    groups_claim = forms.CharField(
        label=gettext_lazy("Name of the groups"), max_length=200, initial="groups", widget=forms.TextInput(attrs={"dir": "ltr"}),
        help_text=gettext_lazy("What the claim or attribute with the groups is called there."),
    )  # fmt: skip
    second_factor = forms.BooleanField(
        label=gettext_lazy("Whoever comes this way has shown a second factor there"), required=False,
        help_text=gettext_lazy("Then none is asked for here, if your organisation asks for one."),
    )  # fmt: skip

    def clean_roles_by_group(self) -> dict[str, list[str]]:
        """The lines, read."""
        found: dict[str, list[str]] = {}
        for number, line in enumerate(self.cleaned_data["roles_by_group"].splitlines(), 1):
            if not line.strip():
                continue
            group, sign, roles = line.rpartition("=")
            chosen = [role.strip() for role in roles.split(",") if role.strip()]
            if not sign or not group.strip() or not chosen:
                raise forms.ValidationError(
                    _("Line %(n)s: write the group, then =, then its roles."), params={"n": number}
                )
            wrong = [role for role in chosen if role not in Role.values]
            if wrong:
                raise forms.ValidationError(
                    _("Line %(n)s: there is no role “%(role)s”. The roles are: %(roles)s."),
                    params={"n": number, "role": wrong[0], "roles": ", ".join(Role.values)},
                )
            found[group.strip()] = chosen
        return found


class OidcForm(GroupsForm):
    """An OpenID Connect issuer."""

    issuer = forms.CharField(
        label=gettext_lazy("Issuer"), max_length=500, help_text=gettext_lazy("Exactly as the issuer names itself, such as https://login.example.org."),
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )  # fmt: skip
    client_id = forms.CharField(
        label=gettext_lazy("Client id"), max_length=300, widget=forms.TextInput(attrs={"dir": "ltr"})
    )
    client_secret = forms.CharField(
        label=gettext_lazy("Client secret"), required=False, max_length=1000, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "dir": "ltr"}),
        help_text=gettext_lazy("Kept encrypted and never shown again. Leave it empty to keep the one there is."),
    )  # fmt: skip
    field_order = ["issuer", "client_id", "client_secret"]


class SamlForm(GroupsForm):
    """A SAML identity provider."""

    metadata_url = forms.CharField(
        label=gettext_lazy("Address of its metadata"), required=False, max_length=1000, widget=forms.TextInput(attrs={"dir": "ltr"}),
        help_text=gettext_lazy("Asked once, now. Or leave it empty and put the metadata below."),
    )  # fmt: skip
    metadata = forms.CharField(
        label=gettext_lazy("Its metadata"), required=False, max_length=400_000, widget=forms.Textarea(attrs={"rows": 6, "dir": "ltr"}),
        help_text=gettext_lazy("The XML, beginning with EntityDescriptor."),
    )  # fmt: skip
    field_order = ["metadata_url", "metadata"]

    def clean(self) -> dict[str, Any]:
        """One of both."""
        answers = super().clean() or {}
        if not answers.get("metadata_url") and not answers.get("metadata"):
            self.add_error("metadata", _("Enter the metadata, or their address."))
        return answers


@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """What is decided, and what can be."""
    actor = actor_of(request)
    connection = connections.connection_of(actor)
    context = {
        "actor": actor,
        "form": SecondFactorForm(initial={"required": actor.organisation.second_factor_required}),
        "i_have_one": has_second_factor(actor.user),
        "connection": connection,
        "groups": [(group, [Role(role).label for role in roles if role in Role.values]) for group, roles in connection.groups.items()] if connection else [],
        "domains": connections.domains_of(actor),
        "domain_form": DomainForm(),
    }  # fmt: skip
    if connection is not None and connection.kind == Connection.Kind.SAML:
        context |= {"entity_id": connections.entity_id(connection), "acs": connections.acs(connection)}
    elif connection is not None:
        context["told_there"] = connections.told_there(connection)
    return render(request, "signin/organisation.html", context)


@require_POST
def second_factor(request: HttpRequest) -> HttpResponse:
    """An administrator decides."""
    form = SecondFactorForm(request.POST)
    form.is_valid()
    house = services.require_second_factor(actor=actor_of(request), required=form.cleaned_data["required"])
    if house.second_factor_required:
        messages.success(
            request, _("From their next request on, members without a second factor are led to set one up.")
        )
    else:
        messages.success(request, _("Members may work without a second factor."))
    return see_other(HOME)


def _connect(request: HttpRequest, kind: str, form_class: type[GroupsForm], connect: Any) -> HttpResponse:
    """Shows what there is, and sets up what is given."""
    actor = actor_of(request)
    there = connections.connection_of(actor)
    initial: dict[str, Any] = {}
    if there is not None and there.kind == kind:
        initial = {name: getattr(there, name) for name in ("issuer", "client_id", "groups_claim", "second_factor")}
        initial["roles_by_group"] = as_lines(there.groups)
    form = form_class(request.POST) if request.method == "POST" else form_class(initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            answers = {name: value for name, value in form.cleaned_data.items() if name != "roles_by_group"}
            connect(actor=actor, groups=form.cleaned_data["roles_by_group"], **answers)
        except Invalid as error:
            fields = {"roles_by_group" if name == "groups" else name: said for name, said in error.fields.items()}
            show_invalid(form, Invalid(fields))
        else:
            messages.success(request, _("Members can sign in through your organisation now."))
            return see_other(HOME)
    context = {
        "form": form,
        "kind": kind,
        "other": there if there and there.kind != kind else None,
        "redirect_uri": connections.redirect_uri(),
        "signed_out_uri": connections.signed_out_uri(),
    }
    return render(request, "signin/connect.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def connect_oidc(request: HttpRequest) -> HttpResponse:
    """An OpenID Connect issuer becomes the organisation's sign-in."""
    return _connect(request, Connection.Kind.OIDC, OidcForm, connections.connect_oidc)


@require_http_methods(["GET", "HEAD", "POST"])
def connect_saml(request: HttpRequest) -> HttpResponse:
    """A SAML identity provider becomes the organisation's sign-in."""
    return _connect(request, Connection.Kind.SAML, SamlForm, connections.connect_saml)


@require_http_methods(["GET", "HEAD", "POST"])
def metadata_again(request: HttpRequest) -> HttpResponse:
    """Reads a SAML provider's metadata again: POST asks and shows what would change; with what was `seen` it is taken."""
    actor = actor_of(request)
    connection = rereading.readable(actor)
    context: dict[str, Any] = {"connection": connection}
    if connection is not None:
        context["certificates"] = saml.certificates(connection.document)
    if request.method != "POST":
        return render(request, "signin/metadata.html", context)
    if seen := request.POST.get("seen", ""):
        rereading.take_again(actor=actor, seen=seen)
        messages.success(request, _("The metadata are in force as they were shown."))
        return see_other(HOME)
    try:
        context["reading"] = rereading.look_again(actor=actor)
    except Invalid as error:
        context["problems"] = error.fields["metadata_url"]
    return render(request, "signin/metadata.html", context, status=422 if "problems" in context else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def disconnect(request: HttpRequest) -> HttpResponse:
    """Asks before the organisation's own sign-in is ended."""
    actor = actor_of(request)
    connection = connections.connection_of(actor)
    if request.method == "POST":
        connections.disconnect(actor=actor)
        messages.success(request, _("Nobody signs in through your organisation any more."))
        return see_other(HOME)
    return render(request, "signin/disconnect.html", {"connection": connection})


@require_POST
def domain_add(request: HttpRequest) -> HttpResponse:
    """Names a domain, and leads to how it is shown to be theirs."""
    actor = actor_of(request)
    services.require_administrator(actor)
    form = DomainForm(request.POST)
    if form.is_valid():
        try:
            return see_other("organisation-domain", connections.add_domain(actor=actor, **form.cleaned_data).pk)
        except Invalid as error:
            show_invalid(form, error)
    return render(request, "signin/domain_add.html", {"form": form}, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def domain(request: HttpRequest, domain_id: int) -> HttpResponse:
    """How a domain is shown to be theirs; POST looks whether it has been."""
    actor = actor_of(request)
    found = connections.domain_for(actor, domain_id)
    if request.method == "POST":
        connections.verify_domain(actor=actor, domain_id=domain_id)
        messages.success(
            request, _("%(domain)s is yours: accounts can be linked by its addresses.") % {"domain": found.name}
        )
        return see_other(HOME)
    return render(request, "signin/domain.html", {"domain": found, "address": connections.shown_at(found)})


@require_http_methods(["GET", "HEAD", "POST"])
def domain_remove(request: HttpRequest, domain_id: int) -> HttpResponse:
    """Asks before a domain is given up."""
    actor = actor_of(request)
    found = connections.domain_for(actor, domain_id)
    if request.method == "POST":
        connections.remove_domain(actor=actor, domain_id=domain_id)
        messages.success(request, _("%(domain)s is given up.") % {"domain": found.name})
        return see_other(HOME)
    return render(request, "signin/domain_remove.html", {"domain": found})
