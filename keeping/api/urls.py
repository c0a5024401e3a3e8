"""Addresses under /api/v1/."""

from django.urls import path

from . import views

REQUEST = "organisation/requests/<int:number>/"

urlpatterns = [
    path("organisation/exports/", views.ExportList.as_view(), name="api-house-exports"),
    path("organisation/exports/<int:number>/again/", views.ExportAgain.as_view(), name="api-house-export-again"),
    path("organisation/exports/<int:number>/<int:part>/", views.ExportPartFile.as_view(), name="api-house-export-part"),
    path("organisation/requests/", views.RequestList.as_view(), name="api-data-requests"),
    path(REQUEST, views.RequestDetail.as_view(), name="api-data-request"),
    path(f"{REQUEST}decision/", views.RequestDecision.as_view(), name="api-data-request-decision"),
    path(f"{REQUEST}delivery/", views.RequestDelivery.as_view(), name="api-data-request-delivery"),
    path(f"{REQUEST}package/", views.RequestPackage.as_view(), name="api-data-request-package"),
    path("organisation/retention/", views.Retention.as_view(), name="api-retention"),
    path("me/held/", views.Held.as_view(), name="api-data-held"),
    path("me/requests/", views.OwnRequests.as_view(), name="api-own-requests"),
]
