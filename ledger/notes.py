"""Signed notes (C2SP signed-note, Ed25519): a text and who signed it, readable by people and checked by anybody. Pure.

A note is the text, an empty line, and signature lines `— <name> <base64 of key id ‖ signature>`. A verifier key is written
`<name>+<key id in hex>+<base64 of 0x01 ‖ public key>`; the key id is the first four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public
key). Lines by keys one does not know are kept and say nothing (https://c2sp.org/signed-note).
"""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,200}")
LINE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+={0,2})")


class BadNote(ValueError):
    """Not a note, not a key, or a signature that a known key did not make."""


def key_id(name: str, public: bytes, kind: bytes = ED25519) -> bytes:
    """Four bytes that tell keys of one name apart; `kind` is the algorithm's byte."""
    return sha256(name.encode() + b"\n" + kind + public).digest()[:4]


def written(name: str, public: bytes, kind: bytes = ED25519) -> str:
    """A verifier key as people hand it on."""
    return f"{name}+{key_id(name, public, kind).hex()}+{base64.b64encode(kind + public).decode()}"


def parted(vkey: str, kind: bytes = ED25519) -> tuple[str, bytes]:
    """Name and public key out of the written form.

    Raises BadNote when it is not one, is of another kind, or name, id and key do not fit each other.
    """
    name, plus, rest = vkey.strip().partition("+")
    told, plus_again, encoded = rest.partition("+")
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error as problem:
        raise BadNote("this is not a verifier key") from problem
    if not (plus and plus_again and NAME.fullmatch(name) and len(key) == 33 and key[:1] == kind):
        raise BadNote("this is not an Ed25519 verifier key of the kind that is asked for")
    if key_id(name, key[1:], kind).hex() != told:
        raise BadNote("the key's id does not fit its name")
    return name, key[1:]


@dataclass(frozen=True, slots=True)
class Verifier:
    """Somebody's public key under their name."""

    name: str
    public: bytes

    @classmethod
    def from_vkey(cls, vkey: str) -> "Verifier":
        """From its written form; raises BadNote as `parted` does."""
        return cls(*parted(vkey))

    @property
    def vkey(self) -> str:
        """Its written form."""
        return written(self.name, self.public)

    def made(self, text: str, signature: bytes) -> bool:
        """Whether this key signed this text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key under a name."""

    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        """What others need to check it."""
        return Verifier(self.name, self.private.public_key().public_bytes_raw())

    @property
    def vkey(self) -> str:
        """The same, written."""
        return self.verifier.vkey

    def line(self, text: str) -> str:
        """The signature line over a text."""
        verifier = self.verifier
        signed = key_id(self.name, verifier.public) + self.private.sign(text.encode())
        return f"— {self.name} {base64.b64encode(signed).decode()}\n"

    def sign(self, text: str) -> str:
        """The whole note. The text ends with a line end and holds no empty last line."""
        if not text.endswith("\n") or text.endswith("\n\n"):
            raise BadNote("a note's text ends with one line end")
        return f"{text}\n{self.line(text)}"


def split(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text, and each signature line as name and key id ‖ signature; raises BadNote when it is no note."""
    text, empty, lines = note.rpartition("\n\n")
    if not empty or not lines.endswith("\n"):
        raise BadNote("this is not a signed note")
    found = []
    for line in lines.removesuffix("\n").split("\n"):
        match = LINE.fullmatch(line)
        if match is None:
            raise BadNote("a signature line cannot be read")
        try:
            data = base64.b64decode(match[2], validate=True)
        except binascii.Error as problem:
            raise BadNote("a signature line cannot be read") from problem
        if len(data) < 5:
            raise BadNote("a signature is too short")
        found.append((match[1], data))
    return f"{text}\n", found


def signed_by(note: str, verifiers: Iterable[Verifier]) -> tuple[str, list[Verifier]]:
    """The text and which of these keys signed it; a line under a known key's name and id that does not hold raises BadNote."""
    text, lines = split(note)
    known = {(verifier.name, key_id(verifier.name, verifier.public)): verifier for verifier in verifiers}
    signers = []
    for name, data in lines:
        verifier = known.get((name, data[:4]))
        if verifier is None:
            continue
        if not verifier.made(text, data[4:]):
            raise BadNote(f"the signature under the name {name} was not made by that key over this text")
        signers.append(verifier)
    return text, signers
