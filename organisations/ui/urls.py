"""Addresses of the organisation's pages."""

from django.urls import path

from . import keys, members, views

MEMBER = "organisation/members/<int:membership_id>/"

urlpatterns = [
    path("organisation/", views.organisation, name="organisation"),
    path("organisation/switch/", views.organisation_switch, name="organisation-switch"),
    path("organisation/roles/", views.organisation_roles, name="organisation-roles"),
    path("organisation/members/", members.member_list, name="organisation-members"),
    path("organisation/members/invite/", members.member_invite, name="member-invite"),
    path(MEMBER, members.member_roles, name="member-roles"),
    path(f"{MEMBER}suspend/", members.member_suspend, name="member-suspend"),
    path(f"{MEMBER}restore/", members.member_restore, name="member-restore"),
    path(f"{MEMBER}end/", members.member_end, name="member-end"),
    path(f"{MEMBER}reassign/", members.member_reassign, name="member-reassign"),
    path("organisation/keys/", keys.tokens, name="tokens"),
    path("organisation/keys/<int:token_id>/revoke/", keys.token_revoke, name="token-revoke"),
    path("organisation/service-accounts/", keys.service_accounts, name="organisation-service-accounts"),
    path("organisation/service-accounts/<int:account_id>/", keys.service_account, name="organisation-service-account"),
]
