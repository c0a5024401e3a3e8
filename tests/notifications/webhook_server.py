"""A small server that takes webhooks, and remembers what it was sent."""

import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Receiver:
    """Its address, how it answers, and what it got."""

    url: str = ""
    host: str = ""
    status: int = 204
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    dribble: bool = False
    location: str = ""
    large: bool = False


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a free port of this machine."""
    receiver = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length", 0))
            receiver.got.append(({k.lower(): v for k, v in self.headers.items()}, self.rfile.read(size)))
            if receiver.dribble:
                for sign in b"HTTP/1.1 200 OK\r\n" * 20:
                    self.wfile.write(bytes([sign]))
                    self.wfile.flush()
                    time.sleep(0.05)
            self.send_response(receiver.status)
            if receiver.location:
                self.send_header("Location", receiver.location)
            self.end_headers()
            if receiver.large:
                for _ in range(200):
                    self.wfile.write(b"x" * 65536)

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                """The sender hung up."""

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    receiver.host = f"127.0.0.1:{server.server_address[1]}"
    receiver.url = f"http://{receiver.host}/hook?a=1"
    yield receiver
    server.shutdown()
    server.server_close()
