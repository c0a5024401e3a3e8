"""The program that sets pages, run as a process of its own with limits: `python -I child.py FOLDER`.

It has no database, no secrets and no network: everything it may read lies in FOLDER, named in `order.json`. It tells
how far it is as JSON lines and leaves `out.pdf`. Imports nothing of ours, so that it starts fast and alone.
"""

import contextlib
import ctypes
import json
import logging
import re
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SCHEME = "doc:"


def say(**news: object) -> None:
    """One line to the parent."""
    sys.stdout.write(json.dumps(news) + "\n")
    sys.stdout.flush()


def limit(memory: int, seconds: int) -> None:
    """Caps memory and processor time, and ends with the parent instead of outliving it."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):  # Linux only; elsewhere the time limit remains
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def fetcher(folder: Path, names: dict[str, str]) -> Any:
    """Knows `doc:NAME` for the names of the order and nothing else: no file, no network, no data address."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class OnlyOurs(URLFetcher):  # type: ignore[misc, unused-ignore]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            name = url.removeprefix(SCHEME)
            if not url.startswith(SCHEME) or name not in names:
                raise FatalURLFetchingError(f"resource_refused {url[:200]}")
            return URLFetcherResponse(url, (folder / name).read_bytes(), {"Content-Type": names[name]})

    return OnlyOurs()


def pictures_without_alternative(tree: Any) -> list[str]:
    """The pictures nobody could hear: every `img` needs a text alternative, and drawings come as `img` only."""
    silent = [img.get("src", "?") for img in tree.iter("img") if not (img.get("alt") or "").strip()]
    return silent + ["inline drawing" for _ in tree.iter("{http://www.w3.org/2000/svg}svg")]


class Whole(str):
    """A text that gives itself in one piece when it is gone through letter by letter."""

    __slots__ = ()

    def __iter__(self) -> Iterator[str]:
        return iter((str(self),))


def keep_letters_joined() -> None:
    """Lets words in drawings be laid out whole: WeasyPrint sets SVG text letter by letter, so that Arabic comes out backwards
    and with every letter on its own. Texts that place their letters themselves are left to it."""
    from weasyprint.svg import Node

    placed = {"dx", "dy", "rotate", "letter-spacing", "textLength"}
    written = Node.text

    def text(node: Any) -> str | None:
        words: str | None = written.fget(node)
        by_itself = placed & node.attrib.keys() or " " in node.attrib.get("x", "").strip()
        return words if not words or by_itself else Whole(words)

    Node.text = property(text)


class Steps(logging.Handler):
    """WeasyPrint's own steps, as progress."""

    def emit(self, record: logging.LogRecord) -> None:
        if found := re.match(r"Step (\d)", record.getMessage()):
            step = int(found[1])
            say(progress=20 + step * 10, stage="writing" if step >= 6 else "layout")


class Faults(logging.Handler):
    """A picture that cannot be read stops the document; WeasyPrint alone would leave a hole."""

    def __init__(self) -> None:
        super().__init__()
        self.broken: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if message.startswith(("Failed to load image", "Failed to render SVG image")):
            self.broken.append(message[:200])


def make(folder: Path, order: dict[str, Any]) -> None:
    """Sets the pages and writes `out.pdf`; whatever stops it is said as a code."""
    from weasyprint import CSS, HTML, Attachment
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError

    keep_letters_joined()
    faults = Faults()
    logging.getLogger("weasyprint").addHandler(faults)
    progress = logging.getLogger("weasyprint.progress")
    progress.setLevel(logging.INFO)
    progress.addHandler(Steps())
    ours = fetcher(folder, order["resources"])
    fonts = FontConfiguration()
    try:
        page = HTML(string=(folder / "document.html").read_text(), base_url=SCHEME, url_fetcher=ours)
        if silent := pictures_without_alternative(page.etree_element):
            say(error="alt_missing", detail=", ".join(silent))
            return
        styles = [
            CSS(string=(folder / name).read_text(), base_url=SCHEME, url_fetcher=ours, font_config=fonts)
            for name in order["styles"]
        ]
        attached = [
            Attachment(string=(folder / item["file"]).read_bytes(), name=item["name"], description=item["description"], relationship="Data")
            for item in order["attachments"]
        ]  # fmt: skip
        laid_out = page.render(
            stylesheets=styles, font_config=fonts, attachments=attached, pdf_variant="pdf/ua-1", pdf_tags=True,
            pdf_identifier=order["identifier"].encode(),
        )  # fmt: skip
        laid_out.write_pdf(
            folder / "out.pdf",
            attachments=attached,
            pdf_variant="pdf/ua-1",
            pdf_tags=True,
            pdf_identifier=order["identifier"].encode(),
        )
        # Drawings are drawn, and fail, only while the file is written.
        if faults.broken:
            say(error="picture_broken", detail=faults.broken[0])
            return
    except FatalURLFetchingError as refused:
        say(error="resource_refused", detail=str(refused).removeprefix("resource_refused "))
        return
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    say(done=True, pages=len(laid_out.pages), peak_megabytes=peak)


def main(folder: Path) -> int:
    """0 when the parent was told how it went."""
    order = json.loads((folder / "order.json").read_text())
    limit(order["memory_bytes"], order["cpu_seconds"])
    try:
        make(folder, order)
    except MemoryError:
        say(error="memory", detail="")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
