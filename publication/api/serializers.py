"""Shapes in and out of the API of public figures."""

from typing import Any

from django.urls import reverse as path_of
from rest_framework import serializers

from ..models import Release
from ..selectors import Edition, Sheet
from ..words import LICENCE


class BeginSerializer(serializers.Serializer[dict[str, Any]]):
    """What people write to go with the figures."""

    key_points = serializers.CharField(required=False, allow_blank=True)
    revision_notes = serializers.CharField(required=False, allow_blank=True)


class DiscardSerializer(serializers.Serializer[dict[str, Any]]):
    """Why it shall not be published."""

    reason = serializers.CharField()


class CellSerializer(serializers.Serializer[dict[str, Any]]):
    """A figure. `low` and `high` are what it says about the true value; null is "no limit"."""

    row = serializers.CharField(allow_blank=True)
    column = serializers.CharField(allow_blank=True)
    value = serializers.IntegerField(allow_null=True)
    mark = serializers.CharField(allow_blank=True)
    low = serializers.IntegerField(allow_null=True)
    high = serializers.IntegerField(allow_null=True)
    at_least = serializers.BooleanField()


class TableSerializer(serializers.Serializer[dict[str, Any]]):
    """A table of a release; an empty row or column adds the others up."""

    code = serializers.CharField()
    title = serializers.CharField()
    measure = serializers.CharField()
    dimensions = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.CharField())
    columns = serializers.ListField(child=serializers.CharField())
    cells = CellSerializer(many=True)


class TableLinkSerializer(serializers.Serializer[dict[str, Any]]):
    """Where a table is."""

    code = serializers.CharField()
    title = serializers.CharField()
    url = serializers.CharField()
    csv = serializers.CharField()
    metadata = serializers.CharField()


class ReleaseRowSerializer(serializers.Serializer[dict[str, Any]]):
    """A release in the list."""

    version = serializers.CharField()
    number = serializers.IntegerField(allow_null=True)
    status = serializers.CharField()
    on = serializers.DateField()
    published_at = serializers.DateTimeField(allow_null=True)
    rules_version = serializers.CharField()
    revision_of = serializers.CharField(allow_null=True)
    sha256 = serializers.CharField(allow_blank=True)
    figures = serializers.IntegerField()
    hidden = serializers.IntegerField()
    licence = serializers.CharField()


class ReleaseSerializer(ReleaseRowSerializer):
    """A release: its method and notes, and where its tables are."""

    rules = serializers.DictField()
    method = serializers.CharField()
    key_points = serializers.CharField(allow_blank=True)
    revision_notes = serializers.CharField(allow_blank=True)
    archive = serializers.CharField()
    tables = TableLinkSerializer(many=True)
    compared_with = serializers.ListField(child=serializers.CharField(), required=False)
    refusal = serializers.ListField(child=serializers.DictField(), required=False)


class ReleasePageSerializer(serializers.Serializer[dict[str, Any]]):
    """A page by cursor."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = ReleaseRowSerializer(many=True)


def row_as_json(release: Release) -> dict[str, Any]:
    """A release as the list tells it."""
    return {
        "version": release.version,
        "number": release.number,
        "status": release.status,
        "on": release.on,
        "published_at": release.published_at,
        "rules_version": release.rules_version,
        "revision_of": release.revision_of.version if release.revision_of else None,
        "sha256": release.sha256,
        "figures": release.figures_count,
        "hidden": release.hidden_count,
        "licence": LICENCE,
    }


def release_as_json(edition: Edition, *, for_publisher: bool = False) -> dict[str, Any]:
    """A release with the way to its tables; for its publishers, also how its check went."""
    release = edition.release
    more = {"compared_with": release.compared_with, "refusal": release.refusal} if for_publisher else {}
    return {
        **row_as_json(release),
        "rules": release.rules,
        "method": release.method,
        "key_points": release.key_points,
        "revision_notes": release.revision_notes,
        "archive": path_of("release-archive", args=[release.version]),
        "tables": [
            {
                "code": sheet.code,
                "title": sheet.row.title,
                "url": path_of("api-release-table", args=[release.version, sheet.code]),
                "csv": path_of("api-release-csv", args=[release.version, sheet.code]),
                "metadata": path_of("release-metadata", args=[release.version, sheet.code]),
            }
            for sheet in edition.sheets
        ],
        **more,
    }


def table_as_json(sheet: Sheet) -> dict[str, Any]:
    """A table with its figures."""
    return {
        "code": sheet.code,
        "title": sheet.row.title,
        "measure": sheet.table.measure,
        "dimensions": list(sheet.table.dimensions),
        "rows": list(sheet.table.rows),
        "columns": list(sheet.table.columns),
        "cells": [
            {"row": row, "column": column, "value": cell.value, "mark": cell.mark, "low": cell.low, "high": cell.high,
             "at_least": cell.at_least}
            for (row, column), cell in sheet.table.cells.items()
        ],
    }  # fmt: skip
