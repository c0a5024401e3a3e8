"""The real thing: committed figures, two connections, and the public pages on their own login."""

from collections.abc import Iterator

import pytest
from django.db import ProgrammingError, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incidents.models import Incident
from publication.models import Release
from tests.people import People
from tests.publication.figures import Bureau

pytestmark = [pytest.mark.duty("PUB-2"), pytest.mark.duty("SHR-7")]


@pytest.fixture
def released(committed_db: str) -> Iterator[str]:
    """One published and one prepared release, committed; `public` is a connection of its own in the public role."""
    settings = connections["public"].settings_dict
    before = {"NAME": settings["NAME"], "OPTIONS": settings["OPTIONS"]}
    settings.update(NAME=committed_db, OPTIONS={"role": "norms_public"})
    try:
        with transaction.atomic():
            bureau = Bureau(People())
            bureau.cases(12)
        version = bureau.publish().version
        bureau.prepare(revision_notes="Again.")
        yield version
    finally:
        connections.close_all()
        settings.update(before)


def test_an_anonymous_page_never_asks_the_applications_login(released: str, client: Client) -> None:
    """Nothing of a tenant is within reach of a public page: it reads with a login that may read three tables."""
    connections["default"].close()
    with CaptureQueriesContext(connections["public"]) as public, CaptureQueriesContext(connections["default"]) as own:
        for address in (
            "/",
            "/data/",
            "/data/releases/",
            f"/data/releases/{released}/",
            f"/data/releases/{released}/all.zip",
        ):
            assert client.get(address).status_code == 200
        assert client.get(f"/data/releases/{released}-r2/").status_code == 404
    assert len(public) > 5
    assert [query["sql"] for query in own.captured_queries] == []


def test_that_login_sees_the_published_release_and_no_case(released: str) -> None:
    with transaction.atomic(using="public"):
        assert [release.version for release in Release.objects.using("public")] == [released]
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(using="public"):
        Incident.objects.using("public").count()
