"""The API's door to restoration: parse, call, answer."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from core.api import page_of, sent
from core.problems import problem
from incidents.access import case_for
from incidents.api.views import etag, wanted_version
from organisations.doors import actor_of
from organisations.roles import Action

from .. import selectors, services
from ..access import service_for, task_for
from ..models import RemediationTask, RestorationUpdate
from ..states import TaskStatus
from . import serializers as shapes


class Remediation(APIView):
    """Where every service of a case stands, in the order of care."""

    @extend_schema(operation_id="remediation_overview", responses=shapes.OverviewOut)
    def get(self, request: Request, reference: str) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_REMEDIATION)
        return Response(shapes.overview_as_json(selectors.overview(case.incident)))


class ServiceDetail(APIView):
    """One service."""

    @extend_schema(operation_id="remediation_service", responses=shapes.ServiceOut)
    def get(self, request: Request, reference: str, service_id: int) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_REMEDIATION)
        return Response(shapes.service_as_json(selectors.one_service(service_for(case.incident, service_id))))


class UpdateList(ServiceDetail):
    """What was reported about a service, newest first."""

    @extend_schema(
        operation_id="remediation_updates", parameters=[OpenApiParameter("cursor", str)], responses=shapes.UpdatePage
    )
    def get(self, request: Request, reference: str, service_id: int) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_REMEDIATION)
        hit = service_for(case.incident, service_id)
        rows = RestorationUpdate.objects.filter(incident=case.incident, restoration__service=hit).select_related(
            "by", "organisation"
        )
        return page_of(request, self, rows, shapes.update_as_json)

    @extend_schema(operation_id="remediation_post_update", request=shapes.UpdateIn, responses={201: shapes.UpdateOut})
    def post(self, request: Request, reference: str, service_id: int) -> Response:
        """409 `restoration_blocked` names every rule in the way: R4.2 (backup), R4.3 (owner's word), the states."""
        actor = actor_of(request)
        service_for(case_for(actor, reference, Action.RESTORE).incident, service_id)
        posted = services.post_update(
            actor=actor, reference=reference, service_id=service_id, update=sent(request, shapes.UpdateIn)
        )
        return Response(shapes.update_as_json(posted), status=201)


class Target(ServiceDetail):
    """The target time to recover."""

    @extend_schema(operation_id="remediation_set_target", request=shapes.TargetIn, responses=shapes.ServiceOut)
    def put(self, request: Request, reference: str, service_id: int) -> Response:
        actor = actor_of(request)
        service_for(case_for(actor, reference, Action.RESTORE).incident, service_id)
        hours = sent(request, shapes.TargetIn)["target_hours"]
        services.set_target(actor=actor, reference=reference, service_id=service_id, hours=hours)
        return self.get(request, reference, service_id)

    http_method_names = ["put", "options"]


class BackupCheck(ServiceDetail):
    """The check of the backup (R4.2)."""

    @extend_schema(operation_id="remediation_check_backup", request=shapes.BackupIn, responses=shapes.ServiceOut)
    def post(self, request: Request, reference: str, service_id: int) -> Response:
        actor = actor_of(request)
        service_for(case_for(actor, reference, Action.RESTORE).incident, service_id)
        services.check_backup(actor=actor, reference=reference, service_id=service_id, **sent(request, shapes.BackupIn))
        return self.get(request, reference, service_id)

    http_method_names = ["post", "options"]


class Confirmation(ServiceDetail):
    """The word of the service's owner (R4.3)."""

    @extend_schema(operation_id="remediation_confirm", request=shapes.ConfirmIn, responses=shapes.ServiceOut)
    def post(self, request: Request, reference: str, service_id: int) -> Response:
        actor = actor_of(request)
        service_for(case_for(actor, reference, Action.SEE_REMEDIATION).incident, service_id)
        services.confirm_restoration(
            actor=actor, reference=reference, service_id=service_id, **sent(request, shapes.ConfirmIn)
        )
        return self.get(request, reference, service_id)

    http_method_names = ["post", "options"]


class TaskList(APIView):
    """Tasks of a case, newest first."""

    @extend_schema(
        operation_id="tasks_list",
        parameters=[
            OpenApiParameter("cursor", str), OpenApiParameter("status", str, enum=TaskStatus.values), OpenApiParameter("owner", str),
            OpenApiParameter("mine", bool), OpenApiParameter("overdue", bool),
        ],
        responses=shapes.TaskPage,
    )  # fmt: skip
    def get(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        case = case_for(actor, reference, Action.SEE_REMEDIATION)
        asked = request.query_params
        wanted = selectors.WantedTasks(
            # A NUL is in no text of the database: without it the filter finds what it would have found, nothing.
            asked.get("status", "").replace("\x00", "\N{REPLACEMENT CHARACTER}"),
            asked.get("owner", "").replace("\x00", "\N{REPLACEMENT CHARACTER}"),
            asked.get("mine", "") in {"true", "1", "on"},
            asked.get("overdue", "") in {"true", "1", "on"},
        )
        return page_of(request, self, selectors.tasks_of(case.incident, actor, wanted), shapes.task_as_json)

    @extend_schema(operation_id="tasks_add", request=shapes.TaskIn, responses={201: shapes.TaskOut})
    def post(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        case_for(actor, reference, Action.RESTORE)
        added = services.add_task(actor=actor, reference=reference, task=sent(request, shapes.TaskIn))
        address = reverse("api-task", args=[reference, added.reference], request=request)
        return Response(
            shapes.task_as_json(added), status=201, headers={"Location": address, "ETag": etag(added.version)}
        )


def answer(task: RemediationTask) -> Response:
    """A task with its version."""
    return Response(shapes.task_as_json(task), headers={"ETag": etag(task.version)})


class TaskDetail(APIView):
    """One task."""

    @extend_schema(operation_id="tasks_read", responses=shapes.TaskOut)
    def get(self, request: Request, reference: str, number: str) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_REMEDIATION)
        return answer(task_for(case.incident, number))

    @extend_schema(operation_id="tasks_change", request=shapes.TaskIn(partial=True), responses=shapes.TaskOut)
    def patch(self, request: Request, reference: str, number: str) -> Response:
        """Needs `If-Match` with the version being changed."""
        actor = actor_of(request)
        task_for(case_for(actor, reference, Action.RESTORE).incident, number)
        version = wanted_version(request)
        if version is None:
            return problem(
                428, code="version_needed", detail="Send If-Match with the version you are changing, as ETag gave it."
            )
        facts = sent(request, shapes.TaskIn, partial=True)
        return answer(
            services.change_task(actor=actor, reference=reference, number=number, version=version, task=facts)
        )


class TaskAct(APIView):
    """What is done to a task; each act has an address of its own."""

    action = Action.RESTORE
    shape: type[serializers.Serializer[dict[str, Any]]]

    def facts(self, request: Request, reference: str, number: str) -> dict[str, Any]:
        """The body, asked for only when the task is in the reader's world and they may act on it."""
        task_for(case_for(actor_of(request), reference, self.action).incident, number)
        return {"actor": actor_of(request), "reference": reference, "number": number, **sent(request, self.shape)}


class TaskMove(TaskAct):
    """To agreed or in progress."""

    shape = shapes.MoveIn

    @extend_schema(operation_id="tasks_move", request=shapes.MoveIn, responses=shapes.TaskOut)
    def post(self, request: Request, reference: str, number: str) -> Response:
        return answer(services.move_task(**self.facts(request, reference, number)))


class TaskComplete(TaskAct):
    """Done, with what shows it."""

    shape = shapes.CompleteIn

    @extend_schema(operation_id="tasks_complete", request=shapes.CompleteIn, responses=shapes.TaskOut)
    def post(self, request: Request, reference: str, number: str) -> Response:
        return answer(services.complete_task(**self.facts(request, reference, number)))


class TaskVerify(TaskAct):
    """Verified or sent back, by somebody other than the doer."""

    action = Action.VERIFY_TASK
    shape = shapes.VerifyIn

    @extend_schema(operation_id="tasks_verify", request=shapes.VerifyIn, responses=shapes.TaskOut)
    def post(self, request: Request, reference: str, number: str) -> Response:
        return answer(services.verify_task(**self.facts(request, reference, number)))


class TaskCancel(TaskAct):
    """Cancelled, for a reason."""

    shape = shapes.CancelIn

    @extend_schema(operation_id="tasks_cancel", request=shapes.CancelIn, responses=shapes.TaskOut)
    def post(self, request: Request, reference: str, number: str) -> Response:
        return answer(services.cancel_task(**self.facts(request, reference, number)))
