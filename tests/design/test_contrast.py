"""Every pair of colours that meets on a page can be read, in both themes (WCAG 1.4.3, 1.4.11)."""

import re

import pytest

from tests.design.conftest import ROOT

TEXT, SHAPE = 4.5, 3.0
GROUNDS = ("paper", "surface", "sunk")
STATES = ("good", "warn", "bad", "info", "odd", "plain")

PAIRS: list[tuple[str, str, float]] = [
    *((ink, ground, TEXT) for ink in ("ink", "ink-soft", "link", "link-hover", "bad-ink") for ground in GROUNDS),
    *((shape, ground, SHAPE) for shape in ("line-strong", "focus", "action") for ground in GROUNDS),
    *((f"{state}-ink", f"{state}-bg", TEXT) for state in STATES),
    *((f"{state}-ink", "surface", TEXT) for state in STATES),
    *((f"chart-{number}", "surface", SHAPE) for number in ("1", "2", "3", "4", "none")),
    ("on-brand", "brand", TEXT),
    ("on-brand-soft", "brand", TEXT),
    ("brand-mark", "brand", SHAPE),
    ("focus-on-brand", "brand", SHAPE),
    ("on-action", "action", TEXT),
    ("on-action", "action-hover", TEXT),
    ("ink-soft", "info-bg", TEXT),
    *((f"tlp-{colour}", "tlp-ground", TEXT) for colour in ("red", "amber", "green", "clear")),
]
# Lines that only help the eye: nothing is lost without them.
DECORATIVE = {"line"}


def tokens() -> dict[str, tuple[str, str]]:
    """Each colour token as (light, dark)."""
    css = (ROOT / "static/css/tokens.css").read_text()
    found = {
        name: (light, dark)
        for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", css)
    }
    found |= {name: (value, value) for name, value in re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css)}
    return found


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_formula_is_the_one_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_pair_is_readable(ink: str, ground: str, least: float, theme: str) -> None:
    at = 0 if theme == "light" else 1
    colours = tokens()
    assert contrast(colours[ink][at], colours[ground][at]) >= least


def test_no_colour_escapes_the_list() -> None:
    assert set(tokens()) - {name for pair in PAIRS for name in pair[:2]} - DECORATIVE == set()


def test_no_colour_is_written_outside_the_tokens() -> None:
    for sheet in (ROOT / "static/css").glob("*.css"):
        if sheet.name != "tokens.css":
            assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", sheet.read_text()) == [], sheet.name
