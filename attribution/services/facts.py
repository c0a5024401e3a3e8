"""What a finding and an opinion may say, checked once for page and API."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from incidents.facts import Errors, clean_choice, clean_text

from .. import norms
from ..models import Opinion
from .articles import clean_article


def clean_date(value: Any, field: str, errors: Errors) -> date | None:
    """A calendar date."""
    try:
        found = value if isinstance(value, date) and not isinstance(value, datetime) else parse_date(str(value))
    except ValueError:
        found = None
    if found is None:
        errors.setdefault(field, []).append(_("Enter a real date, for example 2026-12-24."))
    return found


def clean_deadline(value: Any, field: str, errors: Errors) -> datetime | None:
    """A moment with its zone."""
    try:
        found = value if isinstance(value, datetime) else parse_datetime(str(value))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        errors.setdefault(field, []).append(
            _("Enter a real date and time with its zone, for example 2026-12-24T12:00:00Z.")
        )
        return None
    return found


def clean_answers(value: Any, field: str, errors: Errors, known: list[tuple[str, str]]) -> dict[str, str]:
    """Texts by code; a code the standard does not know is refused, an empty text is left out."""
    given = value if isinstance(value, Mapping) else {}
    answers = {}
    for code, text in given.items():
        if code not in dict(known):
            errors.setdefault(field, []).append(
                _("“%(code)s” is not part of this evidence standard.") % {"code": str(code)[:40]}
            )
            continue
        cleaned = clean_text(text, f"{field}.{code}", errors)
        if cleaned:
            answers[str(code)] = cleaned
    return answers


def check_judgement(facts: Mapping[str, Any], scale: str, errors: Errors, version: str) -> dict[str, Any]:
    """Likelihood in its scale and confidence, apart from each other (R1.5, R1.6)."""
    return {
        "likelihood": clean_choice(facts.get("likelihood"), "likelihood", errors, norms.terms(scale, version)),
        "confidence": clean_choice(facts.get("confidence"), "confidence", errors, norms.named("confidence", version)),
        "reasons": clean_text(facts.get("reasons"), "reasons", errors, required=True),
    }


def check_record(facts: Mapping[str, Any], errors: Errors, version: str) -> dict[str, Any]:
    """What the law and the norms ask to be written beside the judgement; only what is given."""
    cleaners: dict[str, Callable[[Any, str], Any]] = {
        "false_flag_check": lambda value, field: clean_text(value, field, errors),
        "article": lambda value, field: clean_article(value, field, errors),
        "norm_13b": lambda value, field: clean_answers(value, field, errors, norms.named("norm_13b_factors", version)),
        "analysis": lambda value, field: clean_answers(value, field, errors, norms.techniques(version)),
        "decision_reference": lambda value, field: clean_text(value, field, errors),
    }
    return {name: clean(facts[name], name) for name, clean in cleaners.items() if name in facts}


def check_opinion(facts: Mapping[str, Any], scale: str, version: str, *, lawyer: bool) -> dict[str, Any]:
    """The columns of an opinion; an article is reasoned by a member of law alone (R2.5)."""
    errors: Errors = {}
    columns = check_judgement(facts, scale, errors, version)
    columns["position"] = clean_choice(facts.get("position"), "position", errors, norms.named("positions", version))
    columns["dissent"] = clean_text(facts.get("dissent"), "dissent", errors)
    if columns["position"] in (Opinion.Position.DISSENT, Opinion.Position.CONCUR_IN_PART) and not columns["dissent"]:
        errors.setdefault("dissent", []).append(_("Say in what you dissent. It is printed in full beside the finding."))
    columns["change_mind"] = clean_text(facts.get("change_mind"), "change_mind", errors)
    columns["blocking_objection"] = bool(facts.get("blocking_objection"))
    columns["objection"] = clean_text(facts.get("objection"), "objection", errors)
    if columns["blocking_objection"] and not columns["objection"]:
        errors.setdefault("objection", []).append(_("Say what the objection is."))
    article = clean_article(facts.get("article"), "article", errors)
    reasons = clean_text(facts.get("article_reasons"), "article_reasons", errors)
    if article is not None and not lawyer:
        errors.setdefault("article", []).append(_("The article is chosen and reasoned by a member of law."))
    if article is not None and not reasons:
        errors.setdefault("article_reasons", []).append(_("Give the reasons for this article."))
    columns |= {"article": article, "article_reasons": reasons, "specific_control": bool(facts.get("specific_control"))}
    if errors:
        raise Invalid(errors)
    return columns


def clean_line(value: Any, name: str, errors: Errors, *, required: bool, most: int) -> str:
    """One line of at most `most` characters."""
    text = " ".join(clean_text(value, name, errors, required=required).split())
    if len(text) > most:
        errors.setdefault(name, []).append(_("This is too long: at most %(most)s characters.") % {"most": most})
    return text
