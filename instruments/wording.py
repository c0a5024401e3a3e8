"""The words of instruments that people read: instruments are data, so their English is listed here for translation.

Pages show `gettext(row["name"])`; extraction cannot see that string. `messages.py` is written from this list by
`./norms manage write_instrument_messages`, and a test proves it complete.
"""

import json
from collections.abc import Iterator
from typing import Any

from .services import SHELF

# What people read of a row; everything else in an instrument is code, number or source.
READ_BY_PEOPLE = frozenset({"name", "title", "label", "meaning", "criteria", "asks", "keeps", "counts_from", "then"})
# Words whose keys are codes of their own.
WORD_LISTS = frozenset({"fields"})
# Names that are codes (a tier's name) or never leave a test (vectors of the severity model).
NOT_WORDS = frozenset({("tiers", "name"), ("test_vectors", "name")})
# Lists of codes that are themselves shown, made readable.
CODES_READ = frozenset({"alternative_analysis"})
LINE = 120


def readable(code: str) -> str:
    """A code as words, for the few lists of an instrument that have no names: "Outside expertise review"."""
    return code.replace("-", " ").capitalize()


def _words(value: Any, inside: str = "") -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            if inside in CODES_READ:
                yield readable(each)
            else:
                yield from _words(each, inside)
    elif isinstance(value, dict):
        for key, each in value.items():
            if not isinstance(each, str):
                yield from _words(each, key)
            elif inside in WORD_LISTS or (key in READ_BY_PEOPLE and (inside, key) not in NOT_WORDS):
                yield each


def phrases() -> dict[str, list[str]]:
    """Every phrase of every version on the shelf, by instrument, each once, in the order of the documents."""
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    for path in sorted(SHELF.glob("*/*.json")):
        if path.name != "schema.json":
            mine = found.setdefault(path.parent.name, [])
            for phrase in _words(json.loads(path.read_text(encoding="utf-8"))):
                if phrase not in seen:
                    seen.add(phrase)
                    mine.append(phrase)
    return found


def _marked(literal: str) -> str:
    line = f"    gettext_noop({literal}),"
    # As the formatter would write it.
    return line if len(line) <= LINE else f"    gettext_noop(\n        {literal}\n    ),"


def as_source() -> str:
    """The text of `messages.py`."""
    lines = [
        '"""Written by `./norms manage write_instrument_messages`; change the instruments, not this file."""',
        "",
        "",
        "def gettext_noop(message: str) -> str:",
        '    """Marks English for extraction."""',
        "    return message",
        "",
        "",
        "MESSAGES = (",
    ]
    for kind, mine in phrases().items():
        lines.append(f"    # {kind}")
        lines += [_marked(json.dumps(phrase, ensure_ascii=False)) for phrase in mine]
    return "\n".join([*lines, ")", ""])
