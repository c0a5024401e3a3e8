"""The API's door to watching a case."""

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from notifications import services
from organisations.doors import actor_of

from ..access import case_for


class CaseWatch(APIView):
    """PUT to watch the case, DELETE to stop; what one watches is listed at `inbox/settings/`."""

    @extend_schema(operation_id="incidents_watch", request=None, responses={204: None})
    def put(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        incident = case_for(actor, reference).incident
        address = reverse("incident", args=[reference])
        services.watch(actor=actor, root_id=incident.pk, reference=reference, url=address)
        return Response(status=204)

    @extend_schema(operation_id="incidents_unwatch", responses={204: None})
    def delete(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        services.unwatch(actor=actor, root_id=case_for(actor, reference).incident.pk)
        return Response(status=204)
