"""The API's door to what an organisation holds altogether."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from organisations.doors import actor_of

from ..models import SweepReport
from ..sweeps import report_for, reports_for

COLUMNS = ("id", "started_at", "finished_at", "files", "size", "matches", "mismatches", "unavailable")


class SweepSerializer(serializers.Serializer[dict[str, Any]]):
    """One sweep over the files of an organisation's cases; `size` in bytes."""

    id = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField()
    files = serializers.IntegerField()
    size = serializers.IntegerField()
    matches = serializers.IntegerField()
    mismatches = serializers.IntegerField()
    unavailable = serializers.IntegerField()


class SweepDetailSerializer(SweepSerializer):
    """With every file that does not match or cannot be read: case, item, sha256, outcome."""

    faults = serializers.ListField(child=serializers.DictField())


def sweep_as_json(report: SweepReport) -> dict[str, Any]:
    """A report."""
    return {name: getattr(report, name) for name in COLUMNS}


class EvidenceSweeps(APIView):
    """Reports of the integrity sweep, newest first."""

    @extend_schema(operation_id="evidence_sweeps", responses=SweepSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response([sweep_as_json(report) for report in reports_for(actor_of(request))])


class EvidenceSweep(APIView):
    """One report."""

    @extend_schema(operation_id="evidence_sweep", responses=SweepDetailSerializer)
    def get(self, request: Request, report_id: int) -> Response:
        report = report_for(actor_of(request), report_id)
        return Response({**sweep_as_json(report), "faults": report.faults})
