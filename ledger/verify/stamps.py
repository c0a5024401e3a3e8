"""Time stamps (RFC 3161): an authority outside the platform says that a digest was there at a time.

Read with `cryptography` alone. What is demanded: the token is for this digest; its signer signed it, with a certificate that
is for time stamping and nothing else (RFC 3161, 2.3), is the one the token binds itself to (RFC 5035, 5816), and led to a
root of the caller's when the stamp was made. Revocation needs a network and is not looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha1, sha256, sha384, sha512

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from . import der
from .der import BadDer, Value
from .source import Source
from .verdict import Refused, Verdict

FOLDER, AUTHORITIES = "data/timestamps/", "data/timestamps/authorities.pem"
LARGEST = 256 * 1024
LONGEST_CHAIN = 8


def oid(dotted: str) -> bytes:
    """The content of an object identifier."""
    first, second, *rest = map(int, dotted.split("."))
    out = bytes([first * 40 + second])
    for part in rest:
        piece = [part & 0x7F]
        while part := part >> 7:
            piece.append(part & 0x7F | 0x80)
        out += bytes(reversed(piece))
    return out


SIGNED_DATA, TST_INFO = oid("1.2.840.113549.1.7.2"), oid("1.2.840.113549.1.9.16.1.4")
CONTENT_TYPE, MESSAGE_DIGEST = oid("1.2.840.113549.1.9.3"), oid("1.2.840.113549.1.9.4")
SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_2 = oid("1.2.840.113549.1.9.16.2.12"), oid("1.2.840.113549.1.9.16.2.47")
SHA256 = oid("2.16.840.1.101.3.4.2.1")
DIGESTS = {
    SHA256: (sha256, hashes.SHA256()),
    oid("2.16.840.1.101.3.4.2.2"): (sha384, hashes.SHA384()),
    oid("2.16.840.1.101.3.4.2.3"): (sha512, hashes.SHA512()),
}
# What a signature algorithm says of the digest; the plain RSA one leaves it to the signer's digest algorithm.
RSA_PLAIN = oid("1.2.840.113549.1.1.1")
SIGNATURES = {
    oid("1.2.840.113549.1.1.11"): hashes.SHA256(), oid("1.2.840.113549.1.1.12"): hashes.SHA384(),
    oid("1.2.840.113549.1.1.13"): hashes.SHA512(), oid("1.2.840.10045.4.3.2"): hashes.SHA256(),
    oid("1.2.840.10045.4.3.3"): hashes.SHA384(), oid("1.2.840.10045.4.3.4"): hashes.SHA512(),
}  # fmt: skip


# What reading broken DER and broken certificates ends with.
UNREADABLE = (
    ValueError,
    TypeError,
    IndexError,
    OverflowError,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
    UnsupportedAlgorithm,
)


class BadStamp(ValueError):
    """Why a token does not say what it is held for."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A token taken apart; nothing of it is verified yet."""

    info: bytes
    digest: bytes
    at: datetime
    certificates: list[x509.Certificate]
    issuer: bytes
    serial: int
    algorithm: bytes
    attributes: dict[bytes, Value]
    signed: bytes
    signature_algorithm: bytes
    signature: bytes


def algorithm(value: Value) -> bytes:
    """The identifier in an AlgorithmIdentifier."""
    return value.must(der.SEQUENCE).parts()[0].must(der.OID).content


def moment(text: bytes) -> datetime:
    """A GeneralizedTime in UTC, with or without a fraction."""
    whole, _dot, fraction = text.decode("ascii").removesuffix("Z").partition(".")
    if not text.endswith(b"Z") or len(whole) != 14 or not (fraction or "0").isdigit():
        raise BadDer("a time cannot be read")
    return datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC, microsecond=int((fraction + "000000")[:6]))


def certificates_in(parts: list[Value]) -> list[x509.Certificate]:
    """The certificates that come along."""
    found = []
    for part in parts:
        if part.tag == 0xA0:
            found += [x509.load_der_x509_certificate(each.whole) for each in part.parts() if each.tag == der.SEQUENCE]
    return found


