"""Reading JSON somebody else wrote: a value of the kind it must be, or a sentence."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from .verdict import Refused


def thing(value: Any, where: str) -> Mapping[str, Any]:
    """An object."""
    if not isinstance(value, dict):
        raise Refused(f"{where} is not what it should be")
    return value


def rows(value: Any, where: str) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise Refused(f"{where} is not a list")
    return value


def text(value: Mapping[str, Any], name: str, where: str) -> str:
    """A text that must be there."""
    found = value.get(name)
    if not isinstance(found, str):
        raise Refused(f"{where}: {name} is missing or no text")
    try:
        found.encode()
    except UnicodeEncodeError as problem:  # a lone surrogate: JSON can say it, UTF-8 cannot
        raise Refused(f"{where}: {name} is no text") from problem
    return found


def number(value: Mapping[str, Any], name: str, where: str) -> int:
    """A whole number that is not negative."""
    found = value.get(name)
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < 2**63:
        raise Refused(f"{where}: {name} is missing or no number")
    return found


def from_hex(value: Mapping[str, Any], name: str, where: str, size: int = 32) -> bytes:
    """So many bytes, written in hex."""
    try:
        found = bytes.fromhex(text(value, name, where))
    except ValueError as problem:
        raise Refused(f"{where}: {name} is no hash") from problem
    if len(found) != size:
        raise Refused(f"{where}: {name} has another length than a hash")
    return found


def hashes(value: Mapping[str, Any], name: str, where: str) -> list[bytes]:
    """A list of hashes in base64."""
    found = []
    for each in rows(value.get(name), f"{where}: {name}"):
        try:
            found.append(base64.b64decode(each, validate=True))
        except (binascii.Error, TypeError, ValueError) as problem:
            raise Refused(f"{where}: {name} cannot be read") from problem
    if any(len(each) != 32 for each in found) or len(found) > 64:
        raise Refused(f"{where}: {name} is no path of a tree")
    return found
