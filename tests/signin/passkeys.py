"""A passkey made by software: its public half as allauth keeps it."""

import os

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from organisations.models import User


def software_passkey(user: User, name: str = "Tormentil passkey") -> Authenticator:
    """The person's new passkey, as a browser would have given it."""
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    credential = os.urandom(32)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    data = AuthenticatorData.create(
        sha256(b"localhost"), flags, 0, AttestedCredentialData.create(Aaguid.NONE, credential, key)
    )
    client = CollectedClientData.create(CollectedClientData.TYPE.CREATE, os.urandom(32), "http://localhost")
    return Authenticator.objects.create(
        user=user,
        type=Authenticator.Type.WEBAUTHN,
        data={
            "name": name,
            "credential": {
                "id": websafe_encode(credential),
                "rawId": websafe_encode(credential),
                "type": "public-key",
                "clientExtensionResults": {"credProps": {"rk": True}},
                "response": {
                    "clientDataJSON": websafe_encode(client),
                    "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
                },
            },
        },
    )
