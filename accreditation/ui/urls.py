"""Addresses of accreditation."""

from django.urls import path

from . import views

HERE = "organisation/accreditation/"

urlpatterns = [
    path(HERE, views.accreditation, name="accreditation"),
    path(f"{HERE}new/", views.attestation_new, name="attestation-new"),
    path(f"{HERE}<int:attestation_id>/", views.attestation, name="attestation"),
    path(f"{HERE}<int:attestation_id>/answers/", views.attestation_answers, name="attestation-answers"),
    path(f"{HERE}<int:attestation_id>/send/", views.attestation_send, name="attestation-send"),
    path(f"{HERE}<int:attestation_id>/take-back/", views.attestation_take_back, name="attestation-take-back"),
    path(f"{HERE}<int:attestation_id>/decide/", views.attestation_decide, name="attestation-decide"),
    path(f"{HERE}<int:attestation_id>/end/", views.attestation_end, name="attestation-end"),
]
