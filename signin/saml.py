"""SAML 2.0 as a service provider: the question by redirect, the answer by POST, its assertion signed; nothing unasked for.

OASIS SAML 2.0 Core, Bindings and Profiles (4.1). python3-saml checks signatures, times, audience, destination and
InResponseTo; DTDs and entities are refused by its parser.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.errors import OneLogin_Saml2_Error
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from core import outward

from .oidc import MOST_BYTES, SECONDS, require_secure
from .said import Said, Untrue

REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
ANY_NAME = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
BY_MAIL = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
# What identity providers call these (eduPerson and LDAP by OID, Microsoft by address).
MAIL = (
    "email", "mail", "emailaddress", "urn:oid:0.9.2342.19200300.100.1.3", "urn:oid:1.2.840.113549.1.9.1",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
)  # fmt: skip
NAME = (
    "displayname", "name", "cn", "urn:oid:2.16.840.1.113730.3.1.241", "urn:oid:2.5.4.3",
    "http://schemas.microsoft.com/identity/claims/displayname",
)  # fmt: skip


def fetch_metadata(url: str) -> str:
    """The metadata at an address, from a judged server. Raises Untrue."""
    require_secure(url)
    try:
        answer = outward.request("GET", url, allow=settings.SIGNIN_ALLOW, seconds=SECONDS, most_bytes=MOST_BYTES)
        if answer.status != 200:
            raise Untrue(f"answered {answer.status}")
        return answer.body.decode()
    except (outward.Refused, UnicodeDecodeError) as problem:
        raise Untrue(str(problem)) from problem


def read_metadata(xml: str) -> dict[str, Any]:
    """What the identity provider's metadata say: its name, where to ask, its certificates. Raises Untrue."""
    try:
        parsed = OneLogin_Saml2_IdPMetadataParser.parse(xml.encode(), required_sso_binding=REDIRECT)
    except Exception as problem:
        raise Untrue(f"metadata: {problem}") from problem
    found = parsed.get("idp") or {}
    address = (found.get("singleSignOnService") or {}).get("url")
    if not found.get("entityId") or not address or not (found.get("x509cert") or found.get("x509certMulti")):
        raise Untrue("metadata: incomplete")
    require_secure(address)
    return dict(found)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A key a provider signs with, as a person compares it."""

    fingerprint: str
    """SHA-256 of the certificate, in hexadecimal."""
    until: datetime | None
    """What it says of its own end. Nothing here depends on it: providers sign with certificates of any age."""


def certificates(document: dict[str, Any]) -> list[Certificate]:
    """The keys whose signatures are taken: all that are named for signing, so that an old and a new one count side by side."""
    several = (document.get("x509certMulti") or {}).get("signing") or []
    found = []
    for text in several or [document.get("x509cert", "")]:
        der = base64.b64decode("".join(line for line in text.split() if "-----" not in line))
        try:
            until = x509.load_der_x509_certificate(der).not_valid_after_utc
        except ValueError:
            until = None
        found.append(Certificate(hashlib.sha256(der).hexdigest(), until))
    return found


def provider(document: dict[str, Any], entity_id: str, acs: str) -> dict[str, Any]:
    """The settings of one connection."""
    return {
        "strict": True,
        "debug": False,
        "sp": {
            "entityId": entity_id,
            "assertionConsumerService": {"url": acs, "binding": POST},
            "NameIDFormat": ANY_NAME,
        },
        "idp": document,
        "security": {
            "wantAssertionsSigned": True, "wantNameId": True, "rejectDeprecatedAlgorithm": True, "requestedAuthnContext": False,
            "allowRepeatAttributeName": True, "authnRequestsSigned": False,
        },
    }  # fmt: skip


def asked_at(acs: str, post: dict[str, str] | None = None) -> dict[str, Any]:
    """The request as the toolkit wants it: by our own address, whatever a proxy makes of it."""
    parts = urlsplit(acs)
    return {
        "https": "on" if parts.scheme == "https" else "off", "http_host": parts.netloc, "script_name": parts.path, "get_data": {},
        "post_data": post or {},
    }  # fmt: skip


def begin(document: dict[str, Any], entity_id: str, acs: str, state: str) -> tuple[str, str]:
    """Where to send the browser, and the number of the question."""
    auth = OneLogin_Saml2_Auth(asked_at(acs), provider(document, entity_id, acs))
    return str(auth.login(return_to=state)), str(auth.get_last_request_id())


def first(attributes: dict[str, Any], names: tuple[str, ...]) -> str:
    """The first value of the first of these attributes there is."""
    return next((str(attributes[name][0]) for name in names if attributes.get(name)), "")


def accept(
    document: dict[str, Any], entity_id: str, acs: str, response: str, request_id: str, groups_attribute: str
) -> Said:
    """What the identity provider says, in answer to our question. Raises Untrue."""
    try:
        auth = OneLogin_Saml2_Auth(asked_at(acs, {"SAMLResponse": response}), provider(document, entity_id, acs))
        auth.process_response(request_id=request_id)
    except (OneLogin_Saml2_Error, ValueError) as problem:
        raise Untrue(f"saml: {problem}") from problem
    except Exception as problem:
        raise Untrue(f"saml: {type(problem).__name__}") from problem
    if auth.get_errors() or not auth.is_authenticated():
        raise Untrue(f"saml: {auth.get_last_error_reason() or auth.get_errors()}")
    attributes = auth.get_attributes()
    by_lower = {str(name).lower(): values for name, values in attributes.items()}
    mail = first(by_lower, MAIL) or (auth.get_nameid() if auth.get_nameid_format() == BY_MAIL else "")
    # A transient name is another one each time: then the address is who the person is.
    subject = mail if auth.get_nameid_format() == TRANSIENT else auth.get_nameid()
    if not subject:
        raise Untrue("saml: nobody named")
    return Said(
        issuer=document["entityId"], subject=str(subject), email=mail.strip().lower(), name=first(by_lower, NAME).strip(),
        groups=[str(value) for value in attributes.get(groups_attribute, [])],
    )  # fmt: skip


def our_metadata(entity_id: str, acs: str) -> bytes:
    """What the organisation gives its identity provider."""
    ours = {key: value for key, value in provider({}, entity_id, acs).items() if key != "idp"}
    made = OneLogin_Saml2_Settings(ours, sp_validation_only=True).get_sp_metadata()
    return made if isinstance(made, bytes) else str(made).encode()
