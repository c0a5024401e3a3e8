"""RFC 3161: an authority outside the house says when something was there. Asked with the digest alone, never with content.

The authority and the certificates it is trusted by are settings (`TIMESTAMP_URL`, `TIMESTAMP_ROOTS`, a PEM file). An
answer is verified before anybody keeps it: for our digest and our nonce, signed by a certificate for time stamping that
leads to a trusted root. The request is written by hand because the library hashes what it is given, and we have hashes.
"""

import secrets
import urllib.error
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography.x509 import Certificate, load_der_x509_certificate, load_pem_x509_certificates
from django.conf import settings
from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response
from rfc3161_client.tsp import TimeStampResponse

SHA256 = bytes.fromhex("300d06096086480165030402010500")  # AlgorithmIdentifier: SHA-256, NULL
SHA256_OID = "2.16.840.1.101.3.4.2.1"
TIMEOUT = 20  # seconds
LARGEST = 64 * 1024  # bytes of an answer; a token with its certificates is some five thousand


class TimestampUnavailable(Exception):
    """The authority did not answer, or not with a stamp for what was asked. Ask again later."""


class BadTimestamp(ValueError):
    """A token that does not say what it is held for."""


def der(tag: int, content: bytes) -> bytes:
    """One value in DER; long enough for a request, whose every part is under 128 bytes."""
    return bytes([tag, len(content)]) + content


def request_for(digest: bytes, nonce: int) -> bytes:
    """A TimeStampReq (RFC 3161, 2.4.1) for a SHA-256 digest, asking for the certificate."""
    if len(digest) != 32:
        raise ValueError("a SHA-256 digest has 32 bytes")
    number = nonce.to_bytes((nonce.bit_length() // 8) + 1, "big")
    imprint = der(0x30, SHA256 + der(0x04, digest))
    return der(0x30, der(0x02, b"\x01") + imprint + der(0x02, number) + der(0x01, b"\xff"))


def authority() -> str:
    """The address of the configured authority, or empty."""
    return str(settings.TIMESTAMP_URL)


def trusted_certificates() -> bytes:
    """The certificates an authority's own must lead to, as the PEM file that is configured; empty when none is."""
    place = settings.TIMESTAMP_ROOTS
    return Path(place).read_bytes() if place else b""


def trusted_roots() -> list[Certificate]:
    """The same, read."""
    pem = trusted_certificates()
    return load_pem_x509_certificates(pem) if pem else []


def checked(token: bytes, digest: bytes, roots: Sequence[Certificate], nonce: int | None) -> TimeStampResponse:
    """The response behind a token, if it holds; BadTimestamp says why it does not."""
    try:
        response = decode_timestamp_response(token)
        builder = VerifierBuilder(roots=list(roots), nonce=nonce)
        builder.build().verify(response, digest)
        if response.tst_info.message_imprint.hash_algorithm.dotted_string != SHA256_OID:
            raise BadTimestamp("the stamp is for a digest of another kind")
    except (ValueError, VerificationError) as problem:
        raise BadTimestamp(str(problem)) from problem
    return response


def verify_stamp(token: bytes, digest: bytes, roots: Sequence[Certificate]) -> datetime:
    """When the authority saw this SHA-256 digest (UTC). Raises BadTimestamp when the token does not say so or nobody trusted signed it."""
    return checked(token, digest, roots, None).tst_info.gen_time.astimezone(UTC)


def signer_of(token: bytes) -> str:
    """The name in the certificate that signed a token that was verified."""
    data = decode_timestamp_response(token).signed_data
    (info,) = data.signer_infos
    for raw in data.certificates:
        certificate = load_der_x509_certificate(raw)
        if (certificate.issuer, certificate.serial_number) == (info.issuer, info.serial_number):
            return certificate.subject.rfc4514_string()
    raise BadTimestamp("the certificate of the signer is not in the token")


def request_stamp(digest: bytes) -> bytes | None:
    """A token (a DER TimeStampResp) for a SHA-256 digest; None when no authority is configured.

    Raises TimestampUnavailable when it is away or its answer does not hold.
    """
    address = authority()
    if not address:
        return None
    nonce = secrets.randbits(63)
    request = urllib.request.Request(  # noqa: S310  (the operator's own setting)
        address, request_for(digest, nonce), {"Content-Type": "application/timestamp-query"}
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            token: bytes = answer.read(LARGEST + 1)
    except (OSError, urllib.error.URLError) as problem:
        raise TimestampUnavailable(str(problem)) from problem
    if len(token) > LARGEST:
        raise TimestampUnavailable("the answer is too large to be a time stamp")
    try:
        checked(token, digest, trusted_roots(), nonce)
    except BadTimestamp as problem:
        raise TimestampUnavailable(f"the answer does not hold: {problem}") from problem
    return token
