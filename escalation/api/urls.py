"""Addresses under a case."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
