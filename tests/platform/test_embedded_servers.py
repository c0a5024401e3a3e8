"""The embedded servers start, are shared, survive being killed, and leave nothing behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from normsplatform.embedded import processes
from normsplatform.embedded.errors import LauncherError
from normsplatform.embedded.postgresql import PostgreSQL
from normsplatform.embedded.valkey import Valkey
from tests.platform.conftest import wait_until_none_belongs_to

pytestmark = pytest.mark.slow

USE_FOR_A_WHILE = """
import sys, time
from pathlib import Path
from normsplatform.embedded.postgresql import PostgreSQL
folder = Path(sys.argv[1])
server = PostgreSQL(folder / "postgresql", folder / "logs" / "postgresql.log", durable=False)
server.acquire()
print(server.pid(), server.port, flush=True)
sys.stdin.readline()
server.release()
"""


def test_four_cold_starts_at_once_share_one_server_and_the_last_one_stops_it(scratch: Path) -> None:
    users = [
        subprocess.Popen(
            [sys.executable, "-c", USE_FOR_A_WHILE, str(scratch)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        )
        for _ in range(4)
    ]
    told = [user.stdout.readline().split() for user in users if user.stdout]
    assert len({tuple(line) for line in told}) == 1
    pid = int(told[0][0])
    for user in users[:3]:
        user.communicate("\n")
    assert processes.command_line(pid) is not None, "three of four left: the server stays"
    users[3].communicate("\n")
    assert processes.command_line(pid) is None
    assert wait_until_none_belongs_to(scratch) == []


def test_a_killed_postgresql_comes_back_with_every_committed_row(scratch: Path) -> None:
    server = PostgreSQL(scratch / "postgresql", scratch / "logs" / "postgresql.log")
    server.acquire()
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 5000) AS number")
    port, pid = server.port, server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    processes.wait_gone(pid, 5)
    server.revive()
    assert server.port == port
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (5000,)
    server.release()


def test_a_zombie_is_not_taken_for_a_living_server(postgresql: PostgreSQL) -> None:
    """Nobody waits for the killed postmaster: it stays as a zombie, for which ``kill -0`` succeeds."""
    pid = postgresql.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while processes.command_line(pid) is not None and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(pid, 0)  # still there, as a zombie
    assert postgresql.pid() is None


def test_a_pid_file_that_names_somebody_else_is_not_believed(scratch: Path) -> None:
    """After a reboot the pid in the file may belong to any other program, which must be left alone."""
    server = PostgreSQL(scratch / "postgresql", scratch / "logs" / "postgresql.log", durable=False)
    server.acquire()
    server.release()
    bystander = subprocess.Popen(["sleep", "60"])
    lock = server.place.data / "postmaster.pid"
    lock.write_text(f"{bystander.pid}\n{server.place.data}\n1\n{server.port}\n\n127.0.0.1\n\nready   \n")
    server.acquire()
    assert server.alive()
    assert bystander.poll() is None
    server.release()
    bystander.kill()
    bystander.wait()


def test_an_interrupted_initdb_is_done_again(scratch: Path) -> None:
    server = PostgreSQL(scratch / "postgresql", scratch / "logs" / "postgresql.log", durable=False)
    half = server.place.data.with_name("data.unfinished")
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    server.acquire()
    assert server.alive()
    assert not half.exists()
    server.release()


def test_data_of_another_version_are_refused_in_a_sentence(scratch: Path) -> None:
    server = PostgreSQL(scratch / "postgresql", scratch / "logs" / "postgresql.log", durable=False)
    server.acquire()
    server.release()
    (server.place.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(LauncherError, match="written by PostgreSQL 9"):
        server.acquire()


def test_a_busy_port_is_avoided_at_the_next_start(scratch: Path) -> None:
    import socket

    server = PostgreSQL(scratch / "postgresql", scratch / "logs" / "postgresql.log", durable=False)
    server.acquire()
    before = server.port
    server.release()
    with socket.socket() as other:
        other.bind(("127.0.0.1", before))
        other.listen()
        server.acquire()
        assert server.alive()
        assert server.port != before
        server.release()


def test_the_servers_do_not_run_as_root_and_a_closed_parent_stays_closed(scratch: Path) -> None:
    closed = scratch / "closed"
    closed.mkdir(mode=0o700)
    server = PostgreSQL(closed / "postgresql", closed / "logs" / "postgresql.log", durable=False)
    server.acquire()
    pid = server.pid()
    assert pid is not None
    assert Path(f"/proc/{pid}").stat().st_uid != 0
    assert closed.stat().st_mode & 0o777 == 0o700
    # root drops to an account that cannot pass the closed parent; anybody else is their own account
    assert server.place.data.is_relative_to(scratch / "elsewhere") == (os.geteuid() == 0)
    server.release()
    again = PostgreSQL(closed / "postgresql", closed / "logs" / "postgresql.log", durable=False)
    assert again.place.data == server.place.data


def test_the_password_is_needed_and_its_file_is_ours_alone(postgresql: PostgreSQL) -> None:
    assert (postgresql.place.private / "server.json").stat().st_mode & 0o777 == 0o600
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgresql.url(password="wrong"))


def test_the_socket_asks_for_the_password_too(postgresql: PostgreSQL) -> None:
    address = f"host={postgresql.place.socket} port={postgresql.port} user=postgres dbname=postgres"
    with psycopg.connect(address, password=postgresql.password) as connection:
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address, password="wrong")


def test_by_default_a_commit_is_on_disk_before_it_is_answered(scratch: Path) -> None:
    server = PostgreSQL(scratch / "postgresql", scratch / "logs" / "postgresql.log")
    server.acquire()
    with psycopg.connect(server.url()) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            assert connection.execute("SELECT current_setting(%s)", [name]).fetchone() == ("on",)
    server.release()


def test_a_killed_valkey_comes_back_with_every_key(valkey: Valkey) -> None:
    with redis.Redis.from_url(valkey.url) as client:
        client.mset({f"key-{number}": number for number in range(2000)})
    pid = valkey.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    processes.wait_gone(pid, 5)
    valkey.revive()
    with redis.Redis.from_url(valkey.url) as client:
        assert client.dbsize() == 2000
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_valkey_refuses_whoever_has_no_password(valkey: Valkey) -> None:
    with redis.Redis(port=valkey.port) as client, pytest.raises(redis.AuthenticationError):
        client.ping()
