"""Setting a document in type: content and templates in, PDF bytes out, made by a child process with limits."""

import json
import selectors
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation

from .attachments import attachments_of, canonical_json
from .blocks import Content
from .failures import NotMade

CHILD = Path(__file__).with_name("child.py")
MEMORY = 1536 * 1024 * 1024
SECONDS = 300
HEARTBEAT = 2.0
PREFIX = "document-"

# FIRST TLP 2.0: the label's own colour on black.
MARK_COLOURS = {
    "TLP:RED": "#ff2b2b",
    "TLP:AMBER+STRICT": "#ffc000",
    "TLP:AMBER": "#ffc000",
    "TLP:GREEN": "#33ff00",
    "TLP:CLEAR": "#ffffff",
}

Tick = Callable[[int, str], None]


def quiet(progress: int, stage: str) -> None:
    """For callers who do not ask how far it is."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A PDF, and what making it cost."""

    pdf: bytes
    pages: int
    facts_sha256: str
    seconds: float
    peak_megabytes: int


@dataclass(frozen=True, slots=True)
class Order:
    """What the child is given: text, styles, pictures, attachments, limits."""

    html: str
    styles: dict[str, str]
    identifier: str
    pictures: dict[str, str] = field(default_factory=dict)
    attachments: list[tuple[str, str, bytes]] = field(default_factory=list)
    memory: int = MEMORY
    seconds: int = SECONDS


def render_content(
    content: Content,
    *,
    template: str,
    stylesheet: str,
    tick: Tick = quiet,
    more: dict[str, Any] | None = None,
    attached: Sequence[tuple[str, str, bytes]] = (),
) -> Rendered:
    """The PDF of `content`: PDF/UA-1, its facts attached as JSON, its hash printed inside. `attached` goes along: name, description, bytes.

    Raises NotMade with a code when a picture has no alternative, when limits are passed, or when anything outside the
    document is asked for.
    """
    facts = canonical_json(content)
    facts_sha256 = sha256(facts).hexdigest()
    with translation.override(content.language):
        along = [*attachments_of(content, facts), *attached]
    with translation.override(content.language):
        html = render_to_string(
            template,
            {
                "content": content,
                "rtl": translation.get_language_bidi(),
                "facts_sha256": facts_sha256,
                "attachments": [(name, description) for name, description, _ in along],
                "base_url": settings.BASE_URL,
                **(more or {}),
            },
        )
    order = Order(
        html=html,
        styles={"document.css": style(stylesheet), "mark.css": mark_style(content.mark)},
        identifier=facts_sha256[:32],
        pictures={f"{picture.name}.svg": picture.svg for picture in content.pictures()},
        attachments=along,
    )
    started = time.monotonic()
    pdf, news = run_child(order, tick)
    return Rendered(pdf, int(news["pages"]), facts_sha256, time.monotonic() - started, int(news["peak_megabytes"]))


def style(name: str) -> str:
    """One of our own style sheets."""
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(name)
    return Path(found).read_text()


def mark_style(mark: str) -> str:
    """The mark's colour in the margins of each page. The label itself is a string of the document."""
    box = f"color: {MARK_COLOURS.get(mark, '#ffffff')}; background: #000000"
    return f"@page {{ @top-right {{ {box} }} @bottom-right {{ {box} }} }} .tlp {{ {box} }}"


def write_order(folder: Path, order: Order) -> None:
    """Everything the child may read, in one folder of its own."""
    (folder / "document.html").write_text(order.html)
    for name, text in (order.styles | order.pictures).items():
        (folder / name).write_text(text)
    listed = []
    for number, (name, description, data) in enumerate(order.attachments):
        (folder / f"attachment-{number}").write_bytes(data)
        listed.append({"file": f"attachment-{number}", "name": name, "description": description})
    (folder / "order.json").write_text(
        json.dumps(
            {
                "styles": list(order.styles),
                "resources": dict.fromkeys(order.pictures, "image/svg+xml"),
                "attachments": listed,
                "identifier": order.identifier,
                "memory_bytes": order.memory,
                "cpu_seconds": order.seconds,
            }
        )
    )


def run_child(order: Order, tick: Tick) -> tuple[bytes, dict[str, Any]]:
    """Runs the child to its end, calling `tick` at least every two seconds; the PDF and the child's last word."""
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=settings.FILE_UPLOAD_TEMP_DIR) as name:
        folder = Path(name)
        write_order(folder, order)
        # No secret of ours goes along: an environment of three names.
        surroundings = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": name}
        with subprocess.Popen(
            [sys.executable, "-I", str(CHILD), name],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=surroundings,
            cwd=name,
        ) as child:
            try:
                news = listen(child, order.seconds, tick)
            finally:
                child.kill()
        if news.get("done"):
            return (folder / "out.pdf").read_bytes(), news
    raise NotMade(str(news["error"]), str(news.get("detail", "")))


def sweep_leftovers() -> int:
    """Removes the folders of children whose worker was killed: nothing of a case lies about. How many there were."""
    left = [
        folder
        for folder in Path(settings.FILE_UPLOAD_TEMP_DIR).glob(f"{PREFIX}*")
        if folder.is_dir() and time.time() - folder.stat().st_mtime > 2 * SECONDS
    ]
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    return len(left)


def listen(child: subprocess.Popen[bytes], seconds: int, tick: Tick) -> dict[str, Any]:
    """The child's last word; what it did not say itself is told from how it ended."""
    assert child.stdout is not None  # noqa: S101  (opened with a pipe)
    deadline = time.monotonic() + seconds
    progress, stage, buffer = 20, "layout", b""
    with selectors.DefaultSelector() as waiting:
        waiting.register(child.stdout, selectors.EVENT_READ)
        while time.monotonic() < deadline:
            ready = waiting.select(min(HEARTBEAT, max(0.0, deadline - time.monotonic())))
            if ready:
                chunk = child.stdout.read1(65536)  # type: ignore[attr-defined]
                if not chunk:
                    child.wait()
                    return {"error": "memory" if child.returncode in {-6, -9, -11} else "crashed"}
                *lines, buffer = (buffer + chunk).split(b"\n")
                for line in lines:
                    news: dict[str, Any] = json.loads(line)
                    if "progress" in news:
                        progress, stage = int(news["progress"]), str(news["stage"])
                    else:
                        return news
            tick(progress, stage)
    return {"error": "time"}
