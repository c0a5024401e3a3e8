"""A SAML identity provider of the tests' own: its metadata, and answers it signs."""

import base64
import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape
from zlib import decompress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Names
from onelogin.saml2.utils import OneLogin_Saml2_Utils as Tools

ENTITY = "https://idp.vela.example/metadata"


def moment(minutes: float = 0) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def attribute(name: str, values: list[str]) -> str:
    """An attribute with its values."""
    said = "".join(f"<saml:AttributeValue>{escape(value)}</saml:AttributeValue>" for value in values)
    return f'<saml:Attribute Name="{name}">{said}</saml:Attribute>'


class Provider:
    """Keys, and what it says next."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.vela.example")])
        now = datetime.now(UTC)
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self.key.public_key())
        made = made.serial_number(7).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=9))
        self.certificate = made.sign(self.key, hashes.SHA256())
        self.pem = self.certificate.public_bytes(serialization.Encoding.PEM).decode()
        self.key_pem = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        self.mail, self.name, self.groups = "new@vela.example", "Ada New", ["Analysts"]

    @property
    def der(self) -> bytes:
        """The certificate as its fingerprint is made of it."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    def metadata(
        self,
        address: str = "https://idp.vela.example/sso",
        *,
        entity: str = ENTITY,
        beside: tuple["Provider", ...] = (),
    ) -> str:
        """Its metadata; `beside` are other keys it names for signing, before its own."""
        named = [base64.b64encode(each.der).decode() for each in (*beside, self)]
        keys = "".join(
            f'<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="{Names.NS_DS}"><ds:X509Data><ds:X509Certificate>{body}'
            "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
            for body in named
        )
        return (
            f'<md:EntityDescriptor xmlns:md="{Names.NS_MD}" entityID="{entity}">'
            '<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
            f"{keys}"
            f'<md:SingleSignOnService Binding="{Names.BINDING_HTTP_REDIRECT}" Location="{address}"/>'
            "</md:IDPSSODescriptor></md:EntityDescriptor>"
        )

    @staticmethod
    def asked(address: str) -> tuple[str, str, dict[str, str]]:
        """The number of the question, the state, and what the question says."""
        query = parse_qs(urlsplit(address).query)
        question = decompress(base64.b64decode(query["SAMLRequest"][0]), -15).decode()
        says = dict(re.findall(r'(\w+)="([^"]*)"', question))
        return says["ID"], query["RelayState"][0], says

    def answer(self, asked: str, acs: str, entity: str, *, sign: bool = True, key: str = "", **more: Any) -> str:
        """A signed assertion, in base 64. `more` is what it lies about."""
        said = {
            "issuer": ENTITY, "subject": "u1", "destination": acs, "recipient": acs, "audience": entity, "question": asked,
            "until": 5, "since": -1, **more,
        }  # fmt: skip
        assertion = (
            f'<saml:Assertion xmlns:saml="{Names.NS_SAML}" ID="_{uuid.uuid4().hex}" Version="2.0" IssueInstant="{moment()}">'
            f"<saml:Issuer>{said['issuer']}</saml:Issuer><saml:Subject>"
            f'<saml:NameID Format="{Names.NAMEID_PERSISTENT}">{said["subject"]}</saml:NameID>'
            f'<saml:SubjectConfirmation Method="{Names.CM_BEARER}"><saml:SubjectConfirmationData NotOnOrAfter="{moment(said["until"])}"'
            f' Recipient="{said["recipient"]}" InResponseTo="{said["question"]}"/></saml:SubjectConfirmation></saml:Subject>'
            f'<saml:Conditions NotBefore="{moment(said["since"])}" NotOnOrAfter="{moment(said["until"])}"><saml:AudienceRestriction>'
            f"<saml:Audience>{said['audience']}</saml:Audience></saml:AudienceRestriction></saml:Conditions>"
            f'<saml:AuthnStatement AuthnInstant="{moment()}" SessionIndex="_1"><saml:AuthnContext><saml:AuthnContextClassRef>'
            f"{Names.AC_PASSWORD}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>"
            + attribute("mail", [self.mail]) + attribute("displayName", [self.name]) + attribute("groups", self.groups)
            + "</saml:AttributeStatement></saml:Assertion>"
        )  # fmt: skip
        if sign:
            signed = Tools.add_sign(
                assertion, key or self.key_pem, self.pem, sign_algorithm=Names.RSA_SHA256, digest_algorithm=Names.SHA256
            )
            assertion = signed.decode()
        whole = (
            f'<samlp:Response xmlns:samlp="{Names.NS_SAMLP}" xmlns:saml="{Names.NS_SAML}" ID="_{uuid.uuid4().hex}" Version="2.0"'
            f' IssueInstant="{moment()}" Destination="{said["destination"]}" InResponseTo="{said["question"]}">'
            f"<saml:Issuer>{said['issuer']}</saml:Issuer><samlp:Status><samlp:StatusCode"
            f' Value="{Names.STATUS_SUCCESS}"/></samlp:Status>{assertion}</samlp:Response>'
        )
        return base64.b64encode(more.get("tamper", lambda text: text)(whole).encode()).decode()
