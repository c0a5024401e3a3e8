"""The API's door to one's own inbox."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from core.api import sent
from core.errors import NotFound
from organisations.actors import Actor
from organisations.doors import actor_of

from .. import selectors, services
from ..kinds import Reason
from ..models import Notification
from .serializers import (
    CalendarSerializer,
    ChangeSerializer,
    InboxPageSerializer,
    NotificationSerializer,
    SettingsSerializer,
    SeveralDoneSerializer,
    SeveralSerializer,
)


class Inbox(APIView):
    """What one was told, newest first; `view` is you, watching or done."""

    @extend_schema(
        operation_id="inbox_list",
        parameters=[
            OpenApiParameter("view", str, enum=list(selectors.VIEWS)),
            OpenApiParameter("reason", str, enum=Reason.values),
            OpenApiParameter("before", int),
        ],
        responses=InboxPageSerializer,
    )
    def get(self, request: Request) -> Response:
        asked = request.query_params
        view = asked.get("view", "you")
        said = asked.get("before", "")
        before = int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None
        told, further = selectors.newest(
            actor_of(request), view if view in selectors.VIEWS else "you", asked.get("reason", ""), before
        )
        following = None
        if further:
            query = asked.copy()
            query["before"] = str(further)
            following = f"{reverse('api-inbox', request=request)}?{query.urlencode()}"
        results = [selectors.notification_as_json(each) for each in told]
        return Response({"next": following, "previous": None, "results": results})


def one(actor: Actor, notice_id: int) -> Response:
    """One notification as it stands."""
    row = Notification.objects.filter(recipient=actor.user, pk=notice_id).first()
    if row is None:
        raise NotFound(notice_id)
    return Response(selectors.notification_as_json(selectors.as_told(row)))


class InboxDone(APIView):
    """Several at once."""

    @extend_schema(operation_id="inbox_done", request=SeveralSerializer, responses=SeveralDoneSerializer)
    def post(self, request: Request) -> Response:
        """Done with each of `notices` that waits; what is not one's own is passed over."""
        said = sent(request, SeveralSerializer)
        count, moment = services.finish_several(actor=actor_of(request), notification_ids=said["notices"])
        return Response({"done": count, "done_at": moment})


class InboxItem(APIView):
    """One thing one was told."""

    @extend_schema(operation_id="inbox_read", responses=NotificationSerializer)
    def get(self, request: Request, notice_id: int) -> Response:
        return one(actor_of(request), notice_id)

    @extend_schema(operation_id="inbox_change", request=ChangeSerializer, responses=NotificationSerializer)
    def patch(self, request: Request, notice_id: int) -> Response:
        """`done` true or false, `snoozed_until` a moment, `acknowledged` true, or `muted` true for its whole case."""
        actor = actor_of(request)
        one(actor, notice_id)
        said = sent(request, ChangeSerializer)
        match said:
            case {"done": True}:
                services.finish(actor=actor, notification_id=notice_id)
            case {"done": False}:
                services.undo(actor=actor, notification_id=notice_id)
            case {"snoozed_until": until}:
                services.snooze(actor=actor, notification_id=notice_id, until=until)
            case {"acknowledged": True}:
                services.acknowledge(actor=actor, notification_id=notice_id)
            case {"muted": True}:
                services.mute_case(actor=actor, notification_id=notice_id)
        return one(actor, notice_id)


def settings_of(actor: Actor) -> dict[str, Any]:
    """How one is told, with what one has muted and watches."""
    muted = [{"id": each.pk, "reference": each.reference, "subject": ""} for each in selectors.muted_of(actor)]
    watched = [
        {"id": each.pk, "reference": each.reference, "subject": each.subject} for each in selectors.watches_of(actor)
    ]
    return {
        "email": selectors.email_of(actor), "calendar": selectors.calendar_of(actor) is not None, "muted": muted, "watched": watched,
    }  # fmt: skip


class Settings(APIView):
    """How one is told."""

    @extend_schema(operation_id="inbox_settings", responses=SettingsSerializer)
    def get(self, request: Request) -> Response:
        return Response(settings_of(actor_of(request)))

    @extend_schema(operation_id="inbox_settings_change", request=SettingsSerializer, responses=SettingsSerializer)
    def put(self, request: Request) -> Response:
        actor = actor_of(request)
        said = sent(request, SettingsSerializer)
        services.choose_email(actor=actor, email=said["email"])
        return Response(settings_of(actor))


class CalendarDoor(APIView):
    """One's deadlines as a calendar."""

    @extend_schema(operation_id="inbox_calendar_make", request=None, responses={201: CalendarSerializer})
    def post(self, request: Request) -> Response:
        """The answer holds the secret address: it is never told again, and the one before ends."""
        secret = services.make_calendar_address(actor=actor_of(request))
        address = reverse("calendar-feed", args=[secret], request=request)
        return Response({"address": address}, status=201, headers={"Cache-Control": "no-store"})

    @extend_schema(operation_id="inbox_calendar_end", responses={204: None})
    def delete(self, request: Request) -> Response:
        services.end_calendar_address(actor=actor_of(request))
        return Response(status=204)


class Muted(APIView):
    """A case one has muted."""

    @extend_schema(operation_id="inbox_unmute", responses={204: None})
    def delete(self, request: Request, mute_id: int) -> Response:
        services.unmute(actor=actor_of(request), mute_id=mute_id)
        return Response(status=204)


class Watched(APIView):
    """A thing one watches."""

    @extend_schema(operation_id="inbox_unwatch", responses={204: None})
    def delete(self, request: Request, watch_id: int) -> Response:
        services.stop_watching(actor=actor_of(request), watch_id=watch_id)
        return Response(status=204)
