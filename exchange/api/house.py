"""Addresses of an organisation's own exchange settings under /api/v1/."""

from django.urls import path

from . import trust

urlpatterns = [
    path("trusted-keys/", trust.KeyList.as_view(), name="api-trusted-key-list"),
    path("trusted-keys/<int:key_id>/", trust.KeyDetail.as_view(), name="api-trusted-key"),
]
