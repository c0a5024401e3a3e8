"""An issuer of the tests’ own and an organisation that signs in there. Limits on guessing outlive a test: they are in the cache."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from organisations.founding import found_platform
from tests.people import People

from .houses import connected, verified
from .issuer import Issuer, running


@pytest.fixture(autouse=True)
def nobody_guessed_before() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def issuer(settings: Any) -> Iterator[Issuer]:
    with running() as there:
        settings.SIGNIN_ALLOW = [there.address.removeprefix("http://")]
        yield there


@pytest.fixture
def vela(people: People, issuer: Issuer) -> People:
    """Vela signs in at the issuer, and vela.example is theirs."""
    found_platform()
    connected(people.vela.admin, issuer)
    verified(people.vela.admin, "vela.example")
    issuer.person = {"sub": "u1", "email": "new@vela.example", "name": "Ada New", "groups": ["Analysts", "Others"]}
    return people
