"""Addresses under /api/v1/."""

from django.urls import path

from . import views

urlpatterns = [
    path("transparency/checkpoint/", views.CheckpointView.as_view(), name="api-log-checkpoint"),
    path("transparency/inclusion/", views.InclusionView.as_view(), name="api-log-inclusion"),
    path("transparency/consistency/", views.ConsistencyView.as_view(), name="api-log-consistency"),
    path("transparency/cosignatures/", views.CosignatureView.as_view(), name="api-log-cosign"),
    path("ledger/entries/<int:entry>/proof/", views.EntryProofView.as_view(), name="api-entry-proof"),
]
