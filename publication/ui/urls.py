"""Addresses of the public figures. `/` and `/data/` are fixed."""

from django.urls import path

from .. import converters  # noqa: F401  (registers <release:…> and <figures:…>)
from . import preparing, views

RELEASE = "data/releases/<release:version>/"

urlpatterns = [
    path("", views.front, name="front"),
    path("data/", views.dashboard, name="data"),
    path("data/prepare/", preparing.prepare, name="release-prepare"),
    path("data/prepare/progress/", preparing.progress, name="release-progress"),
    path("data/prepare/again/", preparing.send_again, name="release-again"),
    path("data/prepare/publish/", preparing.publish, name="release-publish"),
    path("data/prepare/discard/", preparing.discard, name="release-discard"),
    path("data/releases/", views.release_list, name="release-list"),
    path(RELEASE, views.release_detail, name="release"),
    path(f"{RELEASE}all.zip", views.release_archive, name="release-archive"),
    path(f"{RELEASE}changes.csv", views.release_changes, name="release-changes"),
    path(f"{RELEASE}release.json", views.release_document, name="release-document"),
    path(f"{RELEASE}<figures:code>/", views.release_table, name="release-table"),
    path(f"{RELEASE}<figures:code>.csv", views.release_csv, name="release-csv"),
    path(f"{RELEASE}<figures:code>.metadata.json", views.release_metadata, name="release-metadata"),
]
