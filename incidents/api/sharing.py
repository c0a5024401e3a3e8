"""The API's door to sharing: who sees, sharing with houses, roles, persons and guests, ending and taking back, previews."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import sent
from core.errors import Invalid
from organisations.doors import actor_of
from organisations.models import Organisation, User
from organisations.roles import Action, Grade

from .. import previewing, selectors, services, sight
from ..access import case_for
from ..models import IncidentGroupPermission, IncidentUserPermission, PastGrant


class TermsSerializer(serializers.Serializer[dict[str, Any]]):
    """How much is shared, why, and until when."""

    grade = serializers.CharField(help_text="summary, evidence, contribute, assess, coordinate or oversee")
    may_export = serializers.BooleanField(required=False, default=False)
    reason = serializers.CharField(max_length=300)
    until = serializers.DateTimeField(required=False, allow_null=True)


class GrantSerializer(TermsSerializer):
    """A share with an organisation, or with one role in it."""

    id = serializers.IntegerField(read_only=True)
    organisation = serializers.SlugField()
    role = serializers.CharField(required=False, allow_blank=True)
    granted_at = serializers.DateTimeField(read_only=True)
    accredited_to = serializers.CharField(read_only=True)


class PersonGrantSerializer(TermsSerializer):
    """A share with one person of an organisation."""

    id = serializers.IntegerField(read_only=True)
    organisation = serializers.SlugField()
    person = serializers.EmailField(write_only=True)
    name = serializers.CharField(read_only=True)
    granted_at = serializers.DateTimeField(read_only=True)


class GuestSerializer(serializers.Serializer[dict[str, Any]]):
    """Somebody to invite to this one case."""

    email = serializers.EmailField()
    name = serializers.CharField(max_length=120)
    grade = serializers.CharField(help_text="summary or evidence")
    reason = serializers.CharField(max_length=300)
    until = serializers.DateTimeField()
    may_export = serializers.BooleanField(default=False, help_text="They may open files of evidence.")


class PastGrantSerializer(serializers.Serializer[dict[str, Any]]):
    """A share that is over."""

    id = serializers.IntegerField()
    organisation = serializers.SlugField(allow_null=True)
    name = serializers.CharField(allow_null=True)
    grade = serializers.CharField()
    may_export = serializers.BooleanField()
    reason = serializers.CharField()
    granted_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField()
    how = serializers.CharField()


class SeesSerializer(serializers.Serializer[dict[str, Any]]):
    """Somebody who sees it, and why."""

    organisation = serializers.SlugField()
    name = serializers.CharField(allow_null=True)
    role = serializers.CharField(allow_blank=True)
    grade = serializers.CharField()
    may_export = serializers.BooleanField()
    why = serializers.CharField()
    given_at = serializers.DateTimeField(allow_null=True)
    until = serializers.DateTimeField(allow_null=True)
    accredited_now = serializers.BooleanField()


class NarrowedSerializer(serializers.Serializer[dict[str, Any]]):
    """What shuts it further."""

    why = serializers.CharField()
    people = serializers.ListField(child=serializers.CharField(), allow_null=True)


class WhoSeesSerializer(serializers.Serializer[dict[str, Any]]):
    """Who can see a thing, and why."""

    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    action = serializers.CharField()
    sees = SeesSerializer(many=True)
    narrowed = NarrowedSerializer(many=True)


class PreviewSerializer(serializers.Serializer[dict[str, Any]]):
    """As whom to look; the answer's `id` goes into the header X-Preview of reading requests."""

    id = serializers.IntegerField(read_only=True)
    organisation = serializers.SlugField()
    role = serializers.CharField()
    grade = serializers.CharField(help_text="summary, evidence, contribute, assess, coordinate or oversee")
    may_export = serializers.BooleanField(required=False, default=False)
    until = serializers.DateTimeField(read_only=True)


def grant_as_json(grant: IncidentGroupPermission) -> dict[str, object]:
    """A share as the API tells it."""
    group = grant.group.role_group
    return {
        "id": grant.pk,
        "organisation": group.organisation.slug,
        "role": group.role,
        **terms_as_json(grant),
        "accredited_to": grant.standard,
    }


def terms_as_json(grant: IncidentGroupPermission | IncidentUserPermission) -> dict[str, object]:
    """The terms of a share."""
    return {
        "grade": grant.permission.codename.removeprefix("grade_"),
        "may_export": grant.may_export,
        "reason": grant.reason,
        "until": grant.until,
        "granted_at": grant.granted_at,
    }


def person_grant_as_json(grant: IncidentUserPermission) -> dict[str, object]:
    """A share by name as the API tells it."""
    house = grant.organisation.slug if grant.organisation else None
    return {"id": grant.pk, "organisation": house, "name": grant.user.name, **terms_as_json(grant)}


def past_as_json(past: PastGrant) -> dict[str, object]:
    """A share that is over as the API tells it."""
    return {
        "id": past.pk,
        "organisation": past.organisation.slug if past.organisation else None,
        "name": past.user.name if past.user else None,
        "grade": Grade(past.grade).name.lower(),
        **{name: getattr(past, name) for name in ("may_export", "reason", "granted_at", "ended_at", "how")},
    }


def line_as_json(line: sight.Sees) -> dict[str, object]:
    """A line of who sees as the API tells it."""
    return {
        "organisation": line.house.slug,
        "name": line.who.name if isinstance(line.who, User) else None,
        "role": line.role,
        "grade": line.grade.name.lower(),
        "may_export": line.may_export,
        "why": line.why,
        "given_at": line.given_at,
        "until": line.until,
        "accredited_now": not line.lapsed,
    }


