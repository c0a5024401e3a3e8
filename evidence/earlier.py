"""Custody before an item came here, as pages and records read it: the chains of the platforms before, newest first. Pure."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Part:
    """One platform's chain, its links oldest first; `signed_by` is empty when nobody trusted vouches for it."""

    sender: str
    signed_by: str
    label: str
    links: list[dict[str, Any]]
    people: dict[str, str]
    organisations: dict[str, str]
    files: dict[int, str]


def parts_of(sender: str, signed_by: str, label: str, content: str) -> list[Part]:
    """The chain and those it continues. The content was checked when it was taken in, and cannot have changed since."""
    chain: dict[str, Any] = json.loads(content)
    names: dict[int, str] = {
        file["file_id"]: str(file.get("name", ""))
        for file in chain.get("files", [])
        if isinstance(file, dict) and isinstance(file.get("file_id"), int)
    }
    part = Part(
        sender,
        signed_by,
        label,
        chain["links"],
        dict(chain.get("people") or {}),
        dict(chain.get("organisations") or {}),
        names,
    )
    before = chain.get("earlier")
    if not before:
        return [part]
    # What they vouched for is their word, not ours.
    return [part, *parts_of(str(before.get("sender", "")), "", str(before.get("label", "")), before["content"])]
