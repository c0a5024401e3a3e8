"""Shapes of people, organisations and keys."""

from typing import Any

from rest_framework import serializers

from ..models import ApiToken, Membership, Organisation


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
    created_at = serializers.DateTimeField(read_only=True)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)
    revoked_at = serializers.DateTimeField(read_only=True, allow_null=True)


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
    return {name: getattr(token, name) for name in ("id", "name", "created_at", "expires_at", "revoked_at")}
