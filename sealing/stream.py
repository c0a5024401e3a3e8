"""Content of any size, locked in pieces that are each authenticated, in order, to the last (AES-256-GCM; the STREAM
construction of Hoang, Reyhanitabar, Rogaway and Vizár, CRYPTO 2015). Pure.

    header  = "NPSEAL1\\n" ‖ size of a piece (4 bytes, big-endian) ‖ salt (32 bytes)
    key     = HKDF-SHA256(item key, salt, context)
    piece i = AES-256-GCM(key, nonce = 0⁷ ‖ i (4 bytes) ‖ last? (1 byte), aad = header ‖ context)

The key is used for one stream only, so the nonce may count. A piece left out, doubled or moved has another number; a stream
cut short ends with a piece that was not the last. Memory stays at two pieces.
"""

import secrets
from collections.abc import Iterable, Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .boxes import derived

MAGIC = b"NPSEAL1\n"
PIECE = 1024 * 1024
SALT = 32
TAG = 16
HEADER = len(MAGIC) + 4 + SALT
MOST_PIECES = 2**32


class Damaged(ValueError):
    """The sealed content is not what was written; the text says how."""


def nonce(number: int, *, last: bool) -> bytes:
    """Where a piece stands."""
    if number >= MOST_PIECES:
        raise Damaged("more pieces than there are numbers")
    return bytes(7) + number.to_bytes(4) + bytes([last])


def pieces_of(chunks: Iterable[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    """The same bytes in pieces of one size, the last one marked; an empty content is one empty piece."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) > size:
            yield bytes(held[:size]), False
            del held[:size]
    yield bytes(held), True


def lock(key: bytes, context: bytes, chunks: Iterable[bytes], *, piece: int = PIECE) -> Iterator[bytes]:
    """The locked stream of these chunks; `context` says what the content is, and has to be said again to open it."""
    header = MAGIC + piece.to_bytes(4) + secrets.token_bytes(SALT)
    cipher = AESGCM(derived(key, header[-SALT:], b"stream/" + context))
    yield header
    for number, (plain, last) in enumerate(pieces_of(chunks, piece)):
        yield cipher.encrypt(nonce(number, last=last), plain, header + context)


def unlock(key: bytes, context: bytes, source: IO[bytes]) -> Iterator[bytes]:
    """The content, each piece authenticated before it is given; raises Damaged at the first that is not what was written.

    Whoever must not give out the beginning of something damaged goes through it once before.
    """
    header = source.read(HEADER)
    if len(header) < HEADER or not header.startswith(MAGIC):
        raise Damaged("this is not sealed content")
    size = int.from_bytes(header[len(MAGIC) : len(MAGIC) + 4]) + TAG
    if not TAG < size <= 64 * PIECE:
        raise Damaged("the header was changed")
    cipher = AESGCM(derived(key, header[-SALT:], b"stream/" + context))
    number, piece = 0, source.read(size)
    while True:
        following = source.read(size) if len(piece) == size else b""
        yield opened(cipher, number, piece, header + context, last=not following)
        if not following:
            return
        number, piece = number + 1, following


def opened(cipher: AESGCM, number: int, piece: bytes, aad: bytes, *, last: bool) -> bytes:
    """One piece at its place; a refusal says whether the stream was cut or changed."""
    try:
        return cipher.decrypt(nonce(number, last=last), piece, aad)
    except (InvalidTag, ValueError) as problem:
        if last and is_middle(cipher, number, piece, aad):
            raise Damaged(f"cut short after piece {number + 1}") from problem
        raise Damaged(f"piece {number + 1} was changed, moved or left out, or the key is another") from problem


def is_middle(cipher: AESGCM, number: int, piece: bytes, aad: bytes) -> bool:
    """Whether a piece at the end was written as one that others follow."""
    try:
        cipher.decrypt(nonce(number, last=False), piece, aad)
    except (InvalidTag, ValueError):
        return False
    return True
