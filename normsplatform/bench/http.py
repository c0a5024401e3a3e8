"""Pages over HTTP: the product's list against a bare view of the same rows on the same server, and filing."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore

from organisations import tokens
from organisations.keys import longest
from organisations.middleware import SESSION_KEY as ORGANISATION
from organisations.models import ApiToken, User
from organisations.roles import Scope

from .measure import Result
from .synthetic import MEASURED, principal_of

CLIENTS = 4
SECONDS = 2.0
ROUNDS = 5
WORKERS = 2


@contextmanager
def server() -> Iterator[int]:
    """Gunicorn as `./norms up` runs it, on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "normsplatform.bench.settings", "LOG_LEVEL": "WARNING"}
    command = [
        sys.executable, "-m", "gunicorn", "normsplatform.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS),
        "--worker-class", "gthread", "--threads", "4", "--log-level", "warning",
    ]  # fmt: skip
    process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR)
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def wait_for(port: int) -> None:
    """Until the server answers; half a minute at most."""
    for _ in range(150):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health/live")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server did not come up")


def session_of(user: User, organisation_id: int) -> str:
    """A signed-in session, made as sign-in makes it."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store[ORGANISATION] = organisation_id
    store.create()
    return str(store.session_key)


Ask = Callable[[http.client.HTTPConnection], int]


def get(path: str, headers: dict[str, str]) -> Ask:
    """A GET, read to the end; its status."""

    def ask(connection: http.client.HTTPConnection) -> int:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        response.read()
        return response.status

    return ask


def post(path: str, headers: dict[str, str], body: Callable[[], str]) -> Ask:
    """A POST of a fresh body; its status."""

    def ask(connection: http.client.HTTPConnection) -> int:
        connection.request("POST", path, body(), headers)
        response = connection.getresponse()
        response.read()
        return response.status

    return ask


def rate(port: int, ask: Ask, expect: int) -> float:
    """Requests a second of CLIENTS clients for SECONDS; a wrong answer ends the measurement."""
    counts: list[int] = []
    wrong: list[int] = []
    end = time.perf_counter() + SECONDS

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        done = 0
        while time.perf_counter() < end and not wrong:
            status = ask(connection)
            if status != expect:
                wrong.append(status)
            done += 1
        counts.append(done)
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise AssertionError(f"answered {wrong[0]} where {expect} was expected")
    return sum(counts) / SECONDS


def facts() -> str:
    """An incident to file."""
    return json.dumps(
        {
            "title": f"Clinic {secrets.token_hex(4)} offline",
            "summary": "Staff kept paper records.",
            "began": {"at": "2026-01-02T00:00:00Z", "precision": "day"},
            "victims": [{"sector": "health", "country": "CR"}],
        }
    )


def run() -> Iterator[Result]:
    """Rounds in alternation; medians of requests a second."""
    principal = principal_of(MEASURED)
    user = User.objects.get(pk=principal.user_id)
    key = tokens.new_key()
    ApiToken.objects.create(
        user=user, organisation_id=principal.organisation_id or 0, name="bench", digest=tokens.digest(key),
        scopes=Scope.values, expires_at=longest(),
    )  # fmt: skip
    cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session_of(user, principal.organisation_id or 0)}"}
    token = {"Authorization": f"Token {key}", "Content-Type": "application/json"}
    pairs = {
        "list, 25 rows, page": (get("/incidents/", cookie), get("/bench/page/", {})),
        "list, 25 rows, JSON": (get("/api/v1/incidents/", token), get("/bench/json/", {})),
    }
    with server() as port:
        for name, (ours, bare) in pairs.items():
            left: list[float] = []
            right: list[float] = []
            for _ in range(ROUNDS):
                left.append(rate(port, ours, 200))
                right.append(rate(port, bare, 200))
            yield Result("over HTTP", name, "requests/s", statistics.median(left), statistics.median(right), "≥ 0.60")
        filing = [rate(port, post("/api/v1/incidents/", token, facts), 201) for _ in range(ROUNDS)]
        yield Result(
            "over HTTP",
            "filing an incident, ledger entry included",
            "requests/s",
            statistics.median(filing),
            None,
            "≥ 100",
        )
