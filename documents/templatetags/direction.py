"""The direction of a text by its first strong letter; the typesetter does not know `dir="auto"`."""

import unicodedata

from django import template

register = template.Library()


@register.filter
def direction(text: object) -> str:
    """`rtl` when the first letter that has a direction runs right to left, else `ltr`."""
    for letter in str(text):
        kind = unicodedata.bidirectional(letter)
        if kind in {"R", "AL"}:
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


@register.filter
def paragraphs(text: object) -> list[str]:
    """The paragraphs of a text, each to be set in its own direction."""
    return [part.strip() for part in str(text).replace("\r\n", "\n").split("\n\n") if part.strip()]
