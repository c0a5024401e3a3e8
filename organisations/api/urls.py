"""Addresses under /api/v1/."""

from django.urls import path

from . import keys, members, views

urlpatterns = [
    path("organisations/", views.OrganisationList.as_view(), name="api-organisation-list"),
    path("members/", members.MemberList.as_view(), name="api-member-list"),
    path("members/<int:membership_id>/", members.MemberDetail.as_view(), name="api-member"),
    path("members/<int:membership_id>/suspension/", members.MemberSuspension.as_view(), name="api-member-suspension"),
    path("me/", views.Me.as_view(), name="api-me"),
    path("tokens/", keys.TokenList.as_view(), name="api-token-list"),
    path("tokens/<int:token_id>/", keys.TokenDetail.as_view(), name="api-token"),
    path("service-accounts/", keys.ServiceAccountList.as_view(), name="api-service-account-list"),
    path("service-accounts/<int:account_id>/", keys.ServiceAccountDetail.as_view(), name="api-service-account"),
    path("service-accounts/<int:account_id>/tokens/", keys.ServiceAccountTokens.as_view(), name="api-service-tokens"),
]
