"""Addresses of attribution under /api/v1/ that stand under no case."""

from django.urls import path

from . import replies, scores

urlpatterns = [
    path("reply/<slug:secret>/", replies.ReplyByProgram.as_view(), name="api-reply"),
    path("reply/<slug:secret>/files/", replies.ReplyFilesByProgram.as_view(), name="api-reply-files"),
    path("reply/<slug:secret>/files/<int:file>/", replies.ReplyFileByProgram.as_view(), name="api-reply-file"),
    path("calibration/", scores.PublicCalibration.as_view(), name="api-calibration"),
    path("estimates/", scores.OwnEstimates.as_view(), name="api-estimates"),
]
