"""Addresses under a case."""

from django.urls import path

from . import acts, views

MEASURE = "escalation/measures/<measure:number>/"

urlpatterns = [
    path("escalation/", views.escalation, name="escalation"),
    path("escalation/new/", views.measure_new, name="measure-new"),
    path(MEASURE, views.measure, name="measure"),
    path(f"{MEASURE}approve/", acts.measure_approve, name="measure-approve"),
    path(f"{MEASURE}decline/", acts.measure_decline, name="measure-decline"),
    path(f"{MEASURE}start/", acts.measure_start, name="measure-start"),
    path(f"{MEASURE}withdraw/", acts.measure_withdraw, name="measure-withdraw"),
    path(f"{MEASURE}end/", acts.measure_end, name="measure-end"),
]
