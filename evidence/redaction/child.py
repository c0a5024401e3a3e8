"""The program that removes passages from a file, run as a process of its own with limits: `python -I child.py FOLDER`.

It has no database, no secrets and no network: `order.json` in FOLDER says what to take out of `original`, it leaves `out` and
tells how it went as one JSON line. Imports nothing of ours, so that it starts fast and alone; the functions are pure and
tested as such.

Two kinds of file are redacted here: PDF (text, pictures and drawings under an area are removed, not covered, and what is left
is written as a new document without earlier versions, attachments, metadata, annotations, scripts or hidden text) and text of
any kind. Of others a redacted version made elsewhere is checked: what was to be removed must not be extractable.
"""

import contextlib
import csv
import ctypes
import email
import email.policy
import io
import json
import re
import resource
import signal
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

MOST_PAGES = 2000
MOST_HITS = 20_000
MOST_INSIDE = 256 * 1024 * 1024  # bytes looked through inside an archive
TEXT = (
    "text/",
    "application/json",
    "application/xml",
    "application/csv",
    "application/x-ndjson",
    "message/",
    "application/mbox",
)
ZIPPED = ("application/vnd.openxmlformats", "application/vnd.oasis", "application/zip", "application/epub")
DPI = 150


class Refused(Exception):
    """It cannot be done; the code says why, the detail where."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail
        super().__init__(code)


def limit(memory: int, seconds: int) -> None:
    """Caps memory, processor time and the size of a file written, and ends with the parent instead of outliving it."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):  # Linux only; elsewhere the time limit remains
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def pattern(words: str) -> re.Pattern[str]:
    """These words wherever they stand: in any case, with any space or line break between them."""
    return re.compile(r"\s+".join(re.escape(word) for word in words.split()), re.IGNORECASE)


def squeezed(text: str) -> str:
    """Without anything a layout puts between letters, for the last look: spaces, hyphens, marks that show nothing."""
    return re.sub(r"[\s\u00ad\u200b-\u200f\u2060\ufeff-]+", "", text).casefold()


def marker(reason: str) -> str:
    """What stands where something was: the same however long that was."""
    return f"[redacted: {reason}]"


# Text


