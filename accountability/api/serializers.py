"""Shapes of reviews at the API; the rules are in services."""

from typing import Any

from rest_framework import serializers

from core.marks import Mark
from core.pagination import PageSerializer
from documents.shapes import DocumentSerializer, JobSerializer

from ..models import Recommendation
from ..states import RecommendationStatus


class ReviewAskSerializer(serializers.Serializer[Any]):
    """What a review is asked for with."""

    mark = serializers.ChoiceField(choices=Mark.values)
    language = serializers.CharField(default="en", max_length=10)
    texts = serializers.DictField(
        child=serializers.CharField(allow_blank=True), default=dict, help_text="Sections people write, by code."
    )


class ReviewSerializer(serializers.Serializer[Any]):
    """A review."""

    number = serializers.IntegerField()
    mark = serializers.ChoiceField(choices=Mark.values)
    language = serializers.CharField()
    template_version = serializers.CharField()
    texts = serializers.DictField(child=serializers.CharField())
    asked_at = serializers.DateTimeField()
    organisation = serializers.CharField()
    job = JobSerializer()
    document = DocumentSerializer(allow_null=True)
    superseded_by = serializers.CharField(allow_null=True)


class ReviewPageSerializer(PageSerializer):
    results = ReviewSerializer(many=True)


class RecommendationAskSerializer(serializers.Serializer[Any]):
    """A recommendation to make."""

    kind = serializers.ChoiceField(choices=Recommendation.Kind.values)
    text = serializers.CharField()
    owner = serializers.SlugField(help_text="An organisation on the case.")
    due = serializers.DateField()


class RecommendationSerializer(serializers.Serializer[Any]):
    """A recommendation."""

    number = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Recommendation.Kind.values)
    text = serializers.CharField()
    owner = serializers.CharField()
    due = serializers.DateField()
    status = serializers.ChoiceField(choices=RecommendationStatus.values)
    closing_evidence = serializers.CharField()
    closed_at = serializers.DateTimeField(allow_null=True)


class RecommendationPageSerializer(PageSerializer):
    results = RecommendationSerializer(many=True)


class CloseSerializer(serializers.Serializer[Any]):
    """How a recommendation ended."""

    status = serializers.ChoiceField(choices=[RecommendationStatus.DONE.value, RecommendationStatus.DROPPED.value])
    closing_evidence = serializers.CharField()
