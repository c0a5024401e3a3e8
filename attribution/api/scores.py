"""The API's door to how questions turned out and what one's own estimates were worth."""

from django.conf import settings
from django.db import transaction
from django.utils.decorators import method_decorator
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import sent
from core.public import as_public
from organisations.doors import actor_of
from organisations.roles import Action

from .. import services
from ..access import finding_for
from ..models import Resolution
from ..pools import shown_pools
from ..rules.calibration import mean_score
from ..scores import own_estimates
from .serializers import Shape


class OutcomeIn(Shape):
    """How a question turned out."""

    was_so = serializers.BooleanField()
    how = serializers.ChoiceField(choices=Resolution.How.choices)
    reasons = serializers.CharField()
    decision = serializers.CharField(required=False, allow_blank=True, default="")


class ResolutionOut(OutcomeIn):
    """An outcome on record."""

    resolved_at = serializers.DateTimeField()


class EstimateOut(Shape):
    """An own estimate on a question whose answer is known."""

    reference = serializers.CharField()
    finding = serializers.CharField()
    discipline = serializers.CharField()
    said = serializers.CharField()
    was_so = serializers.BooleanField()
    score = serializers.FloatField()


class EstimatesOut(Shape):
    """Own estimates; `mean` is null without any."""

    mean = serializers.FloatField(allow_null=True)
    estimates = EstimateOut(many=True)


class FindingOutcome(APIView):
    """Saying how a finding turned out."""

    @extend_schema(operation_id="findings_resolve", request=OutcomeIn, responses={201: ResolutionOut})
    def post(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        finding_for(actor, reference, number, Action.PROPOSE_FINDING)
        row = services.resolve_question(actor=actor, reference=reference, label=number, **sent(request, OutcomeIn))
        row.refresh_from_db(fields=["resolved_at"])
        values = {
            "was_so": row.was_so,
            "how": row.how,
            "reasons": row.reasons,
            "decision": row.decision,
            "resolved_at": row.resolved_at.isoformat(),
        }
        return Response(values, status=201)


class OwnEstimates(APIView):
    """One's own estimates on questions whose answer is known; nobody else's."""

    @extend_schema(operation_id="estimates_own", responses=EstimatesOut)
    def get(self, request: Request) -> Response:
        found = own_estimates(actor_of(request).user)
        rows = [
            {"reference": row.finding.incident.reference, "finding": row.finding.label, "discipline": row.discipline,
             "said": row.said, "was_so": row.was_so, "score": row.score}
            for row in found
        ]  # fmt: skip
        return Response({"mean": mean_score(row.score for row in found), "estimates": rows})


class BandOut(Shape):
    """A fifth of the scale; nulls: too few estimates to say."""

    low = serializers.FloatField()
    high = serializers.FloatField()
    estimates = serializers.IntegerField(allow_null=True)
    said = serializers.FloatField(allow_null=True)
    so = serializers.FloatField(allow_null=True)


class PoolOut(Shape):
    """A discipline; `brier` is null while there is not enough data to claim anything."""

    discipline = serializers.CharField()
    questions = serializers.IntegerField(allow_null=True)
    exercises = serializers.IntegerField(allow_null=True)
    estimates = serializers.IntegerField(allow_null=True)
    brier = serializers.FloatField(allow_null=True)
    bands = BandOut(many=True)


class CalibrationOut(Shape):
    """The least that must be resolved before anything is said, and what is said."""

    questions = serializers.IntegerField()
    people = serializers.IntegerField()
    pools = PoolOut(many=True)


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class PublicCalibration(APIView):
    """How good the estimates of each discipline were, all assessors together; for anybody."""

    permission_classes = [AllowAny]

    @extend_schema(operation_id="calibration", responses=CalibrationOut)
    def get(self, request: Request) -> Response:
        with as_public() as using:
            found = shown_pools(using)
        names = ("questions", "exercises", "estimates", "brier")
        rows = [
            {"discipline": row.code, **{name: getattr(row.pool, name, None) for name in names}, "bands": row.pool.bands if row.pool else []}
            for row in found
        ]  # fmt: skip
        return Response(
            {"questions": settings.CALIBRATION_QUESTIONS, "people": settings.CALIBRATION_PEOPLE, "pools": rows}
        )
