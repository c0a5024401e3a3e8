"""Addresses of one's own sealing key under /api/v1/."""

from django.urls import path

from . import views

urlpatterns = [
    path("sealing-key/", views.Key.as_view(), name="api-sealing-key"),
    path("sealing-key/passphrase/", views.KeyPassphrase.as_view(), name="api-sealing-key-passphrase"),
]
