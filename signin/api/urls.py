"""Addresses under /api/v1/."""

from django.urls import path

from . import views

urlpatterns = [
    path("sessions/", views.SessionList.as_view(), name="api-session-list"),
    path("sessions/current/", views.SessionCurrent.as_view(), name="api-session-current"),
    path("sessions/<int:session_id>/", views.SessionDetail.as_view(), name="api-session"),
    path("organisation/sign-in/", views.SignInSettings.as_view(), name="api-organisation-signin"),
    path("organisation/sign-in/openid-connect/", views.SignInOidc.as_view(), name="api-organisation-signin-oidc"),
    path("organisation/sign-in/saml/", views.SignInSaml.as_view(), name="api-organisation-signin-saml"),
    path("organisation/sign-in/saml/again/", views.SignInMetadata.as_view(), name="api-organisation-signin-metadata"),
    path("organisation/sign-in/domains/", views.DomainList.as_view(), name="api-organisation-domains"),
    path("organisation/sign-in/domains/<int:domain_id>/", views.DomainDetail.as_view(), name="api-organisation-domain"),
]
