"""Addresses under /api/v1/."""

from django.urls import path

from .. import converters  # noqa: F401  (registers <release:…> and <figures:…>)
from . import views

urlpatterns = [
    path("releases/", views.ReleaseList.as_view(), name="api-release-list"),
    path("releases/<release:version>/", views.ReleaseDetail.as_view(), name="api-release"),
    path("releases/<release:version>/publish/", views.ReleasePublish.as_view(), name="api-release-publish"),
    path("releases/<release:version>/discard/", views.ReleaseDiscard.as_view(), name="api-release-discard"),
    path("releases/<release:version>/again/", views.ReleaseAgain.as_view(), name="api-release-again"),
    path("releases/<release:version>/tables/<figures:code>/", views.ReleaseTable.as_view(), name="api-release-table"),
    path("releases/<release:version>/tables/<figures:code>.csv", views.ReleaseCsv.as_view(), name="api-release-csv"),
]
