"""Addresses under /api/v1/."""

from django.urls import path

from . import views

urlpatterns = [
    path("incidents/", views.IncidentList.as_view(), name="api-incident-list"),
    path("incidents/<incident:reference>/", views.IncidentDetail.as_view(), name="api-incident"),
    path("incidents/<incident:reference>/close/", views.IncidentMove.as_view(move="close"), name="api-incident-close"),
    path("incidents/<incident:reference>/reopen/", views.IncidentMove.as_view(move="reopen"), name="api-incident-reopen"),
    path("incidents/<incident:reference>/grants/", views.GrantList.as_view(), name="api-grant-list"),
    path("incidents/<incident:reference>/grants/<int:grant_id>/", views.GrantDetail.as_view(), name="api-grant"),
]
