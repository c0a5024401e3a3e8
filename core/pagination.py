"""Pages by cursor: `{next, previous, results}`, newest first; a page never shifts under its reader."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """25 a page, by the row's number; a client may ask for up to 100."""

    ordering = "-pk"
    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = 100
