"""What the address of a release may hold: anything else is a 404 before any view is asked."""

from django.urls.converters import StringConverter, register_converter


class ReleaseVersion(StringConverter):
    """`2026-Q3`, or `2026-Q3-r2` for its first revision."""

    regex = r"\d{4}-Q[1-4](?:-r\d{1,3})?"


class TableCode(StringConverter):
    """`incidents-by-sector-year`."""

    regex = r"(?:incidents|victims)-by-[a-z-]{1,40}"


register_converter(ReleaseVersion, "release")
register_converter(TableCode, "figures")
