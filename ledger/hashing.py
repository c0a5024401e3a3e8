"""The two hashes, exactly as the database computes them (0001_ledger), so that anybody can check."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

GENESIS = bytes(32)


def moment(value: datetime) -> str:
    """UTC with microseconds: `2026-11-23T12:00:00.000000Z`."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def leaf_hash(fields: Sequence[str]) -> bytes:
    """SHA-256 of 0x00 and each field as (length in bytes, big-endian 32 bit) ‖ UTF-8: no two records share a form."""
    digest = hashlib.sha256(b"\x00")
    for field in fields:
        data = field.encode()
        digest.update(len(data).to_bytes(4, "big") + data)
    return digest.digest()


def link_hash(number: int, leaf: bytes, previous: bytes) -> bytes:
    """The chain's hash at `number`."""
    return hashlib.sha256(b"\x01" + number.to_bytes(8, "big") + leaf + previous).digest()


def commitment_of(salt: bytes, leaf: bytes) -> bytes:
    """What stands in the public log for an entry: nobody can go from it to the entry without the salt (0003_log)."""
    return hashlib.sha256(b"norms-platform/commitment/1" + salt + leaf).digest()
