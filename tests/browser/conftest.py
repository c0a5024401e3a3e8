"""The whole platform in a browser: a server on committed data, and people who sit down at it.

The data live in a database of their own, copied from the test database and dropped at the end of this folder's tests.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import connections, transaction
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from organisations.actors import Actor
from tests.browser.checks import watch
from tests.databases import copied
from tests.people import People

CHROMIUM = os.environ.get("NORMS_CHROMIUM", "/usr/bin/chromium")
SWITCHES = [
    "--no-sandbox",  # Chromium's own sandbox needs a user other than root; the pages are ours
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# Long enough for a machine that does other things too.
PATIENCE_MS = 20_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a real browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def committed(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database and a file store of this folder's own. What is done here is committed, as it is in life."""
    default, public = connections["default"].settings_dict, connections["public"].settings_dict
    before = {"NAME": default["NAME"], "public": public["NAME"], "OPTIONS": public["OPTIONS"]}
    copy = f"{default['NAME']}_browser"
    files = {name: getattr(django_settings, name) for name in ("FILES_ROOT", "FILE_UPLOAD_TEMP_DIR")}
    with django_db_blocker.unblock(), copied(default["NAME"], copy):
        default["NAME"] = public["NAME"] = copy
        public["OPTIONS"] = {**public["OPTIONS"], "role": "norms_public"}
        for name in files:
            folder = tmp_path_factory.mktemp(name.lower())
            setattr(django_settings, name, folder)
        try:
            yield copy
        finally:
            default["NAME"], public["NAME"], public["OPTIONS"] = before["NAME"], before["public"], before["OPTIONS"]
            for name, value in files.items():
                setattr(django_settings, name, value)


class Quiet(WSGIRequestHandler):
    """Says nothing about each request, and waits for no browser that went away."""

    timeout = 5

    def handle(self) -> None:
        """Until the browser has nothing more to ask."""
        with suppress(TimeoutError, ConnectionError):
            super().handle()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@pytest.fixture(scope="package")
def site(committed: str) -> Iterator[str]:
    """The address of the running platform."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.daemon_threads = False  # closing waits for every answer: none is given once the database is another one
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    assert Path(CHROMIUM).exists(), "Install Chromium: apt-get install chromium"
    # Playwright's synchronous calls run inside an event loop of their own, which Django would take for async code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        # Inside the loop Django keeps connections of its own: those to a database that is dropped now would come back.
        connections.close_all()
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Cast(People):
    """The cast with committed accounts: whoever is asked for is made in a transaction of their own."""

    def actor(self, house: str, role: str) -> Actor:
        """`cast.actor("vela", "analyst")`."""
        with transaction.atomic():
            actor: Actor = getattr(self, house).person(role)
            return actor


@pytest.fixture(scope="package")
def cast(committed: str) -> Cast:
    return Cast()


def session_of(actor: Actor) -> str:
    """The key of a fresh session of this person."""
    session = SessionStore()
    session[SESSION_KEY] = str(actor.user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = actor.user.get_session_auth_hash()
    session["organisation_id"] = actor.organisation.pk
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(actor.user.pk)
    session.create()
    return str(session.session_key)


Sit = Callable[..., BrowserContext]


@pytest.fixture(scope="package")
def sit(chromium: Browser, site: str) -> Iterator[Sit]:
    """`sit(actor, javascript=False)`: a browser of their own, already signed in; without an actor, a visitor's."""
    opened: list[BrowserContext] = []

    def down(actor: Actor | None = None, *, javascript: bool = True, **more: Any) -> BrowserContext:
        context = chromium.new_context(
            base_url=site, java_script_enabled=javascript, **{"viewport": {"width": 1280, "height": 900}, **more}
        )
        context.set_default_timeout(PATIENCE_MS)
        if actor is not None:
            context.add_cookies(
                [{"name": django_settings.SESSION_COOKIE_NAME, "value": session_of(actor), "url": site}]
            )
        opened.append(context)
        return context

    yield down
    for context in opened:
        context.close()


Visit = Callable[..., Any]


@pytest.fixture
def visit(sit: Sit) -> Iterator[Visit]:
    """`with visit(actor) as page:` a page whose browser complained about nothing by the end of the block."""

    @contextmanager
    def page_of(actor: Actor | None = None, **more: Any) -> Iterator[Page]:
        context = sit(actor, **more)
        page = context.new_page()
        complaints = watch(page)
        yield page
        assert complaints == []
        context.close()

    yield page_of
