"""The API's door to sessions, and to how an organisation's members sign in."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import sent
from core.errors import NotFound
from organisations.actors import Actor
from organisations.doors import actor_of
from organisations.models import Organisation, User

from .. import connections, rereading, saml, services, sessions
from ..models import Connection, Domain, SignIn


class SessionSerializer(serializers.Serializer[dict[str, Any]]):
    """A session of one's own."""

    id = serializers.IntegerField()
    way = serializers.ChoiceField(choices=SignIn.Way.choices)
    address = serializers.IPAddressField(allow_null=True)
    agent = serializers.CharField()
    started_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(help_text="To the nearest five minutes.")
    is_this = serializers.BooleanField(help_text="Whether this request came by it.")


class SessionClockSerializer(serializers.Serializer[sessions.Clock]):
    """How long the session of this request goes on."""

    ends_at = serializers.DateTimeField(help_text="The earliest moment it may run out if it is not used.")
    seconds_left = serializers.IntegerField()
    warn_seconds = serializers.IntegerField(help_text="So long before the end a page warns.")
    person = serializers.CharField(help_text="A mark of whoever is signed in, the same for all their sessions.")


class ConnectionSerializer(serializers.Serializer[dict[str, Any]]):
    """An organisation's own sign-in; its secret is never told."""

    kind = serializers.ChoiceField(choices=Connection.Kind.choices)
    issuer = serializers.CharField()
    client_id = serializers.CharField(allow_blank=True)
    groups = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    groups_claim = serializers.CharField()
    second_factor = serializers.BooleanField()
    post_logout_redirect_uri = serializers.CharField(
        required=False, help_text="OpenID Connect: to be registered there."
    )
    backchannel_logout_uri = serializers.CharField(
        required=False, help_text="OpenID Connect: where the issuer tells whom it signed out."
    )
    changed_at = serializers.DateTimeField()


class SignInSettingsSerializer(serializers.Serializer[dict[str, Any]]):
    """How the organisation's members sign in."""

    second_factor_required = serializers.BooleanField(
        help_text="Members without a second factor are led to set one up and can do nothing else, page and API alike."
    )
    connection = ConnectionSerializer(read_only=True, allow_null=True)


class GroupsSerializer(serializers.Serializer[dict[str, Any]]):
    """What every kind of connection asks."""

    groups = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(), min_length=1), help_text="Roles by group."
    )
    groups_claim = serializers.CharField(max_length=200, required=False, default="groups")
    second_factor = serializers.BooleanField(
        required=False, default=False, help_text="Whoever comes this way has shown a second factor there."
    )


class OidcSerializer(GroupsSerializer):
    """An OpenID Connect issuer."""

    issuer = serializers.CharField(max_length=500)
    client_id = serializers.CharField(max_length=300)
    client_secret = serializers.CharField(
        max_length=1000, required=False, default="", allow_blank=True, write_only=True, trim_whitespace=False,
        help_text="Empty: the one there is stays.",
    )  # fmt: skip


class SamlSerializer(GroupsSerializer):
    """A SAML identity provider: its metadata, or their address."""

    metadata = serializers.CharField(max_length=400_000, required=False, default="", allow_blank=True)
    metadata_url = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)


class CertificateSerializer(serializers.Serializer[saml.Certificate]):
    """A key the provider signs with."""

    fingerprint = serializers.CharField(help_text="SHA-256 of the certificate.")
    until = serializers.DateTimeField(allow_null=True)


class ReadingSerializer(serializers.Serializer[rereading.Reading]):
    """What the metadata say today beside what is in force."""

    seen = serializers.CharField(help_text="Names this reading; sent back to take it.")
    changes = serializers.BooleanField()
    kept = CertificateSerializer(many=True)
    added = CertificateSerializer(many=True)
    dropped = CertificateSerializer(many=True)
    address_before = serializers.CharField()
    address = serializers.CharField()


class SeenSerializer(serializers.Serializer[dict[str, Any]]):
    """Which reading is taken."""

    seen = serializers.CharField(max_length=64)


