"""Shapes of jobs and documents at the API, for every room that makes some."""

from typing import Any

from rest_framework import serializers


class JobErrorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    detail = serializers.CharField()


class JobSerializer(serializers.Serializer[Any]):
    """How far it is; `words` is a sentence for people."""

    state = serializers.ChoiceField(choices=["queued", "running", "done", "failed"])
    progress = serializers.IntegerField(min_value=0, max_value=100)
    words = serializers.CharField()
    error = JobErrorSerializer(allow_null=True)
    requested_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class DocumentSerializer(serializers.Serializer[Any]):
    """What was issued."""

    reference = serializers.CharField()
    title = serializers.CharField()
    language = serializers.CharField()
    mark = serializers.CharField()
    issue = serializers.IntegerField()
    sha256 = serializers.CharField()
    facts_sha256 = serializers.CharField()
    size = serializers.IntegerField()
    pages = serializers.IntegerField()
    issued_at = serializers.DateTimeField()
