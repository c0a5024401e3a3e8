"""A small server for the catalogue: the real view, static files and content security policy, and no database."""

import json
import mimetypes
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import set_urlconf

from core.ui.catalogue import catalogue

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = "/usr/bin/chromium"


def visitor(url: str) -> HttpRequest:
    """A request of somebody who is not signed in."""
    request = RequestFactory().get(url)
    request.user = AnonymousUser()
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    return request


def policy() -> str:
    """The site's own Content-Security-Policy."""
    directives: dict[str, list[str]] = django_settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    return "; ".join(f"{name} {' '.join(str(value) for value in values)}" for name, values in directives.items())


@dataclass
class Site:
    """The running catalogue; `pages` are extra bodies by path, `posts` what was sent to it."""

    url: str
    pages: dict[str, str] = field(default_factory=dict)
    posts: list[tuple[str, bytes]] = field(default_factory=list)
    answer: tuple[int, dict[str, Any]] = (200, {})


def handler(get_site: Callable[[], Site]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path.startswith("/static/"):
                found = finders.find(path.removeprefix("/static/"))
                if not isinstance(found, str):
                    return self.send(404, b"", "text/plain")
                kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
                return self.send(200, Path(found).read_bytes(), kind)
            if body := get_site().pages.get(path):
                return self.send(200, body.encode(), "text/html; charset=utf-8")
            set_urlconf("core.ui.urls")
            return self.send(200, catalogue(visitor(self.path)).content, "text/html; charset=utf-8")

        def do_POST(self) -> None:
            site = get_site()
            site.posts.append((self.path, self.rfile.read(int(self.headers.get("Content-Length") or 0))))
            status, body = site.answer
            self.send(status, json.dumps(body).encode(), "application/json")

        def send(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", policy())
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    return Handler


@pytest.fixture
def site(settings: Any) -> Iterator[Site]:
    settings.UI_CATALOGUE = True
    made: list[Site] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(lambda: made[0]))
    made.append(Site(url=f"http://127.0.0.1:{server.server_port}"))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made[0]
    server.shutdown()
    server.server_close()
    thread.join()
