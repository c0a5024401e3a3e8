"""Articles of State responsibility, as they are given in."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from incidents.facts import Errors

from ..norms import articles


def clean_article(value: Any, field: str, errors: Errors) -> int | None:
    """An article that is a basis of attribution; empty is "none claimed"."""
    text = "" if value is None else str(value)
    if not text:
        return None
    known = {str(number) for number, _words in articles()}
    if text not in known:
        errors.setdefault(field, []).append(_("Choose an article that is a basis of attribution."))
        return None
    return int(text)
