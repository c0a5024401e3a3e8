"""Addresses of one's own sealing key."""

from django.urls import path

from . import views

urlpatterns = [
    path("sealing-key/", views.sealing_key, name="sealing-key"),
    path("sealing-key/passphrase/", views.sealing_key_change, name="sealing-key-change"),
    path("sealing-key/replace/", views.sealing_key_replace, name="sealing-key-replace"),
]
