"""The API's door to who looked and what was changed."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import naming
from core.errors import Invalid
from ledger.models import Look
from organisations.doors import actor_of

from .. import looks
from ..look_rows import place_in, plain_rows


class LookSerializer(serializers.Serializer[dict[str, Any]]):
    """A look at a case."""

    at = serializers.DateTimeField()
    person = serializers.CharField()
    organisation = serializers.CharField()
    act = serializers.ChoiceField(choices=Look.Act.choices)
    door = serializers.ChoiceField(choices=Look.Door.choices)
    case = serializers.CharField()
    what = serializers.CharField(help_text="The name of the address.")
    subject = serializers.CharField()
    preview = serializers.CharField(help_text="“yes”: the person looked as somebody else would see the case.")
    as_organisation = serializers.CharField()
    as_person = serializers.CharField()
    as_roles = serializers.CharField(help_text="Codes of roles, with spaces between them.")


class LookPageSerializer(serializers.Serializer[dict[str, Any]]):
    """A page of looks; `next` is the `before` of the following page."""

    next = serializers.CharField(allow_null=True)
    results = LookSerializer(many=True)


class FieldChangeSerializer(serializers.Serializer[dict[str, Any]]):
    """A column, old and new, as it is stored."""

    field = serializers.CharField()
    old = serializers.JSONField(allow_null=True)
    new = serializers.JSONField(allow_null=True)


class ChangeSerializer(serializers.Serializer[dict[str, Any]]):
    """A record that was changed; `fields` is null when its content was forgotten or may not be seen."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor_id = serializers.JSONField(allow_null=True, help_text="A number, or a handle where names are hidden.")
    organisation_id = serializers.JSONField(allow_null=True, help_text="A number, or a handle where names are hidden.")
    table = serializers.CharField()
    row = serializers.CharField()
    entry_id = serializers.IntegerField(allow_null=True, help_text="The ledger's entry that speaks for it.")
    fields = FieldChangeSerializer(many=True, allow_null=True)  # type: ignore[assignment]


FILTERS = [
    OpenApiParameter(name, str) for name in ("since", "until", "act", "door", "organisation", "person", "before")
]


def page_of(found: list[Look], house: int | None = None) -> Response:
    """Looks as the API tells them."""
    page = found[: looks.PAGE]
    following = f"{page[-1].at.isoformat()},{page[-1].pk}" if len(found) > looks.PAGE else None
    return Response({"next": following, "results": plain_rows(page, house)})


class IncidentLooks(APIView):
    """Who looked at a case."""

    @extend_schema(operation_id="incident_looks", parameters=FILTERS, responses=LookPageSerializer)
    def get(self, request: Request, reference: str) -> Response:
        case = looks.overseen(actor_of(request), reference)
        asked = looks.checked(request.query_params)
        return page_of(
            looks.looks_at(case.incident, asked, looks.PAGE + 1, place_in(request.query_params.get("before", "")))
        )


class OrganisationLooks(APIView):
    """Looks at what one's organisation holds (`scope=held`) or by its people anywhere (`scope=ours`)."""

    @extend_schema(
        operation_id="organisation_looks",
        parameters=[OpenApiParameter("scope", str), *FILTERS],
        responses=LookPageSerializer,
    )
    def get(self, request: Request) -> Response:
        scope = request.query_params.get("scope", "held")
        if scope not in looks.SCOPES:
            raise Invalid({"scope": [f"One of {', '.join(looks.SCOPES)}."]})
        asked = looks.checked(request.query_params)
        actor = actor_of(request)
        before = place_in(request.query_params.get("before", ""))
        return page_of(looks.looks_of_house(actor, scope, asked, looks.PAGE + 1, before), actor.organisation.pk)


class IncidentChanges(APIView):
    """What was changed in a case, old and new."""

    @extend_schema(
        operation_id="incident_changes",
        parameters=[OpenApiParameter("before", int)],
        responses=ChangeSerializer(many=True),
    )
    def get(self, request: Request, reference: str) -> Response:
        case = looks.overseen(actor_of(request), reference)
        said = request.query_params.get("before", "")
        before = int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None
        return Response(
            [
                {
                    "id": change.id, "at": change.at, "actor_id": change.actor_id and naming.key_of(change.actor_id), "organisation_id": change.organisation_id and naming.key_of(change.organisation_id),
                    "table": change.table, "row": change.row_id, "entry_id": change.entry_id,
                    "fields": None if change.fields is None
                    else [{"field": name, "old": old, "new": new} for name, (old, new) in sorted(change.fields.items())],
                }
                for change in looks.changes_in(case.incident, looks.PAGE, before)
            ]
        )  # fmt: skip
