"""The API's door to reviews: parse, call, answer."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from core.api import page_of, sent
from incidents.access import case_for
from organisations.doors import actor_of
from organisations.roles import Action

from .. import selectors, services
from ..downloads import pdf_answer
from .serializers import (
    CloseSerializer,
    RecommendationAskSerializer,
    RecommendationPageSerializer,
    RecommendationSerializer,
    ReviewAskSerializer,
    ReviewPageSerializer,
    ReviewSerializer,
)

CURSOR = [OpenApiParameter("cursor", str), OpenApiParameter("page_size", int)]


class ReviewList(APIView):
    """Reviews of a case, newest first."""

    @extend_schema(operation_id="reviews_list", parameters=CURSOR, responses=ReviewPageSerializer)
    def get(self, request: Request, reference: str) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_REVIEW)
        return page_of(request, self, selectors.reviews_of(case), selectors.review_as_json)

    @extend_schema(operation_id="reviews_request", request=ReviewAskSerializer, responses={202: ReviewSerializer})
    def post(self, request: Request, reference: str) -> Response:
        """Asks for a review. Poll the address in `Location` until its job is done or failed."""
        actor = actor_of(request)
        case_for(actor, reference, Action.REQUEST_REVIEW)
        said = sent(request, ReviewAskSerializer)
        review = services.request_review(actor=actor, reference=reference, **said)
        address = reverse("api-review", args=[reference, review.number], request=request)
        return Response(selectors.review_as_json(review), status=202, headers={"Location": address})


class ReviewDetail(APIView):
    """One review with the state of its job."""

    @extend_schema(operation_id="reviews_read", responses=ReviewSerializer)
    def get(self, request: Request, reference: str, number: int) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_REVIEW)
        return Response(selectors.review_as_json(selectors.review_of(case, number)))


class ReviewRetry(APIView):
    """Trying again what failed."""

    @extend_schema(operation_id="reviews_retry", request=None, responses={202: ReviewSerializer})
    def post(self, request: Request, reference: str, number: int) -> Response:
        review = services.retry_review(actor=actor_of(request), reference=reference, number=number)
        return Response(selectors.review_as_json(review), status=202)


class ReviewDocument(APIView):
    """The document as issued."""

    @extend_schema(operation_id="reviews_document", responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, reference: str, number: int) -> HttpResponse:
        review, data = services.download_review(actor=actor_of(request), reference=reference, number=number)
        return pdf_answer(review, data)


class RecommendationList(APIView):
    """What reviews of a case recommend."""

    @extend_schema(operation_id="recommendations_list", parameters=CURSOR, responses=RecommendationPageSerializer)
    def get(self, request: Request, reference: str) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_REVIEW)
        return page_of(request, self, selectors.recommendations_of(case), selectors.recommendation_as_json)

    @extend_schema(
        operation_id="recommendations_add",
        request=RecommendationAskSerializer,
        responses={201: RecommendationSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        case_for(actor, reference, Action.REQUEST_REVIEW)
        said = sent(request, RecommendationAskSerializer)
        made = services.add_recommendation(actor=actor, reference=reference, **said)
        address = reverse("api-recommendation", args=[reference, made.number], request=request)
        return Response(selectors.recommendation_as_json(made), status=201, headers={"Location": address})


class RecommendationDetail(APIView):
    """One recommendation."""

    @extend_schema(operation_id="recommendations_read", responses=RecommendationSerializer)
    def get(self, request: Request, reference: str, number: int) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_REVIEW)
        return Response(selectors.recommendation_as_json(selectors.recommendation_of(case, number)))


class RecommendationClose(APIView):
    """Closing a recommendation, done or dropped."""

    @extend_schema(operation_id="recommendations_close", request=CloseSerializer, responses=RecommendationSerializer)
    def post(self, request: Request, reference: str, number: int) -> Response:
        actor = actor_of(request)
        selectors.recommendation_of(case_for(actor, reference, Action.REQUEST_REVIEW), number)
        said = sent(request, CloseSerializer)
        closed = services.close_recommendation(
            actor=actor, reference=reference, number=number, status=said["status"], evidence=said["closing_evidence"]
        )
        return Response(selectors.recommendation_as_json(closed))
