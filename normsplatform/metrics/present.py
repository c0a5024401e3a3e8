"""What is read at the moment somebody looks: the counts of all processes, the queue, the database, the ledger, the version."""

import platform
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import django
import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from redis import Redis
from redis.exceptions import RedisError

from ledger.selectors import delay

log = structlog.get_logger()
# A machine that wrote nothing for so long is gone (a container that was made anew), and what it counted goes with it.
GONE_AFTER = 7 * 24 * 3600
# How long a queue that does not answer is waited for.
SECONDS = 2
# What Celery calls them in the broker: tasks that wait, and tasks a worker has taken and not finished.
WAITING, TAKEN = "celery", "unacked"


@cache
def version() -> str:
    """The platform's own, from its project file."""
    found: str = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
    return found


def files() -> Iterator[str]:
    """The files of all processes. Those of machines that are gone are deleted."""
    own = Path(settings.METRICS_FOLDER)
    for folder in own.parent.iterdir():
        each = list(folder.glob("*.db"))
        if folder != own and all(file.stat().st_mtime < time.time() - GONE_AFTER for file in each):
            for file in each:
                file.unlink(missing_ok=True)
            continue
        yield from map(str, each)


def counts() -> Iterable[Metric]:
    """Requests and tasks, over all processes."""
    found: Iterable[Metric] = MultiProcessCollector.merge(list(files()))  # type: ignore[no-untyped-call]
    return found


def build() -> Iterable[Metric]:
    """Which version this is."""
    names = {"version": version(), "django": django.get_version(), "python": platform.python_version()}
    gauge = GaugeMetricFamily("norms_build_info", "Always 1; the versions are its labels.", labels=list(names))
    gauge.add_metric(list(names.values()), 1)
    yield gauge


def queue() -> Iterable[Metric]:
    """How many tasks wait, and how many are being worked on."""
    up, length = 1, GaugeMetricFamily("norms_queue_tasks", "Tasks in the queue, by state.", labels=["state"])
    try:
        with Redis.from_url(
            settings.CELERY_BROKER_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS
        ) as broker:
            length.add_metric(["waiting"], float(broker.llen(WAITING)))
            length.add_metric(["taken"], float(broker.hlen(TAKEN)))
    except RedisError as problem:
        log.warning("metrics_queue", why=type(problem).__name__)
        up = 0
    yield GaugeMetricFamily("norms_queue_up", "Whether the queue answers.", value=up)
    yield length


def database() -> Iterable[Metric]:
    """Connections of this login by state (behind a pooler: the pooler's), how many there may be, and how late the ledger is."""
    held = GaugeMetricFamily("norms_database_connections", "Connections to the database, by state.", labels=["state"])
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(state, 'unknown'), count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND usename = session_user GROUP BY 1"
            )
            for state, number in cursor.fetchall():
                held.add_metric([state], number)
            cursor.execute("SELECT current_setting('max_connections')::int")
            most = int(cursor.fetchone()[0])
            waiting = delay()
    except DatabaseError as problem:
        log.warning("metrics_database", why=type(problem).__name__)
        yield GaugeMetricFamily("norms_database_up", "Whether the database answers.", value=0)
        return
    yield GaugeMetricFamily("norms_database_up", "Whether the database answers.", value=1)
    yield held
    yield GaugeMetricFamily(
        "norms_database_connections_limit", "Connections the database allows, all logins.", value=most
    )
    yield GaugeMetricFamily("norms_ledger_pending", "Entries recorded and not yet in order.", value=waiting.pending)
    yield GaugeMetricFamily("norms_ledger_oldest_seconds", "Age of the oldest of them.", value=waiting.oldest_seconds)


class Read(Collector):
    """What a function reads at the moment of asking."""

    def __init__(self, read: Callable[[], Iterable[Metric]]) -> None:
        self.read = read

    def collect(self) -> Iterable[Metric]:
        """Now."""
        return self.read()


def registry() -> CollectorRegistry:
    """All there is to see."""
    found = CollectorRegistry(auto_describe=False)
    for read in (counts, build, queue, database):
        found.register(Read(read))
    return found
