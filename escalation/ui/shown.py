"""Measures as pages show them: names, answers, checks and acts in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core import clock
from core.countries import country_name
from core.templatetags.norms import when
from incidents.access import CaseAccess
from organisations.actors import Actor
from organisations.roles import Action

from .. import reports
from ..answers import DAYS, questions
from ..availability import Availability
from ..models import Measure
from ..rules import measures, prohibitions
from ..selectors import Situation
from ..selectors import version as ladder_version
from ..states import Status
from ..words import CLASSES, QUESTIONS, basis_words, code_words


def measure_name(rung: Mapping[str, Any]) -> str:
    """The measure as the ladder names it, in the reader's language."""
    return _(rung["name"])


def rung(measure: Mapping[str, Any]) -> dict[str, Any]:
    """What the ladder says of a measure."""
    return {
        "code": measure["code"],
        "name": measure_name(measure),
        "class": CLASSES.get(measure["class"], measure["class"]),
        "basis": "; ".join(measure["legal_basis"]),
        "people": measure["approvals"],
        "tier": measure["min_tier"],
    }


def reasons(entry: Availability) -> list[dict[str, str]]:
    """Why a measure is closed: a sentence, and the norm it rests on."""
    return [
        {"text": reports.sentence(reason.message, reason.params), "basis": basis_words(reason.article)}
        for reason in entry.reasons
    ]


def catalogue_groups(situation: Situation) -> list[dict[str, Any]]:
    """The ladder by class, in its own order; each measure open, or closed with its reasons."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for entry in situation.catalogue:
        measure = situation.measure(entry.code)
        line = {**rung(measure), "possible": entry.possible, "reasons": reasons(entry)}
        groups.setdefault(measure["class"], []).append(line)
    return [{"label": CLASSES.get(name, name), "measures": lines} for name, lines in groups.items()]


def report(stored: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every check of a report, refusals first: a hard stop is never below the fold."""
    lines = [{**line, "basis": basis_words(line["article"])} for line in reports.told(stored)["checks"]]
    return sorted(lines, key=lambda line: (line["passed"], not line["hard_stop"]))


def refusal(stored: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """A report above a form: what was refused apart from what passed."""
    lines = report(stored)
    return {
        "failed": [line for line in lines if not line["passed"]],
        "passed": [line for line in lines if line["passed"]],
    }


def alternatives(stored: Mapping[str, Any], ladder: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What may be done instead."""
    known = measures(ladder)
    return [rung(known[code]) for code in stored["alternatives"] if code in known]


def answer_rows(measure: Measure) -> list[dict[str, Any]]:
    """The answers to the questions the measure was asked; an open one says so."""
    ladder = ladder_version(measure.ladder_version).content
    asked = questions(measures(ladder)[measure.code])
    rows = [
        (QUESTIONS[name], _answer(name, measure.answers.get(name)))
        for name in asked
        if name not in {"touches", "clear_of"}
    ]
    if "clear_of" in asked:
        rows += _prohibitions(measure, ladder)
    elif "touches" in asked:
        rows.append((QUESTIONS["touches"], "; ".join(measure.answers["touches"]) or _("None")))
    return [{"label": label, "value": value, "empty": _("Not answered")} for label, value in rows]


def _prohibitions(measure: Measure, ladder: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Each prohibition with its own answer: what nobody answered is not a "no"."""
    touches, clear = measure.answers["touches"], measure.answers["clear_of"]
    return [
        (
            f"{code} {_(item['name'])}",
            _("Yes, it touches this") if code in touches else _("No") if code in clear else None,
        )
        for code, item in prohibitions(ladder).items()
    ]


def _answer(name: str, value: Any) -> Any:
    if value in (None, "", []):
        # "Aimed at nobody" and "interrupts none" are answers; every other empty one is an open question.
        return _("None") if name in {"interrupts", "aimed_at"} else None
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return "; ".join(code_words(code) for code in value)
    if name == "target_state":
        return country_name(value)
    if name == "reversible":
        return {"yes": _("Yes, fully"), "partial": _("In part"), "no": _("No")}[value]
    return when(date.fromisoformat(value)) if name in DAYS else value


@dataclass(frozen=True, slots=True)
class Act:
    """Something that can be done to a measure, or why this reader cannot do it now (interface 48)."""

    label: str
    name: str
    why_not: str = ""
    primary: bool = False


def acts(measure: Measure, case: CaseAccess, actor: Actor) -> list[Act]:
    """What moves the measure from where it stands. The service asks again."""
    own = measure.proposed_by_id == actor.user.pk
    decides, proposes = case.may(Action.DECIDE_MEASURE), case.may(Action.PROPOSE_MEASURE)
    yours = _("You proposed this measure, so somebody else has to decide on it.") if own else ""
    closed = "" if case.incident.status == "open" else _("This case is closed.")
    over = _("Its end date has come.") if measure.expires_on and measure.expires_on <= clock.today() else ""
    found: list[Act] = []
    if measure.status == Status.PROPOSED and decides:
        found.append(Act(_("Approve"), "measure-approve", yours or closed or over, primary=True))
        found.append(Act(_("Decline"), "measure-decline", yours))
    if measure.status == Status.APPROVED and decides:
        later = _("It starts later.") if measure.starts_on and measure.starts_on > clock.today() else ""
        found.append(Act(_("Put in force"), "measure-start", closed or later or over, primary=True))
    if measure.status in (Status.PROPOSED, Status.APPROVED) and proposes:
        found.append(Act(_("Withdraw"), "measure-withdraw"))
    if measure.status == Status.IN_FORCE and proposes:
        found.append(Act(_("End"), "measure-end", primary=True))
    return found
