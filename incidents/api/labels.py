"""The API's door to labels."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import sent
from core.errors import NotFound
from organisations.doors import actor_of
from organisations.roles import Action

from .. import labels
from ..access import case_for
from ..models import Label


class LabelSerializer(serializers.Serializer[dict[str, Any]]):
    """A label of one's own organisation."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(max_length=60)
    meaning = serializers.CharField(max_length=200, allow_blank=True, required=False, default="")


class CaseLabelsSerializer(serializers.Serializer[dict[str, Any]]):
    """The labels a case carries, by number."""

    labels = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=2**62), max_length=200)


def label_as_json(label: Label) -> dict[str, Any]:
    """A label as the API tells it."""
    return {"id": label.pk, "name": label.name, "meaning": label.meaning}


class LabelList(APIView):
    """The labels of the organisation one acts for."""

    @extend_schema(operation_id="labels_list", responses=LabelSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response([label_as_json(label) for label in labels.labels_of(actor_of(request))])

    @extend_schema(operation_id="labels_make", request=LabelSerializer, responses={201: LabelSerializer})
    def post(self, request: Request) -> Response:
        said = sent(request, LabelSerializer)
        made = labels.make_label(actor=actor_of(request), **said)
        return Response(label_as_json(made), status=201)


class LabelDetail(APIView):
    """One label."""

    @extend_schema(operation_id="labels_change", request=LabelSerializer, responses=LabelSerializer)
    def put(self, request: Request, label_id: int) -> Response:
        actor = actor_of(request)
        actor.require(Action.MANAGE_ORGANISATION)
        if label_id not in {label.pk for label in labels.labels_of(actor)}:
            raise NotFound(label_id)
        said = sent(request, LabelSerializer)
        changed = labels.change_label(actor=actor, label_id=label_id, **said)
        return Response(label_as_json(changed))

    @extend_schema(operation_id="labels_retire", responses={204: None})
    def delete(self, request: Request, label_id: int) -> Response:
        labels.retire_label(actor=actor_of(request), label_id=label_id)
        return Response(status=204)


class CaseLabels(APIView):
    """One's own labels on a case."""

    @extend_schema(operation_id="incident_labels", responses=LabelSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        case = case_for(actor, reference)
        return Response([label_as_json(on.label) for on in labels.labels_on(actor, case.incident)])

    @extend_schema(
        operation_id="incident_labels_set", request=CaseLabelsSerializer, responses=LabelSerializer(many=True)
    )
    def put(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        case_for(actor, reference)
        said = sent(request, CaseLabelsSerializer)
        there = labels.set_labels(actor=actor, reference=reference, labels=said["labels"])
        return Response([label_as_json(on.label) for on in there])
