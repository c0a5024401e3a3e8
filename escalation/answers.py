"""What a proposal answers: which questions a measure is asked, and whether each answer can be what it says.

Pure: plain values in, `Answers` out, or `Invalid` with a sentence for each field. Whether the answers are *good enough*
is not asked here; the guardrails judge that, and what is wrong by their rules is a refusal and not a mistake in a form.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from core.countries import country_choices
from core.errors import Invalid

from .rules import COERCIVE, COUNTERMEASURE, PROTECTED, MeasureView, measures, prohibitions

MOST_TEXT: Final = 20_000
MOST_TITLE: Final = 200
EARLIEST: Final = date(1970, 1, 1)
LATEST: Final = date(2200, 1, 1)
REVERSIBLE: Final = ("", "yes", "partial", "no")

SETS: Final = ("aimed_at", "interrupts", "touches", "clear_of")
YES_NO: Final = (
    "aims_at_compliance",
    "uses_force", "by_private_actor", "consultation_only", "responsible_state_complied", "act_ceased",
    "before_tribunal", "tribunal_in_bad_faith",
)  # fmt: skip
TEXTS: Final = (
    "necessity", "proportionality", "civilian_effect", "third_state_effect", "obligation_suspended", "reversal_plan",
    "reversal_by", "urgency_reason", "compliance_signal",
)  # fmt: skip
# Days on which something happened; the others lie ahead.
DONE_ON: Final = ("called_on_state_on", "notified_on", "negotiation_offered_on")
DAYS: Final = (*DONE_ON, "reversal_on", "starts_on", "expires_on")

# Whom a measure can be aimed at besides the sectors and services of the taxonomy and the words the law protects.
OTHER_AIMS: Final = ("government", "military", "intelligence", "company", "persons", "criminal-group", "own-systems")

OF_EVERYBODY: Final = ("aimed_at", "interrupts", "starts_on", "expires_on")
OF_WHO_PRESSES: Final = (
    "target_state", "necessity", "proportionality", "civilian_effect", "reversible", "responsible_state_complied",
    "act_ceased", "before_tribunal", "tribunal_in_bad_faith", "touches", "clear_of",
)  # fmt: skip
OF_COUNTERMEASURES: Final = (
    "aims_at_compliance", "obligation_suspended", "called_on_state_on", "notified_on", "negotiation_offered_on",
    "urgency_reason", "third_state_effect", "reversal_plan", "reversal_by", "reversal_on", "compliance_signal",
)  # fmt: skip


def questions(measure: Mapping[str, Any]) -> tuple[str, ...]:
    """The questions this measure is asked, and no more: protection is asked least (R2.13)."""
    kind = measure["class"]
    if kind in {"protective", "assistive"}:
        return OF_EVERYBODY
    if kind in {"cooperative", "de_escalation"}:
        return ("target_state", *OF_EVERYBODY)
    if kind not in COERCIVE:
        consultation = ("consultation_only",) if measure["consultation_only"] else ()
        return ("target_state", "touches", *consultation, *OF_EVERYBODY)
    return (*OF_WHO_PRESSES, *(OF_COUNTERMEASURES if kind == COUNTERMEASURE else ()), *OF_EVERYBODY)


@dataclass(frozen=True, slots=True)
class Answers:
    """A proposal in its proposer's words."""

    title: str
    text: str
    view: MeasureView
    unanswered: frozenset[str] = frozenset()


def aims(taxonomy: Mapping[str, Any]) -> frozenset[str]:
    """Every word that may say whom a measure is aimed at; a word nobody can judge is not taken for a harmless one."""
    return interruptible(taxonomy) | frozenset(OTHER_AIMS)


def interruptible(taxonomy: Mapping[str, Any]) -> frozenset[str]:
    """Every service and sector that a measure could interrupt."""
    services = {service["code"] for service in taxonomy["services"]}
    return frozenset(services | {sector["code"] for sector in taxonomy["sectors"]} | set(PROTECTED))


