"""Checkpoints: a size of the log and its root in one signed note (C2SP tlog-checkpoint), and who else vouches for it. Pure.

    <origin>
    <size>
    <root, base64>

A witness's line is a `cosignature/v1` (C2SP tlog-cosignature): its key id is made with 0x04 instead of 0x01, and it signs
"cosignature/v1", a time and the checkpoint's text, so that it says when it saw the log grow consistently.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .merkle import HASH
from .notes import LINE, BadNote, key_id, parted, written

COSIGNATURE = b"\x04"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def read(text: str) -> Checkpoint:
    """The checkpoint in a note's text; raises BadNote when it is none. Further lines are extensions and are left alone."""
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0]:
        raise BadNote("this is not a checkpoint")
    origin, size, root = lines[:3]
    if not size.isascii() or not size.isdigit() or len(size) > 18 or (size != "0" and size.startswith("0")):
        raise BadNote("the checkpoint's size is not a number")
    try:
        data = base64.b64decode(root, validate=True)
    except binascii.Error as problem:
        raise BadNote("the checkpoint's root cannot be read") from problem
    if len(data) != HASH:
        raise BadNote("the checkpoint's root is not a SHA-256")
    return Checkpoint(origin, int(size), data)


def cosigned_message(text: str, at: int) -> bytes:
    """What a witness signs."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody who signs checkpoints after checking that the log only grew."""

    name: str
    public: bytes

    @classmethod
    def from_vkey(cls, vkey: str) -> "Witness":
        """From `name+id+base64(0x04 ‖ key)`; raises BadNote when it is not one."""
        return cls(*parted(vkey, COSIGNATURE))

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart."""
        return key_id(self.name, self.public, COSIGNATURE)

    @property
    def vkey(self) -> str:
        """The key, written."""
        return written(self.name, self.public, COSIGNATURE)

    def seen_at(self, text: str, line: str) -> datetime:
        """When this witness signed this text, by this signature line; raises BadNote when it did not."""
        match = LINE.fullmatch(line.rstrip("\n"))
        if match is None or match[1] != self.name:
            raise BadNote("this is not a signature line of this witness")
        try:
            data = base64.b64decode(match[2], validate=True)
        except binascii.Error as problem:
            raise BadNote("the signature line cannot be read") from problem
        if len(data) != 4 + 8 + 64 or data[:4] != self.key_id:
            raise BadNote("the signature line is of another key or kind")
        at = int.from_bytes(data[4:12])
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(data[12:], cosigned_message(text, at))
            return datetime.fromtimestamp(at, UTC)
        except (InvalidSignature, ValueError, OverflowError, OSError) as problem:
            raise BadNote("the witness did not sign this checkpoint") from problem


def cosign(name: str, private: Ed25519PrivateKey, text: str, at: int) -> str:
    """A witness's line over a checkpoint's text, for whoever runs one."""
    witness = Witness(name, private.public_key().public_bytes_raw())
    signed = witness.key_id + at.to_bytes(8) + private.sign(cosigned_message(text, at))
    return f"— {name} {base64.b64encode(signed).decode()}\n"
