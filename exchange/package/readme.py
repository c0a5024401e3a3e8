"""The README of a package, for somebody who has never heard of this platform. English, as the formats are; plain words."""

from collections.abc import Mapping
from typing import Any

from . import layout

REASONS = {
    layout.SEALED: "sealed: its existence, hashes, grade and a releasable summary are given, its content is not",
    layout.FROZEN: "frozen: a stored file no longer matched its hash, so no bytes are handed out",
    layout.WITHDRAWN: "withdrawn by whoever gave it in or holds the case: its record is here, its bytes are not",
    layout.DISPOSED: "disposed of: the content is gone, its record and custody remain",
}


def item_line(item: dict[str, Any]) -> str:
    """An item in one line."""
    title = " ".join(str(item.get("title") or "").split())
    held = item["holding"]
    return f"* {item['label']} ({item['mark']}) {title}" + (
        f" -- NO CONTENT, {REASONS[held]}" if held in REASONS else ""
    )


def readme(package: dict[str, Any], *, holds: Mapping[str, str], lacks: Mapping[str, str], vkey: str) -> bytes:
    """The text. `holds` and `lacks` say of each part of the layout what it is, and why it is not there."""
    locked = any(file.get("locked") for item in package["items"] for file in item["files"])
    parts = [
        f"# Evidence package of case {package['case']}",
        "",
        f"{package['mark']}. Handle it accordingly (TLP 2.0, https://www.first.org/tlp/).",
        "",
        f"Made by {package['issued_by']} as of {package['as_of']}, asked for by {package['asked_for_by']},",
        f"for: {package['for']}. Purpose: {package['purpose']}.",
        "The case is held by " + package["holder"] + "." + (" THIS IS AN EXERCISE." if package["exercise"] else ""),
        f"Identifier of this package: {package['identifier']}",
        "",
        "A package shows that files are the ones that were received, and who had them in hand. It never shows that what they tell is true.",
        "",
        "## Check it yourself",
        "",
        "1. Unpack the zip. You get one folder, a bag as RFC 8493 describes it.",
        "2. `bagit.py --validate FOLDER` (https://pypi.org/project/bagit/) finds every missing, extra or changed file.",
        "   Without it: `sha256sum -c manifest-sha256.txt` and `sha256sum -c tagmanifest-sha256.txt` inside the folder.",
        "3. Custody by hand: each file in data/custody says in words how the hash of a link is computed (`how_to_check`).",
        "4. Signature: `signature.txt` is a signed note (https://c2sp.org/signed-note) over the SHA-256 of tagmanifest-sha256.txt.",
        "   The key it was made with is the line below. Do not take it from here: ask the platform for it another way, and compare.",
        "",
        f"       {vkey or '(this package is not signed)'}",
        "",
        "5. All of this at once, without network: `python norms-verify.pyz PACKAGE.zip --key KEY`. It is one file (Python 3.11 or later and",
        "   `cryptography`); take it from the platform's page /transparency/ or from its source, not from whoever gave you this package.",
        "",
        "## What is in it",
        "",
        *(f"* `{name}`: {words}" for name, words in holds.items()),
        "",
        *(
            ["## What is not in it", "", *(f"* `{name}`: {words}" for name, words in lacks.items()), ""]
            if lacks
            else []
        ),
        "## Items",
        "",
        *map(item_line, package["items"]),
        "",
    ]
    if locked:
        parts += [
            "## Malware",
            "",
            "Some files are harmful. Each of those is inside an AES-encrypted zip with the password `infected`; data/items.json names",
            "them (`locked`) and gives the SHA-256 of the file inside. Open them only where they can do no harm.",
            "",
        ]
    return "\n".join(parts).encode()
