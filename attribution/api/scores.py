"""The API's door to how questions turned out and what one's own estimates were worth."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from organisations.doors import actor_of
from organisations.roles import Action

from .. import services
from ..access import finding_for
from ..models import Resolution
from ..rules.calibration import mean_score
from ..scores import own_estimates
from .serializers import Shape
from .views import given


class OutcomeIn(Shape):
    """How a question turned out."""

    was_so = serializers.BooleanField()
    how = serializers.ChoiceField(choices=Resolution.How.choices)
    reasons = serializers.CharField()


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
        row = services.resolve_question(actor=actor, reference=reference, label=number, **given(OutcomeIn, request))
        row.refresh_from_db(fields=["resolved_at"])
        values = {
            "was_so": row.was_so,
            "how": row.how,
            "reasons": row.reasons,
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