def taken_apart(token: bytes) -> Stamp:
    """A TimeStampResp, or the bare token in it."""
    try:
        outer = der.only(token).must(der.SEQUENCE).parts()
        if outer[0].tag == der.SEQUENCE:  # a response: its status, then the token
            if outer[0].parts()[0].number not in (0, 1):
                raise BadStamp("the authority refused it")
            outer = outer[1].must(der.SEQUENCE).parts()
        if outer[0].must(der.OID).content != SIGNED_DATA:
            raise BadStamp("it is not signed data")
        signed = outer[1].must(0xA0).inside().must(der.SEQUENCE).parts()
        content = signed[2].must(der.SEQUENCE).parts()
        if content[0].must(der.OID).content != TST_INFO:
            raise BadStamp("what is signed is no time stamp")
        info = content[1].must(0xA0).inside().must(der.OCTETS).content
        said = der.only(info).must(der.SEQUENCE).parts()
        imprint = said[2].must(der.SEQUENCE).parts()
        if algorithm(imprint[0]) != SHA256:
            raise BadStamp("it is for a digest of another kind than SHA-256")
        signers = signed[-1].must(der.SET).parts()
        if len(signers) != 1:
            raise BadStamp("it has more than one signer")
        signer = signers[0].must(der.SEQUENCE).parts()
        issuer, serial = signer[1].must(der.SEQUENCE).parts()
        attributes = signer[3].must(0xA0)
        return Stamp(
            info=info, digest=imprint[1].must(der.OCTETS).content, at=moment(said[4].must(der.TIME).content),
            certificates=certificates_in(signed[3:-1]), issuer=issuer.whole, serial=serial.number, algorithm=algorithm(signer[2]),
            attributes=attributes_in(attributes), signed=b"\x31" + attributes.whole[1:], signature_algorithm=algorithm(signer[4]),
            signature=signer[5].must(der.OCTETS).content,
        )  # fmt: skip
    except BadStamp:
        raise
    except UNREADABLE as problem:
        raise BadStamp("it is no time stamp that can be read") from problem


def attributes_in(value: Value) -> dict[bytes, Value]:
    """The signed attributes, each once and with one value."""
    found: dict[bytes, Value] = {}
    for attribute in value.parts():
        kind, content = attribute.must(der.SEQUENCE).parts()
        if found.setdefault(kind.must(der.OID).content, inner := content.must(der.SET).inside()) is not inner:
            raise BadStamp("it says one thing twice")
    return found


def signer_of(stamp: Stamp, roots: Sequence[x509.Certificate]) -> x509.Certificate:
    """The signer's certificate, which must be the one the token binds itself to."""
    for certificate in [*stamp.certificates, *roots]:
        if (certificate.issuer.public_bytes(), certificate.serial_number) == (stamp.issuer, stamp.serial):
            encoded = certificate.public_bytes(Encoding.DER)
            if bound(stamp, encoded):
                return certificate
    raise BadStamp("the certificate it was signed with is not in it, or not the one it names")


def bound(stamp: Stamp, certificate: bytes) -> bool:
    """Whether the signed attributes name this certificate by its hash (SigningCertificate, SigningCertificateV2)."""
    if (second := stamp.attributes.get(SIGNING_CERTIFICATE_2)) is not None:
        first = second.must(der.SEQUENCE).parts()[0].parts()[0].must(der.SEQUENCE).parts()
        kind = algorithm(first[0]) if first[0].tag == der.SEQUENCE else SHA256
        told = first[1] if first[0].tag == der.SEQUENCE else first[0]
        return kind in DIGESTS and DIGESTS[kind][0](certificate).digest() == told.must(der.OCTETS).content
    if (older := stamp.attributes.get(SIGNING_CERTIFICATE)) is not None:
        told = older.must(der.SEQUENCE).parts()[0].parts()[0].must(der.SEQUENCE).parts()[0]
        return sha1(certificate, usedforsecurity=False).digest() == told.must(der.OCTETS).content
    return False


def check_signature(stamp: Stamp, certificate: x509.Certificate) -> None:
    """The signed attributes cover the stamp, and the certificate's key signed them."""
    if stamp.algorithm not in DIGESTS:
        raise BadStamp("its digest algorithm is unknown or too weak")
    kind, digest = stamp.attributes.get(CONTENT_TYPE), stamp.attributes.get(MESSAGE_DIGEST)
    compute, named = DIGESTS[stamp.algorithm]
    if kind is None or kind.content != TST_INFO or digest is None or digest.content != compute(stamp.info).digest():
        raise BadStamp("its signature covers something else")
    hashed = named if stamp.signature_algorithm == RSA_PLAIN else SIGNATURES.get(stamp.signature_algorithm)
    if hashed is None:
        raise BadStamp("its signature algorithm is not known here")
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(stamp.signature, stamp.signed, padding.PKCS1v15(), hashed)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(stamp.signature, stamp.signed, ec.ECDSA(hashed))
        else:
            raise BadStamp("its key is of a kind that is not known here")
    except (InvalidSignature, UnsupportedAlgorithm) as problem:
        raise BadStamp("its signature does not hold") from problem


