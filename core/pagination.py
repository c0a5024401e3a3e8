"""Pages by cursor: `{next, previous, results}`, newest first; a page never shifts under its reader."""

import re
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request


class NewestFirst(CursorPagination):
    """25 a page, by the row's number; a client may ask for up to 100."""

    ordering = "-pk"
    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = 100

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Refuses a place somebody made up: it is compared with a row's number."""
        cursor = super().decode_cursor(request)
        if (
            cursor is not None
            and cursor.position is not None
            and not re.fullmatch(r"[0-9]{1,18}", str(cursor.position))
        ):
            raise NotFound(self.invalid_cursor_message)
        return cursor


class PageSerializer(serializers.Serializer[Any]):
    """The shape of such a page; a kind of page adds its `results`."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
