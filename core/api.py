"""What every door of the API does alike: take the body in its shape, answer a page of rows."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from .pagination import NewestFirst

Row = TypeVar("Row", bound=Model)


def sent(request: Request, shape: type[BaseSerializer[Any]], **options: Any) -> dict[str, Any]:
    """The body, if it has this shape; else 400, field by field. `options` are the shape's (`partial=True`)."""
    read = shape(data=request.data, **options)
    read.is_valid(raise_exception=True)
    return dict(read.validated_data)


def page_of(request: Request, view: APIView, rows: "QuerySet[Row]", as_json: Callable[[Row], Any]) -> Response:
    """A page of rows, newest first, with the addresses of its neighbours."""
    return whole_page_of(request, view, rows, lambda page: [as_json(row) for row in page])


def whole_page_of(
    request: Request, view: APIView, rows: "QuerySet[Row]", as_json: Callable[[list[Row]], list[Any]]
) -> Response:
    """The same, where the shape of a row needs the others on its page (something is asked for all of them at once)."""
    pages = NewestFirst()
    return pages.get_paginated_response(as_json(list(pages.paginate_queryset(rows, request, view) or [])))
