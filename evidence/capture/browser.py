"""What a reader saw: a picture and a PDF of the page, made by Chromium behind the judging proxy, in a profile of its own."""

import contextlib
import os
import signal
import subprocess
import tempfile
from pathlib import Path

from core.outward import Refused

from .proxy import proxy

SECONDS = 75
LARGEST = 60 * 1024 * 1024
SWITCHES = (
    "--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-default-apps", "--disable-extensions", "--disable-sync", "--disable-quic",
    "--metrics-recording-only", "--mute-audio", "--hide-scrollbars", "--window-size=1280,2400",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp", "--proxy-bypass-list=<-loopback>",
    "--virtual-time-budget=15000", "--timeout=30000", "--no-pdf-header-footer",
)  # fmt: skip


def version_of(program: str) -> str:
    """`Chromium 156.0…`."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise Refused("tool") from problem
    return said.stdout.decode("utf-8", "replace").strip()[:120]


def run(program: str, arguments: list[str]) -> None:
    """One run, its whole process group gone afterwards."""
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []  # its own sandbox needs another user; workers are one
    try:
        child = subprocess.Popen(
            [program, *SWITCHES, *as_root, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
    except OSError as problem:
        raise Refused("tool") from problem
    try:
        child.wait(SECONDS)
    except subprocess.TimeoutExpired as problem:
        raise Refused("too_slow") from problem
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait(10)


def pictures(program: str, url: str) -> dict[str, bytes]:
    """`screenshot.png` and `page.pdf`; Refused when there is no picture."""
    made: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory(prefix="capture-", ignore_cleanup_errors=True) as folder, proxy() as way_out:
        way = [f"--proxy-server=http://127.0.0.1:{way_out.server_address[1]}"]
        for name, switch in (("screenshot.png", "screenshot"), ("page.pdf", "print-to-pdf")):
            out = Path(folder) / name
            run(program, [*way, f"--user-data-dir={folder}/profile-{switch}", f"--{switch}={out}", url])
            if out.is_file() and 0 < out.stat().st_size <= LARGEST:
                made[name] = out.read_bytes()
    if "screenshot.png" not in made:
        raise Refused("no_picture")
    return made
