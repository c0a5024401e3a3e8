"""The document itself, as the server sent it: every request and answer of its redirects in a WARC, the last body as source."""

import http.client
import io
import ssl
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from core.outward import Pinned, Refused, Target, check_url, host_header, path_of

from .guard import target

MOST_BYTES = 50 * 1024 * 1024
MOST_REDIRECTS = 5
SECONDS = 60
CHUNK = 64 * 1024
AGENT = "Mozilla/5.0 (compatible; evidence capture)"


@dataclass(slots=True)
class Fetched:
    """What came back."""

    url: str
    ip: str
    status: int
    media_type: str
    body: bytes
    warc: bytes
    chain: list[str] = field(default_factory=list)


def read_body(answer: http.client.HTTPResponse, until: float) -> bytes:
    """The body, if it is neither too large nor too slow."""
    body = bytearray()
    while chunk := answer.read(CHUNK):
        body += chunk
        if len(body) > MOST_BYTES:
            raise Refused("too_large")
        if time.monotonic() > until:
            raise Refused("too_slow")
    return bytes(body)


def ask(url: str, until: float, writer: WARCWriter) -> tuple[http.client.HTTPResponse, bytes, Target]:
    """One request and its answer, written down as they were."""
    scheme, host, port = check_url(url)
    to = target(host, port)
    path = path_of(url)
    sent = [
        ("Host", host_header(host, port)), ("User-Agent", AGENT), ("Accept", "*/*"),
        ("Accept-Encoding", "identity"), ("Connection", "close"),
    ]  # fmt: skip
    connection = Pinned(to, scheme == "https", max(until - time.monotonic(), 1))
    try:
        connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
        for name, value in sent:
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        body = read_body(answer, until)
    except ssl.SSLError as problem:
        raise Refused("tls") from problem
    except (OSError, http.client.HTTPException, UnicodeError) as problem:
        raise Refused("unreachable") from problem
    finally:
        connection.close()
    where: dict[str, Any] = {"warc_headers_dict": {"WARC-IP-Address": to.ip}}
    asked = StatusAndHeaders(f"GET {path} HTTP/1.1", sent, is_http_request=True)
    # http.client has taken the chunks apart already: the header that announces them would lie about this body.
    got = [(name, value) for name, value in answer.getheaders() if name.lower() != "transfer-encoding"]
    said = StatusAndHeaders(f"{answer.status} {answer.reason}", got, protocol="HTTP/1.1")
    response = writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=said, **where)
    request = writer.create_warc_record(url, "request", http_headers=asked, **where)
    writer.write_request_response_pair(request, response)
    return answer, body, to


def fetch(url: str) -> Fetched:
    """Follows redirects, each judged like the first. Raises Refused."""
    until = time.monotonic() + SECONDS
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    writer.write_record(
        writer.create_warcinfo_record(
            "capture.warc.gz", {"software": "Norms Platform", "format": "WARC File Format 1.0"}
        )
    )
    chain = [url]
    for _ in range(MOST_REDIRECTS + 1):
        answer, body, to = ask(url, until, writer)
        onward = answer.getheader("Location")
        if answer.status in {301, 302, 303, 307, 308} and onward:
            url = urljoin(url, onward).partition("#")[0]
            chain.append(url)
            continue
        media_type = (answer.getheader("Content-Type") or "application/octet-stream").partition(";")[0].strip().lower()
        return Fetched(url, to.ip, answer.status, media_type, body, out.getvalue(), chain)
    raise Refused("redirects")
