"""The only way out for the browser that makes the picture: a proxy of ours that judges every server it is asked for.

Whatever the page tries (frames, scripts, pictures from the network inside), the browser knows no other road.
"""

import contextlib
import selectors
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from typing import Any

from core.outward import Refused, check_url

from .guard import target

MOST_BYTES = 200 * 1024 * 1024
SECONDS = 90
LONGEST_HEAD = 64 * 1024
CHUNK = 64 * 1024


class Proxy(socketserver.ThreadingTCPServer):
    """One for each capture, on a free port of this machine, gone afterwards."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.left = MOST_BYTES
        self.until = time.monotonic() + SECONDS
        self.refused: list[str] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A page that hangs up is no error of ours."""


class Handler(socketserver.BaseRequestHandler):
    """One connection of the browser."""

    server: Proxy

    def handle(self) -> None:
        """CONNECT opens a tunnel; anything else is a plain request for an `http:` address."""
        head = self.head()
        method, _space, rest = head.split(b"\r\n", 1)[0].decode("latin-1").partition(" ")
        where = rest.rpartition(" ")[0]
        try:
            if method == "CONNECT":
                host, _colon, port = where.rpartition(":")
                to = target(host.strip("[]"), int(port))
                onward = b""
            else:
                _scheme, host, number = check_url(where)
                to = target(host, number)
                path = "/" + where.split("://", 1)[1].partition("/")[2]
                lines = head.split(b"\r\n")
                kept = [line for line in lines[1:] if line and not line.lower().startswith((b"proxy-", b"connection:"))]
                onward = b"\r\n".join(
                    [f"{method} {path} HTTP/1.1".encode("latin-1"), *kept, b"Connection: close", b"", b""]
                )
            link = socket.create_connection((to.ip, to.port), 15)
        except (Refused, ValueError, OSError) as problem:
            self.server.refused.append(str(problem))
            self.request.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        with link:
            if onward:
                link.sendall(onward)
            else:
                self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self.relay(link)

    def head(self) -> bytes:
        """The request up to its empty line."""
        self.request.settimeout(15)
        head = b""
        while b"\r\n\r\n" not in head and len(head) < LONGEST_HEAD and (more := self.request.recv(4096)):
            head += more
        return head

    def relay(self, link: socket.socket) -> None:
        """Bytes both ways until one side ends, or too much or too long."""
        with selectors.DefaultSelector() as ready:
            ready.register(self.request, selectors.EVENT_READ, link)
            ready.register(link, selectors.EVENT_READ, self.request)
            while self.server.left > 0 and time.monotonic() < self.server.until:
                for key, _events in ready.select(1):
                    source: Any = key.fileobj
                    data = source.recv(CHUNK)
                    if not data:
                        return
                    self.server.left -= len(data)
                    key.data.sendall(data)


@contextlib.contextmanager
def proxy() -> Iterator[Proxy]:
    """A running proxy."""
    server = Proxy()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
