"""Addresses of evidence that belong to an organisation."""

from django.urls import path

from . import house

urlpatterns = [
    path("organisation/integrity/", house.evidence_sweeps, name="evidence-sweeps"),
    path("organisation/integrity/<int:report_id>/", house.evidence_sweep, name="evidence-sweep"),
]
