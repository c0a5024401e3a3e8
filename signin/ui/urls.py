"""Addresses of one's account and of the organisation's sign-in."""

from django.urls import path

from . import account, kept, organisation

urlpatterns = [
    path("account/", account.account, name="account"),
    path("account/sessions/", account.sessions_page, name="sessions"),
    path("account/sessions/end-others/", account.sessions_end_others, name="sessions-end-others"),
    path("account/sessions/<int:session_id>/end/", account.session_end, name="session-end"),
    path("account/kept/", kept.kept, name="kept"),
    path("account/kept/list/", kept.kept_list, name="kept-list"),
    path("organisation/sign-in/", organisation.sign_in, name="organisation-signin"),
    path("organisation/sign-in/second-factor/", organisation.second_factor, name="organisation-signin-factor"),
]