def check_purpose(certificate: x509.Certificate) -> None:
    """For time stamping, critically, and for nothing else (RFC 3161, 2.3)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError) as problem:
        raise BadStamp("its certificate is not for time stamping") from problem
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise BadStamp("its certificate is not for time stamping alone")


def issued(certificate: x509.Certificate, by: x509.Certificate) -> bool:
    """Whether `by` is an authority that issued this certificate."""
    try:
        if not by.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        certificate.verify_directly_issued_by(by)
    except (
        x509.ExtensionNotFound,
        x509.DuplicateExtension,
        ValueError,
        TypeError,
        InvalidSignature,
        UnsupportedAlgorithm,
    ):
        return False
    return True


def check_chain(
    certificate: x509.Certificate, others: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], at: datetime
) -> None:
    """The certificate leads to a root, and all of them were in force at this time."""
    here = certificate
    for _step in range(LONGEST_CHAIN):
        if not here.not_valid_before_utc <= at <= here.not_valid_after_utc:
            raise BadStamp("a certificate it stands on was not in force at its time")
        if here in roots:
            return
        above = next((one for one in [*roots, *others] if one != here and issued(here, one)), None)
        if above is None:
            raise BadStamp("its authority does not lead to a root that is trusted")
        here = above
    raise BadStamp("its chain of certificates is too long")


def verify_stamp(token: bytes, digest: bytes, roots: Sequence[x509.Certificate]) -> tuple[datetime, str]:
    """When the authority saw this digest, and its name; raises BadStamp otherwise."""
    stamp = taken_apart(token)
    if stamp.digest != digest:
        raise BadStamp("it is for another file")
    try:
        certificate = signer_of(stamp, roots)
        check_purpose(certificate)
        check_signature(stamp, certificate)
        check_chain(certificate, stamp.certificates, roots, stamp.at)
    except BadStamp:
        raise
    except UNREADABLE as problem:
        raise BadStamp("it is no time stamp that can be read") from problem
    return stamp.at, certificate.subject.rfc4514_string()


def authorities(data: bytes, where: str) -> list[x509.Certificate]:
    """Certificates in PEM; raises Refused when there is none."""
    try:
        return x509.load_pem_x509_certificates(data)
    except ValueError as problem:
        raise Refused(f"{where} holds no certificates that can be read") from problem


def check_stamps(source: Source, known: dict[str, str], roots: list[x509.Certificate], verdict: Verdict) -> None:
    """Every token. `known` says of each digest in the package what it is of; `roots` are the caller's, if they gave any."""
    tokens = sorted(path for path in source.files if path.startswith(FOLDER) and path != AUTHORITIES)
    if not tokens:
        verdict.notes.append(
            "No time stamps of an outside authority come with the package: times are the platform's word."
        )
        return
    own = bool(roots)
    if not own and AUTHORITIES not in source:
        verdict.open.append(
            f"{len(tokens)} time stamps could not be checked: give the authority's certificates with --authorities."
        )
        return
    trusted = roots or authorities(source.data(AUTHORITIES, LARGEST), AUTHORITIES)
    good: list[tuple[datetime, str]] = []
    for path in tokens:
        name = path.removeprefix(FOLDER).removesuffix(".tsr")
        if name not in known:
            verdict.wrong.append(f"{path} is a time stamp for something that is not in the package.")
            continue
        try:
            good.append(verify_stamp(source.data(path, LARGEST), bytes.fromhex(name), trusted))
        except BadStamp as problem:
            verdict.wrong.append(f"{path}, the time stamp of {known[name]}, does not hold: {problem}.")
    if good:
        first, last = min(good), max(good)
        names = ", ".join(sorted({name for _at, name in good}))
        verdict.holds.append(
            f"{len(good)} time stamps by {names}, from {first[0]:%Y-%m-%d %H:%M:%S} to {last[0]:%Y-%m-%d %H:%M:%S} UTC."
        )
        verdict.notes.append("Whether an authority's certificate was revoked was not looked at: that needs a network.")
    if good and not own:
        verdict.open.append(
            f"The authority's certificates come from the package itself: get {names}'s another way and give them with --authorities."
        )
