"""Addresses of an organisation's own exchange settings."""

from django.urls import path

from . import trust

urlpatterns = [
    path("organisation/trusted-keys/", trust.trusted_keys, name="trusted-keys"),
    path("organisation/trusted-keys/<int:key_id>/end/", trust.trusted_key_end, name="trusted-key-end"),
]
