"""``./norms up``: from nothing to a running platform, and back to nothing on Ctrl-C."""

import argparse
import contextlib
import os
import shutil
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from normsplatform.cli import libraries
from normsplatform.cli.accounts import accounts_table
from normsplatform.cli.home import ROOT, Home
from normsplatform.cli.prepare import prepare
from normsplatform.cli.stack import Stack, running
from normsplatform.cli.supervisor import Kept, Program, Server, Supervisor, end_leftovers
from normsplatform.cli.terminal import colour, say, step
from normsplatform.embedded import ports
from normsplatform.embedded.errors import LauncherError
from normsplatform.embedded.files import try_lock

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 — compared with, not bound to
LARGEST_LOG = 20 * 2**20


def options(parser: argparse.ArgumentParser) -> None:
    """What may be said after ``up``."""
    parser.add_argument("--port", type=_port, default=8000, help="where the pages are served (8000)")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1: this machine only)")
    parser.add_argument("--no-demo", action="store_true", help="start empty, without the demo cases and accounts")


def _port(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text} is no port: give a number from 1 to 65535")
    return int(text)


def up(home: Home, asked: argparse.Namespace) -> int:
    """Serve until told to stop."""
    begun = time.monotonic()
    home.make()
    with only_one(home, asked) as address:
        if left := end_leftovers(home.children):
            say(f"  An earlier run was killed; ended what it left: {', '.join(left)}")
        _require_port(asked.host, asked.port)
        libraries.ensure()
        with contextlib.ExitStack() as stack:
            with step("PostgreSQL and Valkey"):
                servers = stack.enter_context(running(home))
            shutil.rmtree(home.path / "metrics", ignore_errors=True)  # counts begin with the programs that count
            prepare(servers, home, demo=not asked.no_demo)
            supervisor = Supervisor(_everyone(servers, home, asked, address), home.children)
            supervisor.stop_on_signals()
            try:
                with step("web, worker and scheduler"):
                    supervisor.start()
                    _wait_for_web(supervisor, asked, home)
                if not supervisor.stopping.is_set():
                    _greet(home, address, time.monotonic() - begun)
                supervisor.watch()
            finally:
                say("\nStopping …")
                supervisor.stop()
    say("Stopped. The data are kept; ./norms up starts again.")
    return 0


@contextlib.contextmanager
def only_one(home: Home, asked: argparse.Namespace) -> Iterator[str]:
    """The address of this run; a sentence when the platform of this home is running already."""
    shown = "127.0.0.1" if asked.host in EVERYWHERE else asked.host
    shown = f"[{shown}]" if ":" in shown else shown
    address = f"http://{shown}:{asked.port}"
    lock = try_lock(home.up_lock)
    if lock is None:
        where = home.up_lock.read_text().strip() or "starting just now"
        raise LauncherError(
            f"The platform in {home.path} is running already ({where}). "
            "Stop that one first, or set NORMS_HOME to another directory."
        )
    with lock:
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, {address}\n")
        lock.flush()
        yield address
        lock.truncate(0)


def _require_port(host: str, port: int) -> None:
    try:
        socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as problem:
        raise LauncherError(f"{host} is no address of this machine: {problem.strerror}.") from problem
    if ports.is_free(port, host):
        return
    if port < 1024 and os.geteuid() != 0:
        raise LauncherError(
            f"Ports below 1024 are for root. Choose another: ./norms up --port {ports.next_free(8000, host)}"
        )
    user = ports.holder(port)
    raise LauncherError(
        f"Port {port} on {host} is in use{f' by {user}' if user else ''}. "
        f"Choose another: ./norms up --port {ports.next_free(port, host)}"
    )


def _allowed_hosts(host: str) -> str:
    """The names this machine may be called by; only loopback unless a wider address was asked for."""
    names = {"127.0.0.1", "localhost", "[::1]"}
    if host not in LOOPBACK:
        names |= {socket.gethostname(), socket.getfqdn()}
        with contextlib.suppress(OSError):
            names |= {str(found[4][0]) for found in socket.getaddrinfo(socket.gethostname(), None)}
        if host not in EVERYWHERE:
            names.add(host)
    return ",".join(sorted(names))


def _everyone(stack: Stack, home: Home, asked: argparse.Namespace, address: str) -> list[Kept]:
    """Servers first, then what needs them."""
    env = stack.serving_env | {"NORMS_BASE_URL": os.environ.get("NORMS_BASE_URL", address)}
    env.setdefault("ALLOWED_HOSTS", _allowed_hosts(asked.host))
    python = [sys.executable, "-P", "-m"]
    bind = f"[{asked.host}]:{asked.port}" if ":" in asked.host else f"{asked.host}:{asked.port}"
    web = [*python, "gunicorn", "normsplatform.wsgi:application", "--bind", bind, "--worker-class", "gthread"]
    web += ["--workers", "2", "--threads", "4", "--timeout", "120", "--graceful-timeout", "10", "--keep-alive", "5"]
    # the control socket of gunicorn would be one for all installations of this user
    web += ["--no-control-socket", "--worker-tmp-dir", _memory(home)]
    celery = [*python, "celery", "-A", "normsplatform.celery"]
    worker = [*celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "INFO"]
    beat = [*celery, "beat", "--loglevel", "INFO", "--pidfile=", "--schedule", str(home.path / "celerybeat-schedule")]
    return [
        *(Server(server) for server in stack.servers),
        Program("web", web, env, ROOT, _log(home, "web")),
        Program("worker", worker, env, ROOT, _log(home, "worker"), patience=20),
        Program("scheduler", beat, env, ROOT, _log(home, "scheduler")),
    ]


def _memory(home: Home) -> str:
    """Where gunicorn's workers show that they live: in memory, or a slow disk would make them look dead."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else str(home.path)  # noqa: S108 — only safe names


def _log(home: Home, name: str) -> Path:
    """The log of a program; a long one is put aside at the start."""
    log = home.logs / f"{name}.log"
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_suffix(".log.1"))
    return log


def _wait_for_web(supervisor: Supervisor, asked: argparse.Namespace, home: Home) -> None:
    """Until a page comes back; a web server that cannot start is said at once, not restarted for ever."""
    host = "127.0.0.1" if asked.host in EVERYWHERE else asked.host
    url = f"http://{f'[{host}]' if ':' in host else host}:{asked.port}/health/live"
    deadline = time.monotonic() + 60

    def waiting() -> bool:
        return time.monotonic() < deadline and supervisor.deaths("web") < 2 and not _answers(url)

    supervisor.watch(waiting, every=0.1)
    if supervisor.stopping.is_set() or _answers(url):
        return
    log = home.logs / "web.log"
    last = "\n".join(f"    {line}" for line in log.read_text(errors="replace").strip().splitlines()[-8:])
    raise LauncherError(f"The web server does not start. Its last words, from {log}:\n{last}")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 — http to ourselves
            return True
    except urllib.error.HTTPError:
        return True  # it answers; /health/ready says how it is
    except OSError:
        return False


def _greet(home: Home, address: str, seconds: float) -> None:
    say(f"\n{colour('Norms Platform', '1')} is running at {colour(address, '1;36')}  ({seconds:.1f} s)\n")
    if table := accounts_table(home.accounts):
        say(f"{table}\n\nThese demo accounts are also in {home.accounts}, with their API tokens.")
    say(f"Logs: {home.logs}    Ctrl-C stops everything.")
