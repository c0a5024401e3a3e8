"""Addresses under /api/v1/."""

from django.urls import path

from . import members, views

urlpatterns = [
    path("organisations/", views.OrganisationList.as_view(), name="api-organisation-list"),
    path("members/", members.MemberList.as_view(), name="api-member-list"),
    path("members/<int:membership_id>/", members.MemberDetail.as_view(), name="api-member"),
    path("members/<int:membership_id>/suspension/", members.MemberSuspension.as_view(), name="api-member-suspension"),
    path("me/", views.Me.as_view(), name="api-me"),
    path("tokens/", views.TokenList.as_view(), name="api-token-list"),
    path("tokens/<int:token_id>/", views.TokenDetail.as_view(), name="api-token"),
]
