"""The API's door to watching a finding."""

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from notifications import services
from organisations.doors import actor_of

from ..access import finding_for


class FindingWatch(APIView):
    """PUT to watch the finding, DELETE to stop."""

    @extend_schema(operation_id="findings_watch", request=None, responses={204: None})
    def put(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        case, finding = finding_for(actor, reference, number)
        address = reverse("finding", args=[reference, number])
        services.watch(actor=actor, root_id=case.incident.pk, reference=reference, subject=finding.label, url=address)
        return Response(status=204)

    @extend_schema(operation_id="findings_unwatch", responses={204: None})
    def delete(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        case, finding = finding_for(actor, reference, number)
        services.unwatch(actor=actor, root_id=case.incident.pk, subject=finding.label)
        return Response(status=204)
