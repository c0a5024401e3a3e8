"""Where a capture may go: public web servers and nothing else.

Whoever names an address must not get the platform to knock on doors inside its own house (SSRF). A name is resolved once,
every answer is judged, and the connection goes to an address that was judged: a name that answers differently a moment
later changes nothing.
"""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

SCHEMES = {"http": 80, "https": 443}
LONGEST_URL = 2000
NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Refused(ValueError):
    """An address a capture does not go to; `code` says why."""

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
    """Scheme, host and port of an address a capture could go to; Refused otherwise. Nothing is resolved yet."""
    if len(url) > LONGEST_URL or any(ord(sign) < 33 or ord(sign) == 127 for sign in url):
        raise Refused("capture_url")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as problem:
        raise Refused("capture_url") from problem
    if parts.scheme not in SCHEMES:
        raise Refused("capture_scheme")
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise Refused("capture_url")
    return parts.scheme, parts.hostname, port or SCHEMES[parts.scheme]


def target(host: str, port: int) -> Target:
    """The server behind a name, resolved once and judged. `CAPTURE_ALLOW` names exceptions as host:port."""
    allowed = f"{host}:{port}" in settings.CAPTURE_ALLOW
    if not allowed and port not in SCHEMES.values():
        raise Refused("capture_port")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise Refused("capture_unknown_host") from problem
    ips = [str(row[4][0]) for row in found]
    if not ips or (not allowed and not all(is_public(ip) for ip in ips)):
        raise Refused("capture_not_public")
    return Target(host, port, ips[0])
