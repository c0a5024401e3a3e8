"""The API's door to measures: parse, call, answer."""

from collections.abc import Callable
from functools import partial

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from core.api import sent, whole_page_of
from core.problems import problem
from incidents.access import case_for
from organisations.doors import actor_of
from organisations.roles import Action

from .. import reports, selectors, services
from ..access import measure_for
from ..errors import GuardrailsRefused
from ..models import Measure
from ..states import Status
from .serializers import (
    ClosingSerializer,
    MeasurePageSerializer,
    MeasureSerializer,
    ProposalSerializer,
    RefusalSerializer,
    SituationSerializer,
)

CURSOR = [OpenApiParameter("cursor", str), OpenApiParameter("page_size", int)]


class EscalationDetail(APIView):
    """The ladder for one case: the level reached, and which measures are open now."""

    @extend_schema(operation_id="escalation_read", responses=SituationSerializer)
    def get(self, request: Request, reference: str) -> Response:
        situation = selectors.situation(case_for(actor_of(request), reference, Action.SEE_MEASURES))
        return Response(
            {
                "ladder_version": selectors.ladder().version,
                "level": situation.level,
                "tier": situation.finding.tier,
                "responsible_states": sorted(situation.finding.responsible_states),
                "catalogue": selectors.availability_as_json(situation),
            }
        )


class MeasureList(APIView):
    """Measures on a case, newest first."""

    @extend_schema(operation_id="measures_list", parameters=CURSOR, responses=MeasurePageSerializer)
    def get(self, request: Request, reference: str) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_MEASURES)
        return whole_page_of(
            request, self, selectors.measures_of(case), partial(selectors.measures_as_json, case.incident)
        )

    @extend_schema(
        operation_id="measures_propose",
        request=ProposalSerializer,
        responses={201: MeasureSerializer, 409: RefusalSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """A proposal the guardrails refuse is answered with 409 and kept, with the whole report."""
        actor = actor_of(request)
        case_for(actor, reference, Action.PROPOSE_MEASURE)
        said = sent(request, ProposalSerializer)
        measure = services.propose_measure(actor=actor, reference=reference, proposal=said)
        address = {"Location": reverse("api-measure", args=[reference, measure.label], request=request)}
        if measure.status == Status.REFUSED:
            answer = refusal(measure)
            answer["Location"] = address["Location"]
            return answer
        return Response(selectors.measure_as_json(measure), status=201, headers=address)


def refusal(measure: Measure) -> Response:
    """The guardrails' no: an answer and not an exception, because the row it tells of stays."""
    details = {"report": reports.told(measure.report), "measure": measure.label}
    return problem(409, code=GuardrailsRefused.code, detail=str(GuardrailsRefused.message), details=details)


class MeasureDetail(APIView):
    """One measure with the guardrails' answer."""

    @extend_schema(operation_id="measures_read", responses=MeasureSerializer)
    def get(self, request: Request, reference: str, number: str) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_MEASURES)
        return Response(selectors.measure_as_json(measure_for(case.incident, number)))


def done(request: Request, reference: str, number: str, act: Callable[..., Measure]) -> Response:
    """An act that needs nothing but the measure."""
    return Response(selectors.measure_as_json(act(actor=actor_of(request), reference=reference, number=number)))


def done_with_reason(
    request: Request, reference: str, number: str, act: Callable[..., Measure], action: Action
) -> Response:
    """An act that needs a reason; who may not act is told so before what they sent is read."""
    actor = actor_of(request)
    measure_for(case_for(actor, reference, action).incident, number)
    said = sent(request, ClosingSerializer)
    measure = act(actor=actor, reference=reference, number=number, reason=said["reason"])
    return Response(selectors.measure_as_json(measure))


class MeasureApprove(APIView):
    """Agreeing to a measure somebody else proposed; the guardrails are asked again."""

    @extend_schema(
        operation_id="measures_approve", request=None, responses={200: MeasureSerializer, 409: RefusalSerializer}
    )
    def post(self, request: Request, reference: str, number: str) -> Response:
        return done(request, reference, number, services.approve_measure)


class MeasureStart(APIView):
    """Putting an approved measure in force."""

    @extend_schema(
        operation_id="measures_start", request=None, responses={200: MeasureSerializer, 409: RefusalSerializer}
    )
    def post(self, request: Request, reference: str, number: str) -> Response:
        return done(request, reference, number, services.start_measure)


class MeasureDecline(APIView):
    """Deciding against a proposal."""

    @extend_schema(operation_id="measures_decline", request=ClosingSerializer, responses=MeasureSerializer)
    def post(self, request: Request, reference: str, number: str) -> Response:
        return done_with_reason(request, reference, number, services.decline_measure, Action.DECIDE_MEASURE)


class MeasureWithdraw(APIView):
    """Taking back a measure that is not in force."""

    @extend_schema(operation_id="measures_withdraw", request=ClosingSerializer, responses=MeasureSerializer)
    def post(self, request: Request, reference: str, number: str) -> Response:
        return done_with_reason(request, reference, number, services.withdraw_measure, Action.PROPOSE_MEASURE)


class MeasureEnd(APIView):
    """Ending a measure in force: one person, at any time."""

    @extend_schema(operation_id="measures_end", request=ClosingSerializer, responses=MeasureSerializer)
    def post(self, request: Request, reference: str, number: str) -> Response:
        return done_with_reason(request, reference, number, services.end_measure, Action.PROPOSE_MEASURE)
