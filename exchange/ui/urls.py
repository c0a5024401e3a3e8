"""Addresses under a case."""

from django.urls import path

from . import packages, receiving, records

RECORD = "evidence/<evidence:number>/custody-records/"

urlpatterns = [
    path("evidence/list.csv", packages.evidence_list_csv, name="evidence-csv"),
    path("packages/", packages.package_list, name="package-list"),
    path("packages/new/", packages.package_new, name="package-new"),
    path("packages/receive/", receiving.package_receive, name="package-receive"),
    path("packages/received/<int:number>/", receiving.received_package, name="received-package"),
    path(
        "packages/received/<int:number>/progress/",
        receiving.received_package_progress,
        name="received-package-progress",
    ),
    path("packages/received/<int:number>/retry/", receiving.received_package_retry, name="received-package-retry"),
    path("packages/<int:number>/", packages.package, name="package"),
    path("packages/<int:number>/progress/", packages.package_progress, name="package-progress"),
    path("packages/<int:number>/retry/", packages.package_retry, name="package-retry"),
    path("packages/<int:number>/file/", packages.package_file, name="package-file"),
    path(RECORD, records.record_list, name="custody-record-list"),
    path(f"{RECORD}<int:record>/", records.record, name="custody-record"),
    path(f"{RECORD}<int:record>/progress/", records.record_progress, name="custody-record-progress"),
    path(f"{RECORD}<int:record>/retry/", records.record_retry, name="custody-record-retry"),
    path(f"{RECORD}<int:record>/document/", records.record_document, name="custody-record-document"),
    path(f"{RECORD}<int:record>/data/", records.record_data, name="custody-record-data"),
]
