"""The bag (BagIt, RFC 8493): nothing missing, nothing too much, every byte as the manifests say, and who signed them."""

import re
from collections.abc import Iterable
from hashlib import sha256

from ..notes import BadNote, Verifier, signed_by
from .source import SMALL, Source, safe
from .verdict import Refused, Verdict

PAYLOAD, TAGS, SIGNATURE, INFO = "manifest-sha256.txt", "tagmanifest-sha256.txt", "signature.txt", "bag-info.txt"
FORMAT = "norms-platform evidence package 1"
LINE = re.compile(r"([0-9a-f]{64}) [ *](\S.*)")
DECLARED = re.compile(r"BagIt-Version: (0\.97|1\.0)\r?\nTag-File-Character-Encoding: UTF-8\r?\n?")
NAMED = 20  # faults of one kind that are spelt out


def sums(source: Source, path: str) -> dict[str, str]:
    """A manifest: path and SHA-256."""
    found: dict[str, str] = {}
    for line in source.text(path).splitlines():
        match = LINE.fullmatch(line)
        if match is None:
            raise Refused(f"{path} cannot be read")
        if found.setdefault(safe(match[2]), match[1]) != match[1]:
            raise Refused(f"{path} names {match[2]} twice")
    return found


def told(verdict: Verdict, sentence: str, paths: Iterable[str]) -> None:
    """One sentence a file, and how many more there are."""
    found = sorted(paths)
    verdict.wrong += [f"{path}: {sentence}" for path in found[:NAMED]]
    if len(found) > NAMED:
        verdict.wrong.append(f"{sentence}: {len(found) - NAMED} more files")


def check_bag(source: Source, verdict: Verdict) -> dict[str, str]:
    """Completeness and validity (RFC 8493, 3). The answer: the digest each file of the payload was found to have."""
    if not DECLARED.fullmatch(source.text("bagit.txt", SMALL)):
        raise Refused("bagit.txt does not say that this is a bag")
    payload, tags = sums(source, PAYLOAD), sums(source, TAGS)
    listed = {**payload, **tags}
    told(verdict, "no manifest names it: an extra file", set(source.files) - set(listed) - {TAGS, SIGNATURE})
    told(verdict, "a manifest names it, but it is missing", set(listed) - set(source.files))
    told(
        verdict, "is not named by the manifest of tag files", {"bagit.txt", INFO, PAYLOAD} - set(tags)
    )  # else the signature would not cover it
    told(
        verdict, "stands in the manifest of the payload and is none", {p for p in payload if not p.startswith("data/")}
    )
    if "fetch.txt" in source:
        verdict.wrong.append("fetch.txt: part of the package is somewhere else")
    seen: dict[str, str] = {}
    for path in sorted(set(listed) & set(source.files)):
        try:
            seen[path] = source.digest(path)
        except Refused as problem:
            verdict.wrong.append(str(problem))
    changed = {path for path, digest in seen.items() if digest != listed[path]}
    told(verdict, "was changed: its SHA-256 is another one than the manifest's", changed)
    if not verdict.wrong:
        size = sum(source.size(path) for path in payload)
        verdict.holds.append(
            f"All {len(listed)} files are there ({size} bytes of payload), none is extra, every SHA-256 is right."
        )
    return {path: digest for path, digest in seen.items() if path in payload}


def identifier_of(source: Source) -> str:
    """The package's own name, from `bag-info.txt`."""
    for line in source.text(INFO, SMALL).splitlines():
        name, _colon, value = line.partition(":")
        if name.strip() == "External-Identifier":
            return value.strip()
    raise Refused(f"{INFO} does not name the package")


def check_signature(source: Source, keys: list[Verifier], vouched: list[Verifier], verdict: Verdict) -> None:
    """Who signed the manifests. `vouched` are keys the caller knows; of all other `keys` only this package speaks."""
    if SIGNATURE not in source:
        verdict.open.append("The package is not signed: anybody could have made it.")
        return
    digest = sha256(source.data(TAGS)).hexdigest()
    try:
        text, signers = signed_by(source.text(SIGNATURE, SMALL), [*vouched, *keys])
    except BadNote as problem:
        verdict.wrong.append(f"{SIGNATURE}: {problem}.")
        return
    if text != f"{FORMAT}\n{identifier_of(source)}\nsha256:{digest}\n":
        verdict.wrong.append(f"{SIGNATURE} signs something else than these manifests.")
        return
    for signer in signers:
        if signer in vouched:
            verdict.holds.append(
                f"The manifests, and through them every file, were signed by {signer.name}, whose key you gave."
            )
            return
    if signers:
        verdict.open.append(
            f"The manifests were signed with a key that only this package calls {signers[0].name}. Ask {signers[0].name} for"
            f" its key another way and give it: --key {signers[0].vkey}"
        )
    else:
        verdict.open.append(
            "The package is signed, but by no key you gave. Ask the platform for its key and give it with --key."
        )
