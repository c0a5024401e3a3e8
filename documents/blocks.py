"""What a document is made of: plain values, so that the page, the PDF, the JSON and the hash all say the same.

A block may carry a `mark`; the document's own mark must be at least as strict as the strictest block in it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

MOST_ROWS = 120


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs of plain text; markup in it is text too."""

    text: str
    mark: str = ""
    kind: ClassVar[str] = "text"


@dataclass(frozen=True, slots=True)
class Nothing:
    """What is not there, said in words: an empty section is never silent."""

    text: str
    mark: str = ""
    kind: ClassVar[str] = "nothing"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section."""

    text: str
    mark: str = ""
    kind: ClassVar[str] = "heading"


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels and values."""

    caption: str
    rows: tuple[tuple[str, str], ...]
    mark: str = ""
    kind: ClassVar[str] = "facts"


@dataclass(frozen=True, slots=True)
class Points:
    """A list."""

    items: tuple[str, ...]
    mark: str = ""
    kind: ClassVar[str] = "points"


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's own words, with who said them."""

    text: str
    by: str
    mark: str = ""
    kind: ClassVar[str] = "quote"


@dataclass(frozen=True, slots=True)
class Table:
    """A real table: caption, column heads, the first column of each row is its head.

    `code` names the columns set in a fixed width (hashes, references). Rows above MOST_ROWS go to the attached CSV.
    """

    name: str
    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    code: tuple[int, ...] = ()
    mark: str = ""
    kind: ClassVar[str] = "table"

    def __post_init__(self) -> None:
        if any(len(row) != len(self.headers) for row in self.rows):
            raise ValueError(f"table {self.name}: a row has not {len(self.headers)} cells")

    @property
    def shown(self) -> tuple[tuple[str, ...], ...]:
        """The rows the document prints."""
        return self.rows[:MOST_ROWS]

    @property
    def cut(self) -> bool:
        """Whether the rest is in the attachment only."""
        return len(self.rows) > MOST_ROWS


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure with its text alternative; the numbers behind it follow as a table."""

    name: str
    svg: str
    alt: str
    caption: str
    mark: str = ""
    kind: ClassVar[str] = "picture"


Block = Text | Nothing | Heading | Facts | Points | Quote | Table | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered part of a document."""

    code: str
    title: str
    blocks: tuple[Block, ...]
    annex: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """A whole document, before it is set in type."""

    reference: str
    title: str
    subtitle: str
    language: str
    mark: str
    about: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...] = field(default=())

    def blocks(self) -> Iterator[Block]:
        """Every block, in order."""
        for section in self.sections:
            yield from section.blocks

    def tables(self) -> list[Table]:
        """Every table."""
        return [block for block in self.blocks() if isinstance(block, Table)]

    def pictures(self) -> list[Picture]:
        """Every picture."""
        return [block for block in self.blocks() if isinstance(block, Picture)]

    def as_json(self) -> dict[str, Any]:
        """The content facts, from which the printed hash is computed. Drawings count by what they say (alt, caption)."""
        return {
            "reference": self.reference,
            "title": self.title,
            "subtitle": self.subtitle,
            "language": self.language,
            "mark": self.mark,
            "about": [list(row) for row in self.about],
            "sections": [
                {"code": s.code, "title": s.title, "annex": s.annex, "blocks": [block_as_json(b) for b in s.blocks]}
                for s in self.sections
            ],
        }


def block_as_json(block: Block) -> dict[str, Any]:
    """A block as data."""
    values = {name: value for name, value in asdict(block).items() if name not in {"svg", "code"} and value != ""}
    return {"kind": block.kind, **_lists(values)}


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _lists(part) for name, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_lists(part) for part in value]
    return value
