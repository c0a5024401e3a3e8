"""Indicators as people paste them: one a line, typed by their form, defanged forms understood. Pure.

A line that is not understood is said with its number and a reason; it never costs the lines around it.
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

MOST_LINES = 5000
LONGEST = 2000
HASHES = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
# Endings that are taken for a file although they could end a domain; `.com`, `.sh` or `.zip` alone cannot be told apart.
FILE_ENDINGS = frozenset(
    [
        "exe",
        "dll",
        "sys",
        "scr",
        "bat",
        "cmd",
        "ps1",
        "vbs",
        "vbe",
        "js",
        "jse",
        "wsf",
        "hta",
        "jar",
        "doc",
        "docx",
        "docm",
        "xls",
        "xlsx",
        "xlsm",
        "ppt",
        "pptx",
        "pdf",
        "rtf",
        "lnk",
        "msi",
        "bin",
        "elf",
        "so",
        "dylib",
        "iso",
        "img",
        "vhd",
        "rar",
        "7z",
        "gz",
        "tar",
        "tgz",
        "txt",
        "log",
        "dat",
        "tmp",
        "apk",
        "dmg",
        "cab",
        "ini",
        "cfg",
        "xml",
        "json",
        "csv",
        "png",
        "jpg",
        "jpeg",
        "gif",
        "eml",
        "php",
        "asp",
        "aspx",
        "jsp",
    ]
)
LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.I)
TOP = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{2,59}", re.I)
HEX = re.compile(r"[0-9a-f]+", re.I)
CVE = re.compile(r"CVE-\d{4}-\d{4,7}", re.I)
FANGS = (
    (re.compile(r"^h(?:xx|\*\*|tt)p(s?)(?=\[?:)", re.I), r"http\1"),
    (re.compile(r"^(?:fxp|f\*p)(?=\[?:)", re.I), "ftp"),
    (re.compile(r"\[(?:://)\]"), "://"),
    (re.compile(r"\[:\]|\(:\)"), ":"),
    (re.compile(r"\[/\]"), "/"),
    (re.compile(r"\s?(?:\[(?:\.|dot)\]|\((?:\.|dot)\)|\{(?:\.|dot)\})\s?", re.I), "."),
    (re.compile(r"\s?(?:\[(?:@|at)\]|\((?:@|at)\)|\{(?:@|at)\})\s?", re.I), "@"),
)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line that was understood."""

    line: int
    kind: str
    value: str
    given: str


@dataclass(frozen=True, slots=True)
class Bad:
    """One line that was not, and why."""

    line: int
    given: str
    why: Any


@dataclass(frozen=True, slots=True)
class Reading:
    """What a paste says. `repeated`: lines that say again what an earlier one said."""

    good: tuple[Indicator, ...]
    bad: tuple[Bad, ...]
    repeated: tuple[tuple[int, int], ...]


class Unclear(ValueError):
    """Not understood; the sentence says why."""

    def __init__(self, why: Any) -> None:
        self.why = why
        super().__init__(str(why))


def refanged(text: str) -> str:
    """`hxxps[:]//evil[.]example` as `https://evil.example`."""
    for pattern, plain in FANGS:
        text = pattern.sub(plain, text)
    return text


def host_of(text: str) -> str:
    """A host as it is compared: an address in its short form, or a domain in lower case and ASCII."""
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        pass
    try:
        ascii_form = (
            text.rstrip(".").encode("idna").decode().lower() if not text.isascii() else text.rstrip(".").lower()
        )
    except UnicodeError as problem:
        raise Unclear(_("This is not a domain: a part of it is empty or too long.")) from problem
    labels = ascii_form.split(".")
    if (
        len(labels) < 2
        or len(ascii_form) > 253
        or not all(map(LABEL.fullmatch, labels))
        or not TOP.fullmatch(labels[-1])
    ):
        if all(label.isdigit() for label in labels):
            raise Unclear(_("This looks like an IP address, but is none: it has four numbers from 0 to 255."))
        raise Unclear(_("This is not a domain such as example.org."))
    return ascii_form


