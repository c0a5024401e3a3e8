"""Small secrets for one person: to their public key, and under their passphrase or their recovery code. Pure.

To a public key: a fresh X25519 pair (RFC 7748), HKDF-SHA256 (RFC 5869) over what both sides can compute, both public
halves and the context, and AES-256-GCM under that key, which is used once. Under a passphrase: scrypt (RFC 7914). A context
says what a box is for: one that was made for another place does not open here.
"""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

VERSION = b"\x01"
KEY = 32
SALT = 16
NONCE = 12
# 160 bits of chance: no list of codes can be tried, so the code needs no slow derivation.
RECOVERY_BYTES = 20
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U


class WrongKey(ValueError):
    """This key, passphrase or code does not open this box."""


def derived(secret: bytes, salt: bytes, info: bytes) -> bytes:
    """A key for one purpose."""
    return HKDF(SHA256(), KEY, salt, b"norms/sealing/1/" + info).derive(secret)


def new_pair() -> tuple[bytes, bytes]:
    """A private and a public half."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def fingerprint(public: bytes) -> str:
    """What two people read out to each other to know that they mean one key: SHA-256, in hexadecimal."""
    return hashlib.sha256(public).hexdigest()


def close_for(public: bytes, secret: bytes, context: bytes) -> bytes:
    """A box that only the holder of the private half opens."""
    once = X25519PrivateKey.generate()
    ours = once.public_key().public_bytes_raw()
    shared = once.exchange(X25519PublicKey.from_public_bytes(public))
    key = derived(shared, ours + public, context)
    return VERSION + ours + AESGCM(key).encrypt(bytes(NONCE), secret, context)


def open_with(private: bytes, box: bytes, context: bytes) -> bytes:
    """What is in a box made for this key and this context; raises WrongKey."""
    if box[:1] != VERSION or len(box) < 1 + KEY:
        raise WrongKey
    holder = X25519PrivateKey.from_private_bytes(private)
    theirs, locked = box[1 : 1 + KEY], box[1 + KEY :]
    try:
        shared = holder.exchange(X25519PublicKey.from_public_bytes(theirs))
        key = derived(shared, theirs + holder.public_key().public_bytes_raw(), context)
        return AESGCM(key).decrypt(bytes(NONCE), locked, context)
    except (InvalidTag, ValueError) as problem:
        raise WrongKey from problem


@dataclass(frozen=True, slots=True)
class Locked:
    """A private half as it is kept: under a passphrase and, apart from that, under a recovery code."""

    public: bytes
    log_n: int
    salt: bytes
    by_passphrase: bytes
    by_recovery: bytes


def slow_key(passphrase: str, salt: bytes, log_n: int) -> bytes:
    """scrypt with r = 8, p = 1: 2^log_n KiB of memory for each guess."""
    text = unicodedata.normalize("NFKC", passphrase).encode()
    return Scrypt(salt, KEY, 2**log_n, 8, 1).derive(text)


def wrap(key: bytes, secret: bytes, context: bytes) -> bytes:
    """A secret under a key that may be used more than once."""
    nonce = secrets.token_bytes(NONCE)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, secret, context)


def unwrap(key: bytes, box: bytes, context: bytes) -> bytes:
    """What `wrap` was given; raises WrongKey."""
    try:
        if box[:1] != VERSION:
            raise WrongKey
        return AESGCM(key).decrypt(box[1 : 1 + NONCE], box[1 + NONCE :], context)
    except (InvalidTag, ValueError) as problem:
        raise WrongKey from problem


def new_recovery_code() -> str:
    """160 bits from the system, written so that it can be read out."""
    number = int.from_bytes(secrets.token_bytes(RECOVERY_BYTES))
    signs = "".join(LETTERS[(number >> shift) & 31] for shift in range(RECOVERY_BYTES * 8 - 5, -1, -5))
    return "-".join(signs[at : at + 4] for at in range(0, len(signs), 4))


def recovery_key(code: str, salt: bytes) -> bytes:
    """The key of a recovery code, however it was typed."""
    signs = code.upper().translate(str.maketrans("ILO", "110", "- \t\r\n"))
    return derived(signs.encode(), salt, b"recovery")


def lock(private: bytes, public: bytes, passphrase: str, code: str, log_n: int) -> Locked:
    """The private half, put away."""
    salt = secrets.token_bytes(SALT)
    return Locked(
        public, log_n, salt,
        wrap(slow_key(passphrase, salt, log_n), private, public),
        wrap(recovery_key(code, salt), private, public),
    )  # fmt: skip


def unlock(locked: Locked, passphrase: str) -> bytes:
    """The private half again; raises WrongKey."""
    return unwrap(slow_key(passphrase, locked.salt, locked.log_n), locked.by_passphrase, locked.public)


def recover(locked: Locked, code: str) -> bytes:
    """The private half by the recovery code; raises WrongKey."""
    return unwrap(recovery_key(code, locked.salt), locked.by_recovery, locked.public)
