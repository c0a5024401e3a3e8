"""The API's door to accreditation."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import sent
from core.errors import Invalid
from organisations.doors import actor_of
from organisations.models import Organisation
from organisations.roles import Action

from .. import selectors, services
from .serializers import (
    AnswersSerializer,
    AttestationDecideSerializer,
    AttestationEndSerializer,
    AttestationSendSerializer,
    AttestationSerializer,
    PlaceSerializer,
    attestation_as_json,
    place_as_json,
)


class Directory(APIView):
    """Who is accredited to the evidence standard, and until when."""

    @extend_schema(operation_id="accreditation_list", responses=PlaceSerializer(many=True))
    def get(self, request: Request) -> Response:
        actor_of(request)
        return Response([place_as_json(place) for place in selectors.directory()])


class AttestationList(APIView):
    """One's own attestations, and those one was asked to review."""

    @extend_schema(operation_id="attestations_list", responses=AttestationSerializer(many=True))
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        rows = selectors.attestations_of(actor) + selectors.to_review(actor)
        return Response([attestation_as_json(row) for row in rows])

    @extend_schema(operation_id="attestations_begin", request=None, responses={201: AttestationSerializer})
    def post(self, request: Request) -> Response:
        return Response(attestation_as_json(services.begin_attestation(actor=actor_of(request))), status=201)


class AttestationDetail(APIView):
    """One attestation."""

    @extend_schema(operation_id="attestations_read", responses=AttestationSerializer)
    def get(self, request: Request, attestation_id: int) -> Response:
        return Response(attestation_as_json(selectors.attestation_for(actor_of(request), attestation_id, Action.VIEW)))

    @extend_schema(operation_id="attestations_answer", request=AnswersSerializer, responses=AttestationSerializer)
    def patch(self, request: Request, attestation_id: int) -> Response:
        """Keeps the answers given; the others stay as they are."""
        actor = actor_of(request)
        selectors.attestation_for(actor, attestation_id, Action.ATTEST)
        answers = sent(request, AnswersSerializer)["answers"]
        row = services.answer_attestation(actor=actor, attestation_id=attestation_id, answers=answers)
        return Response(attestation_as_json(row))


class AttestationSend(APIView):
    """The organisation attests."""

    @extend_schema(operation_id="attestations_send", request=AttestationSendSerializer, responses=AttestationSerializer)
    def post(self, request: Request, attestation_id: int) -> Response:
        actor = actor_of(request)
        selectors.attestation_for(actor, attestation_id, Action.ATTEST)
        slug = sent(request, AttestationSendSerializer)["reviewer"]
        reviewer = Organisation.objects.filter(slug=slug).first()
        if reviewer is None:
            raise Invalid({"reviewer": [_("Name an organisation of the directory.")]})
        row = services.send_attestation(actor=actor, attestation_id=attestation_id, reviewer=reviewer)
        return Response(attestation_as_json(row))


class AttestationTakeBack(APIView):
    """Back to a draft."""

    @extend_schema(operation_id="attestations_take_back", request=None, responses=AttestationSerializer)
    def post(self, request: Request, attestation_id: int) -> Response:
        row = services.take_back_attestation(actor=actor_of(request), attestation_id=attestation_id)
        return Response(attestation_as_json(row))


class AttestationDecide(APIView):
    """The reviewing body decides."""

    @extend_schema(
        operation_id="attestations_decide", request=AttestationDecideSerializer, responses=AttestationSerializer
    )
    def post(self, request: Request, attestation_id: int) -> Response:
        actor = actor_of(request)
        selectors.attestation_for(actor, attestation_id, Action.REVIEW_ATTESTATION)
        said = sent(request, AttestationDecideSerializer)
        row = services.decide_attestation(
            actor=actor, attestation_id=attestation_id, accredit=said["accredit"], note=said["note"]
        )
        return Response(attestation_as_json(row))


class AttestationEnd(APIView):
    """Ends an accreditation before its time."""

    @extend_schema(operation_id="attestations_end", request=AttestationEndSerializer, responses=AttestationSerializer)
    def post(self, request: Request, attestation_id: int) -> Response:
        actor = actor_of(request)
        found = selectors.attestation_for(actor, attestation_id, Action.VIEW)
        actor.require(Action.ATTEST if found.organisation_id == actor.organisation.pk else Action.REVIEW_ATTESTATION)
        why = sent(request, AttestationEndSerializer)["why"]
        row = services.end_accreditation(actor=actor, attestation_id=attestation_id, why=why)
        return Response(attestation_as_json(row))
