"""Every address of the platform and who may open it. `test_urls.py` fails when one is missing here or too much."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern

from organisations.roles import Action as A

READ = "GET"
WRITES = ("POST", "PUT", "PATCH", "DELETE")


class Kind(Enum):
    """Whose an address is."""

    ANYONE = "no sign-in is asked"
    PERSON = "signed in; shows what is one's own"
    OWN = "one thing of one's own: for anybody else it is not there"
    CASE = "on a case: 404 outside one's world, 403 without the action"
    PUBLISHER = "publishers of the secretariat"


@dataclass(frozen=True)
class Door:
    """Who may use an address: the action asked for each method it takes. Other methods are 405."""

    kind: Kind
    methods: dict[str, A | None] = field(default_factory=dict)
    # Methods at which more than the action is asked: to be of the holder or of whoever gave the thing in; to hold a seat.
    owners: frozenset[str] = frozenset()
    seated: frozenset[str] = frozenset()


def case(read: A | None = None, **writes: A) -> Door:
    """`case(A.VIEW, PATCH=A.EDIT)`."""
    return Door(Kind.CASE, {**({READ: read} if read else {}), **writes})


def form(action: A) -> Door:
    """A page with a form: whoever may not send it does not see it either."""
    return case(action, POST=action)


def act(action: A) -> Door:
    """POST alone."""
    return case(POST=action)


def by_owners(door: Door, *methods: str) -> Door:
    """Only for the holder of the case and whoever gave the thing in."""
    return replace(door, owners=frozenset(methods or door.methods))


def by_members(door: Door) -> Door:
    """Only for whoever holds the seat."""
    return replace(door, seated=frozenset(door.methods))


def open_to(kind: Kind, *methods: str, action: A | None = None) -> Door:
    """An address that is on no case."""
    return Door(kind, dict.fromkeys(methods or (READ,), action))


ANYONE = open_to(Kind.ANYONE)
PERSON = open_to(Kind.PERSON)
OWN = open_to(Kind.OWN)
FORM = (READ, "POST")

PLATFORM = {
    "health-live": ANYONE,
    "health-ready": ANYONE,
    "metrics": ANYONE,  # 404 unless asked from this machine (tests/platform/test_metrics.py)
    "set-language": open_to(Kind.ANYONE, "POST"),
    "set-theme": open_to(Kind.ANYONE, "POST"),
    "ui-catalogue": ANYONE,  # 404 unless switched on
    "api-schema": ANYONE,
    "api-docs": ANYONE,
    "transparency": open_to(Kind.ANYONE, *FORM),
    "log-checkpoint": ANYONE,
    "log-entries": ANYONE,
    "log-entries-part": ANYONE,
    "log-tile": ANYONE,
    "log-tile-part": ANYONE,
    "log-verifier": ANYONE,
    "api-log-checkpoint": ANYONE,
    "api-log-inclusion": ANYONE,
    "api-log-consistency": ANYONE,
    "api-log-cosign": open_to(Kind.ANYONE, "POST"),
    "api-entry-proof": OWN,
}

ACCOUNTS = {
    "account_login": ANYONE,
    "account_logout": ANYONE,
    "account_inactive": ANYONE,
    "account_signup": ANYONE,  # closed: accounts are given by an organisation's administrator
    "account_confirm_email": ANYONE,
    "account_confirm_login_code": ANYONE,
    "account_email_verification_sent": ANYONE,
    "account_reset_password": ANYONE,
    "account_reset_password_done": ANYONE,
    "account_reset_password_from_key": ANYONE,
    "account_reset_password_from_key_done": ANYONE,
    "mfa_authenticate": ANYONE,
    "account_reauthenticate": PERSON,
    "account_email": PERSON,
    "account_change_password": PERSON,
    "account_set_password": PERSON,
    "mfa_index": PERSON,
    "mfa_reauthenticate": PERSON,
    "mfa_activate_totp": PERSON,
    "mfa_deactivate_totp": PERSON,
    "mfa_view_recovery_codes": PERSON,
    "mfa_generate_recovery_codes": PERSON,
    "mfa_download_recovery_codes": PERSON,
    "mfa_login_webauthn": ANYONE,
    "mfa_list_webauthn": PERSON,
    "mfa_add_webauthn": PERSON,
    "mfa_reauthenticate_webauthn": PERSON,
    # Both ask first that it is you, and only then whether the passkey is yours.
    "mfa_edit_webauthn": PERSON,
    "mfa_remove_webauthn": PERSON,
}

MANAGE = open_to(Kind.PERSON, *FORM, action=A.MANAGE_ORGANISATION)
MEMBER = open_to(Kind.OWN, *FORM, action=A.MANAGE_ORGANISATION)
PERSON_MANAGES = Door(Kind.PERSON, {READ: None, "POST": A.MANAGE_ORGANISATION})
ORGANISATION = {
    "organisation": PERSON,
    "organisation-switch": open_to(Kind.PERSON, "POST"),
    "organisation-roles": PERSON,
    "organisation-exports": MANAGE,
    "organisation-export-again": open_to(Kind.OWN, "POST", action=A.MANAGE_ORGANISATION),
    "organisation-export-part": open_to(Kind.OWN, action=A.MANAGE_ORGANISATION),
    "api-house-exports": MANAGE,
    "api-house-export-again": open_to(Kind.OWN, "POST", action=A.MANAGE_ORGANISATION),
    "api-house-export-part": open_to(Kind.OWN, action=A.MANAGE_ORGANISATION),
    "data-requests": PERSON,
    "data-request-new": open_to(Kind.PERSON, *FORM, action=A.HANDLE_REQUESTS),
    "data-request": OWN,
    "data-request-decide": open_to(Kind.OWN, *FORM, action=A.HANDLE_REQUESTS),
    "data-request-delivered": open_to(Kind.OWN, *FORM, action=A.HANDLE_REQUESTS),
    "data-request-again": open_to(Kind.OWN, "POST", action=A.HANDLE_REQUESTS),
    "data-request-package": OWN,
    "organisation-retention": open_to(Kind.PERSON, action=A.MANAGE_ORGANISATION),
    "api-retention": open_to(Kind.PERSON, action=A.MANAGE_ORGANISATION),
    "data-held": open_to(Kind.PERSON, *FORM),
    "data-held-json": PERSON,
    "api-data-requests": open_to(Kind.PERSON, *FORM),
    "api-data-request": OWN,
    "api-data-request-decision": open_to(Kind.OWN, "POST", action=A.HANDLE_REQUESTS),
    "api-data-request-delivery": open_to(Kind.OWN, "POST", action=A.HANDLE_REQUESTS),
    "api-data-request-package": OWN,
    "api-data-held": PERSON,
    "api-own-requests": open_to(Kind.PERSON, "POST"),
    "organisation-audit": open_to(Kind.PERSON, action=A.MANAGE_ORGANISATION),
    "organisation-audit-csv": open_to(Kind.PERSON, action=A.MANAGE_ORGANISATION),
    "organisation-audit-json": open_to(Kind.PERSON, action=A.MANAGE_ORGANISATION),
    "api-organisation-looks": open_to(Kind.PERSON, action=A.MANAGE_ORGANISATION),
    "organisation-members": PERSON,
    "organisation-labels": open_to(Kind.PERSON, *FORM),  # adding one: administrators
    "label-change": MEMBER,
    "api-label-list": open_to(Kind.PERSON, *FORM),
    "api-label": open_to(Kind.OWN, "PUT", "DELETE", action=A.MANAGE_ORGANISATION),
    "member-invite": MANAGE,
    "member-suspend": MEMBER,
    "member-restore": MEMBER,
    "api-member-list": open_to(Kind.PERSON, *FORM),  # inviting: administrators
    "api-member": open_to(Kind.OWN, "PATCH", "DELETE", action=A.MANAGE_ORGANISATION),
    "api-member-suspension": open_to(Kind.OWN, "PUT", "DELETE", action=A.MANAGE_ORGANISATION),
    "member-roles": MEMBER,
    "member-end": MEMBER,
    "member-sees": open_to(Kind.OWN, action=A.MANAGE_ORGANISATION),
    "organisation-grants": open_to(Kind.PERSON, action=A.MANAGE_ORGANISATION),
    "organisation-guests": open_to(Kind.PERSON, action=A.MANAGE_ORGANISATION),
    "api-member-sees": open_to(Kind.OWN, action=A.MANAGE_ORGANISATION),
    "api-member-holdings": open_to(Kind.OWN, *FORM, action=A.MANAGE_ORGANISATION),
    "member-reassign": open_to(Kind.OWN, "POST", action=A.MANAGE_ORGANISATION),
    "tokens": open_to(Kind.PERSON, *FORM),
    "token-revoke": open_to(Kind.OWN, *FORM),
    "evidence-sweeps": open_to(Kind.PERSON, action=A.MANAGE_ORGANISATION),
    "evidence-sweep": open_to(Kind.OWN, action=A.MANAGE_ORGANISATION),
    "api-evidence-sweeps": open_to(Kind.PERSON, action=A.MANAGE_ORGANISATION),
    "api-evidence-sweep": open_to(Kind.OWN, action=A.MANAGE_ORGANISATION),
    "api-organisation-list": PERSON,
    "api-me": PERSON,
    "api-token-list": open_to(Kind.PERSON, *FORM),
    "api-token": open_to(Kind.OWN, "DELETE"),
    "organisation-service-accounts": MANAGE,
    "organisation-service-account": MEMBER,
    "api-service-account-list": MANAGE,
    "api-service-account": open_to(Kind.OWN, "DELETE", action=A.MANAGE_ORGANISATION),
    "api-service-tokens": MEMBER,
}

SIGN_IN = {
    "account": PERSON,
    "kept": PERSON,
    "kept-list": open_to(Kind.PERSON, *FORM),
    "session": open_to(Kind.PERSON, *FORM),
    "sessions": PERSON,
    "sessions-end-others": open_to(Kind.PERSON, "POST"),
    "session-end": open_to(Kind.OWN, *FORM),
    "organisation-signin": open_to(Kind.PERSON, action=A.MANAGE_ORGANISATION),
    "organisation-signin-oidc": MANAGE,
    "organisation-signin-saml": MANAGE,
    "organisation-signin-end": MANAGE,
    "organisation-signin-metadata": MANAGE,
    "api-organisation-signin-metadata": open_to(Kind.PERSON, "POST", "PUT", action=A.MANAGE_ORGANISATION),
    "organisation-domain-add": open_to(Kind.PERSON, "POST", action=A.MANAGE_ORGANISATION),
    "organisation-domain": MEMBER,
    "organisation-domain-remove": MEMBER,
    "signin-organisation": open_to(Kind.ANYONE, *FORM),
    "signin-oidc-answer": ANYONE,
    "signin-signed-out": ANYONE,
    "signin-ended-there": open_to(Kind.ANYONE, "POST"),
    "signin-saml-answer": open_to(Kind.ANYONE, "POST"),
    "signin-saml-finish": ANYONE,
    "signin-saml-metadata": ANYONE,
    "api-organisation-signin-oidc": open_to(Kind.PERSON, "PUT", action=A.MANAGE_ORGANISATION),
    "api-organisation-signin-saml": open_to(Kind.PERSON, "PUT", action=A.MANAGE_ORGANISATION),
    "api-organisation-domains": MANAGE,
    "api-organisation-domain": open_to(Kind.OWN, "POST", "DELETE", action=A.MANAGE_ORGANISATION),
    "organisation-signin-factor": open_to(Kind.PERSON, "POST", action=A.MANAGE_ORGANISATION),
    "api-session-current": open_to(Kind.PERSON, *FORM),
    "api-session-list": open_to(Kind.PERSON, READ, "DELETE"),
    "api-session": open_to(Kind.OWN, "DELETE"),
    "api-organisation-signin": open_to(Kind.PERSON, READ, "PATCH", "DELETE", action=A.MANAGE_ORGANISATION),
}

SEALING = {
    "sealing-key": open_to(Kind.PERSON, *FORM),
    "sealing-key-change": open_to(Kind.PERSON, *FORM),
    "sealing-key-replace": open_to(Kind.PERSON, *FORM),
    "api-sealing-key": open_to(Kind.PERSON, *FORM),
    "api-sealing-key-passphrase": open_to(Kind.PERSON, "POST"),
}

ATTESTS = open_to(Kind.OWN, *FORM, action=A.ATTEST)
ACCREDITATION = {
    "accreditation": PERSON,
    "attestation-new": open_to(Kind.PERSON, "POST", action=A.ATTEST),
    "attestation": OWN,
    "attestation-answers": ATTESTS,
    "attestation-send": ATTESTS,
    "attestation-take-back": open_to(Kind.OWN, "POST", action=A.ATTEST),
    "attestation-decide": open_to(Kind.OWN, *FORM, action=A.REVIEW_ATTESTATION),
    "attestation-end": ATTESTS,
    "api-accreditation": PERSON,
    "api-attestation-list": open_to(Kind.PERSON, *FORM),
    "api-attestation": open_to(Kind.OWN, READ, "PATCH"),
    "api-attestation-send": open_to(Kind.OWN, "POST", action=A.ATTEST),
    "api-attestation-take-back": open_to(Kind.OWN, "POST", action=A.ATTEST),
    "api-attestation-decide": open_to(Kind.OWN, "POST", action=A.REVIEW_ATTESTATION),
    "api-attestation-end": open_to(Kind.OWN, "POST", action=A.ATTEST),
    "preview-end": open_to(Kind.OWN, "POST"),
    "emergency-open": open_to(Kind.PERSON, *FORM, action=A.OPEN_IN_EMERGENCY),
    "api-emergency-open": open_to(Kind.PERSON, "POST", action=A.OPEN_IN_EMERGENCY),
    "share-recall": open_to(Kind.PERSON, action=A.SHARE),
    "share-recall-all": open_to(Kind.OWN, *FORM, action=A.SHARE),
    "api-share-recall": open_to(Kind.PERSON, *FORM, action=A.SHARE),
}

DUTY = {
    "duty": PERSON,
    "duty-new": MANAGE,
    "duty-test": open_to(Kind.PERSON, "POST", action=A.MANAGE_ORGANISATION),
    "duty-change": MEMBER,
    "duty-end": MEMBER,
    "duty-of": open_to(Kind.OWN, *FORM),  # of a house one shares a case with
    "duty-answer": open_to(Kind.ANYONE, *FORM),  # a mailbox cannot sign in: the secret is in the address
    "api-duty": PERSON_MANAGES,
    "api-duty-test": open_to(Kind.PERSON, "POST", action=A.MANAGE_ORGANISATION),
    "api-duty-calls": PERSON,
    "api-duty-contact": Door(Kind.OWN, {READ: None, "PUT": A.MANAGE_ORGANISATION, "DELETE": A.MANAGE_ORGANISATION}),
    "api-duty-of": open_to(Kind.OWN, *FORM),
}

DEADLINES = {
    "deadline-list": PERSON,
    "incident-deadlines": case(A.VIEW),
    "deadline": by_owners(
        case(A.SEE_REMEDIATION, POST=A.RESTORE), "POST"
    ),  # by its clock's own action; this one is a task's
    "searches": PERSON,
    "search-save": open_to(Kind.PERSON, "POST"),
    "search-drop": open_to(Kind.OWN, "POST"),
    "api-deadline-list": PERSON,
    "api-case-deadlines": case(A.VIEW),
    "api-case-deadline": by_owners(case(A.SEE_REMEDIATION, POST=A.RESTORE), "POST"),
    "api-search-list": open_to(Kind.PERSON, *FORM),
    "api-search": open_to(Kind.OWN, "DELETE"),
}

HOOK_ACT = open_to(Kind.OWN, "POST", action=A.MANAGE_ORGANISATION)
HOOK = open_to(Kind.OWN, action=A.MANAGE_ORGANISATION)
WEBHOOKS = {
    "webhooks": open_to(Kind.PERSON, action=A.MANAGE_ORGANISATION),
    "webhook-new": MANAGE,
    "webhook": HOOK,
    "webhook-change": MEMBER,
    "webhook-rotate": HOOK_ACT,
    "webhook-test": HOOK_ACT,
    "webhook-disable": HOOK_ACT,
    "webhook-enable": HOOK_ACT,
    "webhook-end": MEMBER,
    "webhook-delivery": HOOK,
    "webhook-redeliver": HOOK_ACT,
    "api-webhooks": MANAGE,
    "api-webhook": open_to(Kind.OWN, READ, "PUT", "PATCH", "DELETE", action=A.MANAGE_ORGANISATION),
    "api-webhook-rotate": HOOK_ACT,
    "api-webhook-test": HOOK_ACT,
    "api-webhook-deliveries": HOOK,
    "api-webhook-delivery": MEMBER,
}

NOTICE = open_to(Kind.OWN, "POST")
INBOX = {
    "inbox": PERSON,
    "inbox-done-several": open_to(Kind.PERSON, "POST"),
    "inbox-undo-several": open_to(Kind.PERSON, "POST"),
    "api-inbox-done": open_to(Kind.PERSON, "POST"),
    "inbox-open": OWN,
    "inbox-done": NOTICE,
    "inbox-undo": NOTICE,
    "inbox-snooze": NOTICE,
    "inbox-mute": NOTICE,
    "inbox-acknowledge": NOTICE,
    "inbox-settings": open_to(Kind.PERSON, *FORM),
    "calendar-new": open_to(Kind.PERSON, "POST"),
    "calendar-end": open_to(Kind.PERSON, "POST"),
    "inbox-unmute": NOTICE,
    "inbox-unwatch": NOTICE,
    "calendar-feed": ANYONE,  # calendar programs cannot sign in: the secret is in the address
    "api-inbox": PERSON,
    "api-inbox-item": open_to(Kind.OWN, READ, "PATCH"),
    "api-inbox-settings": open_to(Kind.PERSON, READ, "PUT"),
    "api-inbox-calendar": open_to(Kind.PERSON, "POST", "DELETE"),
    "api-inbox-muted": open_to(Kind.OWN, "DELETE"),
    "api-inbox-watched": open_to(Kind.OWN, "DELETE"),
}

DRAFTS = {
    "draft-new": open_to(Kind.PERSON, *FORM, action=A.FILE),
    "draft": OWN,
    "draft-check": open_to(Kind.OWN, *FORM),
    "draft-sent": OWN,
    "draft-discard": open_to(Kind.OWN, *FORM),
    "draft-step": open_to(Kind.OWN, *FORM),
    "draft-autosave": open_to(Kind.OWN, "POST"),
    "api-draft-list": open_to(Kind.PERSON, *FORM),
    "api-draft": open_to(Kind.OWN, READ, "PATCH", "DELETE"),
    "api-draft-file": open_to(Kind.OWN, "POST"),
}

INCIDENTS = {
    "incident-list": PERSON,
    "search": PERSON,
    "incident": case(A.VIEW),
    "incident-change": form(A.EDIT),
    "incident-close": form(A.CLOSE),
    "incident-reopen": form(A.CLOSE),
    "statement-new": form(A.EDIT),
    "timeline-new": form(A.EDIT),
    "link-new": form(A.EDIT),
    "incident-looks": case(A.SEE_AUDIT),
    "incident-looks-csv": case(A.SEE_AUDIT),
    "incident-looks-json": case(A.SEE_AUDIT),
    "incident-changes": case(A.SEE_AUDIT),
    "api-incident-looks": case(A.SEE_AUDIT),
    "api-incident-changes": case(A.SEE_AUDIT),
    "incident-labels": case(A.VIEW, POST=A.VIEW),  # one's own labels
    "api-incident-labels": case(A.VIEW, PUT=A.VIEW),
    "incident-watch": act(A.VIEW),
    "api-incident-watch": case(PUT=A.VIEW, DELETE=A.VIEW),
    "incident-grants": case(A.SEE_GRANTS),
    "incident-names": form(A.HIDE_NAMES),
    "api-incident-names": case(A.HIDE_NAMES, PUT=A.HIDE_NAMES),
    "name-looks": PERSON,
    "api-name-looks": PERSON,
    # Keepers of names are the secretariat's: tests/doors/test_names.py
    "name-look": open_to(Kind.PUBLISHER, *FORM, action=A.LOOK_UP_NAMES),
    "api-name-look": open_to(Kind.PUBLISHER, "POST", action=A.LOOK_UP_NAMES),
    "grant-new": form(A.SHARE),
    "grant-end": form(A.SHARE),
    "grant-end-person": form(A.SHARE),
    "grant-undo": act(A.SHARE),
    "guest-new": form(A.SHARE),
    "preview-new": form(A.SHARE),
    "preview-grant": act(A.SHARE),
    "preview-person": act(A.SHARE),
    "who-sees": case(A.SEE_GRANTS),
    "in-charge": form(A.SHARE),
    "hand-over-new": form(A.SHARE),
    "hand-over-answer": by_owners(form(A.SHARE)),
    "api-person-grant-list": case(A.SEE_GRANTS, POST=A.SHARE),
    "api-person-grant": case(DELETE=A.SHARE),
    "api-guest-list": act(A.SHARE),
    "api-past-grant-list": case(A.SEE_GRANTS),
    "api-grant-restore": act(A.SHARE),
    "api-who-sees": case(A.SEE_GRANTS),
    "api-preview": act(A.SHARE),
    "api-in-charge": case(PUT=A.SHARE),
    "api-hand-over-list": case(A.SEE_GRANTS, POST=A.SHARE),
    "api-hand-over": by_owners(act(A.SHARE)),
    "api-emergency-list": case(A.SEE_GRANTS),
    "incident-activity": case(A.SEE_EVIDENCE),
    "api-incident-list": open_to(Kind.PERSON, *FORM),
    "api-incident": case(A.VIEW, PATCH=A.EDIT),
    "api-incident-close": act(A.CLOSE),
    "api-incident-reopen": act(A.CLOSE),
    "api-grant-list": case(A.SEE_GRANTS, POST=A.SHARE),
    "api-grant": case(DELETE=A.SHARE),
    "api-statement-list": case(A.VIEW, POST=A.EDIT),
    "api-timeline-list": case(A.VIEW, POST=A.EDIT),
    "api-link-list": case(A.VIEW, POST=A.EDIT),
    "api-activity": case(A.SEE_EVIDENCE),
}

EVIDENCE = {
    "evidence-list": case(A.SEE_EVIDENCE),
    "evidence-new": form(A.ADD_EVIDENCE),
    "evidence-item": case(A.SEE_EVIDENCE),
    "evidence-edit": by_owners(form(A.ADD_EVIDENCE)),
    "evidence-file-add": by_owners(form(A.ADD_EVIDENCE)),
    "evidence-open": form(A.OPEN_FILE),
    "evidence-grade": form(A.GRADE_EVIDENCE),
    "evidence-link": form(A.ADD_EVIDENCE),
    "evidence-translate": form(A.ADD_EVIDENCE),
    "api-evidence-translations": case(A.SEE_EVIDENCE, POST=A.ADD_EVIDENCE),
    "api-evidence-counting": case(A.SEE_EVIDENCE),
    "api-evidence-tree": case(A.SEE_EVIDENCE),
    "evidence-mark": by_owners(form(A.ADD_EVIDENCE)),
    "evidence-verify": act(A.DOWNLOAD_EVIDENCE),
    "evidence-withdraw": by_owners(form(A.ADD_EVIDENCE)),
    "evidence-restore": by_owners(form(A.ADD_EVIDENCE)),
    "evidence-custody": case(A.SEE_EVIDENCE),
    "evidence-release": by_owners(form(A.DOWNLOAD_EVIDENCE)),
    "evidence-receipt": by_owners(form(A.DOWNLOAD_EVIDENCE)),
    "evidence-dispose": by_owners(form(A.ADD_EVIDENCE)),
    "evidence-hold": by_owners(form(A.ADD_EVIDENCE)),
    "evidence-hold-case": by_owners(form(A.ADD_EVIDENCE)),
    "evidence-hold-lift": by_owners(form(A.ADD_EVIDENCE)),
    "api-evidence-transfers": case(A.SEE_EVIDENCE),
    "api-evidence-release": by_owners(act(A.DOWNLOAD_EVIDENCE)),
    "api-evidence-receipt": by_owners(act(A.DOWNLOAD_EVIDENCE)),
    "api-evidence-holds": by_owners(case(A.SEE_EVIDENCE, POST=A.ADD_EVIDENCE), "POST"),
    "api-evidence-hold-lift": by_owners(act(A.ADD_EVIDENCE)),
    "api-evidence-disposal": by_owners(case(A.SEE_EVIDENCE, POST=A.ADD_EVIDENCE), "POST"),
    "api-evidence-disposal-decision": by_owners(act(A.ADD_EVIDENCE)),
    "evidence-redact": by_owners(form(A.ADD_EVIDENCE)),
    "evidence-redaction": by_members(case(A.DOWNLOAD_EVIDENCE)),
    "evidence-redaction-compare": by_members(act(A.DOWNLOAD_EVIDENCE)),
    "evidence-redaction-draft": by_members(act(A.DOWNLOAD_EVIDENCE)),
    "evidence-redaction-decide": by_members(form(A.DOWNLOAD_EVIDENCE)),
    "api-evidence-redactions": by_owners(case(A.DOWNLOAD_EVIDENCE, POST=A.ADD_EVIDENCE), "POST"),
    "api-evidence-redaction": by_members(case(A.DOWNLOAD_EVIDENCE)),
    "api-evidence-redaction-compare": by_members(act(A.DOWNLOAD_EVIDENCE)),
    "api-evidence-redaction-draft": by_members(act(A.DOWNLOAD_EVIDENCE)),
    "api-evidence-redaction-decision": by_members(act(A.DOWNLOAD_EVIDENCE)),
    "evidence-seal": by_owners(form(A.ADD_EVIDENCE)),  # whoever gave the item in
    "evidence-seal-ask": form(A.DOWNLOAD_EVIDENCE),
    # A request to custodians: there for whoever sees the item; answered by custodians, opened by its requester.
    "evidence-seal-request": by_members(case(A.SEE_EVIDENCE)),
    "evidence-seal-answer": by_members(form(A.SEE_EVIDENCE)),
    "evidence-seal-end": by_members(act(A.SEE_EVIDENCE)),
    "evidence-seal-open": by_members(form(A.DOWNLOAD_EVIDENCE)),
    "evidence-seal-facts": by_members(form(A.DOWNLOAD_EVIDENCE)),
    "evidence-seal-carry-out": by_members(form(A.DOWNLOAD_EVIDENCE)),
    "api-evidence-seal": by_owners(case(A.SEE_EVIDENCE, POST=A.ADD_EVIDENCE), "POST"),
    "api-evidence-seal-candidates": by_owners(case(A.ADD_EVIDENCE)),
    "api-evidence-seal-requests": case(A.SEE_EVIDENCE, POST=A.DOWNLOAD_EVIDENCE),
    "api-evidence-seal-request": by_members(case(A.SEE_EVIDENCE)),
    "api-evidence-seal-answer": by_members(act(A.SEE_EVIDENCE)),
    "api-evidence-seal-end": by_members(act(A.SEE_EVIDENCE)),
    "api-evidence-seal-open": by_members(act(A.DOWNLOAD_EVIDENCE)),
    "api-evidence-seal-facts": by_members(act(A.DOWNLOAD_EVIDENCE)),
    "api-evidence-seal-carry-out": by_members(act(A.DOWNLOAD_EVIDENCE)),
    "api-evidence-list": case(A.SEE_EVIDENCE, POST=A.ADD_EVIDENCE),
    "api-evidence-uploads": case(A.ADD_EVIDENCE, POST=A.ADD_EVIDENCE),
    "api-evidence-upload": open_to(Kind.OWN, READ, "POST", "PATCH", "DELETE", action=A.ADD_EVIDENCE),
    "evidence-indicators": form(A.ADD_EVIDENCE),
    "evidence-capture": form(A.ADD_EVIDENCE),
    "evidence-dangerous": by_owners(form(A.ADD_EVIDENCE)),
    "evidence-take-apart": by_owners(act(A.ADD_EVIDENCE)),
    "evidence-work-repeat": by_owners(act(A.ADD_EVIDENCE)),
    "api-evidence-indicators": act(A.ADD_EVIDENCE),
    "api-evidence-capture": act(A.ADD_EVIDENCE),
    "api-evidence-dangerous": by_owners(act(A.ADD_EVIDENCE)),
    "api-evidence-take-apart": by_owners(act(A.ADD_EVIDENCE)),
    "api-evidence-work": case(A.SEE_EVIDENCE),
    "api-evidence-work-repeat": by_owners(act(A.ADD_EVIDENCE)),
    "api-evidence-batch": act(A.ADD_EVIDENCE),
    "api-evidence-item": by_owners(case(A.SEE_EVIDENCE, PATCH=A.ADD_EVIDENCE), "PATCH"),
    "api-evidence-files": by_owners(act(A.ADD_EVIDENCE)),
    "api-evidence-content": case(A.OPEN_FILE, POST=A.OPEN_FILE),
    "api-evidence-grades": case(A.SEE_EVIDENCE, POST=A.GRADE_EVIDENCE),
    "api-evidence-custody": case(A.SEE_EVIDENCE),
    "api-evidence-lineage": case(A.SEE_EVIDENCE, POST=A.ADD_EVIDENCE),
    "api-evidence-mark": by_owners(act(A.ADD_EVIDENCE)),
    "api-evidence-withdraw": by_owners(act(A.ADD_EVIDENCE)),
    "api-evidence-restore": by_owners(act(A.ADD_EVIDENCE)),
    "api-evidence-verify": act(A.DOWNLOAD_EVIDENCE),
}

ATTRIBUTION = {
    "attribution": case(A.SEE_ATTRIBUTION),  # whoever is offered a seat sees that offer and nothing else
    "attribution-matrix": case(A.SEE_ATTRIBUTION, POST=A.ANALYSE),
    "attribution-matrix-item": case(A.SEE_ATTRIBUTION, POST=A.ANALYSE),
    "attribution-what-if": case(A.SEE_ATTRIBUTION, POST=A.SEE_ATTRIBUTION),  # computes and saves nothing
    "attribution-matrix-csv": case(A.SEE_ATTRIBUTION),
    "leg-new": form(A.ANALYSE),
    "hypothesis-new": form(A.ANALYSE),
    "hypothesis-reject": form(A.ANALYSE),
    "hypothesis-reconsider": act(A.ANALYSE),
    "finding-new": form(A.PROPOSE_FINDING),
    "finding": case(A.SEE_ATTRIBUTION),
    "finding-reply": case(A.PROPOSE_FINDING),
    "notice-new": form(A.PROPOSE_FINDING),
    "reply-invite": form(A.PROPOSE_FINDING),
    "reply-renew": act(A.PROPOSE_FINDING),
    "reply-waive": form(A.PROPOSE_FINDING),
    "reply-waive-new": form(A.PROPOSE_FINDING),
    "finding-publish": form(A.PROPOSE_FINDING),
    "finding-relying": form(A.PROPOSE_FINDING),
    "relying-acknowledged": form(A.PROPOSE_FINDING),
    "api-finding-reply": case(A.PROPOSE_FINDING, POST=A.PROPOSE_FINDING),
    "api-reply-invitations": act(A.PROPOSE_FINDING),
    "api-reply-waivers": act(A.PROPOSE_FINDING),
    "reply-file": case(A.DOWNLOAD_EVIDENCE),
    "api-reply-file-content": case(A.DOWNLOAD_EVIDENCE),
    "api-reply-renew": act(A.PROPOSE_FINDING),
    "api-relying-acknowledged": act(A.PROPOSE_FINDING),
    "api-finding-publish": act(A.PROPOSE_FINDING),
    "api-finding-relying": case(A.PROPOSE_FINDING, POST=A.PROPOSE_FINDING),
    "reply": open_to(Kind.ANYONE, *FORM),  # by a secret address and a code: no account is needed
    "api-reply": open_to(Kind.ANYONE, READ, "PUT", "POST"),
    "api-reply-files": open_to(Kind.ANYONE, "POST"),
    "api-reply-file": open_to(Kind.ANYONE, "DELETE"),
    "calibration": ANYONE,
    "api-calibration": ANYONE,
    "reply-member": open_to(Kind.OWN, *FORM),  # of the organisation asked
    "published-list": ANYONE,
    "my-estimates": PERSON,
    "api-estimates": PERSON,
    "published-finding": ANYONE,
    "published-json": ANYONE,
    "finding-watch": act(A.SEE_ATTRIBUTION),
    "api-finding-watch": case(PUT=A.SEE_ATTRIBUTION, DELETE=A.SEE_ATTRIBUTION),
    "finding-as-of": case(A.SEE_ATTRIBUTION),
    "finding-replay": case(A.SEE_ATTRIBUTION),
    "finding-amend": form(A.PROPOSE_FINDING),
    "finding-extend": form(A.PROPOSE_FINDING),
    "finding-article": form(A.ANALYSE),
    "finding-contest": form(A.ANALYSE),
    "contest-resolve": form(A.ANALYSE),
    "finding-corroborate": act(A.TAKE_SEAT),
    "finding-withdraw": form(A.PROPOSE_FINDING),
    "finding-supersede": form(A.PROPOSE_FINDING),
    "panel-new": form(A.CONVENE_PANEL),
    "panel": case(A.SEE_ATTRIBUTION),
    "seat-invite": form(A.CONVENE_PANEL),
    "seat-release": act(A.CONVENE_PANEL),
    "seat-declare": by_members(form(A.VIEW)),
    "opinion": by_members(form(A.TAKE_SEAT)),
    "panel-reveal": act(A.CONVENE_PANEL),
    "finding-resolve": form(A.PROPOSE_FINDING),
    "api-finding-outcome": act(A.PROPOSE_FINDING),
    "panel-second-round": form(A.CONVENE_PANEL),
    "panel-discuss": by_members(form(A.TAKE_SEAT)),
    "panel-close": act(A.CONVENE_PANEL),
    "objection-answer": form(A.TAKE_SEAT),
    "api-leg-list": case(A.SEE_ATTRIBUTION, POST=A.ANALYSE),
    "api-hypothesis-list": case(A.SEE_ATTRIBUTION, POST=A.ANALYSE),
    "api-hypothesis-reject": act(A.ANALYSE),
    "api-hypothesis-reconsider": act(A.ANALYSE),
    "api-board": case(A.SEE_ATTRIBUTION),
    "api-board-what-if": case(POST=A.SEE_ATTRIBUTION),
    "api-ratings": case(A.SEE_ATTRIBUTION, PUT=A.ANALYSE),
    "api-finding-list": case(A.SEE_ATTRIBUTION, POST=A.PROPOSE_FINDING),
    "api-finding": case(A.SEE_ATTRIBUTION, PATCH=A.PROPOSE_FINDING),
    "api-finding-report": case(A.SEE_ATTRIBUTION),
    "api-finding-as-of": case(A.SEE_ATTRIBUTION),
    "api-finding-replay": case(A.SEE_ATTRIBUTION),
    "api-finding-history": case(A.SEE_ATTRIBUTION),
    "api-finding-extend": act(A.PROPOSE_FINDING),
    "api-finding-article": case(A.SEE_ATTRIBUTION, POST=A.ANALYSE),
    "api-contest-list": case(A.SEE_ATTRIBUTION, POST=A.ANALYSE),
    "api-contest-resolve": act(A.ANALYSE),
    "api-finding-corroborate": act(A.TAKE_SEAT),
    "api-finding-withdraw": act(A.PROPOSE_FINDING),
    "api-finding-supersede": act(A.PROPOSE_FINDING),
    "api-panel-list": case(A.SEE_ATTRIBUTION, POST=A.CONVENE_PANEL),
    "api-panel": case(A.SEE_ATTRIBUTION),
    "api-seat-list": act(A.CONVENE_PANEL),
    "api-seat-release": act(A.CONVENE_PANEL),
    "api-seat": by_members(form(A.VIEW)),
    "api-opinion": by_members(case(A.TAKE_SEAT, PUT=A.TAKE_SEAT)),
    "api-panel-reveal": act(A.CONVENE_PANEL),
    "api-panel-second-round": act(A.CONVENE_PANEL),
    "api-panel-discussion": by_members(act(A.TAKE_SEAT)),
    "api-panel-close": act(A.CONVENE_PANEL),
    "api-objection": act(A.TAKE_SEAT),
}

ESCALATION = {
    "escalation": case(A.SEE_MEASURES),
    "measure": case(A.SEE_MEASURES),
    "measure-new": form(A.PROPOSE_MEASURE),
    "measure-approve": form(A.DECIDE_MEASURE),
    "measure-decline": form(A.DECIDE_MEASURE),
    "measure-start": form(A.DECIDE_MEASURE),
    "measure-withdraw": form(A.PROPOSE_MEASURE),
    "measure-end": form(A.PROPOSE_MEASURE),
    "api-escalation": case(A.SEE_MEASURES),
    "api-measure-list": case(A.SEE_MEASURES, POST=A.PROPOSE_MEASURE),
    "api-measure": case(A.SEE_MEASURES),
    "api-measure-approve": act(A.DECIDE_MEASURE),
    "api-measure-decline": act(A.DECIDE_MEASURE),
    "api-measure-start": act(A.DECIDE_MEASURE),
    "api-measure-withdraw": act(A.PROPOSE_MEASURE),
    "api-measure-end": act(A.PROPOSE_MEASURE),
}

REMEDIATION = {
    "remediation": case(A.SEE_REMEDIATION),
    "restoration": case(A.SEE_REMEDIATION),
    "restoration-update": form(A.RESTORE),
    "restoration-target": form(A.RESTORE),
    "restoration-backup": form(A.RESTORE),
    "restoration-confirm": by_owners(form(A.RESTORE)),  # of the service: its operator, or the holder for them (R4.3)
    "task": case(A.SEE_REMEDIATION),
    "task-new": form(A.RESTORE),
    "task-change": form(A.RESTORE),
    "task-move": act(A.RESTORE),
    "task-complete": form(A.RESTORE),
    "task-verify": form(A.VERIFY_TASK),
    "task-cancel": form(A.RESTORE),
    "api-remediation": case(A.SEE_REMEDIATION),
    "api-restoration": case(A.SEE_REMEDIATION),
    "api-restoration-updates": case(A.SEE_REMEDIATION, POST=A.RESTORE),
    "api-restoration-target": case(PUT=A.RESTORE),
    "api-restoration-backup": act(A.RESTORE),
    "api-restoration-confirmation": by_owners(act(A.RESTORE)),
    "api-task-list": case(A.SEE_REMEDIATION, POST=A.RESTORE),
    "api-task": case(A.SEE_REMEDIATION, PATCH=A.RESTORE),
    "api-task-move": act(A.RESTORE),
    "api-task-complete": act(A.RESTORE),
    "api-task-verify": act(A.VERIFY_TASK),
    "api-task-cancel": act(A.RESTORE),
}

ACCOUNTABILITY = {
    "review-list": case(A.SEE_REVIEW),
    "review-new": form(A.REQUEST_REVIEW),
    "review": case(A.SEE_REVIEW),
    "review-progress": case(A.SEE_REVIEW),
    "review-retry": act(A.REQUEST_REVIEW),
    "review-document": case(A.SEE_REVIEW),
    # A verification report is read by the organisation that asked for it; here the holder did.
    "verification-list": form(A.DOWNLOAD_EVIDENCE),
    "verification": by_owners(case(A.DOWNLOAD_EVIDENCE)),
    "verification-progress": by_owners(case(A.DOWNLOAD_EVIDENCE)),
    "verification-retry": by_owners(act(A.DOWNLOAD_EVIDENCE)),
    "verification-document": by_owners(case(A.DOWNLOAD_EVIDENCE)),
    "verification-data": by_owners(case(A.DOWNLOAD_EVIDENCE)),
    "api-verification-list": form(A.DOWNLOAD_EVIDENCE),
    "api-verification": by_owners(case(A.DOWNLOAD_EVIDENCE)),
    "api-verification-retry": by_owners(act(A.DOWNLOAD_EVIDENCE)),
    "api-verification-document": by_owners(case(A.DOWNLOAD_EVIDENCE)),
    "api-verification-data": by_owners(case(A.DOWNLOAD_EVIDENCE)),
    "recommendation-new": form(A.REQUEST_REVIEW),
    "recommendation-close": form(A.REQUEST_REVIEW),
    "api-review-list": case(A.SEE_REVIEW, POST=A.REQUEST_REVIEW),
    "api-review": case(A.SEE_REVIEW),
    "api-review-retry": act(A.REQUEST_REVIEW),
    "api-review-document": case(A.SEE_REVIEW),
    "api-recommendation-list": case(A.SEE_REVIEW, POST=A.REQUEST_REVIEW),
    "api-recommendation": case(A.SEE_REVIEW),
    "api-recommendation-close": act(A.REQUEST_REVIEW),
}

EXCHANGE = {
    "evidence-csv": case(A.SEE_EVIDENCE),
    "api-evidence-csv": case(A.SEE_EVIDENCE),
    "package-receive": form(A.ADD_EVIDENCE),
    "received-package": case(A.SEE_EVIDENCE),
    "received-package-progress": case(A.SEE_EVIDENCE),
    "received-package-retry": act(A.ADD_EVIDENCE),
    "api-received-package-list": case(A.SEE_EVIDENCE, POST=A.ADD_EVIDENCE),
    "api-received-package": case(A.SEE_EVIDENCE),
    "api-received-package-retry": act(A.ADD_EVIDENCE),
    "trusted-keys": open_to(Kind.PERSON, *FORM),
    "trusted-key-end": open_to(Kind.OWN, *FORM, action=A.MANAGE_ORGANISATION),
    "api-trusted-key-list": open_to(Kind.PERSON, *FORM),
    "api-trusted-key": open_to(Kind.OWN, "DELETE", action=A.MANAGE_ORGANISATION),
    "package-list": case(A.SEE_EVIDENCE),
    "package-new": form(A.EXPORT_EVIDENCE),
    "package": case(A.SEE_EVIDENCE),
    "package-progress": case(A.SEE_EVIDENCE),
    "package-retry": act(A.EXPORT_EVIDENCE),
    "package-file": case(A.EXPORT_EVIDENCE),
    "api-package-list": case(A.SEE_EVIDENCE, POST=A.EXPORT_EVIDENCE),
    "api-package": case(A.SEE_EVIDENCE),
    "api-package-retry": act(A.EXPORT_EVIDENCE),
    "api-package-file": case(A.EXPORT_EVIDENCE),
    "custody-record-list": form(A.DOWNLOAD_EVIDENCE),
    "custody-record": case(A.DOWNLOAD_EVIDENCE),
    "custody-record-progress": case(A.DOWNLOAD_EVIDENCE),
    "custody-record-retry": act(A.DOWNLOAD_EVIDENCE),
    "custody-record-document": case(A.DOWNLOAD_EVIDENCE),
    "custody-record-data": case(A.DOWNLOAD_EVIDENCE),
    "api-custody-record-list": form(A.DOWNLOAD_EVIDENCE),
    "api-custody-record": case(A.DOWNLOAD_EVIDENCE),
    "api-custody-record-retry": act(A.DOWNLOAD_EVIDENCE),
    "api-custody-record-document": case(A.DOWNLOAD_EVIDENCE),
    "api-custody-record-data": case(A.DOWNLOAD_EVIDENCE),
}

PREPARES = open_to(Kind.PUBLISHER, *FORM, action=A.PREPARE_RELEASE)
PUBLICATION = {
    "front": ANYONE,
    "data": ANYONE,
    "release-list": ANYONE,
    "release": ANYONE,
    "release-archive": ANYONE,
    "release-changes": ANYONE,
    "release-document": ANYONE,
    "release-table": ANYONE,
    "release-csv": ANYONE,
    "release-metadata": ANYONE,
    "release-prepare": PREPARES,
    "release-progress": open_to(Kind.PUBLISHER, action=A.PREPARE_RELEASE),
    "release-again": open_to(Kind.PUBLISHER, "POST", action=A.PREPARE_RELEASE),
    "release-publish": PREPARES,
    "release-discard": PREPARES,
    "api-release-list": ANYONE,  # beginning one is for publishers: tests/publication
    "api-release": ANYONE,
    "api-release-table": ANYONE,
    "api-release-csv": ANYONE,
    "api-release-publish": open_to(Kind.PUBLISHER, "POST", action=A.PUBLISH_RELEASE),
    "api-release-discard": open_to(Kind.PUBLISHER, "POST", action=A.PREPARE_RELEASE),
    "api-release-again": open_to(Kind.PUBLISHER, "POST", action=A.PREPARE_RELEASE),
}

DECLARED: dict[str, Door] = {
    **PLATFORM,
    **ACCOUNTS,
    **ORGANISATION,
    **SIGN_IN,
    **SEALING,
    **ACCREDITATION,
    **INBOX,
    **DUTY,
    **WEBHOOKS,
    **DEADLINES,
    **DRAFTS,
    **INCIDENTS,
    **EVIDENCE,
    **ATTRIBUTION,
    **ESCALATION,
    **REMEDIATION,
    **ACCOUNTABILITY,
    **EXCHANGE,
    **PUBLICATION,
}

# The admin site is for operators of the platform and holds no case: these tables and no other.
ADMIN = "admin/"
ADMIN_TABLES = {
    "auth.group",
    "account.emailaddress",
    "mfa.authenticator",
    "organisations.organisation",
    "organisations.membership",
    "organisations.user",
}


@dataclass(frozen=True)
class Address:
    """A pattern of the URLconf: its route, its name, and the converter of each of its parts."""

    route: str
    name: str
    parts: dict[str, str]

    @property
    def is_api(self) -> bool:
        return self.route.startswith("api/")

    @property
    def door(self) -> Door:
        return DECLARED[self.name]


def converter_name(converter: object) -> str:
    """The converter as routes write it."""
    from django.urls.converters import get_converters

    return next(name for name, known in get_converters().items() if type(known) is type(converter))


def walk(
    patterns: list[URLPattern | URLResolver] | None = None, route: str = "", parts: dict[str, str] | None = None
) -> Iterator[Address]:
    """Every pattern there is, except those below the admin site."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        pattern = each.pattern
        here = route + str(pattern)
        found = dict(parts or {})
        if isinstance(pattern, RoutePattern):
            found |= {name: converter_name(converter) for name, converter in pattern.converters.items()}
        elif isinstance(pattern, RegexPattern):
            found |= dict.fromkeys(pattern.regex.groupindex, "regex")
        if isinstance(each, URLResolver):
            if here != ADMIN:
                yield from walk(each.url_patterns, here, found)
        else:
            yield Address(here, str(each.name), found)
