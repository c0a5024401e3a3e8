"""The API's door to one's own saved searches."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import sent
from organisations.doors import actor_of

from .. import searching
from ..selectors import Wanted


class SavedSearchSerializer(serializers.Serializer[dict[str, Any]]):
    """A list's filters under a name; at least one filter."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(max_length=60)
    words = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    sector = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    country = serializers.CharField(max_length=2, required=False, allow_blank=True, default="")
    status = serializers.CharField(max_length=12, required=False, allow_blank=True, default="")
    saved_at = serializers.DateTimeField(read_only=True)


class SearchList(APIView):
    """One's own saved searches, watched."""

    @extend_schema(operation_id="searches_list", responses=SavedSearchSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response([searching.search_as_json(each) for each in searching.searches_of(actor_of(request))])

    @extend_schema(operation_id="searches_save", request=SavedSearchSerializer, responses={201: SavedSearchSerializer})
    def post(self, request: Request) -> Response:
        """New matches are told from now on."""
        actor = actor_of(request)
        said = sent(request, SavedSearchSerializer)
        wanted = Wanted(said["words"], said["sector"], said["country"], said["status"])
        made = searching.save_search(actor=actor, name=said["name"], wanted=wanted)
        made.refresh_from_db()
        return Response(searching.search_as_json(made), status=201)


class SearchDetail(APIView):
    """One saved search."""

    @extend_schema(operation_id="searches_drop", responses={204: None})
    def delete(self, request: Request, search_id: int) -> Response:
        searching.drop_search(actor=actor_of(request), search_id=search_id)
        return Response(status=204)
