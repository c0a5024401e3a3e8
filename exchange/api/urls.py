"""Addresses under /api/v1/incidents/<reference>/."""

from django.urls import path

from . import records

RECORD = "evidence/<evidence:number>/custody-records/"

urlpatterns = [
    path(RECORD, records.RecordList.as_view(), name="api-custody-record-list"),
    path(f"{RECORD}<int:record>/", records.RecordDetail.as_view(), name="api-custody-record"),
    path(f"{RECORD}<int:record>/retry/", records.RecordRetry.as_view(), name="api-custody-record-retry"),
    path(f"{RECORD}<int:record>/document/", records.RecordDocument.as_view(), name="api-custody-record-document"),
    path(f"{RECORD}<int:record>/data/", records.RecordData.as_view(), name="api-custody-record-data"),
]
