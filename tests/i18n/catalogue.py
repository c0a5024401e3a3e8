"""Reads catalogues (`.po`, `.mo`) and the strings a source file offers for translation, without the gettext tools."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from gettext import GNUTranslations
from pathlib import Path

from django.utils.translation.template import templatize

# Each call that marks a string, and which of its arguments are context, singular and plural.
SHAPES = {
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "_": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
LITERAL = r"u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
IN_TEMPLATE = re.compile(rf"(?<![\w.])({'|'.join(SHAPES)})\(\s*({LITERAL}(?:\s*,\s*{LITERAL})*)", re.DOTALL)


@dataclass(frozen=True)
class Key:
    """What a message is found by."""

    context: str | None
    message: str


@dataclass
class Entry:
    """One message of a `.po` file."""

    key: Key
    plural: str | None = None
    # One text, or one for each plural form.
    texts: dict[int, str] = field(default_factory=dict)
    fuzzy: bool = False
    placed_in: list[str] = field(default_factory=list)


def read_po(path: Path) -> list[Entry]:
    """Every message of a `.po` file but its head. Raises ValueError on a line it does not know."""
    entries = []
    for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8").strip()):
        parts: dict[str, str] = {}
        current, fuzzy = "", False
        places: list[str] = []
        for line in block.splitlines():
            if line.startswith("#"):
                fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
                places += line[2:].split() if line.startswith("#:") else []
                continue
            named = re.fullmatch(r'(msg\w+(?:\[\d\])?) (".*")', line)
            if named:
                current = named[1]
            elif not (current and line.startswith('"')):
                raise ValueError(f"{path.name}: {line}")
            parts[current] = parts.get(current, "") + ast.literal_eval(named[2] if named else line)
        if parts.get("msgid"):
            texts = {
                int((re.search(r"\d", name) or ["0"])[0]): text for name, text in parts.items() if "msgstr" in name
            }
            key = Key(parts.get("msgctxt"), parts["msgid"])
            entries.append(Entry(key, parts.get("msgid_plural"), texts, fuzzy, places))
    return entries


def read_mo(path: Path) -> dict[tuple[Key, int], str]:
    """What a `.mo` file says, as the running program reads it: by message and plural form (0 when there is one text)."""
    with path.open("rb") as opened:
        catalogue: dict[str | tuple[str, int], str] = GNUTranslations(opened)._catalog  # type: ignore[attr-defined]
    said = {}
    for name, text in catalogue.items():
        message, form = name if isinstance(name, tuple) else (name, 0)
        context, separator, rest = message.partition("\x04")
        if message:
            said[Key(context, rest) if separator else Key(None, message), form] = text
    return said


def _keys(name: str, arguments: list[str | None]) -> Iterator[Key]:
    context, singular, _plural = SHAPES[name]
    if len(arguments) > singular and arguments[singular]:
        yield Key(arguments[context] if context is not None else None, arguments[singular] or "")


def marked_in_python(source: str) -> set[Key]:
    """The strings a Python file marks for translation."""
    found: set[Key] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
            if name in SHAPES:
                values = [
                    a.value if isinstance(a, ast.Constant) and isinstance(a.value, str) else None for a in node.args
                ]
                found.update(_keys(name, values))
    return found


def marked_in_template(source: str) -> set[Key]:
    """The strings a template marks for translation, as Django itself extracts them."""
    found: set[Key] = set()
    for name, literals in IN_TEMPLATE.findall(templatize(source)):
        found.update(_keys(name, [ast.literal_eval(each.removeprefix("u")) for each in re.findall(LITERAL, literals)]))
    return found
