"""Addresses of the organisation's pages."""

from django.urls import path

from . import keys, views

urlpatterns = [
    path("organisation/", views.organisation, name="organisation"),
    path("organisation/switch/", views.organisation_switch, name="organisation-switch"),
    path("organisation/members/invite/", views.member_invite, name="member-invite"),
    path("organisation/members/<int:membership_id>/", views.member_roles, name="member-roles"),
    path("organisation/members/<int:membership_id>/end/", views.member_end, name="member-end"),
    path("organisation/keys/", keys.tokens, name="tokens"),
    path("organisation/keys/<int:token_id>/revoke/", keys.token_revoke, name="token-revoke"),
    path("organisation/service-accounts/", keys.service_accounts, name="organisation-service-accounts"),
    path("organisation/service-accounts/<int:account_id>/", keys.service_account, name="organisation-service-account"),
]
