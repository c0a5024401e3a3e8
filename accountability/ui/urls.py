"""Addresses under a case."""

from django.urls import path

from . import views

urlpatterns = [
    path("reviews/", views.review_list, name="review-list"),
    path("reviews/new/", views.review_new, name="review-new"),
    path("reviews/<int:number>/", views.review, name="review"),
    path("reviews/<int:number>/progress/", views.review_progress, name="review-progress"),
    path("reviews/<int:number>/retry/", views.review_retry, name="review-retry"),
    path("reviews/<int:number>/document/", views.review_document, name="review-document"),
    path("reviews/recommendations/new/", views.recommendation_new, name="recommendation-new"),
    path("reviews/recommendations/<int:number>/close/", views.recommendation_close, name="recommendation-close"),
]
