"""The API's door to the right of reply and to who relies on a finding; and, with a secret address and a code, to the reply itself."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpResponseBase
from django.urls import reverse as path_of
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from core.api import sent
from core.errors import Invalid
from core.problems import problem
from evidence.http import attachment
from evidence.uploads import Upload
from organisations.doors import actor_of
from organisations.roles import Action

from .. import services
from ..access import finding_for
from ..marks import pap_of
from ..models import FindingIssue, Invitation, Notice, Reply, ReplyFile
from ..services import answering
from .serializers import Shape


class NoticeIn(Shape):
    """What is to be published."""

    text = serializers.CharField()
    mark = serializers.CharField(required=False, default="TLP:CLEAR")


class InvitationIn(Shape):
    """A party to ask: somebody outside, or an organisation of the platform by its slug."""

    party = serializers.CharField()
    name = serializers.CharField(required=False, allow_blank=True, default="")
    contact = serializers.CharField(required=False, allow_blank=True, default="")
    code_given = serializers.CharField(required=False, allow_blank=True, default="")
    organisation = serializers.CharField(required=False, allow_blank=True, default="")


class WaiverIn(Shape):
    """A reply not waited for: of an invitation, or of a party that cannot be asked."""

    reasons = serializers.CharField()
    invitation = serializers.IntegerField(required=False)
    party = serializers.CharField(required=False, default="")
    name = serializers.CharField(required=False, default="")


class SentIn(Shape):
    """Somebody outside the finding was sent to."""

    addressee = serializers.CharField()
    channel = serializers.CharField()


class AcknowledgedIn(Shape):
    """How an addressee outside said that they know."""

    note = serializers.CharField()


class ReplyIn(Shape):
    """A party's own words."""

    position = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True, trim_whitespace=False)


def reply_values(row: Reply, files: Iterable[ReplyFile] | None = None) -> dict[str, Any]:
    """A reply as it is printed, with its files."""
    files = row.files.all() if files is None else files
    fields = ("party", "name", "position", "text", "sha256", "received_at", "late")
    return {**{name: getattr(row, name) for name in fields}, "files": [file_values(each) for each in files]}


def file_values(row: ReplyFile) -> dict[str, Any]:
    """A file that came with a reply; its content is fetched by its id by whoever may open the evidence of the case."""
    fields = ("id", "name", "size", "media_type", "sha256", "verdict", "received_at")
    return {name: getattr(row, name) for name in fields}


def invitation_values(row: Invitation, answered: set[int]) -> dict[str, Any]:
    """Somebody asked, without a draft and without secrets."""
    return {
        "id": row.pk, "party": row.party, "name": row.name, "contact": row.contact, "code_given": row.code_given,
        "organisation": row.organisation.slug if row.organisation else None, "invited_at": row.invited_at,
        "verified_at": row.verified_at, "answered": row.pk in answered, "waived_at": row.waived_at, "waived_reason": row.waived_reason,
    }  # fmt: skip


def issue_values(row: FindingIssue) -> dict[str, Any]:
    """An issue as published."""
    return {
        "public_id": row.public_id, "number": row.number, "mark": row.mark, "content": row.content, "sha256": row.sha256,
        "issued_at": row.issued_at, "cause": row.cause,
    }  # fmt: skip


def notice_values(notice: Notice | None) -> dict[str, Any] | None:
    """What is to be published, and who was asked."""
    if notice is None:
        return None
    answered = set(Reply.objects.filter(invitation__notice=notice).values_list("invitation_id", flat=True))
    rows = Invitation.objects.filter(notice=notice).select_related("organisation").order_by("pk")
    return {
        "number": notice.number, "claim": notice.claim, "sha256": notice.sha256, "mark": notice.mark, "pap": pap_of(notice.finding),
        "deadline": notice.deadline, "rules": notice.rules_version, "invitations": [invitation_values(row, answered) for row in rows],
    }  # fmt: skip


