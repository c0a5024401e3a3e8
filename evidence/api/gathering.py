"""The API's door to other ways in: indicators, captures, and work on items."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import sent
from incidents.access import case_for
from organisations.doors import actor_of
from organisations.roles import Action

from ..access import item_for
from ..models import FileScan, IntakeJob
from ..services import capturing, danger, indicators, jobs, taking_apart
from . import serializers as shapes
from .views import facts_in, item_answer


class PasteSerializer(serializers.Serializer[dict[str, Any]]):
    """Indicators, one a line. With `leave_out` lines that are not understood are left out and named in the answer."""

    facts = shapes.ItemFactsSerializer()
    indicators = serializers.ListField(
        child=serializers.CharField(allow_blank=True, trim_whitespace=False), max_length=6000
    )
    leave_out = serializers.BooleanField(required=False, default=False)


class PasteAnswerSerializer(serializers.Serializer[dict[str, Any]]):
    """What was made of the lines."""

    item = serializers.CharField()
    indicators = serializers.ListField(child=serializers.DictField())
    left_out = serializers.ListField(child=serializers.DictField())
    repeated = serializers.ListField(child=serializers.DictField())


class CaptureSerializer(serializers.Serializer[dict[str, Any]]):
    """A page to capture."""

    url = serializers.CharField()
    facts = shapes.ItemFactsSerializer(required=False)


class ScanSerializer(serializers.Serializer[dict[str, Any]]):
    """What a scanner said of a file."""

    sha256 = serializers.CharField()
    outcome = serializers.CharField()
    name = serializers.CharField()
    engine = serializers.CharField()
    database = serializers.CharField()
    scanned_at = serializers.DateTimeField()


class IntakeJobSerializer(serializers.Serializer[dict[str, Any]]):
    """Work on an item."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    state = serializers.CharField()
    error_code = serializers.CharField()
    outcome = serializers.DictField()
    sha256 = serializers.CharField(allow_null=True)


class WorkSerializer(serializers.Serializer[dict[str, Any]]):
    """All of it."""

    jobs = IntakeJobSerializer(many=True)
    scans = ScanSerializer(many=True)


def job_as_json(job: IntakeJob) -> dict[str, Any]:
    """Work as it stands."""
    return {
        "id": job.pk, "kind": job.kind, "state": job.state, "error_code": job.error_code, "outcome": job.outcome,
        "sha256": job.file.sha256 if job.file else None,
    }  # fmt: skip


class Indicators(APIView):
    """A paste of indicators as one item."""

    @extend_schema(operation_id="evidence_indicators", request=PasteSerializer, responses={201: PasteAnswerSerializer})
    def post(self, request: Request, reference: str) -> Response:
        """Errors name each line: `indicators.7`."""
        actor = actor_of(request)
        case_for(actor, reference, Action.ADD_EVIDENCE)
        given = sent(request, PasteSerializer)
        item, reading = indicators.add_indicators(
            actor=actor, reference=reference, facts=facts_in(request), lines=given["indicators"], leave_out=given["leave_out"]
        )  # fmt: skip
        answer = {
            "item": item.label,
            "indicators": [{"line": one.line, "type": one.kind, "value": one.value} for one in reading.good],
            "left_out": [{"line": bad.line, "as_given": bad.given, "why": str(bad.why)} for bad in reading.bad],
            "repeated": [{"line": line, "same_as_line": first} for line, first in reading.repeated],
        }
        return Response(answer, status=201)


class Capture(APIView):
    """A web page by its address."""

    @extend_schema(operation_id="evidence_capture", request=CaptureSerializer, responses={201: shapes.ItemSerializer})
    def post(self, request: Request, reference: str) -> Response:
        """The item is there at once; its files follow (see `work/`). 409 when no capture tool is configured."""
        actor = actor_of(request)
        case_for(actor, reference, Action.ADD_EVIDENCE)
        given = sent(request, CaptureSerializer)
        item = capturing.ask_capture(actor=actor, reference=reference, url=given["url"], facts=given.get("facts") or {})
        return item_answer(request, reference, item.label, 201)


class Dangerous(APIView):
    """Marking a file as dangerous."""

    @extend_schema(operation_id="evidence_dangerous", request=shapes.ReasonSerializer, responses=shapes.FileSerializer)
    def post(self, request: Request, reference: str, number: str, sha256: str) -> Response:
        actor = actor_of(request)
        item_for(actor, reference, number, Action.ADD_EVIDENCE)
        file = danger.mark_dangerous(
            actor=actor, reference=reference, label=number, sha256=sha256, **sent(request, shapes.ReasonSerializer)
        )
        return Response(shapes.file_as_json(file))


class TakeApart(APIView):
    """A message into its parts."""

    @extend_schema(operation_id="evidence_take_apart", request=None, responses={202: IntakeJobSerializer})
    def post(self, request: Request, reference: str, number: str, sha256: str) -> Response:
        actor = actor_of(request)
        item_for(actor, reference, number, Action.ADD_EVIDENCE)
        job = taking_apart.ask_take_apart(actor=actor, reference=reference, label=number, sha256=sha256)
        return Response(job_as_json(job), status=202)


class Work(APIView):
    """Work on an item, and what scanners said of its files."""

    @extend_schema(operation_id="evidence_work", responses=WorkSerializer)
    def get(self, request: Request, reference: str, number: str) -> Response:
        _case, item = item_for(actor_of(request), reference, number)
        names = ("outcome", "name", "engine", "database", "scanned_at")
        scans = FileScan.objects.filter(file__item=item).select_related("file").order_by("pk")
        return Response(
            {
                "jobs": [job_as_json(job) for job in IntakeJob.objects.filter(item=item).select_related("file")],
                "scans": [
                    {"sha256": scan.file.sha256, **{name: getattr(scan, name) for name in names}} for scan in scans
                ],
            }
        )


class WorkRepeat(APIView):
    """Failed work, once more."""

    @extend_schema(operation_id="evidence_work_repeat", request=None, responses={202: IntakeJobSerializer})
    def post(self, request: Request, reference: str, number: str, job: int) -> Response:
        actor = actor_of(request)
        item_for(actor, reference, number, Action.ADD_EVIDENCE)
        again = jobs.repeat(actor=actor, reference=reference, label=number, job_id=job)
        return Response(job_as_json(again), status=202)
