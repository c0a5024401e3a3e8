"""What the browser is sent: logical properties only, nothing inline, small, and no text outside translation."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.design.conftest import ROOT

SHEETS = sorted((ROOT / "static/css").glob("*.css"))
TEMPLATES = sorted(
    path
    for path in ROOT.glob("**/templates/**/*.html")
    if not {"var", "env", ".venv", "node_modules", "pdf"} & set(path.relative_to(ROOT).parts)
)
SIDES = "top|right|bottom|left"
PHYSICAL = re.compile(
    rf"(?:^|[\s;{{])((?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:{SIDES})(?:-\w+)*|{SIDES}"
    r"|(?:min-|max-)?(?:width|height)|overflow-[xy]|border-(?:top|bottom)-(?:left|right)-radius)\s*:[^;}]*"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right))"
)
# margin, padding and inset with four values name the sides one by one, which is physical in disguise
FOUR_SIDES = re.compile(r"[\s;{](?:margin|padding|inset)\s*:\s*[^;{}\s]+(?:\s+(?!!)[^;{}\s]+){3}\s*[;}]")


def rules(sheet: Path) -> str:
    """The style sheet without its comments and media conditions."""
    css = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)
    return re.sub(r"@media[^{]*", "@media ", css)


def physical(css: str) -> list[str]:
    return PHYSICAL.findall(css) + FOUR_SIDES.findall(css)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_no_physical_property(sheet: Path) -> None:
    assert physical(rules(sheet)) == []


@pytest.mark.parametrize(
    "css",
    [
        "a{margin-left:1px}", "a{ padding-right: 1px; }", "a{left:0}", "a{color:red;width:3px}", "a{max-height:1px}",
        "a{text-align: right}", "a{padding: 1px 2px 3px 4px}", "a{border-left:0}", "a{overflow-x:auto}",
    ],
)  # fmt: skip
def test_the_search_finds_what_it_should(css: str) -> None:
    assert physical(css)


def test_style_sheets_stay_small() -> None:
    assert sum(sheet.stat().st_size for sheet in SHEETS) < 36_000


def tags(path: Path) -> Iterator[str]:
    """The HTML tags of a template, template syntax taken out."""
    text = re.sub(r"\{#.*?#\}|\{%-?\s*comment.*?endcomment\s*%\}", "", path.read_text(), flags=re.S)
    yield from re.findall(r"<[a-zA-Z](?:\{%.*?%\}|\{\{.*?\}\}|[^<>])*>", text)


def forbidden(tag: str) -> bool:
    """Inline style or script, an event attribute, `hx-on`, or a htmx attribute without its data- prefix."""
    bare = re.sub(r'"[^"]*"|\'[^\']*\'', '""', re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", tag))
    return bool(
        re.search(r"\s(?:style|on[a-z]+)\s*=", bare)
        or re.search(r"\s(?:hx-|data-hx-on|data-hx-vals|data-hx-vars)", bare)
        or re.match(r"<style\b", bare)
        or (re.match(r"<script\b", bare) and not re.search(r"\ssrc\s*=", bare))
        or re.search(r"javascript:", tag, flags=re.I)
    )


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_inline(path: Path) -> None:
    assert [tag for tag in tags(path) if forbidden(tag)] == []


@pytest.mark.parametrize(
    "tag",
    ['<p style="color:red">', "<a onclick='x()'>", "<script>", "<style>", '<a href="javascript:x">', '<p hx-get="/">'],
)
def test_the_template_search_finds_what_it_should(tag: str) -> None:
    assert forbidden(tag)


def test_nothing_is_fetched_from_elsewhere() -> None:
    for path in (*TEMPLATES, *SHEETS, *(ROOT / "static/js").glob("*.js")):
        found = re.findall(r"""(?:src|href|url|import)\s*[=(]\s*["']?https?://[^"')\s]+""", path.read_text())
        assert found == [], path.name


def test_htmx_config_is_json_and_swaps_answers_meant_for_people() -> None:
    import json

    text = (ROOT / "templates/base.html").read_text()
    config = json.loads(re.search(r"name=\"htmx-config\" content='(.*?)'", text).group(1))  # type: ignore[union-attr]
    first = {
        status: next(rule["swap"] for rule in config["responseHandling"] if re.fullmatch(rule["code"], status))
        for status in ("200", "204", "303", "401", "403", "404", "409", "422", "500")
    }
    assert [status for status, swapped in first.items() if swapped] == ["200", "303", "401", "409", "422"]
    assert config["allowEval"] is False
    assert config["historyCacheSize"] == 0
    assert config["includeIndicatorStyles"] is False


def words_outside_translation(path: Path) -> list[str]:
    """Runs of letters a reader would see that no translation tag wraps."""
    text = re.sub(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}|<!--.*?-->", "", path.read_text(), flags=re.S)
    text = re.sub(r"\{%\s*blocktrans(?:late)?.*?%\}.*?\{%\s*endblocktrans(?:late)?\s*%\}", "", text, flags=re.S)
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.S)
    text = re.sub(r"<(script|style|svg|bdi|code|kbd)\b.*?</\1>", "", text, flags=re.S)
    text = re.sub(r"<[^>]*>", "\n", text)
    return [line.strip() for line in text.splitlines() if re.search(r"[A-Za-z]{3,}", re.sub(r"&#?\w+;", "", line))]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_text_can_be_translated(path: Path) -> None:
    assert words_outside_translation(path) == []
