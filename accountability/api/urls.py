"""Addresses under /api/v1/incidents/<reference>/."""

from django.urls import path

from . import verification, views

REPORTS = "attribution/findings/<finding:number>/verification/"
REPORT = f"{REPORTS}<slug:code>/"

urlpatterns = [
    path("reviews/", views.ReviewList.as_view(), name="api-review-list"),
    path("reviews/<int:number>/", views.ReviewDetail.as_view(), name="api-review"),
    path("reviews/<int:number>/retry/", views.ReviewRetry.as_view(), name="api-review-retry"),
    path("reviews/<int:number>/document/", views.ReviewDocument.as_view(), name="api-review-document"),
    path("recommendations/", views.RecommendationList.as_view(), name="api-recommendation-list"),
    path("recommendations/<int:number>/", views.RecommendationDetail.as_view(), name="api-recommendation"),
    path("recommendations/<int:number>/close/", views.RecommendationClose.as_view(), name="api-recommendation-close"),
    path(REPORTS, verification.VerificationList.as_view(), name="api-verification-list"),
    path(REPORT, verification.VerificationDetail.as_view(), name="api-verification"),
    path(f"{REPORT}retry/", verification.VerificationRetry.as_view(), name="api-verification-retry"),
    path(f"{REPORT}document/", verification.VerificationDocument.as_view(), name="api-verification-document"),
    path(f"{REPORT}data/", verification.VerificationData.as_view(), name="api-verification-data"),
]
