"""`/metrics`: what is measured, that nothing of a case, a person or an organisation is in it, and that nobody outside sees it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import shared_task
from django.db import DatabaseError
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from ledger.models import Entry
from normsplatform.celery import app
from normsplatform.cli.home import ROOT
from normsplatform.metrics import present
from organisations.actors import Actor
from tests.doors.addresses import DECLARED
from tests.doors.test_crawl import VOLATILE
from tests.people import People
from tests.tenancy.test_walls import filed

pytestmark = pytest.mark.django_db

SignIn = Callable[[Actor], Client]
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture(autouse=True)
def in_public(settings: Any) -> None:
    """The public knows the platform by this name."""
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "norms.example.org", "web"]
    settings.BASE_URL = "https://norms.example.org"


def samples(client: Client | None = None, **more: Any) -> Samples:
    """All that is shown, by name and labels."""
    answer = (client or Client()).get("/metrics", **more)
    assert answer.status_code == 200, answer.status_code
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def of(found: Samples, name: str, **labels: str) -> float:
    """One of them; 0 where there is none."""
    return found.get((name, tuple(sorted(labels.items()))), 0)


def test_requests_are_counted_by_the_name_of_the_route_alone(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    labels = {"route": "incident", "method": "GET", "status": "2xx"}
    before = samples()
    for _ in range(3):
        assert client.get(f"/incidents/{incident.reference}/").status_code == 200
    assert client.get("/incidents/INC-2026-000000/").status_code == 404
    client.get(f"/nothing/{incident.reference}/vela/")
    client.generic("BREW", f"/incidents/{incident.reference}/")
    after = samples()
    assert of(after, "norms_requests_total", **labels) - of(before, "norms_requests_total", **labels) == 3
    refused = {**labels, "status": "4xx"}
    assert of(after, "norms_requests_total", **refused) - of(before, "norms_requests_total", **refused) == 1
    seconds = {"route": "incident"}
    assert (
        of(after, "norms_request_seconds_count", **seconds) - of(before, "norms_request_seconds_count", **seconds) == 5
    )
    assert of(after, "norms_request_seconds_sum", **seconds) > of(before, "norms_request_seconds_sum", **seconds)


def test_no_label_holds_anything_a_person_wrote_or_is(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    for address in (
        f"/incidents/{incident.reference}/",
        f"/api/v1/incidents/{incident.reference}/",
        "/x/INC-2026-000001/",
        "/admin/",
    ):
        client.get(address)
    found = samples()
    named = {"route", "method", "status", "le", "task", "outcome", "state", "version", "django", "python"}
    assert {label for _, labels in found for label, _ in labels} <= named
    routes = {value for _, labels in found for label, value in labels if label == "route"}
    assert {route for route in routes if ":" not in route} <= {*DECLARED, "(none)", "(other)"}
    tasks = {value for _, labels in found for label, value in labels if label == "task"}
    assert tasks <= set(app.tasks)
    shown = Client().get("/metrics").content.decode()
    for word in (incident.reference, "INC-2026", people.vela.analyst.user.email, people.vela.organisation.slug):
        assert word not in shown, word


OUTSIDE: dict[str, dict[str, Any]] = {
    "through a proxy": {"headers": {"x-forwarded-for": "127.0.0.1"}},
    "through a proxy that says so as it should": {"headers": {"forwarded": "for=127.0.0.1;host=localhost"}},
    "through one that says the scheme only": {"headers": {"x-forwarded-proto": "https"}},
    "through one that says its own name": {"headers": {"via": "1.1 caddy"}},
    "through one of another make": {"headers": {"x-real-ip": "127.0.0.1"}},
    "by an empty header": {"headers": {"x-forwarded-for": ""}},
    "by the public name": {"HTTP_HOST": "norms.example.org"},
    "by the public name and a port": {"HTTP_HOST": "norms.example.org:8000"},
    "from another machine": {"REMOTE_ADDR": "192.0.2.7"},
    "from another machine of the network": {"REMOTE_ADDR": "10.1.2.3"},
    "from a mapped address": {"REMOTE_ADDR": "::ffff:192.0.2.7"},
    "from no address": {"REMOTE_ADDR": ""},
    "by an address that is none": {"REMOTE_ADDR": "127.0.0.1.evil.example"},
    "by another method": {"method": "POST"},
    "by a method nobody knows": {"method": "BREW"},
    "by asking what may be asked": {"method": "OPTIONS"},
    "by a name nobody gave": {"HTTP_HOST": "evil.example"},
}


@pytest.mark.parametrize("how", OUTSIDE)
@pytest.mark.parametrize("signed_in", [False, True], ids=["a stranger", "a member"])
def test_to_whoever_comes_otherwise_it_is_not_there_to_the_byte(
    people: People, sign_in: SignIn, how: str, signed_in: bool
) -> None:
    client = sign_in(people.vela.analyst) if signed_in else Client(enforce_csrf_checks=True)
    asked = {"method": "GET", **OUTSIDE[how]}

    def told(path: str) -> tuple[int, list[str], str]:
        answer = client.generic(asked["method"], path, **{key: each for key, each in asked.items() if key != "method"})
        return answer.status_code, sorted(set(answer.headers) - {"Content-Length"}), VOLATILE.sub("", answer.content.decode()).replace(path, "")  # fmt: skip

    assert told("/metrics") == told("/nowhere")
    assert told("/metrics")[0] == (400 if how == "by a name nobody gave" else 404)


@pytest.mark.parametrize(
    "how",
    [{}, {"REMOTE_ADDR": "127.8.8.8"}, {"REMOTE_ADDR": "::1"}, {"REMOTE_ADDR": "::ffff:127.0.0.1"}, {"HTTP_HOST": "web:8000"}],
    ids=str,
)  # fmt: skip
def test_a_collector_on_this_machine_reads_it(how: dict[str, Any]) -> None:
    found = samples(**how)
    assert of(found, "norms_database_up") == of(found, "norms_queue_up") == 1
    assert Client().get("/metrics", **how)["Cache-Control"] == "no-store"
    assert Client().head("/metrics", **how).status_code == 200
    assert (
        "openmetrics"
        in Client().get("/metrics", headers={"accept": "application/openmetrics-text; version=1.0.0"})["Content-Type"]
    )


def test_networks_the_operator_names_read_it_too(settings: Any) -> None:
    assert Client().get("/metrics", REMOTE_ADDR="172.20.0.9").status_code == 404
    settings.METRICS_FROM = [*settings.METRICS_FROM, "172.20.0.0/16"]
    assert Client().get("/metrics", REMOTE_ADDR="172.20.0.9").status_code == 200
    assert Client().get("/metrics", REMOTE_ADDR="172.21.0.9").status_code == 404


@shared_task(name="tests.metrics.works")
def works() -> None:
    """Does nothing, well."""
    time.sleep(0.02)


@shared_task(name="tests.metrics.fails", ignore_result=True)
def fails() -> None:
    """Does not."""
    raise ValueError("INC-2026-000042 is in this sentence")


@pytest.fixture
def throwing_nothing(settings: Any) -> Iterator[None]:
    before = app.conf.task_eager_propagates
    app.conf.task_eager_propagates = False
    yield
    app.conf.task_eager_propagates = before


def test_tasks_are_counted_by_name_and_outcome(throwing_nothing: None) -> None:
    before = samples()
    works.delay()
    works.delay()
    fails.delay()
    after = samples()

    def more(name: str, **labels: str) -> float:
        return of(after, name, **labels) - of(before, name, **labels)

    assert more("norms_tasks_total", task="tests.metrics.works", outcome="success") == 2
    assert more("norms_tasks_total", task="tests.metrics.fails", outcome="failure") == 1
    assert more("norms_task_seconds_count", task="tests.metrics.works") == 2
    assert 0.04 <= more("norms_task_seconds_sum", task="tests.metrics.works") < 5
    assert "INC-2026" not in Client().get("/metrics").content.decode()


def test_what_another_process_counted_is_in_it() -> None:
    before = of(samples(), "norms_tasks_total", task="signin.tasks.forget", outcome="success")
    script = "from normsplatform.metrics.counts import TASKS; TASKS.labels('signin.tasks.forget', 'success').inc(5)"
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env={**os.environ}, check=True, timeout=60)
    assert of(samples(), "norms_tasks_total", task="signin.tasks.forget", outcome="success") - before == 5


def test_what_a_machine_that_is_gone_counted_goes_with_it(settings: Any) -> None:
    gone = Path(settings.METRICS_FOLDER).parent / "gone"
    script = "from normsplatform.metrics.counts import TASKS; TASKS.labels('keeping.tasks.minimise', 'retry').inc(7)"
    gone.mkdir(exist_ok=True)
    subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(gone)}, check=True, timeout=60
    )  # fmt: skip
    labels = {"task": "keeping.tasks.minimise", "outcome": "retry"}
    assert of(samples(), "norms_tasks_total", **labels) == 7
    for file in gone.glob("*.db"):
        os.utime(file, (0, time.time() - present.GONE_AFTER - 60))
    assert of(samples(), "norms_tasks_total", **labels) == 0 and list(gone.glob("*.db")) == []
    gone.rmdir()


def test_a_database_or_queue_that_is_down_is_said_and_the_rest_is_shown(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    assert of(samples(), "norms_queue_up") == 0

    def down() -> Any:
        raise DatabaseError("not there")

    monkeypatch.setattr(present, "delay", down)
    found = samples()
    assert of(found, "norms_database_up") == 0
    assert any(name == "norms_build_info" for name, _ in found) and any(
        name == "norms_requests_total" for name, _ in found
    )


def test_connections_the_queue_and_the_ledger_are_in_it(people: People) -> None:
    filed(people.vela.analyst)
    found = samples()
    connections = sum(value for (name, _), value in found.items() if name == "norms_database_connections")
    assert 1 <= connections <= of(found, "norms_database_connections_limit")
    assert ("norms_queue_tasks", (("state", "waiting"),)) in found
    assert of(found, "norms_ledger_pending") == Entry.objects.count() or of(found, "norms_ledger_pending") > 0
    (labels,) = [dict(labels) for name, labels in found if name == "norms_build_info"]
    assert labels["version"] == present.version() and labels["django"].startswith("5.2")
