"""Addresses of one's account and of the organisation's sign-in."""

from django.urls import path

from . import account, away, kept, organisation, through

urlpatterns = [
    path("account/", account.account, name="account"),
    path("account/session/", account.session, name="session"),
    path("account/sessions/", account.sessions_page, name="sessions"),
    path("account/sessions/end-others/", account.sessions_end_others, name="sessions-end-others"),
    path("account/sessions/<int:session_id>/end/", account.session_end, name="session-end"),
    path("account/kept/", kept.kept, name="kept"),
    path("account/kept/list/", kept.kept_list, name="kept-list"),
    path("organisation/sign-in/", organisation.sign_in, name="organisation-signin"),
    path("organisation/sign-in/second-factor/", organisation.second_factor, name="organisation-signin-factor"),
    path("organisation/sign-in/openid-connect/", organisation.connect_oidc, name="organisation-signin-oidc"),
    path("organisation/sign-in/saml/", organisation.connect_saml, name="organisation-signin-saml"),
    path("organisation/sign-in/saml/again/", organisation.metadata_again, name="organisation-signin-metadata"),
    path("organisation/sign-in/end/", organisation.disconnect, name="organisation-signin-end"),
    path("organisation/sign-in/domains/", organisation.domain_add, name="organisation-domain-add"),
    path("organisation/sign-in/domains/<int:domain_id>/", organisation.domain, name="organisation-domain"),
    path(
        "organisation/sign-in/domains/<int:domain_id>/remove/",
        organisation.domain_remove,
        name="organisation-domain-remove",
    ),
    path("accounts/organisation/", through.organisation, name="signin-organisation"),
    path("accounts/organisation/openid-connect/", through.oidc_answer, name="signin-oidc-answer"),
    path("accounts/organisation/signed-out/", away.signed_out, name="signin-signed-out"),
    path("accounts/organisation/openid-connect/<uuid:public_id>/ended/", away.ended_there, name="signin-ended-there"),
    path("accounts/organisation/saml/finish/", through.saml_finish, name="signin-saml-finish"),
    path("accounts/organisation/saml/<uuid:public_id>/", through.saml_answer, name="signin-saml-answer"),
    path("accounts/organisation/saml/<uuid:public_id>/metadata/", through.saml_metadata, name="signin-saml-metadata"),
]
