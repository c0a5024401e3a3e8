"""Addresses under /api/v1/incidents/<reference>/."""

from django.urls import path

from . import packages, receiving, records

RECORD = "evidence/<evidence:number>/custody-records/"

urlpatterns = [
    path("evidence/list.csv", packages.EvidenceCsv.as_view(), name="api-evidence-csv"),
    path("packages/", packages.PackageList.as_view(), name="api-package-list"),
    path("packages/received/", receiving.ReceivedList.as_view(), name="api-received-package-list"),
    path("packages/received/<int:number>/", receiving.ReceivedDetail.as_view(), name="api-received-package"),
    path("packages/received/<int:number>/retry/", receiving.ReceivedRetry.as_view(), name="api-received-package-retry"),
    path("packages/<int:number>/", packages.PackageDetail.as_view(), name="api-package"),
    path("packages/<int:number>/retry/", packages.PackageRetry.as_view(), name="api-package-retry"),
    path("packages/<int:number>/file/", packages.PackageFile.as_view(), name="api-package-file"),
    path(RECORD, records.RecordList.as_view(), name="api-custody-record-list"),
    path(f"{RECORD}<int:record>/", records.RecordDetail.as_view(), name="api-custody-record"),
    path(f"{RECORD}<int:record>/retry/", records.RecordRetry.as_view(), name="api-custody-record-retry"),
    path(f"{RECORD}<int:record>/document/", records.RecordDocument.as_view(), name="api-custody-record-document"),
    path(f"{RECORD}<int:record>/data/", records.RecordData.as_view(), name="api-custody-record-data"),
]
