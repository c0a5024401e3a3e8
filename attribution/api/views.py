"""The API's door to hypotheses, ratings and findings: parse, call, answer."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import naming
from core.api import sent, whole_page_of
from core.errors import Invalid, NotFound
from incidents.access import CaseAccess, case_for
from incidents.models import Incident
from organisations.doors import actor_of
from organisations.models import User
from organisations.roles import Action

from .. import boards, norms, selectors, services
from ..access import finding_for, hypothesis_in
from ..marks import paps_of
from ..models import Contest, Finding, StandingChange
from ..replay import replay
from ..selectors import tier_report_for
from ..services.facts import clean_date
from ..snapshots import (
    board_values,
    change_values,
    contest_values,
    day_values,
    finding_values,
    hypothesis_values,
    leg_values,
    reasoning_values,
    row_values,
    what_if_values,
)
from . import serializers as shapes


class HypothesisList(APIView):
    """The explanations of who it was, alternatives included."""

    @extend_schema(operation_id="hypotheses_list", responses=shapes.HypothesisOut(many=True))
    def get(self, request: Request, reference: str) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_ATTRIBUTION)
        return Response([hypothesis_values(row) for row in selectors.hypotheses_of(case.incident)])

    @extend_schema(operation_id="hypotheses_add", request=shapes.HypothesisIn, responses={201: shapes.HypothesisOut})
    def post(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        case_for(actor, reference, Action.ANALYSE)
        added = services.add_hypothesis(actor=actor, reference=reference, facts=sent(request, shapes.HypothesisIn))
        return Response(hypothesis_values(added), status=201)


class LegList(APIView):
    """What is claimed, leg by leg, each with its own tier and standard of proof."""

    @extend_schema(operation_id="legs_list", responses=shapes.LegOut(many=True))
    def get(self, request: Request, reference: str) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_ATTRIBUTION)
        return Response([leg_values(row) for row in selectors.legs_of(case.incident)])

    @extend_schema(operation_id="legs_open", request=shapes.LegIn, responses={201: shapes.LegOut})
    def post(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        case = case_for(actor, reference, Action.ANALYSE)
        opened = services.open_leg(actor=actor, reference=reference, **sent(request, shapes.LegIn))
        row = next(row for row in selectors.legs_of(case.incident) if row.code == opened.leg)
        return Response(leg_values(row), status=201)


class ArticleReasonings(APIView):
    """Lawyers' reasons for the article a finding claims, the last first."""

    @extend_schema(operation_id="article_reasonings_list", responses=shapes.ReasoningOut(many=True))
    def get(self, request: Request, reference: str, number: str) -> Response:
        _case, finding = finding_for(actor_of(request), reference, number)
        return Response([reasoning_values(row) for row in selectors.reasonings_of(finding)])

    @extend_schema(
        operation_id="article_reasonings_add", request=shapes.ReasoningIn, responses={201: shapes.ReasoningOut}
    )
    def post(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        finding_for(actor, reference, number, Action.ANALYSE)
        facts = sent(request, shapes.ReasoningIn)
        row = services.reason_article(actor=actor, reference=reference, label=number, **facts)
        return Response(reasoning_values(row), status=201)


class HypothesisReject(APIView):
    """Setting a hypothesis aside; it stays in the list."""

    @extend_schema(operation_id="hypotheses_reject", request=shapes.ReasonIn, responses=shapes.HypothesisOut)
    def post(self, request: Request, reference: str, label: str) -> Response:
        actor = actor_of(request)
        hypothesis_in(case_for(actor, reference, Action.ANALYSE).incident, label)
        facts = sent(request, shapes.ReasonIn)
        return Response(
            hypothesis_values(services.reject_hypothesis(actor=actor, reference=reference, label=label, **facts))
        )


class HypothesisReconsider(APIView):
    """Taking a rejected hypothesis back into consideration."""

    @extend_schema(operation_id="hypotheses_reconsider", request=None, responses=shapes.HypothesisOut)
    def post(self, request: Request, reference: str, label: str) -> Response:
        row = services.reconsider_hypothesis(actor=actor_of(request), reference=reference, label=label)
        return Response(hypothesis_values(row))


def legs_asked(request: Request, case: CaseAccess) -> list[str]:
    """The leg asked for, or every leg that has hypotheses."""
    used = {row.leg for row in selectors.hypotheses_of(case.incident)}
    known = list(norms.standard_of(norms.version_in_force()).legs)
    asked = request.query_params.get("leg")
    if asked is not None and asked not in known:
        raise Invalid({"leg": [_("Choose one from the list.")]})
    return [asked] if asked is not None else [leg for leg in known if leg in used]


def leg_asked(request: Request, case: CaseAccess) -> str:
    """The one leg a board is asked for; that of the operator when none is named."""
    return legs_asked(request, case)[0] if "leg" in request.query_params else "operator"


def member_asked(incident: Incident, leg: str, reader: User, asked: str | None) -> int | None:
    """The member to compare with, if their ratings on the leg are open; the same answer for a sealed one and for nobody."""
    others = {str(naming.key_of(row.pk)): row.pk for row in boards.assessors_of(incident, leg, reader)}
    return others.get(asked) if asked is not None else None


class BoardDetail(APIView):
    """What the board of a leg comes to: inconsistency (no probability), and what each single loss would change."""

    @extend_schema(operation_id="board_read", parameters=[OpenApiParameter("leg", str)], responses=shapes.BoardOut)
    def get(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        case = case_for(actor, reference, Action.SEE_ATTRIBUTION)
        leg = leg_asked(request, case)
        shown = boards.read_board(case.incident, leg, actor.user, view="group")
        others = boards.assessors_of(case.incident, leg, actor.user)
        return Response(board_values(shown, boards.sensitivity_of(case.incident, leg), others))


class BoardWhatIf(APIView):
    """The board with some ratings changed and some items left out. Computed and forgotten: nothing is saved."""

    @extend_schema(
        operation_id="board_what_if", parameters=[OpenApiParameter("leg", str)], request=shapes.WhatIfIn,
        responses=shapes.WhatIfOut,
    )  # fmt: skip
    def post(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        case = case_for(actor, reference, Action.SEE_ATTRIBUTION)
        facts = sent(request, shapes.WhatIfIn)
        leg = leg_asked(request, case)
        shown = boards.read_board(case.incident, leg, actor.user, view="group")
        changed = boards.differences(facts["ratings"], shown)
        return Response(what_if_values(boards.what_if(case.incident, leg, changed=changed, without=facts["without"])))


class FindingReplay(APIView):
    """The finding on each day, from what was known by then."""

    @extend_schema(operation_id="findings_replay", responses=shapes.DayOut(many=True))
    def get(self, request: Request, reference: str, number: str) -> Response:
        _case, finding = finding_for(actor_of(request), reference, number)
        return Response([day_values(day) for day in replay(finding)])


class Ratings(APIView):
    """Evidence against hypotheses: one's own ratings and the middle of everybody's open ones."""

    @extend_schema(
        operation_id="ratings_read",
        parameters=[OpenApiParameter("leg", str), OpenApiParameter("with", int)],
        responses=shapes.RowOut(many=True),
    )
    def get(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        case = case_for(actor, reference, Action.SEE_ATTRIBUTION)
        other = request.query_params.get("with")
        view = "group" if other is None else "compare"
        shown = [
            boards.read_board(
                case.incident, leg, actor.user, view=view, other=member_asked(case.incident, leg, actor.user, other)
            )
            for leg in legs_asked(request, case)
        ]
        return Response([row_values(row) for board in shown for row in board.rows])

    @extend_schema(operation_id="ratings_save", request=shapes.RatingsIn, responses=shapes.RowOut(many=True))
    def put(self, request: Request, reference: str) -> Response:
        """Cells that are not named stay as they are."""
        actor = actor_of(request)
        case_for(actor, reference, Action.ANALYSE)
        services.rate_evidence(actor=actor, reference=reference, ratings=sent(request, shapes.RatingsIn)["ratings"])
        return self.get(request, reference)


class FindingList(APIView):
    """The findings of a case, newest first."""

    @extend_schema(
        operation_id="findings_list", parameters=[OpenApiParameter("cursor", str)], responses=shapes.FindingPage
    )
    def get(self, request: Request, reference: str) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_ATTRIBUTION)

        def as_json(rows: list[Finding]) -> list[dict[str, Any]]:
            paps = paps_of(case.incident, rows)
            return [finding_values(row, paps[row.pk]) for row in rows]

        return whole_page_of(request, self, selectors.findings_of(case.incident), as_json)

    @extend_schema(operation_id="findings_propose", request=shapes.FindingIn, responses={201: shapes.FindingOut})
    def post(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        case_for(actor, reference, Action.PROPOSE_FINDING)
        finding = services.propose_finding(actor=actor, reference=reference, facts=sent(request, shapes.FindingIn))
        return Response(finding_values(finding), status=201)


class FindingDetail(APIView):
    """One finding."""

    @extend_schema(operation_id="findings_read", responses=shapes.FindingOut)
    def get(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        _case, finding = finding_for(actor, reference, number)
        services.note_shown(actor, finding)
        return Response(finding_values(finding))

    @extend_schema(operation_id="findings_amend", request=shapes.FindingChange, responses=shapes.FindingOut)
    def patch(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        finding_for(actor, reference, number, Action.PROPOSE_FINDING)
        facts = sent(request, shapes.FindingChange, partial=True)
        why = facts.pop("why", "")
        services.amend_finding(actor=actor, reference=reference, label=number, facts=facts, why=why)
        return self.get(request, reference, number)


class FindingReport(APIView):
    """A finding's tier with every reason, computed now; with `on`, from what had been received by that day."""

    @extend_schema(operation_id="findings_report", parameters=[OpenApiParameter("on", str)], responses=dict)
    def get(self, request: Request, reference: str, number: str) -> Response:
        _case, finding = finding_for(actor_of(request), reference, number)
        errors: dict[str, list[Any]] = {}
        text = request.query_params.get("on", "")
        day = clean_date(text, "on", errors) if text else None
        if errors:
            raise Invalid(errors)
        return Response(tier_report_for(finding, day).as_dict())


class FindingHistory(APIView):
    """How a finding came to stand, newest first."""

    @extend_schema(operation_id="findings_history", responses=shapes.ChangeOut(many=True))
    def get(self, request: Request, reference: str, number: str) -> Response:
        _case, finding = finding_for(actor_of(request), reference, number)
        rows = StandingChange.objects.filter(finding=finding).defer("explanation").order_by("-pk")[:200]
        return Response([change_values(row) for row in rows])


class FindingExtend(APIView):
    """Putting a review off, with reasons."""

    @extend_schema(operation_id="findings_extend", request=shapes.ExtensionIn, responses=shapes.FindingOut)
    def post(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        finding_for(actor, reference, number, Action.PROPOSE_FINDING)
        services.extend_review(actor=actor, reference=reference, label=number, **sent(request, shapes.ExtensionIn))
        return Response(finding_values(finding_for(actor, reference, number)[1]))


class ContestList(APIView):
    """What speaks against a finding, resolved or open."""

    @extend_schema(operation_id="contests_list", responses=shapes.ContestOut(many=True))
    def get(self, request: Request, reference: str, number: str) -> Response:
        _case, finding = finding_for(actor_of(request), reference, number)
        return Response([contest_values(row) for row in Contest.objects.filter(finding=finding).order_by("pk")])

    @extend_schema(operation_id="contests_open", request=shapes.ContestIn, responses={201: shapes.ContestOut})
    def post(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        finding_for(actor, reference, number, Action.ANALYSE)
        facts = sent(request, shapes.ContestIn)
        contest = services.contest_finding(actor=actor, reference=reference, label=number, **facts)
        return Response(contest_values(contest), status=201)


class ContestResolve(APIView):
    """Resolving a contest with reasons."""

    @extend_schema(operation_id="contests_resolve", request=shapes.ReasonsIn, responses=shapes.ContestOut)
    def post(self, request: Request, reference: str, number: str, contest: int) -> Response:
        actor = actor_of(request)
        _case, finding = finding_for(actor, reference, number, Action.ANALYSE)
        if not Contest.objects.filter(finding=finding, pk=contest).exists():
            raise NotFound(contest)
        facts = sent(request, shapes.ReasonsIn)
        row = services.resolve_contest(actor=actor, reference=reference, label=number, contest_id=contest, **facts)
        return Response(contest_values(row))


class FindingCorroborate(APIView):
    """Putting one's name to a finding that the rules compute as corroborated."""

    @extend_schema(operation_id="findings_corroborate", request=None, responses=shapes.FindingOut)
    def post(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        return Response(finding_values(services.corroborate_finding(actor=actor, reference=reference, label=number)))


class FindingWithdraw(APIView):
    """Withdrawing a finding; it stays on record."""

    @extend_schema(operation_id="findings_withdraw", request=shapes.ReasonIn, responses=shapes.FindingOut)
    def post(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        finding_for(actor, reference, number, Action.PROPOSE_FINDING)
        facts = sent(request, shapes.ReasonIn)
        return Response(
            finding_values(services.withdraw_finding(actor=actor, reference=reference, label=number, **facts))
        )


class FindingSupersede(APIView):
    """Saying which finding stands in the place of this one."""

    @extend_schema(operation_id="findings_supersede", request=shapes.SupersedeIn, responses=shapes.FindingOut)
    def post(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        finding_for(actor, reference, number, Action.PROPOSE_FINDING)
        facts = sent(request, shapes.SupersedeIn)
        return Response(
            finding_values(services.supersede_finding(actor=actor, reference=reference, label=number, **facts))
        )
