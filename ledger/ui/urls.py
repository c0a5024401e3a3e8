"""Addresses of the transparency log: a page for people, and the files of C2SP tlog-tiles for programs."""

from django.urls import path

from .. import converters  # noqa: F401  (registers <tile:…>)
from ..verify.single import NAME
from . import views

ROOT = "transparency/"
TILE = f"{ROOT}tile/<int:level>/<tile:index>"
ENTRIES = f"{ROOT}tile/entries/<tile:index>"

urlpatterns = [
    path(ROOT, views.transparency, name="transparency"),
    path(f"{ROOT}checkpoint", views.checkpoint, name="log-checkpoint"),
    path(f"{ROOT}{NAME}", views.verifier, name="log-verifier"),
    path(ENTRIES, views.entries, name="log-entries"),
    path(f"{ENTRIES}.p/<int:width>", views.entries, name="log-entries-part"),
    path(TILE, views.tile, name="log-tile"),
    path(f"{TILE}.p/<int:width>", views.tile, name="log-tile-part"),
]