def url_of(text: str) -> str:
    """An address with scheme and host in lower case; path and query as they came."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as problem:
        raise Unclear(_("This address cannot be read: its host or its port is wrong.")) from problem
    if not parts.hostname:
        raise Unclear(_("This address names no host."))
    host = host_of(parts.hostname)
    shown = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    rest = text.split("://", 1)[1][len(parts.netloc) :]
    return f"{parts.scheme.lower()}://{shown}{rest}"


def classified(given: str) -> tuple[str, str]:
    """Kind and normalised value of one line; Unclear with a reason."""
    text = refanged(given)
    if len(given) > LONGEST:
        raise Unclear(_("This line is too long to be one indicator."))
    if any(
        ord(sign) < 32
        or ord(sign) == 127
        or sign in "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
        for sign in text
    ):
        raise Unclear(_("This line holds invisible signs. Type it again."))
    if HEX.fullmatch(text) and len(text) >= 24:
        if len(text) not in HASHES:
            raise Unclear(
                _("This looks like a hash, but has %(length)d signs: MD5 has 32, SHA-1 40, SHA-256 64, SHA-512 128.")
                % {"length": len(text)}
            )
        return HASHES[len(text)], text.lower()
    if CVE.fullmatch(text):
        return "vulnerability", text.upper()
    if re.match(r"(?:https?|ftp)://", text, re.I):
        return "url", url_of(text)
    try:
        return "ip", str(ipaddress.ip_address(text))
    except ValueError:
        pass
    if re.fullmatch(r"[0-9a-f.:]+/\d{1,3}", text, re.I):
        try:
            return "network", str(ipaddress.ip_network(text, strict=False))
        except ValueError as problem:
            raise Unclear(_("This looks like a network, but is none: write it as 192.0.2.0/24.")) from problem
    if re.fullmatch(r"[A-Za-z]:\\.+|\\\\.+|/[^/ ].*/.+|%\w+%\\.+|~/.+", text):
        return "file_path", text
    if "@" in text and " " not in text:
        local, _at, host = text.rpartition("@")
        if not local or len(local) > 64:
            raise Unclear(_("This is not an e-mail address: the part before @ is missing or too long."))
        return "email", f"{local}@{host_of(host)}"
    stem, dot, ending = text.rpartition(".")
    if dot and stem and ending.lower() in FILE_ENDINGS and text == given and not re.search(r'[\\/:*?"<>|]', text):
        return "file_name", text
    if " " in text or not dot:
        raise Unclear(
            _("This is none of: IP address, network, domain, URL, e-mail address, hash, file name or path, CVE.")
        )
    socket_like = re.fullmatch(r"(.+?):(\d{1,5})", text)
    if socket_like and 0 < int(socket_like[2]) < 65536:
        return "endpoint", f"{host_of(socket_like[1])}:{int(socket_like[2])}"
    return "domain", host_of(text)


def read(lines: Iterable[str]) -> Reading:
    """Every line on its own. Empty ones and those that begin with `#` are no indicators and no mistakes."""
    good: list[Indicator] = []
    bad: list[Bad] = []
    repeated: list[tuple[int, int]] = []
    seen: dict[tuple[str, str], int] = {}
    for number, line in enumerate(lines, start=1):
        given = line.strip().strip(",;")
        if not given or given.startswith("#"):
            continue
        if len(good) + len(bad) >= MOST_LINES:
            bad.append(
                Bad(number, given[:LONGEST], _("There are more than 5,000 lines. Give in the rest as another item."))
            )
            break
        try:
            kind, value = classified(given)
        except Unclear as problem:
            bad.append(Bad(number, given[:LONGEST], problem.why))
            continue
        first = seen.setdefault((kind, value), number)
        if first != number:
            repeated.append((number, first))
        else:
            good.append(Indicator(number, kind, value, given))
    return Reading(tuple(good), tuple(bad), tuple(repeated))
