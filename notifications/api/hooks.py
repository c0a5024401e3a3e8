"""The API's door to webhooks, for the organisation's administrators."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from core.api import sent
from organisations.doors import actor_of

from .. import deliveries, services
from ..models import Delivery

NO_STORE = {"Cache-Control": "no-store"}


class WebhookSerializer(serializers.Serializer[dict[str, Any]]):
    """Where an organisation's programs are told, and of what."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(max_length=80)
    url = serializers.CharField(max_length=500)
    kinds = serializers.ListField(child=serializers.CharField(max_length=40), max_length=200)
    made_at = serializers.DateTimeField(read_only=True)
    failing_since = serializers.DateTimeField(read_only=True, allow_null=True)
    disabled_at = serializers.DateTimeField(read_only=True, allow_null=True)
    disabled_because = serializers.CharField(read_only=True)


class NewWebhookSerializer(WebhookSerializer):
    """With its secret, told this once."""

    secret = serializers.CharField(read_only=True)


class WebhookSecretSerializer(serializers.Serializer[dict[str, Any]]):
    """A new secret, told this once."""

    secret = serializers.CharField(read_only=True)


class WebhookStateSerializer(serializers.Serializer[dict[str, Any]]):
    """Whether anything is sent there."""

    enabled = serializers.BooleanField()


class AttemptSerializer(serializers.Serializer[dict[str, Any]]):
    """One sending: what the server answered, or why there was no answer."""

    at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True)
    problem = serializers.CharField()
    milliseconds = serializers.IntegerField()


class DeliverySerializer(serializers.Serializer[dict[str, Any]]):
    """A message's fate; `message_id` is its `webhook-id`."""

    id = serializers.IntegerField()
    message_id = serializers.CharField()
    kind = serializers.CharField()
    reference = serializers.CharField()
    made_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=Delivery.State.choices)
    tries = serializers.IntegerField()
    next_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    last_status = serializers.IntegerField(allow_null=True)
    last_problem = serializers.CharField()


class DeliveryWholeSerializer(DeliverySerializer):
    """With each attempt."""

    attempts = AttemptSerializer(many=True)


class DeliveryPageSerializer(serializers.Serializer[dict[str, Any]]):
    """A page of deliveries."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = DeliverySerializer(many=True)


class Webhooks(APIView):
    """The organisation's webhooks."""

    @extend_schema(operation_id="webhooks_list", responses=WebhookSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response([deliveries.endpoint_as_json(each) for each in deliveries.endpoints_of(actor_of(request))])

    @extend_schema(operation_id="webhooks_add", request=WebhookSerializer, responses={201: NewWebhookSerializer})
    def post(self, request: Request) -> Response:
        """The answer holds the secret: keep it, it is never told again."""
        actor = actor_of(request)
        deliveries.endpoints_of(actor)
        said = sent(request, WebhookSerializer)
        endpoint, secret = services.add_endpoint(actor=actor, **said)
        return Response({**deliveries.endpoint_as_json(endpoint), "secret": secret}, status=201, headers=NO_STORE)


class Webhook(APIView):
    """One webhook."""

    @extend_schema(operation_id="webhook_read", responses=WebhookSerializer)
    def get(self, request: Request, endpoint_id: int) -> Response:
        return Response(deliveries.endpoint_as_json(deliveries.endpoint_of(actor_of(request), endpoint_id)))

    @extend_schema(operation_id="webhook_change", request=WebhookSerializer, responses=WebhookSerializer)
    def put(self, request: Request, endpoint_id: int) -> Response:
        actor = actor_of(request)
        deliveries.endpoint_of(actor, endpoint_id)
        said = sent(request, WebhookSerializer)
        endpoint = services.change_endpoint(actor=actor, endpoint_id=endpoint_id, **said)
        return Response(deliveries.endpoint_as_json(endpoint))

    @extend_schema(operation_id="webhook_state", request=WebhookStateSerializer, responses=WebhookSerializer)
    def patch(self, request: Request, endpoint_id: int) -> Response:
        """`enabled` true or false."""
        actor = actor_of(request)
        deliveries.endpoint_of(actor, endpoint_id)
        said = sent(request, WebhookStateSerializer)
        act = services.enable_endpoint if said["enabled"] else services.disable_endpoint
        return Response(deliveries.endpoint_as_json(act(actor=actor, endpoint_id=endpoint_id)))

    @extend_schema(operation_id="webhook_end", responses={204: None})
    def delete(self, request: Request, endpoint_id: int) -> Response:
        services.end_endpoint(actor=actor_of(request), endpoint_id=endpoint_id)
        return Response(status=204)


class WebhookRotate(APIView):
    """A webhook's secret."""

    @extend_schema(operation_id="webhook_rotate", request=None, responses={201: WebhookSecretSerializer})
    def post(self, request: Request, endpoint_id: int) -> Response:
        """The answer holds the new secret; the one before signs too for 24 hours."""
        secret = services.rotate_secret(actor=actor_of(request), endpoint_id=endpoint_id)
        return Response({"secret": secret}, status=201, headers=NO_STORE)


class WebhookTest(APIView):
    """Tries a webhook out."""

    @extend_schema(operation_id="webhook_test", request=None, responses={202: DeliverySerializer})
    def post(self, request: Request, endpoint_id: int) -> Response:
        """Sends a message that is about nothing."""
        made = services.try_endpoint(actor=actor_of(request), endpoint_id=endpoint_id)
        return Response(deliveries.delivery_as_json(made), status=202)


class Deliveries(APIView):
    """What became of a webhook's messages, the newest first."""

    @extend_schema(
        operation_id="webhook_deliveries",
        parameters=[OpenApiParameter("before", int)],
        responses=DeliveryPageSerializer,
    )
    def get(self, request: Request, endpoint_id: int) -> Response:
        endpoint = deliveries.endpoint_of(actor_of(request), endpoint_id)
        said = request.query_params.get("before", "")
        before = int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None
        rows, following = deliveries.deliveries_of(endpoint, before)
        here = reverse("api-webhook-deliveries", args=[endpoint.pk], request=request)
        page = {"next": f"{here}?before={following}" if following else None, "previous": None}
        return Response({**page, "results": [deliveries.delivery_as_json(row) for row in rows]})


class DeliveryDoor(APIView):
    """One message."""

    @extend_schema(operation_id="webhook_delivery", responses=DeliveryWholeSerializer)
    def get(self, request: Request, endpoint_id: int, delivery_id: int) -> Response:
        endpoint = deliveries.endpoint_of(actor_of(request), endpoint_id)
        return Response(deliveries.delivery_as_json(deliveries.delivery_of(endpoint, delivery_id), attempts=True))

    @extend_schema(operation_id="webhook_redeliver", request=None, responses={202: DeliverySerializer})
    def post(self, request: Request, endpoint_id: int, delivery_id: int) -> Response:
        """Sends it again under its own id."""
        actor = actor_of(request)
        made = services.redeliver(actor=actor, endpoint_id=endpoint_id, delivery_id=delivery_id)
        return Response(deliveries.delivery_as_json(made), status=202)