def decoded(data: bytes) -> tuple[str, str]:
    """Text and the encoding it is written in again; Latin-1 takes any byte and gives it back."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "surrogatepass"), "utf-16"
    for encoding in ("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8", "latin-1"):
        with contextlib.suppress(UnicodeDecodeError):
            return data.decode(encoding), encoding
    raise Refused("not_text")


def redact_text(data: bytes, passages: Sequence[Mapping[str, Any]]) -> tuple[bytes, list[int]]:
    """The text with a marker for every occurrence; how often each passage was found."""
    text, encoding = decoded(data)
    hits = []
    # The longest first: a name inside a longer passage must not break it apart.
    order = sorted(range(len(passages)), key=lambda index: -len(passages[index]["words"]))
    counted = dict.fromkeys(range(len(passages)), 0)
    for index in order:
        text, counted[index] = pattern(passages[index]["words"]).subn(marker(passages[index]["reason"]), text)
    hits = [counted[index] for index in range(len(passages))]
    return text.encode(encoding), hits


def strings_in(value: Any) -> Iterator[str]:
    """Every text in a JSON value, names of fields too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from strings_in(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield str(name)
            yield from strings_in(each)


def inside_text(data: bytes, media_type: str) -> Iterator[str]:
    """Text as a reader's program shows it: JSON escapes, CSV quotes, and encoded parts of an e-mail undone."""
    text, _encoding = decoded(data)
    yield text
    if "json" in media_type or text.lstrip()[:1] in {"{", "["}:
        for line in [text, *text.splitlines()[:100_000]]:
            with contextlib.suppress(ValueError, RecursionError):
                yield from strings_in(json.loads(line))
    if "csv" in media_type:
        with contextlib.suppress(csv.Error):
            for row in csv.reader(io.StringIO(text)):
                yield " ".join(row)
    if media_type.startswith("message/") or re.match(
        r"(?im)^(from|received|return-path|subject|date|mime-version)\s*:", text
    ):
        message = email.message_from_bytes(data, policy=email.policy.default)
        for part in message.walk():
            with contextlib.suppress(Exception):
                yield from (f"{name}: {value}" for name, value in part.items())
            with contextlib.suppress(Exception):
                content = part.get_payload(decode=True)
                if isinstance(content, bytes):
                    yield content.decode(part.get_content_charset() or "utf-8", "replace")
                    yield content.decode("latin-1")


# PDF


def open_pdf(data: bytes) -> Any:
    """The document; refuses what is locked, broken or endless."""
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(on=False)
    try:
        document = pymupdf.open(stream=data, filetype="pdf")
        if document.needs_pass:
            raise Refused("pdf_locked")
        if not 1 <= document.page_count <= MOST_PAGES:
            raise Refused("pdf_pages", str(document.page_count))
    except Refused:
        raise
    except Exception as problem:
        raise Refused("pdf_broken", str(problem)[:200]) from problem
    return document


def mark_page(
    page: Any, number: int, passages: Sequence[Mapping[str, Any]], hits: list[int], pages: list[list[int]]
) -> bool:
    """Puts a redaction on everything wanted on a page; whether there was any."""
    import pymupdf

    found = False
    for index, passage in enumerate(passages):
        if "words" in passage:
            areas = page.search_for(passage["words"])
        elif passage["page"] == number:
            left, top, right, bottom = passage["area"]
            box = page.rect
            shown = pymupdf.Rect(
                box.x0 + box.width * left / 100, box.y0 + box.height * top / 100,
                box.x0 + box.width * right / 100, box.y0 + box.height * bottom / 100,
            )  # fmt: skip
            areas = [shown * page.derotation_matrix]
        else:
            continue
        for area in areas:
            page.add_redact_annot(area, fill=(0, 0, 0))
            found = True
        hits[index] += len(areas)
        if areas:
            pages[index].append(number)
        if sum(hits) > MOST_HITS:
            raise Refused("too_many_hits")
    return found


def redact_pdf(
    data: bytes, passages: Sequence[Mapping[str, Any]]
) -> tuple[bytes, list[int], list[list[int]], list[int]]:
    """A new document without the passages; how often and on which pages each was found; the pages kept as pictures only."""
    import pymupdf

    document = open_pdf(data)
    hits, touched = [0] * len(passages), list[int]()
    pages: list[list[int]] = [[] for _passage in passages]
    for number, page in enumerate(document, start=1):
        for annotation in list(page.annots() or ()):
            page.delete_annot(annotation)
        if mark_page(page, number, passages, hits, pages):
            touched.append(number)
            page.apply_redactions(
                images=pymupdf.PDF_REDACT_IMAGE_PIXELS, graphics=pymupdf.PDF_REDACT_LINE_ART_REMOVE_IF_TOUCHED,
                text=pymupdf.PDF_REDACT_TEXT_REMOVE,
            )  # fmt: skip
    wanted = [passage["words"] for passage in passages if "words" in passage]
    made = written_anew(document, set())
    drawn: set[int] = set()
    if any(True for _ in left_in_pdf(made, wanted)):
        # Something a page carries beside its text still tells (a replacement text, a form, an odd font): keep pictures of pages.
        drawn = set(touched) or set(range(1, document.page_count + 1))
        made = written_anew(document, drawn)
        if any(True for _ in left_in_pdf(made, wanted)):
            drawn = set(range(1, document.page_count + 1))
            made = written_anew(document, drawn)
    return made, hits, pages, sorted(drawn)


def written_anew(document: Any, drawn: set[int]) -> bytes:
    """The pages alone, in a document of its own: nothing that is not on a page comes along. `drawn` pages as pictures."""
    import pymupdf

    fresh = pymupdf.open()
    for number in range(1, document.page_count + 1):
        if number in drawn:
            page = document[number - 1]
            picture = page.get_pixmap(dpi=DPI, annots=False)
            place = fresh.new_page(width=page.rect.width, height=page.rect.height)
            place.insert_image(place.rect, stream=picture.tobytes("png"))
        else:
            fresh.insert_pdf(
                document, from_page=number - 1, to_page=number - 1, links=False, annots=False, widgets=False
            )
    fresh.scrub(hidden_text=True, metadata=True, xml_metadata=True, attached_files=True, embedded_files=True, javascript=True,
                thumbnails=True, reset_fields=True, reset_responses=True, remove_links=True, redactions=False, clean_pages=True)  # fmt: skip
    fresh.set_metadata({})
    fresh.del_xml_metadata()
    return bytes(fresh.tobytes(garbage=4, deflate=True, clean=True, no_new_id=True))


def inside_pdf(data: bytes) -> Iterator[str]:
    """Everything readable in a PDF: text of pages, and every string and stream of every object, used or not."""
    document = open_pdf(data)
    for page in document:
        yield page.get_text()
        yield " ".join(word[4] for word in page.get_text("words"))
    for xref in range(1, document.xref_length()):
        with contextlib.suppress(Exception):
            yield from strings_of(document.xref_object(xref, compressed=False))
        with contextlib.suppress(Exception):
            if document.xref_is_stream(xref):
                stream = document.xref_stream(xref) or b""
                if len(stream) < MOST_INSIDE:
                    yield stream.decode("latin-1")
                    yield from strings_of(stream.decode("latin-1"))
    yield data.decode("latin-1")


def strings_of(source: str) -> Iterator[str]:
    """Strings as PDF writes them: in hexadecimal, and as UTF-16."""
    for found in re.finditer(r"<([0-9A-Fa-f\s]{4,})>", source):
        digits = re.sub(r"\s", "", found[1])
        raw = bytes.fromhex(digits + "0" * (len(digits) % 2))
        yield raw.decode("utf-16-be", "replace") if raw[:2] == b"\xfe\xff" else raw.decode("latin-1")
    yield source
    if "\x00" in source or "\\000" in source:
        yield source.replace("\\000", "").replace("\x00", "").replace("\\376\\377", "")


def left_in_pdf(data: bytes, words: list[str]) -> Iterator[str]:
    """The words that can still be found."""
    return left_in(inside_pdf(data), words)


# Any


def left_in(texts: Iterable[str], words: list[str]) -> Iterator[str]:
    """Which of the words are still readable in any of these texts."""
    wanted = {word: squeezed(word) for word in words}
    for text in texts:
        plain = squeezed(text)
        for word, short in list(wanted.items()):
            if short and short in plain:
                yield word
                del wanted[word]


def inside_zip(data: bytes) -> Iterator[str]:
    """Texts of an office document or another archive, one level deep and no further than a limit."""
    spent = 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            yield entry.filename
            with archive.open(entry) as part:
                content = part.read(MOST_INSIDE - spent + 1)
            spent += len(content)
            if spent > MOST_INSIDE:
                raise Refused("archive_too_large")
            text = content.decode("utf-8", "replace")
            yield text
            yield re.sub(r"<[^>]*>", "", text)


def inside(data: bytes, media_type: str) -> Iterator[str]:
    """Everything readable in a file; of a kind nobody knows, its bytes in the encodings text usually has."""
    if media_type == "application/pdf":
        yield from inside_pdf(data)
    elif media_type.startswith(TEXT):
        yield from inside_text(data, media_type)
    elif media_type.startswith(ZIPPED):
        yield from inside_zip(data)
    yield data.decode("latin-1")
    yield data.decode("utf-8", "ignore")
    yield data.decode("utf-16-le", "ignore")
    yield data.decode("utf-16-be", "ignore")


def excerpts(
    texts: Iterable[str], passages: Sequence[Mapping[str, Any]], around: int = 60, most: int = 40
) -> list[dict[str, str]]:
    """Each place with what stands around it, as it was and as it reads now."""
    shown: list[dict[str, str]] = []
    for text in texts:
        for passage in passages:
            if "words" not in passage:
                continue
            for found in pattern(passage["words"]).finditer(text):
                before, after = (
                    text[max(0, found.start() - around) : found.start()],
                    text[found.end() : found.end() + around],
                )
                shown.append({"before": before, "words": found[0], "marker": marker(passage["reason"]), "after": after})
                if len(shown) == most:
                    return shown
    return shown


def work(folder: Path, order: Mapping[str, Any]) -> dict[str, Any]:
    """Redacts, or checks what was made elsewhere; raises Refused."""
    media_type, passages = order["media_type"], order["passages"]
    original = (folder / "original").read_bytes()
    words = [passage["words"] for passage in passages if "words" in passage]
    report: dict[str, Any] = {"pages": [[] for _passage in passages], "drawn": []}
    if order.get("handed_in"):
        made = (folder / "out").read_bytes()
        report["hits"] = [0] * len(passages)
        if left := list(left_in(inside(made, order["made_type"]), words)):
            raise Refused("still_there", ", ".join(left)[:300])
        return report
    if media_type == "application/pdf":
        made, hits, report["pages"], report["drawn"] = redact_pdf(original, passages)
        report["excerpts"] = excerpts((page.get_text() for page in open_pdf(original)), passages)
    elif media_type.startswith(TEXT):
        if any("words" not in passage for passage in passages):
            raise Refused("areas_in_text")
        made, hits = redact_text(original, passages)
        report["excerpts"] = excerpts([decoded(original)[0]], passages)
    else:
        raise Refused("kind_unknown", media_type)
    if missing := [passage.get("words", "") for passage, hit in zip(passages, hits, strict=True) if not hit]:
        raise Refused("not_found", ", ".join(missing)[:300])
    made_type = media_type
    if left := list(left_in(inside(made, made_type), words)):
        raise Refused("still_there", ", ".join(left)[:300])
    (folder / "out").write_bytes(made)
    return {**report, "hits": hits}


def main(folder: Path) -> int:
    """0 when the parent was told how it went."""
    order = json.loads((folder / "order.json").read_text())
    limit(order["memory_bytes"], order["cpu_seconds"])
    try:
        news = {"done": True, **work(folder, order)}
    except Refused as refused:
        news = {"error": refused.code, "detail": refused.detail}
    except MemoryError:
        news = {"error": "memory", "detail": ""}
    except Exception as problem:  # noqa: BLE001  (a hostile file breaks what reads it: that is an answer too)
        news = {"error": "broken", "detail": type(problem).__name__}
    sys.stdout.write(json.dumps(news) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