def house_named(slug: str) -> Organisation:
    """An organisation of the directory."""
    found = Organisation.objects.filter(slug=slug).first()
    if found is None:
        raise Invalid({"organisation": [_("Name an organisation of the directory.")]})
    return found


def grade_named(name: str) -> Grade:
    """A grade a case can be shared at."""
    if name.upper() not in Grade.names or name.upper() == Grade.HOLD.name:
        raise Invalid({"grade": [_("Choose a grade from the list.")]})
    return Grade[name.upper()]


def terms(given: dict[str, Any]) -> dict[str, Any]:
    """The terms as the services take them."""
    return {
        "grade": grade_named(given["grade"]), "reason": given["reason"], "until": given.get("until"),
        "may_export": given.get("may_export", False),
    }  # fmt: skip


class GrantList(APIView):
    """With which organisations and roles the case is shared."""

    @extend_schema(operation_id="grants_list", responses=GrantSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_GRANTS)
        return Response([grant_as_json(grant) for grant in selectors.grants_on(case.incident)])

    @extend_schema(operation_id="grants_give", request=GrantSerializer, responses={201: GrantSerializer})
    def post(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        case_for(actor, reference, Action.SHARE)
        given = sent(request, GrantSerializer)
        grant = services.grant_access(
            actor=actor, reference=reference, organisation=house_named(given["organisation"]), role=given.get("role", ""),
            **terms(given),
        )  # fmt: skip
        grant.refresh_from_db(fields=["standard"])
        return Response(grant_as_json(grant), status=201)


class GrantDetail(APIView):
    """One share, to end it."""

    @extend_schema(operation_id="grants_revoke", responses={204: None})
    def delete(self, request: Request, reference: str, grant_id: int) -> Response:
        services.revoke_grant(actor=actor_of(request), reference=reference, grant_id=grant_id)
        return Response(status=204)


class PersonGrantList(APIView):
    """With which persons the case is shared by name."""

    @extend_schema(operation_id="person_grants_list", responses=PersonGrantSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_GRANTS)
        return Response([person_grant_as_json(grant) for grant in selectors.personal_grants_on(case.incident)])

    @extend_schema(
        operation_id="person_grants_give", request=PersonGrantSerializer, responses={201: PersonGrantSerializer}
    )
    def post(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        case_for(actor, reference, Action.SHARE)
        given = sent(request, PersonGrantSerializer)
        grant = services.grant_person(
            actor=actor, reference=reference, organisation=house_named(given["organisation"]), email=given["person"],
            **terms(given),
        )  # fmt: skip
        return Response(person_grant_as_json(grant), status=201)


class PersonGrantDetail(APIView):
    """One share by name, to end it."""

    @extend_schema(operation_id="person_grants_revoke", responses={204: None})
    def delete(self, request: Request, reference: str, grant_id: int) -> Response:
        services.revoke_person(actor=actor_of(request), reference=reference, grant_id=grant_id)
        return Response(status=204)


class GuestList(APIView):
    """Inviting somebody from outside to this one case."""

    @extend_schema(operation_id="guests_invite", request=GuestSerializer, responses={201: PersonGrantSerializer})
    def post(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        case_for(actor, reference, Action.SHARE)
        given = sent(request, GuestSerializer)
        grant = services.invite_guest(
            actor=actor, reference=reference, email=given["email"], name=given["name"],
            grade=grade_named(given["grade"]), reason=given["reason"], until=given["until"], may_export=given["may_export"],
        )  # fmt: skip
        return Response(person_grant_as_json(grant), status=201)


class PastGrantList(APIView):
    """Shares of the case that are over."""

    @extend_schema(operation_id="past_grants_list", responses=PastGrantSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_GRANTS)
        return Response([past_as_json(past) for past in selectors.past_grants_of(case.incident)])


class PastGrantRestore(APIView):
    """Taking the ending of a share back, within a day."""

    @extend_schema(operation_id="grants_restore", request=None, responses={204: None})
    def post(self, request: Request, reference: str, past_id: int) -> Response:
        services.restore_grant(actor=actor_of(request), reference=reference, past_id=past_id)
        return Response(status=204)


class WhoSees(APIView):
    """Who can see the case (`case`), or one thing of it, and why."""

    @extend_schema(operation_id="who_sees", responses=WhoSeesSerializer)
    def get(self, request: Request, reference: str, kind: str, label: str) -> Response:
        answer = sight.who_sees(actor_of(request), reference, kind, label)
        return Response(
            {
                "kind": answer.kind,
                "label": answer.label,
                "action": answer.action.value,
                "sees": [line_as_json(line) for line in answer.lines],
                "narrowed": [{"why": each.why, "people": each.people} for each in answer.narrowed],
            }
        )


class PreviewBegin(APIView):
    """Looking at the case as somebody else would see it, for a quarter of an hour."""

    @extend_schema(operation_id="preview_begin", request=PreviewSerializer, responses={201: PreviewSerializer})
    def post(self, request: Request, reference: str) -> Response:
        """Send `X-Preview: <id>` with requests that read; anything else is refused through it."""
        actor = actor_of(request)
        case_for(actor, reference, Action.SHARE)
        given = sent(request, PreviewSerializer)
        preview = previewing.start_preview(
            actor=actor, reference=reference, organisation=house_named(given["organisation"]), role=given["role"],
            grade=grade_named(given["grade"]), may_export=given["may_export"],
        )  # fmt: skip
        return Response({**given, "id": preview.pk, "until": preview.until}, status=201)
