"""Addresses of the case's own pages."""

from django.urls import path

from . import views

urlpatterns = [
    path("incidents/", views.incident_list, name="incident-list"),
    path("incidents/<incident:reference>/", views.incident_summary, name="incident"),
]
