"""Addresses under /api/v1/incidents/<reference>/."""

from django.urls import path

from . import views

urlpatterns = [
    path("reviews/", views.ReviewList.as_view(), name="api-review-list"),
    path("reviews/<int:number>/", views.ReviewDetail.as_view(), name="api-review"),
    path("reviews/<int:number>/retry/", views.ReviewRetry.as_view(), name="api-review-retry"),
    path("reviews/<int:number>/document/", views.ReviewDocument.as_view(), name="api-review-document"),
    path("recommendations/", views.RecommendationList.as_view(), name="api-recommendation-list"),
    path("recommendations/<int:number>/", views.RecommendationDetail.as_view(), name="api-recommendation"),
    path("recommendations/<int:number>/close/", views.RecommendationClose.as_view(), name="api-recommendation-close"),
]
