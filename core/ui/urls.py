"""Addresses of the pages that belong to no room."""

from django.urls import path

from core.ui import catalogue, views

urlpatterns = [
    path("preferences/language/", views.set_language, name="set-language"),
    path("preferences/theme/", views.set_theme, name="set-theme"),
    path("ui/", catalogue.catalogue, name="ui-catalogue"),
]
