"""A message (RFC 5322) taken apart. Pure: bytes in, parts out; hostile ones are bounded and named, never guessed at.

The standard library's parser, with its older policy: it splits and decodes, and does not try to understand every header,
which the newer one does in time that grows with the square of a header made for it. Names and types are what the message
claims; who keeps a part looks at its content.
"""

import email
import email.errors
import email.header
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

LARGEST = 64 * 1024 * 1024
MOST_PARTS = 200
MOST_BOUNDARIES = 10_000
DEEPEST = 12
KNOWN = re.compile(
    rb"^(from|to|cc|date|subject|message-id|received|return-path|mime-version|delivered-to|reply-to|x-mailer|dkim-signature):",
    re.I,
)
FIELD = re.compile(rb"^[!-9;-~]+:")


class Hostile(ValueError):
    """A message that is not taken apart; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a message. `role`: headers, text, attachment, message."""

    role: str
    place: str
    name: str
    claimed: str
    data: bytes


def looks_like_message(head: bytes) -> bool:
    """Whether bytes begin like a message: header fields only up to the first empty line, three that every mail has among them."""
    known = 0
    lines = head.replace(b"\r\n", b"\n").split(b"\n")
    for number, line in enumerate(lines):
        if not line:
            return number > 0 and known >= 3
        if line[:1] in b" \t" and number:
            continue
        if number == 0 and line.startswith(b"From "):  # as mailboxes begin
            continue
        if not FIELD.match(line):
            return number == len(lines) - 1 and known >= 3  # cut off in the middle of a line
        known += bool(KNOWN.match(line))
    return known >= 3


def header_block(data: bytes) -> bytes:
    """The headers as they came, to the first empty line."""
    ends = [place for mark in (b"\r\n\r\n", b"\n\n") if (place := data.find(mark)) >= 0]
    return data[: min(ends)] + b"\n" if ends else data


def spoken_name(part: Message) -> str:
    """The file name a part claims, decoded as far as it can be; empty when it claims none."""
    try:
        name = part.get_filename("") or ""
        return "".join(
            text.decode(charset or "utf-8", "replace") if isinstance(text, bytes) else text
            for text, charset in email.header.decode_header(str(name))
        )
    except (ValueError, LookupError, TypeError, AttributeError, email.errors.MessageError):
        return "unreadable name"


def content_of(part: Message) -> bytes:
    """A part's bytes, decoded; what is broken in its encoding stays as it came."""
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AssertionError, email.errors.MessageError):
        data = None
    if isinstance(data, bytes):
        return data
    raw = part.get_payload()
    return raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else b""


def walk(message: Message, place: str, depth: int) -> Iterator[Part]:
    """The parts below a message, in order. A message inside is a part of its own and not entered."""
    if depth > DEEPEST:
        raise Hostile("mail_too_deep")
    kind = message.get_content_type()
    inner = message.get_payload()
    if kind == "message/rfc822" and isinstance(inner, list) and inner and isinstance(inner[0], Message):
        yield Part("message", place, spoken_name(message) or "message.eml", kind, bytes_of(inner[0]))
    elif isinstance(inner, list):
        for number, part in enumerate(inner, start=1):
            if isinstance(part, Message):
                yield from walk(part, f"{place}.{number}" if place else str(number), depth + 1)
    else:
        name = spoken_name(message)
        attached = (
            bool(name) or message.get_content_disposition() == "attachment" or message.get_content_maintype() != "text"
        )
        ending = {"text/html": "html", "text/plain": "txt"}.get(kind, "bin")
        fallback = f"{'part' if attached else 'text'}-{place or '1'}.{ending}"
        yield Part("attachment" if attached else "text", place or "1", name or fallback, kind, content_of(message))


def bytes_of(message: Message) -> bytes:
    """A message inside another, written out again."""
    try:
        return message.as_bytes(policy=email.policy.compat32.clone(mangle_from_=False, max_line_length=None))
    except (ValueError, LookupError, TypeError, AttributeError, email.errors.MessageError) as problem:
        raise Hostile("mail_unreadable") from problem


def take_apart(data: bytes) -> list[Part]:
    """Headers first, then every part in order. Raises Hostile when it is too large, too deep, of too many parts, or no message."""
    if len(data) > LARGEST:
        raise Hostile("mail_too_large")
    if data.count(b"\n--") > MOST_BOUNDARIES:
        raise Hostile("mail_too_many_parts")
    try:
        message = email.message_from_bytes(data, policy=email.policy.compat32)
        if not message.keys():
            raise Hostile("mail_unreadable")
        parts = [Part("headers", "0", "headers.txt", "text/plain", header_block(data))]
        for part in walk(message, "", 0):
            parts.append(part)
            if len(parts) > MOST_PARTS:
                raise Hostile("mail_too_many_parts")
    except RecursionError as problem:
        raise Hostile("mail_too_deep") from problem
    return parts
