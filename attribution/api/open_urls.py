"""Addresses of attribution under /api/v1/ that stand under no case."""

from django.urls import path

from . import replies, scores

urlpatterns = [
    path("reply/<slug:secret>/", replies.ReplyByProgram.as_view(), name="api-reply"),
    path("estimates/", scores.OwnEstimates.as_view(), name="api-estimates"),
]