class FindingReplies(APIView):
    """Where the right of reply stands; for the holder."""

    @extend_schema(operation_id="findings_reply", responses=dict)
    def get(self, request: Request, reference: str, number: str) -> Response:
        _case, finding = finding_for(actor_of(request), reference, number, Action.PROPOSE_FINDING)
        notice = services.latest_notice(finding)
        return Response(
            {
                "notice": notice_values(notice),
                "bars": list(services.bars_of(finding, notice)),
                "replies": [reply_values(row) for row in Reply.objects.filter(finding=finding).order_by("pk")],
                "issues": [
                    issue_values(row) for row in FindingIssue.objects.filter(finding=finding).order_by("-number")
                ],
            }
        )

    @extend_schema(operation_id="findings_reply_notice", request=NoticeIn, responses={201: dict})
    def post(self, request: Request, reference: str, number: str) -> Response:
        """Fixes what is to be published."""
        actor = actor_of(request)
        finding_for(actor, reference, number, Action.PROPOSE_FINDING)
        notice = services.open_notice(actor=actor, reference=reference, label=number, **sent(request, NoticeIn))
        return Response(notice_values(notice), status=201)


class ReplyInvitations(APIView):
    """Asking a party; the answer holds the secret address and the code, told this once."""

    @extend_schema(operation_id="findings_reply_invite", request=InvitationIn, responses={201: dict})
    def post(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        finding_for(actor, reference, number, Action.PROPOSE_FINDING)
        asked = services.invite_to_reply(actor=actor, reference=reference, label=number, **sent(request, InvitationIn))
        body = {
            **invitation_values(asked.invitation, set()), "code": asked.code,
            "address": reverse("reply", args=[asked.secret], request=request),
        }  # fmt: skip
        return Response(body, status=201, headers={"Cache-Control": "no-store"})


class ReplyRenewal(APIView):
    """A new address and code for a party that was asked; the ones before open nothing any more."""

    @extend_schema(operation_id="findings_reply_renew", request=None, responses={201: dict})
    def post(self, request: Request, reference: str, number: str, invitation: int) -> Response:
        actor = actor_of(request)
        asked = services.renew_invitation(actor=actor, reference=reference, label=number, invitation_id=invitation)
        body = {
            **invitation_values(asked.invitation, set()), "code": asked.code,
            "address": reverse("reply", args=[asked.secret], request=request),
        }  # fmt: skip
        return Response(body, status=201, headers={"Cache-Control": "no-store"})


class ReplyFileContent(APIView):
    """The bytes of a file that came with a reply, in an encrypted archive unless a scanner found nothing in it."""

    @extend_schema(operation_id="findings_reply_file", responses={(200, "application/octet-stream"): bytes})
    def get(self, request: Request, reference: str, number: str, file: int) -> HttpResponseBase:
        opened = services.open_reply_file(actor=actor_of(request), reference=reference, label=number, file_id=file)
        return attachment(opened.file, opened.handle)


class RelyingAcknowledged(APIView):
    """Writing down that an addressee outside knows of the last change."""

    @extend_schema(operation_id="findings_relying_acknowledge", request=AcknowledgedIn, responses={204: None})
    def post(self, request: Request, reference: str, number: str, relying: int) -> Response:
        actor = actor_of(request)
        finding_for(actor, reference, number, Action.PROPOSE_FINDING)
        services.note_outside_acknowledgement(
            actor=actor, reference=reference, label=number, relying_id=relying, **sent(request, AcknowledgedIn)
        )
        return Response(status=204)


class ReplyWaivers(APIView):
    """Not waiting for a reply, with reasons."""

    @extend_schema(operation_id="findings_reply_waive", request=WaiverIn, responses={201: dict})
    def post(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        finding_for(actor, reference, number, Action.PROPOSE_FINDING)
        facts = sent(request, WaiverIn)
        facts["invitation_id"] = facts.pop("invitation", None)
        row = services.waive_reply(actor=actor, reference=reference, label=number, **facts)
        return Response(invitation_values(row, set()), status=201)


class FindingPublish(APIView):
    """Publishing a finding: 409 while a reply is due."""

    @extend_schema(operation_id="findings_publish", request=None, responses={201: dict})
    def post(self, request: Request, reference: str, number: str) -> Response:
        issue = services.publish_finding(actor=actor_of(request), reference=reference, label=number)
        where = {"Location": request.build_absolute_uri(path_of("published-finding", args=[issue.public_id]))}
        return Response(issue_values(issue), status=201, headers=where)


class FindingRelying(APIView):
    """Who relies on the finding, and who has not acknowledged its last change; for the holder."""

    @extend_schema(operation_id="findings_relying", responses=dict)
    def get(self, request: Request, reference: str, number: str) -> Response:
        _finding, change, rows = services.relying_on(actor=actor_of(request), reference=reference, label=number)
        fields = ("id", "name", "organisation", "how", "since", "channel", "asked", "acknowledged_at")
        return Response(
            {
                "change": {"tier": change.tier, "standing": change.standing, "contested": change.contested, "at": change.at}
                if change else None,
                "waiting": sum(row.waiting for row in rows),
                "parties": [{name: getattr(row, name) for name in fields} for row in rows],
            }
        )  # fmt: skip

    @extend_schema(operation_id="findings_relying_add", request=SentIn, responses={201: dict})
    def post(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        finding_for(actor, reference, number, Action.PROPOSE_FINDING)
        row = services.note_sent(actor=actor, reference=reference, label=number, **sent(request, SentIn))
        return Response({"id": row.pk, "addressee": row.addressee, "channel": row.channel}, status=201)


CODE = OpenApiParameter("X-Reply-Code", str, OpenApiParameter.HEADER, required=True)


class ByCode(APIView):
    """What whoever was asked does: the secret is in the address, the code in `X-Reply-Code`. A wrong code is counted."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []

    def _visit(self, request: Request, secret: str) -> answering.Visit | None:
        with transaction.atomic():
            visit = answering.visit_by_secret(secret)
        return visit if answering.prove(visit, request.headers.get("X-Reply-Code", "")) else None

    def _state(self, visit: answering.Visit) -> dict[str, Any]:
        shown = answering.look(visit)
        notice = shown.invitation.notice
        return {
            "claim": notice.claim, "sha256": notice.sha256, "mark": notice.mark, "pap": shown.pap, "deadline": notice.deadline, "closes": shown.ends,
            "draft": {"text": shown.invitation.draft, "position": shown.invitation.draft_position},
            "files": [file_values(row) for row in shown.files], "most_files": shown.most_files,
            "reply": {**_sent(shown.reply), "receipt": shown.reply.receipt} if shown.reply else None,
        }  # fmt: skip

    def _refused(self) -> Response:
        return problem(403, code="reply_code_wrong", detail=_("This is not the code."))


def _sent(row: Reply) -> dict[str, Any]:
    """What the party sent; its files stand beside it."""
    return {name: value for name, value in reply_values(row, files=()).items() if name != "files"}


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class ReplyByProgram(ByCode):
    """Reading the claim, keeping a draft, sending the reply."""

    @extend_schema(operation_id="reply_read", parameters=[CODE], responses=dict)
    def get(self, request: Request, secret: str) -> Response:
        visit = self._visit(request, secret)
        return Response(self._state(visit), headers={"Cache-Control": "no-store"}) if visit else self._refused()

    @extend_schema(operation_id="reply_draft", parameters=[CODE], request=ReplyIn, responses=dict)
    def put(self, request: Request, secret: str) -> Response:
        """Keeps a draft."""
        visit = self._visit(request, secret)
        if visit is None:
            return self._refused()
        answering.save_draft(visit, **sent(request, ReplyIn))
        return Response(self._state(visit), headers={"Cache-Control": "no-store"})

    @extend_schema(operation_id="reply_send", parameters=[CODE], request=ReplyIn, responses={201: dict})
    def post(self, request: Request, secret: str) -> Response:
        """Sends the reply, once; the answer is the receipt."""
        visit = self._visit(request, secret)
        if visit is None:
            return self._refused()
        answering.submit_reply(visit, **sent(request, ReplyIn))
        return Response(self._state(visit), status=201, headers={"Cache-Control": "no-store"})


class FileIn(Shape):
    """A file to go with the reply, in the part `file`."""

    file = serializers.FileField()


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class ReplyFilesByProgram(ByCode):
    """Attaching a file to the draft of a reply."""

    parser_classes: ClassVar[list[type[BaseParser]]] = [MultiPartParser]  # type: ignore[misc]

    @extend_schema(operation_id="reply_file_add", parameters=[CODE], request=FileIn, responses={201: dict})
    def post(self, request: Request, secret: str) -> Response:
        visit = self._visit(request, secret)
        if visit is None:
            return self._refused()
        file = request.FILES.get("file")
        if file is None:
            raise Invalid({"file": [_("Send the file in the part “file”.")]})
        row = answering.attach_file(visit, Upload.of(file))
        return Response(file_values(row), status=201, headers={"Cache-Control": "no-store"})


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class ReplyFileByProgram(ByCode):
    """Taking a file out of the draft again."""

    @extend_schema(operation_id="reply_file_remove", parameters=[CODE], responses={204: None})
    def delete(self, request: Request, secret: str, file: int) -> Response:
        visit = self._visit(request, secret)
        if visit is None:
            return self._refused()
        answering.remove_file(visit, file)
        return Response(status=204)