class DomainSerializer(serializers.Serializer[dict[str, Any]]):
    """A mail domain of the organisation, and how it is shown to be theirs."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(max_length=253)
    token = serializers.CharField(read_only=True, help_text="What has to stand at `shown_at`.")
    shown_at = serializers.CharField(read_only=True)
    verified_at = serializers.DateTimeField(read_only=True, allow_null=True)


def session_as_json(found: SignIn, key: str | None) -> dict[str, Any]:
    """A session as the API tells it: never its key."""
    facts = {name: getattr(found, name) for name in ("id", "way", "address", "agent", "started_at", "last_used_at")}
    return {**facts, "is_this": found.key == key}


class SessionList(APIView):
    """One's own sessions that are open."""

    @extend_schema(operation_id="sessions_list", responses=SessionSerializer(many=True))
    def get(self, request: Request) -> Response:
        key = request._request.session.session_key
        return Response([session_as_json(each, key) for each in sessions.in_force(actor_of(request))])

    @extend_schema(operation_id="sessions_end_others", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Ends every session but the one that asks."""
        sessions.end_other_sessions(actor=actor_of(request), current_key=request._request.session.session_key or "")
        return Response(status=204)


def person_here(request: Request) -> User:
    """Whoever came by a session; a key has none (404)."""
    if not isinstance(request.user, User) or getattr(request._request, "token", None) is not None:
        raise NotFound("session")
    return request.user


class SessionCurrent(APIView):
    """The session this request came by."""

    @extend_schema(operation_id="sessions_current", responses=SessionClockSerializer)
    def get(self, request: Request) -> Response:
        """How long it goes on. Asking is no use of it: it does not last longer for that."""
        return Response(SessionClockSerializer(sessions.clock_of(request._request, person_here(request))).data)

    @extend_schema(operation_id="sessions_extend", request=None, responses=SessionClockSerializer)
    def post(self, request: Request) -> Response:
        """It lasts its whole time from now on."""
        return Response(SessionClockSerializer(sessions.extend(request._request, person_here(request))).data)


class SessionDetail(APIView):
    """One of them, to end it."""

    @extend_schema(operation_id="sessions_end", responses={204: None})
    def delete(self, request: Request, session_id: int) -> Response:
        sessions.end_session(actor=actor_of(request), session_id=session_id)
        return Response(status=204)


def settings_as_json(actor: Actor) -> dict[str, Any]:
    """What is decided, as the API tells it."""
    there = connections.connection_of(actor)
    names = ("kind", "issuer", "client_id", "groups", "groups_claim", "second_factor", "changed_at")
    house = Organisation.objects.get(pk=actor.organisation.pk)
    return {
        "second_factor_required": house.second_factor_required,
        "connection": {**{name: getattr(there, name) for name in names}, **connections.told_there(there)}
        if there
        else None,
    }


def domain_as_json(domain: Domain) -> dict[str, Any]:
    """A domain as the API tells it."""
    facts = {name: getattr(domain, name) for name in ("id", "name", "token", "verified_at")}
    return {**facts, "shown_at": connections.shown_at(domain)}


class SignInSettings(APIView):
    """What the organisation's administrators decide about signing in."""

    @extend_schema(operation_id="organisation_sign_in", responses=SignInSettingsSerializer)
    def get(self, request: Request) -> Response:
        return Response(settings_as_json(actor_of(request)))

    @extend_schema(
        operation_id="organisation_sign_in_change", request=SignInSettingsSerializer, responses=SignInSettingsSerializer
    )
    def patch(self, request: Request) -> Response:
        actor = actor_of(request)
        services.require_administrator(actor)
        wanted = sent(request, SignInSettingsSerializer)["second_factor_required"]
        services.require_second_factor(actor=actor, required=wanted)
        return Response(settings_as_json(actor))

    @extend_schema(operation_id="organisation_sign_in_disconnect", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Ends the organisation's own sign-in."""
        connections.disconnect(actor=actor_of(request))
        return Response(status=204)


class SignInOidc(APIView):
    """An OpenID Connect issuer as the organisation's own sign-in."""

    @extend_schema(operation_id="organisation_sign_in_oidc", request=OidcSerializer, responses=SignInSettingsSerializer)
    def put(self, request: Request) -> Response:
        actor = actor_of(request)
        services.require_administrator(actor)
        connections.connect_oidc(actor=actor, **sent(request, OidcSerializer))
        return Response(settings_as_json(actor))


class SignInSaml(APIView):
    """A SAML identity provider as the organisation's own sign-in."""

    @extend_schema(operation_id="organisation_sign_in_saml", request=SamlSerializer, responses=SignInSettingsSerializer)
    def put(self, request: Request) -> Response:
        actor = actor_of(request)
        services.require_administrator(actor)
        connections.connect_saml(actor=actor, **sent(request, SamlSerializer))
        return Response(settings_as_json(actor))


class SignInMetadata(APIView):
    """The SAML provider's metadata, read again from where they came."""

    @extend_schema(operation_id="organisation_sign_in_metadata_look", request=None, responses=ReadingSerializer)
    def post(self, request: Request) -> Response:
        """Asks the address and says what would change; nothing does."""
        return Response(ReadingSerializer(rereading.look_again(actor=actor_of(request))).data)

    @extend_schema(
        operation_id="organisation_sign_in_metadata_take", request=SeenSerializer, responses=SignInSettingsSerializer
    )
    def put(self, request: Request) -> Response:
        """What was shown is in force; 409 when the address answers otherwise by now."""
        actor = actor_of(request)
        rereading.connection_for(actor)
        rereading.take_again(actor=actor, **sent(request, SeenSerializer))
        return Response(settings_as_json(actor))


class DomainList(APIView):
    """The organisation's mail domains."""

    @extend_schema(operation_id="organisation_domains_list", responses=DomainSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response([domain_as_json(each) for each in connections.domains_of(actor_of(request))])

    @extend_schema(operation_id="organisation_domains_add", request=DomainSerializer, responses={201: DomainSerializer})
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        services.require_administrator(actor)
        name = sent(request, DomainSerializer)["name"]
        return Response(domain_as_json(connections.add_domain(actor=actor, name=name)), status=201)


class DomainDetail(APIView):
    """One of them."""

    @extend_schema(operation_id="organisation_domains_verify", request=None, responses=DomainSerializer)
    def post(self, request: Request, domain_id: int) -> Response:
        """Looks whether the token stands at `shown_at`."""
        return Response(domain_as_json(connections.verify_domain(actor=actor_of(request), domain_id=domain_id)))

    @extend_schema(operation_id="organisation_domains_remove", responses={204: None})
    def delete(self, request: Request, domain_id: int) -> Response:
        connections.remove_domain(actor=actor_of(request), domain_id=domain_id)
        return Response(status=204)
