"""Addresses under a case."""

from django.urls import path

from . import verification, views

REPORTS = "attribution/findings/<finding:number>/verification/"
REPORT = f"{REPORTS}<slug:code>/"

urlpatterns = [
    path("reviews/", views.review_list, name="review-list"),
    path("reviews/new/", views.review_new, name="review-new"),
    path("reviews/<int:number>/", views.review, name="review"),
    path("reviews/<int:number>/progress/", views.review_progress, name="review-progress"),
    path("reviews/<int:number>/retry/", views.review_retry, name="review-retry"),
    path("reviews/<int:number>/document/", views.review_document, name="review-document"),
    path("reviews/recommendations/new/", views.recommendation_new, name="recommendation-new"),
    path("reviews/recommendations/<int:number>/close/", views.recommendation_close, name="recommendation-close"),
    path(REPORTS, verification.report_list, name="verification-list"),
    path(REPORT, verification.report, name="verification"),
    path(f"{REPORT}progress/", verification.report_progress, name="verification-progress"),
    path(f"{REPORT}retry/", verification.report_retry, name="verification-retry"),
    path(f"{REPORT}document/", verification.report_document, name="verification-document"),
    path(f"{REPORT}data/", verification.report_data, name="verification-data"),
]
