"""Shapes of people, organisations and keys."""

from typing import Any

from rest_framework import serializers

from ..models import ApiToken, Membership, Organisation
from ..roles import SERVICE_ROLE_CHOICES, Scope


class OrganisationSerializer(serializers.Serializer[dict[str, Any]]):
    """An organisation of the directory."""

    slug = serializers.SlugField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Organisation.Kind.choices)
    country = serializers.CharField(allow_blank=True)


class MembershipSerializer(serializers.Serializer[dict[str, Any]]):
    """Where a person belongs, and as what."""

    organisation = serializers.SlugField()
    roles = serializers.ListField(child=serializers.CharField())


class MeSerializer(serializers.Serializer[dict[str, Any]]):
    """Who asks, for whom they act, and what their roles allow somewhere."""

    id = serializers.IntegerField()
    email = serializers.EmailField()
    name = serializers.CharField()
    organisation = OrganisationSerializer()
    roles = serializers.ListField(child=serializers.CharField())
    actions = serializers.ListField(child=serializers.CharField())
    memberships = MembershipSerializer(many=True)


class TokenSerializer(serializers.Serializer[dict[str, Any]]):
    """A key for programs; the key itself is told once, when it is made."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(max_length=80)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), required=False, min_length=1,
        help_text="What the key may do, if its person may: everything when left out. Reading is always among it.",
    )  # fmt: skip
    created_at = serializers.DateTimeField(read_only=True)
    expires_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="The latest moment the platform allows when left out."
    )
    revoked_at = serializers.DateTimeField(read_only=True, allow_null=True)
    last_used_at = serializers.DateTimeField(read_only=True, allow_null=True)


class ServiceAccountSerializer(serializers.Serializer[dict[str, Any]]):
    """An account for a program."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(max_length=100)
    roles = serializers.ListField(child=serializers.ChoiceField(choices=SERVICE_ROLE_CHOICES), min_length=1)
    since = serializers.DateTimeField(read_only=True)


class NewTokenSerializer(TokenSerializer):
    """A key just made."""

    key = serializers.CharField(read_only=True)


def organisation_as_json(organisation: Organisation) -> dict[str, Any]:
    """An organisation as the API tells it."""
    return {name: getattr(organisation, name) for name in ("slug", "name", "kind", "country")}


def membership_as_json(membership: Membership) -> dict[str, Any]:
    """A membership as the API tells it."""
    return {"organisation": membership.organisation.slug, "roles": membership.roles}


def token_as_json(token: ApiToken) -> dict[str, Any]:
    """A key as the API tells it: never the key itself."""
    return {
        name: getattr(token, name)
        for name in ("id", "name", "scopes", "created_at", "expires_at", "revoked_at", "last_used_at")
    }


def service_account_as_json(membership: Membership) -> dict[str, Any]:
    """An account for a program as the API tells it."""
    return {
        "id": membership.user_id,
        "name": membership.user.name,
        "roles": membership.roles,
        "since": membership.since,
    }
