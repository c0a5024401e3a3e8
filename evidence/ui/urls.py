"""Addresses of evidence, under its case."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
