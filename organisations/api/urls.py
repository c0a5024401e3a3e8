"""Addresses under /api/v1/."""

from django.urls import path

from . import views

urlpatterns = [
    path("organisations/", views.OrganisationList.as_view(), name="api-organisation-list"),
    path("me/", views.Me.as_view(), name="api-me"),
    path("tokens/", views.TokenList.as_view(), name="api-token-list"),
    path("tokens/<int:token_id>/", views.TokenDetail.as_view(), name="api-token"),
]
