"""The API's door to measures: parse, call, answer."""

from collections.abc import Callable
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from core.pagination import NewestFirst
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
    MeasurePageSerializer,
    MeasureSerializer,
    ProposalSerializer,
    ReasonAskSerializer,
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
        pages = NewestFirst()
        rows = pages.paginate_queryset(selectors.measures_of(case), request, view=self) or []
        return pages.get_paginated_response([selectors.measure_as_json(measure) for measure in rows])

    @extend_schema(
        operation_id="measures_propose",
        request=ProposalSerializer,
        responses={201: MeasureSerializer, 409: RefusalSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """A proposal the guardrails refuse is answered with 409 and kept, with the whole report."""
        actor = actor_of(request)
        case_for(actor, reference, Action.PROPOSE_MEASURE)
        shape = ProposalSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        measure = services.propose_measure(actor=actor, reference=reference, proposal=shape.validated_data)
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


class MeasureAct(APIView):
    """An act that needs nothing but the measure."""

    act: ClassVar[Callable[..., Measure]]

    def post(self, request: Request, reference: str, number: str) -> Response:
        measure = type(self).act(actor=actor_of(request), reference=reference, number=number)
        return Response(selectors.measure_as_json(measure))


class ReasonedAct(APIView):
    """An act that needs a reason."""

    act: ClassVar[Callable[..., Measure]]
    action: ClassVar[Action] = Action.PROPOSE_MEASURE

    def post(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        measure_for(case_for(actor, reference, self.action).incident, number)
        shape = ReasonAskSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        given: dict[str, Any] = shape.validated_data
        measure = type(self).act(actor=actor, reference=reference, number=number, reason=given["reason"])
        return Response(selectors.measure_as_json(measure))


@extend_schema(
    operation_id="measures_approve", request=None, responses={200: MeasureSerializer, 409: RefusalSerializer}
)
class MeasureApprove(MeasureAct):
    """Agreeing to a measure somebody else proposed; the guardrails are asked again."""

    act = staticmethod(services.approve_measure)


@extend_schema(operation_id="measures_start", request=None, responses={200: MeasureSerializer, 409: RefusalSerializer})
class MeasureStart(MeasureAct):
    """Putting an approved measure in force."""

    act = staticmethod(services.start_measure)


@extend_schema(operation_id="measures_decline", request=ReasonAskSerializer, responses=MeasureSerializer)
class MeasureDecline(ReasonedAct):
    """Deciding against a proposal."""

    act = staticmethod(services.decline_measure)
    action = Action.DECIDE_MEASURE


@extend_schema(operation_id="measures_withdraw", request=ReasonAskSerializer, responses=MeasureSerializer)
class MeasureWithdraw(ReasonedAct):
    """Taking back a measure that is not in force."""

    act = staticmethod(services.withdraw_measure)


@extend_schema(operation_id="measures_end", request=ReasonAskSerializer, responses=MeasureSerializer)
class MeasureEnd(ReasonedAct):
    """Ending a measure in force: one person, at any time."""

    act = staticmethod(services.end_measure)
