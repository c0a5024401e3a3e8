"""Addresses under /api/v1/."""

from django.urls import path

from . import views

ONE = "attestations/<int:attestation_id>/"

urlpatterns = [
    path("accreditation/", views.Directory.as_view(), name="api-accreditation"),
    path("attestations/", views.AttestationList.as_view(), name="api-attestation-list"),
    path(ONE, views.AttestationDetail.as_view(), name="api-attestation"),
    path(f"{ONE}send/", views.AttestationSend.as_view(), name="api-attestation-send"),
    path(f"{ONE}take-back/", views.AttestationTakeBack.as_view(), name="api-attestation-take-back"),
    path(f"{ONE}decide/", views.AttestationDecide.as_view(), name="api-attestation-decide"),
    path(f"{ONE}end/", views.AttestationEnd.as_view(), name="api-attestation-end"),
]
