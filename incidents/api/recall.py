"""The API's door to shares that have to be recalled."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import sent
from core.errors import Invalid
from organisations.doors import actor_of
from organisations.models import Organisation
from organisations.roles import Action

from .. import recall


class LapsedShareSerializer(serializers.Serializer[dict[str, Any]]):
    """A share of evidence with an organisation that is not accredited now."""

    id = serializers.IntegerField()
    reference = serializers.CharField()
    organisation = serializers.SlugField()
    grade = serializers.CharField()
    given_at = serializers.DateTimeField()
    lapsed_at = serializers.DateTimeField(allow_null=True)
    given_before_accreditation = serializers.BooleanField()


class RecallSerializer(serializers.Serializer[dict[str, Any]]):
    """Whose shares to end."""

    organisation = serializers.SlugField()


class RecalledSerializer(serializers.Serializer[dict[str, Any]]):
    """How many were ended."""

    ended = serializers.IntegerField()


def lapsed_as_json(row: recall.Lapsed) -> dict[str, Any]:
    """A share to recall as the API tells it."""
    return {
        "id": row.grant.pk,
        "reference": row.grant.content_object.reference,
        "organisation": row.organisation.slug,
        "grade": row.grant.permission.codename.removeprefix("grade_"),
        "given_at": row.grant.granted_at,
        "lapsed_at": row.since,
        "given_before_accreditation": row.given_before,
    }


class RecallList(APIView):
    """What one's organisation has to recall."""

    @extend_schema(operation_id="shares_to_recall", responses=LapsedShareSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response([lapsed_as_json(row) for row in recall.lapsed_shares(actor_of(request))])

    @extend_schema(operation_id="shares_recall", request=RecallSerializer, responses=RecalledSerializer)
    def post(self, request: Request) -> Response:
        """Ends every share of evidence with one organisation that is not accredited now."""
        actor = actor_of(request)
        actor.require(Action.SHARE)
        said = sent(request, RecallSerializer)
        organisation = Organisation.objects.filter(slug=said["organisation"]).first()
        if organisation is None:
            raise Invalid({"organisation": [_("Name an organisation of the directory.")]})
        return Response({"ended": recall.recall_shares(actor=actor, organisation=organisation)})
