"""Addresses under /api/v1/."""

from django.urls import path

from . import views

urlpatterns = [
    path("sessions/", views.SessionList.as_view(), name="api-session-list"),
    path("sessions/<int:session_id>/", views.SessionDetail.as_view(), name="api-session"),
    path("organisation/sign-in/", views.SignInSettings.as_view(), name="api-organisation-signin"),
]
