"""Addresses of attribution that stand under no case: replying by a secret address, and what was published."""

from django.urls import path

from . import answering, published, scores

urlpatterns = [
    path("reply/<slug:secret>/", answering.reply, name="reply"),
    path("replies/<int:invitation>/", answering.reply_member, name="reply-member"),
    path("estimates/", scores.my_estimates, name="my-estimates"),
    path("findings/", published.published_list, name="published-list"),
    path("findings/calibration/", published.calibration, name="calibration"),
    path("findings/<slug:public_id>/", published.published_finding, name="published-finding"),
    path("findings/<slug:public_id>/issues.json", published.published_json, name="published-json"),
]
