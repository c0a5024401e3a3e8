"""Asks a ClamAV daemon about bytes, over its own protocol (clamd(8): INSTREAM, VERSION).

Our own few lines, because the client on PyPI (`clamav-client`) is GPL-2.0-only and cannot be joined with this AGPL-3.0 work.
The daemon is another program, spoken to over a socket: its licence does not reach here.
"""

import socket
from collections.abc import Iterable
from dataclasses import dataclass

TIMEOUT = 120.0  # seconds; a large file is scanned when it has arrived whole
LONGEST_ANSWER = 4096


class ScannerUnavailable(OSError):
    """The daemon does not answer, or not in its protocol."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the daemon said. `name` is the signature that matched, or the reason why there is no verdict."""

    outcome: str  # clean, found, unscanned
    name: str
    engine: str
    database: str


def connect(address: str) -> socket.socket:
    """`unix:/run/clamd.sock` or `tcp://host:3310`."""
    if address.startswith("unix:"):
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(TIMEOUT)
        link.connect(address.removeprefix("unix:"))
        return link
    host, _colon, port = address.removeprefix("tcp://").rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), TIMEOUT)


def answer_of(link: socket.socket) -> str:
    """One answer, ended by NUL (commands sent with `z`)."""
    said = b""
    while b"\0" not in said and len(said) < LONGEST_ANSWER and (more := link.recv(LONGEST_ANSWER)):
        said += more
    if b"\0" not in said:
        raise ScannerUnavailable("no whole answer")
    return said.split(b"\0", 1)[0].decode("utf-8", "replace").strip()


def versions(address: str) -> tuple[str, str]:
    """Engine and signature database: `ClamAV 1.4.1`, `27500 of Thu Nov 26 09:30:00 2026`."""
    with connect(address) as link:
        link.sendall(b"zVERSION\0")
        engine, _slash, database = answer_of(link).partition("/")
    number, _slash, day = database.partition("/")
    return engine[:80], f"{number} of {day}"[:120] if day else number[:120]


def scan(address: str, chunks: Iterable[bytes]) -> Verdict:
    """The verdict on these bytes. Raises ScannerUnavailable; a file the daemon will not take is `unscanned`, with its reason."""
    try:
        engine, database = versions(address)
        with connect(address) as link:
            link.sendall(b"zINSTREAM\0")
            try:
                for chunk in chunks:
                    link.sendall(len(chunk).to_bytes(4, "big") + chunk)
                link.sendall(bytes(4))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has heard enough: its answer says why
            said = answer_of(link).removeprefix("stream: ")
    except (OSError, ValueError) as problem:
        raise ScannerUnavailable(str(problem)) from problem
    if said == "OK":
        return Verdict("clean", "", engine, database)
    if said.endswith(" FOUND"):
        return Verdict("found", said.removesuffix(" FOUND")[:200], engine, database)
    return Verdict("unscanned", said.removesuffix(". ERROR").removesuffix(" ERROR")[:200], engine, database)
