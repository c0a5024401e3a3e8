"""The API's door to the house: who am I, who else is there."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from .. import selectors
from ..doors import actor_of
from .serializers import (
    MeSerializer,
    OrganisationSerializer,
    membership_as_json,
    organisation_as_json,
)


class OrganisationList(APIView):
    """The directory of organisations: whom one can share with."""

    @extend_schema(operation_id="organisations_list", responses=OrganisationSerializer(many=True))
    def get(self, request: Request) -> Response:
        actor_of(request)
        return Response([organisation_as_json(organisation) for organisation in selectors.directory()])


class Me(APIView):
    """Who asks."""

    @extend_schema(operation_id="me", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        return Response(
            {
                "id": actor.user.pk,
                "email": actor.user.email,
                "name": actor.user.name,
                "organisation": organisation_as_json(actor.organisation),
                "roles": list(actor.roles),
                "actions": sorted(actor.actions),
                "memberships": [membership_as_json(membership) for membership in selectors.memberships_of(actor)],
            }
        )
