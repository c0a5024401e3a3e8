"""The API's door to panels: the same answers as the pages, sealed just as well."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import sent
from core.errors import Invalid, NotFound
from organisations.actors import Actor
from organisations.doors import actor_of
from organisations.models import Organisation
from organisations.roles import Action

from .. import selectors, services
from ..access import finding_for, own_seat_for, panel_for
from ..models import Panel
from ..snapshots import opinion_values, panel_values, seat_values
from . import serializers as shapes


def answer(actor: Actor, reference: str, number: int, status: int = 200) -> Response:
    """A panel as the reader may see it now."""
    _case, panel = panel_for(actor, reference, number)
    return Response(values(panel, actor), status=status)


def values(panel: Panel, actor: Actor) -> dict[str, Any]:
    """A panel and all of it that is open."""
    return panel_values(
        panel, selectors.seats_of(panel), selectors.opened_opinions(panel), selectors.earlier_opinions(panel),
        selectors.discussion_of(panel, actor.user),
    )  # fmt: skip


class PanelList(APIView):
    """The panels of a finding."""

    @extend_schema(operation_id="panels_list", responses=shapes.PanelOut(many=True))
    def get(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        _case, finding = finding_for(actor, reference, number)
        panels = selectors.panels_of(finding)
        for panel in panels:
            panel.finding = finding
        return Response([values(row, actor) for row in panels])

    @extend_schema(operation_id="panels_convene", request=shapes.PanelIn, responses={201: shapes.PanelOut})
    def post(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        finding_for(actor, reference, number, Action.CONVENE_PANEL)
        panel = services.convene_panel(
            actor=actor, reference=reference, finding=number, **sent(request, shapes.PanelIn)
        )
        return answer(actor, reference, panel.number, 201)


class PanelDetail(APIView):
    """One panel: seats, who has given an opinion, and, once the round is open, all opinions."""

    @extend_schema(operation_id="panels_read", responses=shapes.PanelOut)
    def get(self, request: Request, reference: str, panel: int) -> Response:
        return answer(actor_of(request), reference, panel)


class SeatList(APIView):
    """Offering a seat."""

    @extend_schema(operation_id="seats_invite", request=shapes.SeatIn, responses={201: shapes.SeatOut})
    def post(self, request: Request, reference: str, panel: int) -> Response:
        actor = actor_of(request)
        panel_for(actor, reference, panel, Action.CONVENE_PANEL)
        facts = sent(request, shapes.SeatIn)
        house = Organisation.objects.filter(slug=facts.pop("organisation")).first()
        if house is None:
            raise Invalid({"organisation": ["There is no such organisation."]})
        seat = services.invite_seat(actor=actor, reference=reference, panel=panel, organisation=house, **facts)
        return Response(seat_values(seat), status=201)


class SeatRelease(APIView):
    """Taking an invitation back."""

    @extend_schema(operation_id="seats_release", request=None, responses=shapes.SeatOut)
    def post(self, request: Request, reference: str, panel: int, seat: int) -> Response:
        actor = actor_of(request)
        _case, found = panel_for(actor, reference, panel, Action.CONVENE_PANEL)
        if seat not in {row.number for row in selectors.seats_of(found)}:
            raise NotFound(seat)
        return Response(seat_values(services.release_seat(actor=actor, reference=reference, seat=seat)))


class SeatOffered(APIView):
    """A seat offered to the reader's organisation, seen before any evidence opens."""

    @extend_schema(operation_id="seats_read", responses=shapes.SeatOut)
    def get(self, request: Request, reference: str, seat: int) -> Response:
        return Response(seat_values(own_seat_for(actor_of(request), reference, seat)[1]))

    @extend_schema(operation_id="seats_declare", request=shapes.DeclarationIn, responses=shapes.SeatOut)
    def post(self, request: Request, reference: str, seat: int) -> Response:
        actor = actor_of(request)
        own_seat_for(actor, reference, seat)
        facts = sent(request, shapes.DeclarationIn)
        return Response(seat_values(services.declare_conflict(actor=actor, reference=reference, seat=seat, **facts)))


class OwnOpinion(APIView):
    """The reader's own opinion."""

    @extend_schema(operation_id="opinions_read_own", responses=shapes.OpinionOut)
    def get(self, request: Request, reference: str, panel: int) -> Response:
        actor = actor_of(request)
        _case, found = panel_for(actor, reference, panel, Action.TAKE_SEAT)
        own = selectors.own_opinion(found, actor.user)
        if own is None:
            raise NotFound(panel)
        return Response(opinion_values(own))

    @extend_schema(operation_id="opinions_seal", request=shapes.OpinionIn, responses=shapes.OpinionOut)
    def put(self, request: Request, reference: str, panel: int) -> Response:
        actor = actor_of(request)
        panel_for(actor, reference, panel, Action.TAKE_SEAT)
        facts = sent(request, shapes.OpinionIn)
        services.seal_opinion(actor=actor, reference=reference, panel=panel, facts=facts)
        return self.get(request, reference, panel)


class PanelReveal(APIView):
    """Opening all opinions at once."""

    @extend_schema(operation_id="panels_reveal", request=None, responses=shapes.PanelOut)
    def post(self, request: Request, reference: str, panel: int) -> Response:
        actor = actor_of(request)
        services.reveal_panel(actor=actor, reference=reference, panel=panel)
        return answer(actor, reference, panel)


class PanelSecondRound(APIView):
    """Beginning the second round, sealed again."""

    @extend_schema(operation_id="panels_second_round", request=shapes.DeadlineIn, responses=shapes.PanelOut)
    def post(self, request: Request, reference: str, panel: int) -> Response:
        actor = actor_of(request)
        panel_for(actor, reference, panel, Action.CONVENE_PANEL)
        services.begin_second_round(actor=actor, reference=reference, panel=panel, **sent(request, shapes.DeadlineIn))
        return answer(actor, reference, panel)


class Discussion(APIView):
    """Speaking in the discussion between the rounds."""

    @extend_schema(operation_id="panels_discuss", request=shapes.RemarkIn, responses={201: shapes.PanelOut})
    def post(self, request: Request, reference: str, panel: int) -> Response:
        actor = actor_of(request)
        panel_for(actor, reference, panel, Action.TAKE_SEAT)
        services.add_remark(actor=actor, reference=reference, panel=panel, **sent(request, shapes.RemarkIn))
        return answer(actor, reference, panel, 201)


class PanelClose(APIView):
    """Ending a panel."""

    @extend_schema(operation_id="panels_close", request=None, responses=shapes.PanelOut)
    def post(self, request: Request, reference: str, panel: int) -> Response:
        actor = actor_of(request)
        services.close_panel(actor=actor, reference=reference, panel=panel)
        return answer(actor, reference, panel)


class ObjectionAnswers(APIView):
    """Answering a blocking objection with reasons."""

    @extend_schema(operation_id="objections_answer", request=shapes.ReasonsIn, responses=shapes.PanelOut)
    def post(self, request: Request, reference: str, panel: int, seat: int) -> Response:
        actor = actor_of(request)
        panel_for(actor, reference, panel, Action.TAKE_SEAT)
        facts = sent(request, shapes.ReasonsIn)
        services.answer_objection(actor=actor, reference=reference, panel=panel, seat=seat, **facts)
        return answer(actor, reference, panel)
