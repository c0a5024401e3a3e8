"""A case's facts in words, as rows of summary lists. Four things are told apart: none, not known, not provided, and a value."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.countries import country_name
from core.marks import Mark, Pap
from core.templatetags.norms import moment, pap, people, people_text, tlp
from instruments import taxonomy
from organisations.roles import Action

from ..access import CaseAccess
from ..facts import MOMENTS, PEOPLE
from ..models import Draft, Precision
from ..states import Status
from .steps import Step

# What is filed when the question was left open.
UNLESS_SAID: dict[str, Any] = {"mark": Mark.AMBER.value, "pap": Pap.GREEN.value, "blind": False, "is_exercise": False}
BREAK = mark_safe("<br>")


def label_of(name: str) -> str:
    """What a fact is called on pages."""
    return {
        "title": _("Title"),
        "summary": _("What happened"),
        "harm": _("Harm to civilians"),
        "mark": _("Sharing mark"),
        "pap": _("Permissible actions"),
        "is_exercise": _("Exercise"),
        "blind": _("Without names"),
        "first_access": _("First access"),
        "began": _("Harm began"),
        "detected": _("Detected"),
        "ended": _("Ended"),
        "people": _("People affected"),
        "people_source": _("Where these numbers come from"),
        "victims": _("Sectors and countries hit"),
        "services": _("Essential services hit"),
    }.get(name, name)


def rows_in(value: Any) -> list[Mapping[str, Any]]:
    """The rows of a fact; what a program kept that is no row is left to the check."""
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def number_in(value: Any) -> int | None:
    """A number, or nothing."""
    return value if isinstance(value, int) else None


def place(sector: str, country: str, organisations: int | None) -> str:
    """A sector in a country, and how many organisations there."""
    sectors = dict(taxonomy.sectors())
    words = f"{sectors.get(sector, sector)} · {country_name(country) if country else _('country not known')}"
    if organisations is None:
        return words
    return f"{words} · " + ngettext("%(n)d organisation", "%(n)d organisations", organisations) % {"n": organisations}


def service_words(row: Mapping[str, Any]) -> str:
    """An essential service, where it is and who is without it."""
    services = dict(taxonomy.services())
    parts = [f"{services.get(str(row.get('service')), str(row.get('service')))}: {row.get('name')}"]
    if row.get("country"):
        parts.append(country_name(str(row["country"])))
    numbers = row.get("people") or {}
    known = [number_in(numbers.get(part)) for part in PEOPLE] if isinstance(numbers, Mapping) else []
    if any(number is not None for number in known):
        parts.append(people_text(*known))
    return " · ".join(parts)


def bullets(lines: Iterable[str]) -> SafeString | None:
    """Several values of one fact; None when there is none."""
    lines = list(lines)
    if not lines:
        return None
    return format_html_join(BREAK, "<bdi>{}</bdi>", ((line,) for line in lines))


def moment_words(fact: Any) -> SafeString | str:
    """A moment in words, as exactly as it is known."""
    given = fact if isinstance(fact, Mapping) else {}
    try:
        at = datetime.fromisoformat(str(given.get("at"))) if given.get("at") else None
    except ValueError:
        return str(given.get("at"))
    return moment(at, str(given.get("precision") or Precision.UNKNOWN))


def fact_words(name: str, value: Any) -> Any:
    """One fact in words; None when there is nothing to say."""
    if name in MOMENTS:
        return moment_words(value)
    if name == "people":
        given = value if isinstance(value, Mapping) else {}
        return people(*(number_in(given.get(part)) for part in PEOPLE))
    if name == "victims":
        return bullets(
            place(str(row.get("sector")), str(row.get("country") or ""), number_in(row.get("organisations_hit")))
            for row in rows_in(value)
        )
    if name == "services":
        return bullets(service_words(row) for row in rows_in(value))
    if name in {"is_exercise", "blind"}:
        return _("Yes") if value else _("No")
    if name == "mark":
        return tlp(value)
    if name == "pap":
        return pap(value)
    return value or None


def plain_words(name: str, value: Any) -> Any:
    """One fact for comparing two versions."""
    if name in {"mark", "pap", "title", "summary", "harm", "people_source"}:
        return value
    return fact_words(name, value)


def fact_rows(case: CaseAccess, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Label and value of every fact of a case; what is not known says so, and who may change it is led there."""
    incident = case.incident
    homes = {
        "detected": "when", "began": "when", "first_access": "when", "ended": "when",
        "victims": "who", "services": "services", "people": "services", "people_source": "services",
    }  # fmt: skip
    rows: list[dict[str, Any]] = []
    for name, step in homes.items():
        row: dict[str, Any] = {
            "label": label_of(name),
            "value": fact_words(name, facts[name]),
            "url": change_address(case, step),
        }
        if name == "services":
            row["empty"] = _("None recorded")
        rows.append(row)
    mark = {"label": label_of("mark"), "value": tlp(incident.mark), "url": change_address(case, "sharing")}
    actions = {"label": label_of("pap"), "value": pap(incident.pap), "url": change_address(case, "sharing")}
    return [*rows, mark, actions]


def change_address(case: CaseAccess, step: str) -> str:
    """Where a group of facts is changed; empty when the reader may not, or the case is closed."""
    if not (case.may(Action.EDIT) and case.incident.status == Status.OPEN):
        return ""
    return reverse("incident-change", args=[case.incident.reference, step])


def draft_title(draft: Draft) -> str:
    """What a draft is called in lists: its title as far as it was typed."""
    typed = draft.answers.get("typed:what") or {}
    said = (typed.get("data") or {}).get("title") if isinstance(typed, Mapping) else None
    title = (said[0] if isinstance(said, list) and said else "") or draft.answers.get("title") or ""
    return Truncator(str(title)).chars(120)


def draft_rows(draft: Draft, steps: Iterable[Step]) -> list[dict[str, Any]]:
    """Every answer of a draft under the title of its step, with the way to change it."""
    groups = []
    for step in steps:
        address = f"{reverse('draft-step', args=[draft.reference, step.slug])}?from=check"
        rows = []
        for name in step.names:
            value = draft.answers.get(name, UNLESS_SAID.get(name))
            words = None if value is None or value in ("", []) else fact_words(name, value)
            if isinstance(words, str) and not isinstance(words, SafeString):
                words = format_html_join(BREAK, "{}", ((line,) for line in Truncator(words).chars(2000).splitlines()))
            rows.append({"label": label_of(name), "value": words, "empty": _("Not provided"), "url": address})
        groups.append({"title": step.title, "rows": rows, "unfinished": bool(draft.answers.get(f"typed:{step.slug}"))})
    return groups
