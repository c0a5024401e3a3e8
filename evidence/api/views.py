"""The API's door to evidence: parse, call, answer."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Q, prefetch_related_objects
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import BaseParser, FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from core.api import page_of, sent
from core.errors import Invalid
from core.parsers import JSONParser
from core.problems import problem
from incidents.access import case_for
from incidents.api.views import etag, wanted_version
from organisations.doors import actor_of
from organisations.roles import Action

from .. import selectors, services
from ..access import item_for
from ..counting import standings
from ..custody import is_complete, runs_backwards
from ..errors import ItemFrozen
from ..http import attachment
from ..mending import mending_address
from ..models import GradeEntry, Lineage, Translation
from ..standard import required_fields
from ..tree import family_of, lineage_figure
from ..uploads import Upload
from ..words import current
from . import serializers as shapes


def facts_in(request: Request) -> dict[str, Any]:
    """The facts of a JSON body, or of the part `facts` of a multipart one."""
    given: Any = request.data
    if isinstance(given, Mapping) and "facts" in given and "title" not in given:
        try:
            given = given["facts"] if isinstance(given["facts"], Mapping) else json.loads(str(given["facts"]))
        except ValueError as problem_found:
            raise Invalid({"facts": [_("Send the facts as JSON.")]}) from problem_found
    serializer = shapes.ItemFactsSerializer(data=given)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def uploads_in(request: Request) -> list[Upload]:
    """The parts `file`, in their order."""
    return [Upload.of(file) for file in request.FILES.getlist("file")]


def pending_in(request: Request) -> list[Any]:
    """Ids under `uploads`: a list in JSON, or one field or several of a form."""
    given = request.data
    if hasattr(given, "getlist"):
        given = {"uploads": given.getlist("uploads")}
    serializer = shapes.PendingSerializer(data=given)
    serializer.is_valid(raise_exception=True)
    return list(serializer.validated_data.get("uploads", []))


def item_answer(request: Request, reference: str, label: str, status: int = 200) -> Response:
    """The item as it is now."""
    _case, item = item_for(actor_of(request), reference, label)
    prefetch_related_objects([item], selectors.files_with_stamps())
    headers = {"ETag": etag(item.version)}
    if status == 201:
        headers["Location"] = reverse("api-evidence-item", args=[reference, item.label], request=request)
    return Response(shapes.item_as_json(item), status=status, headers=headers)


class EvidenceList(APIView):
    """The items of a case, newest first."""

    parser_classes: ClassVar[list[type[BaseParser]]] = [JSONParser, MultiPartParser, FormParser]  # type: ignore[misc]

    @extend_schema(
        operation_id="evidence_list", parameters=[OpenApiParameter("cursor", str)], responses=shapes.ItemPageSerializer
    )
    def get(self, request: Request, reference: str) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_EVIDENCE)
        return page_of(request, self, selectors.items_of(case.incident), shapes.item_as_json)

    @extend_schema(operation_id="evidence_add", request=shapes.IntakeSerializer, responses={201: shapes.ItemSerializer})
    def post(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        case_for(actor, reference, Action.ADD_EVIDENCE)
        item = services.add_item(
            actor=actor, reference=reference, facts=facts_in(request), uploads=uploads_in(request), pending=pending_in(request)
        )  # fmt: skip
        return item_answer(request, reference, item.label, 201)


class EvidenceBatch(APIView):
    """Several files at once, one item for each."""

    parser_classes: ClassVar[list[type[BaseParser]]] = [JSONParser, MultiPartParser]  # type: ignore[misc]

    @extend_schema(
        operation_id="evidence_add_each", request=shapes.BatchSerializer, responses={201: shapes.BatchAnswerSerializer}
    )
    def post(self, request: Request, reference: str) -> Response:
        """All of them or none; each title gets the name of its file."""
        actor = actor_of(request)
        case_for(actor, reference, Action.ADD_EVIDENCE)
        items = services.add_item_each(
            actor=actor, reference=reference, facts=facts_in(request), uploads=uploads_in(request), pending=pending_in(request)
        )  # fmt: skip
        return Response({"items": [item.label for item in items]}, status=201)


class EvidenceDetail(APIView):
    """One item."""

    @extend_schema(operation_id="evidence_read", responses=shapes.ItemSerializer)
    def get(self, request: Request, reference: str, number: str) -> Response:
        return item_answer(request, reference, number)

    @extend_schema(
        operation_id="evidence_describe",
        request=shapes.ItemFactsSerializer(partial=True),
        responses=shapes.ItemSerializer,
    )
    def patch(self, request: Request, reference: str, number: str) -> Response:
        """Needs `If-Match` with the version being changed. The mark is changed at `mark/`."""
        actor = actor_of(request)
        item_for(actor, reference, number, Action.ADD_EVIDENCE)
        version = wanted_version(request)
        if version is None:
            return problem(
                428,
                code="version_needed",
                detail=_("Send If-Match with the version you are changing, as ETag gave it."),
            )
        facts = sent(request, shapes.ItemFactsSerializer, partial=True)
        services.describe_item(actor=actor, reference=reference, label=number, version=version, facts=facts)
        return item_answer(request, reference, number)


class EvidenceFiles(APIView):
    """Adding files."""

    parser_classes: ClassVar[list[type[BaseParser]]] = [MultiPartParser, JSONParser]  # type: ignore[misc]

    @extend_schema(
        operation_id="evidence_file_add", request=shapes.UploadSerializer, responses={201: shapes.FileSerializer}
    )
    def post(self, request: Request, reference: str, number: str) -> Response:
        """One file answers with that file, several with a list."""
        actor = actor_of(request)
        item_for(actor, reference, number, Action.ADD_EVIDENCE)
        uploads, pending = uploads_in(request), pending_in(request)
        if not uploads and not pending:
            raise Invalid({"file": [_("Send the file in the part “file”.")]})
        if len(uploads) == 1 and not pending:
            file = services.add_file(actor=actor, reference=reference, label=number, upload=uploads[0])
            return Response(shapes.file_as_json(file), status=201)
        files = services.add_files(actor=actor, reference=reference, label=number, uploads=uploads, pending=pending)
        shown = [shapes.file_as_json(file) for file in files]
        return Response(shown[0] if len(shown) == 1 else shown, status=201)


class EvidenceContent(APIView):
    """A file's bytes, compared with their hash before the first one leaves. Every call is a link of custody."""

    def answer(self, request: Request, reference: str, number: str, sha256: str, purpose: str) -> HttpResponseBase:
        opened = services.open_file(
            actor=actor_of(request), reference=reference, label=number, sha256=sha256, purpose=purpose
        )
        if opened.handle is None:
            refusal = opened.refusal or ItemFrozen()
            # Answered, not raised: the freeze must outlive this request.
            return problem(refusal.status, code=refusal.code, detail=str(refusal.message))
        return attachment(opened.file, opened.handle, request.headers.get("Range", ""))

    @extend_schema(
        operation_id="evidence_content",
        parameters=[OpenApiParameter("purpose", str, required=True)],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, reference: str, number: str, sha256: str) -> HttpResponseBase:
        return self.answer(request, reference, number, sha256, request.query_params.get("purpose", ""))

    @extend_schema(
        operation_id="evidence_content_open",
        request=shapes.PurposeSerializer,
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def post(self, request: Request, reference: str, number: str, sha256: str) -> HttpResponseBase:
        return self.answer(
            request, reference, number, sha256, sent(request, shapes.PurposeSerializer).get("purpose", "")
        )


class EvidenceGrades(APIView):
    """Judgements of an item, the newest (which holds) first."""

    @extend_schema(operation_id="evidence_grades", responses=shapes.GradeSerializer(many=True))
    def get(self, request: Request, reference: str, number: str) -> Response:
        _case, item = item_for(actor_of(request), reference, number)
        entries = GradeEntry.objects.filter(item=item).select_related("graded_by", "organisation")
        return Response([shapes.grade_as_json(entry) for entry in entries])

    @extend_schema(
        operation_id="evidence_grade", request=shapes.GradeSerializer, responses={201: shapes.GradeSerializer}
    )
    def post(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        item_for(actor, reference, number, Action.GRADE_EVIDENCE)
        given = sent(request, shapes.GradeSerializer)
        entry = services.grade_item(actor=actor, reference=reference, label=number, **given)
        return Response(shapes.grade_as_json(entry), status=201)


class EvidenceCustody(APIView):
    """The chain of custody, with everything needed to compute it again."""

    @extend_schema(operation_id="evidence_custody", responses=shapes.ChainSerializer)
    def get(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        _case, item = item_for(actor, reference, number)
        entries = selectors.custody_of(item, actor)
        links = [shapes.custody_as_json(entry) for entry in entries]
        return Response(
            {
                "item_id": item.pk,
                "fault": selectors.custody_fault(entries),
                "set_back": runs_backwards(selectors.custody_links(entries)),
                "links": links,
            }
        )


class EvidenceLineage(APIView):
    """How an item hangs together with others."""

    @extend_schema(operation_id="evidence_lineage", responses=shapes.LineageSerializer(many=True))
    def get(self, request: Request, reference: str, number: str) -> Response:
        _case, item = item_for(actor_of(request), reference, number)
        links = Lineage.objects.filter(Q(item=item) | Q(other=item)).select_related("item", "other").order_by("pk")
        return Response([shapes.link_as_json(link) for link in links])

    @extend_schema(
        operation_id="evidence_link", request=shapes.LineageSerializer, responses={201: shapes.LineageSerializer}
    )
    def post(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        item_for(actor, reference, number, Action.ADD_EVIDENCE)
        given = sent(request, shapes.LineageSerializer)
        link = services.link_lineage(actor=actor, reference=reference, label=number, **given)
        return Response(shapes.link_as_json(link), status=201)


class EvidenceTranslations(APIView):
    """Translations of an item, each an item of its own."""

    parser_classes: ClassVar[list[type[BaseParser]]] = [MultiPartParser]  # type: ignore[misc]

    @extend_schema(operation_id="evidence_translations", responses=shapes.TranslationSerializer(many=True))
    def get(self, request: Request, reference: str, number: str) -> Response:
        _case, item = item_for(actor_of(request), reference, number)
        rows = Translation.objects.filter(original=item).select_related("item").order_by("pk")
        return Response(
            [
                {"item": row.item.label, "language": row.language, "translator": row.translator, "method": row.method}
                for row in rows
            ]
        )

    @extend_schema(
        operation_id="evidence_translate",
        request={"multipart/form-data": shapes.TranslationSerializer},
        responses={201: shapes.ItemSerializer},
    )
    def post(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        item_for(actor, reference, number, Action.ADD_EVIDENCE)
        given = sent(request, shapes.TranslationSerializer)
        given.pop("file", None)
        file = request.FILES.get("file")
        item = services.add_translation(
            actor=actor, reference=reference, label=number, upload=Upload.of(file) if file else None, **given
        )
        return item_answer(request, reference, item.label, 201)


class EvidenceTree(APIView):
    """The drawing of an item's lineage."""

    @extend_schema(operation_id="evidence_tree", responses=shapes.TreeSerializer)
    def get(self, request: Request, reference: str, number: str) -> Response:
        _case, item = item_for(actor_of(request), reference, number)
        figure = lineage_figure(item)
        if figure is None:
            return Response({"svg": None, "headers": [], "rows": []})
        rows = [[cell.text for cell in row] for row in figure.rows]
        return Response({"svg": str(figure.svg), "headers": list(figure.headers), "rows": rows})


class EvidenceCounting(APIView):
    """What the evidence standard asks of an item, and what it still lacks to count toward each tier."""

    @extend_schema(operation_id="evidence_counting", responses=shapes.CountingSerializer)
    def get(self, request: Request, reference: str, number: str) -> Response:
        _case, item = item_for(actor_of(request), reference, number)
        files = {file.pk: file.sha256 for file in item.files.all()}
        complete = is_complete(selectors.custody_links(selectors.custody_of(item)), files)
        lacking = [lack.code for lack in selectors.lacks_of(item)]
        return Response(
            {
                "asked": list(required_fields(current(), item.kind)),
                "missing": {code: mending_address(item, reference, code) for code in lacking},
                "tiers": [
                    {
                        "tier": toward.tier,
                        "counts": toward.counts,
                        "missing": [
                            {
                                "text": lack.text,
                                "fields_named": list(lack.fields),
                                "url": mending_address(item, reference, next(iter(lack.fields), "")),
                            }
                            for lack in toward.missing
                        ],
                    }
                    for toward in standings(item, family_of(item).weighables(item, custody_complete=complete))
                ],
            }
        )


class EvidenceMark(APIView):
    """Another TLP mark."""

    @extend_schema(operation_id="evidence_mark", request=shapes.MarkSerializer, responses=shapes.ItemSerializer)
    def post(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        item_for(actor, reference, number, Action.ADD_EVIDENCE)
        services.change_mark(actor=actor, reference=reference, label=number, **sent(request, shapes.MarkSerializer))
        return item_answer(request, reference, number)


class EvidenceWithdraw(APIView):
    """Taking an item back."""

    @extend_schema(operation_id="evidence_withdraw", request=shapes.ReasonSerializer, responses=shapes.ItemSerializer)
    def post(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        item_for(actor, reference, number, Action.ADD_EVIDENCE)
        services.withdraw_item(actor=actor, reference=reference, label=number, **sent(request, shapes.ReasonSerializer))
        return item_answer(request, reference, number)


class EvidenceRestore(APIView):
    """Taking a frozen item back into use."""

    @extend_schema(operation_id="evidence_restore", request=shapes.ReasonSerializer, responses=shapes.ItemSerializer)
    def post(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        item_for(actor, reference, number, Action.ADD_EVIDENCE)
        services.restore_item(actor=actor, reference=reference, label=number, **sent(request, shapes.ReasonSerializer))
        return item_answer(request, reference, number)


class EvidenceVerify(APIView):
    """Comparing every file with its hash, now."""

    @extend_schema(operation_id="evidence_verify", request=None, responses=shapes.ItemSerializer)
    def post(self, request: Request, reference: str, number: str) -> Response:
        services.verify_item(actor=actor_of(request), reference=reference, label=number)
        return item_answer(request, reference, number)
