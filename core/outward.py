"""Where the platform goes when somebody else names the address: public servers and nothing else.

Whoever names an address must not get the platform to knock on doors inside its own house (SSRF). A name is resolved once,
every answer is judged, and the connection goes to an address that was judged: a name that answers differently a moment
later changes nothing.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

SCHEMES = {"http": 80, "https": 443}
LONGEST_URL = 2000
NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Refused(ValueError):
    """An address the platform does not go to, or an answer it does not take; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Target:
    """A server: its name, and the address that was judged."""

    host: str
    port: int
    ip: str


def unwrapped(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one that only carries it."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.sixtofour is not None:
            return address.sixtofour
        if address.teredo is not None:
            return address.teredo[1]
        if address in NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(text: str) -> bool:
    """Whether an address belongs to the public internet: not private, loopback, link-local, reserved or multicast."""
    address = unwrapped(ipaddress.ip_address(text.partition("%")[0]))
    return address.is_global and not address.is_multicast


def check_url(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address one could go to; Refused otherwise. Nothing is resolved yet."""
    if len(url) > LONGEST_URL or any(ord(sign) < 33 or ord(sign) == 127 for sign in url):
        raise Refused("url")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as problem:
        raise Refused("url") from problem
    if parts.scheme not in SCHEMES:
        raise Refused("scheme")
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise Refused("url")
    return parts.scheme, parts.hostname, port or SCHEMES[parts.scheme]


def target(host: str, port: int, allow: Collection[str] = ()) -> Target:
    """The server behind a name, resolved once and judged. `allow` names exceptions as host:port."""
    allowed = f"{host}:{port}" in allow
    if not allowed and port not in SCHEMES.values():
        raise Refused("port")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise Refused("unknown_host") from problem
    ips = [str(row[4][0]) for row in found]
    if not ips or (not allowed and not all(is_public(ip) for ip in ips)):
        raise Refused("not_public")
    return Target(host, port, ips[0])


class Pinned(http.client.HTTPConnection):
    """A connection to the address that was judged, whatever the name says by now."""

    def __init__(self, to: Target, secure: bool, seconds: float) -> None:  # noqa: FBT001
        super().__init__(to.host, to.port, timeout=seconds)
        self.to, self.secure = to, secure

    def connect(self) -> None:
        link: socket.socket = socket.create_connection((self.to.ip, self.to.port), self.timeout)
        self.sock = link  # so that it is closed also when the handshake fails
        if self.secure:
            self.sock = ssl.create_default_context().wrap_socket(link, server_hostname=self.to.host)

    def cut(self) -> None:
        """Ends it from outside, in the middle of whatever it waits for."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def host_header(host: str, port: int) -> str:
    """What `Host` says: without the port where it is the scheme's own."""
    shown = f"[{host}]" if ":" in host else host
    return shown if port in SCHEMES.values() else f"{shown}:{port}"


def path_of(url: str) -> str:
    """What is asked for at the server."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said to one request: redirects are answers like others."""

    status: int
    body: bytes
    ip: str


def request(
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    allow: Collection[str] = (),
    seconds: float,
    most_bytes: int,
) -> Answer:
    """Asks once, at a judged address, and reads at most `most_bytes` of the answer. Raises Refused.

    No redirect is followed. `seconds` bounds all of it: a server that dribbles its answer is cut off.
    """
    scheme, host, port = check_url(url)
    to = target(host, port, allow)
    until = time.monotonic() + seconds
    connection = Pinned(to, scheme == "https", seconds)
    watch = threading.Timer(seconds, connection.cut)
    watch.daemon = True
    watch.start()
    try:
        sent = {"Host": host_header(host, port), "Connection": "close", **(headers or {})}
        connection.request(method, path_of(url), body, sent)
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(most_bytes), to.ip)
    except ssl.SSLError as problem:
        raise Refused("too_slow" if time.monotonic() >= until else "tls") from problem
    except (OSError, http.client.HTTPException, UnicodeError) as problem:
        raise Refused("too_slow" if time.monotonic() >= until else "unreachable") from problem
    finally:
        watch.cancel()
        connection.close()


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, allow: Collection[str] = (), seconds: float, most_bytes: int
) -> Answer:
    """Sends a body once; see `request`."""
    return request("POST", url, body=body, headers=headers, allow=allow, seconds=seconds, most_bytes=most_bytes)
