"""What every test stands on: a database entered as the application's role, a cast, and a client that signs in."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections
from django.test import Client
from django.test.utils import setup_databases, teardown_databases

from core.tenancy import acting_as
from instruments.services import adopt_shelf
from organisations.actors import Actor
from tests.databases import copied
from tests.people import People


def pytest_sessionstart(session: pytest.Session) -> None:
    """What earlier runs counted is not this one's."""
    if not hasattr(session.config, "workerinput"):
        for file in Path(django_settings.METRICS_FOLDER).parent.glob("*/*.db"):
            file.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """One database made by the owner, with the instruments adopted; from here on every transaction takes the application's role.

    Our own and not pytest-django's: that one makes a database only when it sees a `django_db` mark, and races ask for
    `committed_db` instead.
    """
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
        adopt_shelf(using="default")
        connections["default"].settings_dict["OPTIONS"]["role"] = "norms_app"
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        connections["default"].settings_dict["OPTIONS"].pop("role")
        teardown_databases(made, verbosity=0)


@pytest.fixture
def people(db: None) -> People:
    """The cast of `tests/people.py`."""
    return People()


@pytest.fixture
def committed_db(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database of this test's own, copied from the test database: what is committed here is gone afterwards.

    For races and servers: several threads, real transactions, no truncation (the ledger refuses it).
    Every thread must close its connections (`connections.close_all()`).
    """
    settings = connections["default"].settings_dict
    template, copy = settings["NAME"], f"{settings['NAME']}_{uuid.uuid4().hex[:8]}"
    with django_db_blocker.unblock(), copied(template, copy):
        settings["NAME"] = copy
        try:
            yield copy
        finally:
            settings["NAME"] = template


@pytest.fixture
def acting() -> Iterator[Callable[[Actor], Actor]]:
    """`acting(someone)`: from here to the end of the test (or the next call) the database is asked as them."""
    stack: list[Any] = []

    def switch(actor: Actor) -> Actor:
        while stack:
            stack.pop().__exit__(None, None, None)
        context = acting_as(actor.principal)
        context.__enter__()
        stack.append(context)
        return actor

    yield switch
    while stack:
        stack.pop().__exit__(None, None, None)


@pytest.fixture
def as_owner(db: None) -> Callable[[], Any]:
    """A cursor with the owner's rights, for what only the owner may see (`verify`, the catalogue)."""

    def cursor() -> Any:
        with connection.cursor() as inner:
            inner.execute("RESET ROLE")
        return connection.cursor()

    return cursor


@pytest.fixture
def sign_in(client: Client) -> Callable[[Actor], Client]:
    """The browser's client, signed in as this person."""

    def enter(actor: Actor) -> Client:
        client.force_login(actor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session["organisation_id"] = actor.organisation.pk
        session.save()
        return client

    return enter