def read(given: Mapping[str, Any], ladder: Mapping[str, Any], taxonomy: Mapping[str, Any], today: date) -> Answers:
    """The proposal, every answer checked on its own; raises `Invalid` naming each field that is wrong."""
    wrong: dict[str, list[str]] = {}
    title, text = _text(given, "title", wrong, MOST_TITLE), _text(given, "text", wrong)
    if not title:
        wrong.setdefault("title", []).append(_("Say in one line what is to be done."))
    code = str(given.get("code") or "")
    if code not in measures(ladder):
        wrong["code"] = [_("Choose a measure from the ladder.")]
    values: dict[str, Any] = {
        "code": code,
        "target_state": _state(given, wrong),
        "reversible": _reversible(given, wrong),
    }
    words = {"aimed_at": aims(taxonomy), "interrupts": interruptible(taxonomy)}
    listed = frozenset(prohibitions(ladder))
    for name in SETS:
        values[name] = _words(given, name, words.get(name, listed), wrong)
    if both := sorted(values["touches"] & values["clear_of"]):
        wrong["touches"] = [_("%(codes)s cannot be answered both yes and no.") % {"codes": ", ".join(both)}]
    for name in YES_NO:
        # An open question leaves the value the guardrails take for "not answered".
        if given.get(name) is not None:
            values[name] = _yes_no(given, name, wrong)
    values |= {name: _text(given, name, wrong) for name in TEXTS}
    values |= {name: _day(given, name, wrong, LATEST if name not in DONE_ON else today) for name in DAYS}
    if wrong:
        raise Invalid(wrong)
    return Answers(title, text, MeasureView(**values), frozenset(YES_NO) - set(values))


def as_json(given: Answers) -> dict[str, Any]:
    """The answers as they are stored and told: sets in order, days as ISO 8601, what was not answered as null or empty."""
    plain = {name: _plain(value) for name, value in asdict(given.view).items()}
    plain |= dict.fromkeys(given.unanswered)  # the guardrails' own "no" is nobody's answer
    plain.pop("code")
    return plain


def from_json(code: str, stored: Mapping[str, Any]) -> MeasureView:
    """The answers as the guardrails read them: the inverse of `as_json`."""
    known = {field.name for field in fields(MeasureView)}
    values: dict[str, Any] = {name: value for name, value in stored.items() if name in known}
    values = {name: value for name, value in values.items() if value is not None or name not in YES_NO}
    values |= {name: frozenset(values.get(name) or ()) for name in SETS}
    values |= {name: date.fromisoformat(values[name]) if values.get(name) else None for name in DAYS}
    return MeasureView(code=code, **values)


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, date) else value


def _fail(wrong: dict[str, list[str]], name: str, sentence: str) -> None:
    wrong.setdefault(name, []).append(sentence)


def _text(given: Mapping[str, Any], name: str, wrong: dict[str, list[str]], most: int = MOST_TEXT) -> str:
    value = given.get(name)
    text = "" if value is None else str(value).strip()
    if "\x00" in text:
        _fail(wrong, name, _("This holds a character that cannot be stored."))
    if len(text) > most:
        _fail(wrong, name, _("This is too long: at most %(most)s characters.") % {"most": most})
    return text


def _state(given: Mapping[str, Any], wrong: dict[str, list[str]]) -> str | None:
    code = str(given.get("target_state") or "")
    if not code:
        return None
    if code not in dict(country_choices()):
        _fail(wrong, "target_state", _("Choose a State from the list."))
    return code


def _reversible(given: Mapping[str, Any], wrong: dict[str, list[str]]) -> str:
    answer = str(given.get("reversible") or "")
    if answer not in REVERSIBLE:
        _fail(wrong, "reversible", _("Say yes, in part, or no."))
    return answer


def _words(given: Mapping[str, Any], name: str, known: frozenset[str], wrong: dict[str, list[str]]) -> frozenset[str]:
    value = given.get(name) or ()
    if isinstance(value, str) or not all(isinstance(word, str) for word in value):
        _fail(wrong, name, _("Give a list of codes."))
        return frozenset()
    words = frozenset(value)
    if strange := sorted(words - known):
        _fail(wrong, name, _("Not in the list: %(words)s.") % {"words": ", ".join(word[:60] for word in strange[:5])})
    return words


def _yes_no(given: Mapping[str, Any], name: str, wrong: dict[str, list[str]]) -> bool | None:
    value = given.get(name)
    if value is not None and not isinstance(value, bool):
        _fail(wrong, name, _("Answer yes or no."))
        return None
    return value


def _day(given: Mapping[str, Any], name: str, wrong: dict[str, list[str]], latest: date) -> date | None:
    value = given.get(name)
    if value is None or value == "":
        return None
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        _fail(wrong, name, _("Give a date such as 2026-03-17."))
        return None
    if day < EARLIEST:
        _fail(wrong, name, _("The date must be in 1970 or later."))
    elif day > latest:
        said = _("This date cannot lie in the future.") if name in DONE_ON else _("This date is too far ahead.")
        _fail(wrong, name, said)
    return day
