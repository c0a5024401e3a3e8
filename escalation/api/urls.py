"""Addresses under /api/v1/incidents/<reference>/."""

from django.urls import path

from . import views

MEASURE = "escalation/measures/<measure:number>/"

urlpatterns = [
    path("escalation/", views.EscalationDetail.as_view(), name="api-escalation"),
    path("escalation/measures/", views.MeasureList.as_view(), name="api-measure-list"),
    path(MEASURE, views.MeasureDetail.as_view(), name="api-measure"),
    path(f"{MEASURE}approve/", views.MeasureApprove.as_view(), name="api-measure-approve"),
    path(f"{MEASURE}decline/", views.MeasureDecline.as_view(), name="api-measure-decline"),
    path(f"{MEASURE}start/", views.MeasureStart.as_view(), name="api-measure-start"),
    path(f"{MEASURE}withdraw/", views.MeasureWithdraw.as_view(), name="api-measure-withdraw"),
    path(f"{MEASURE}end/", views.MeasureEnd.as_view(), name="api-measure-end"),
]
