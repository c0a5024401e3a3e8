"""Addresses of keeping: exports, requests for data, retention, what is held about oneself."""

from django.urls import path

from . import exports, held, requests, retention

REQUEST = "organisation/requests/<int:number>/"

urlpatterns = [
    path("organisation/exports/", exports.export_list, name="organisation-exports"),
    path("organisation/exports/<int:number>/again/", exports.export_again, name="organisation-export-again"),
    path("organisation/exports/<int:number>/<int:part>/", exports.export_part, name="organisation-export-part"),
    path("organisation/requests/", requests.request_list, name="data-requests"),
    path("organisation/requests/new/", requests.request_new, name="data-request-new"),
    path(REQUEST, requests.request_page, name="data-request"),
    path(f"{REQUEST}decide/", requests.request_decide, name="data-request-decide"),
    path(f"{REQUEST}delivered/", requests.request_delivered, name="data-request-delivered"),
    path(f"{REQUEST}again/", requests.request_again, name="data-request-again"),
    path(f"{REQUEST}package/", requests.request_package, name="data-request-package"),
    path("organisation/retention/", retention.organisation_retention, name="organisation-retention"),
    path("organisation/about-you/", held.data_held, name="data-held"),
    path("organisation/about-you/held.json", held.data_held_json, name="data-held-json"),
]
