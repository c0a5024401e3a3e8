"""Addresses under /api/v1/ that belong to an organisation."""

from django.urls import path

from . import house

urlpatterns = [
    path("integrity/", house.EvidenceSweeps.as_view(), name="api-evidence-sweeps"),
    path("integrity/<int:report_id>/", house.EvidenceSweep.as_view(), name="api-evidence-sweep"),
]
