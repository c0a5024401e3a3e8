"""Guardrails on a proposed measure: proportionate, reversible, never against civilians (domain 3, ESC-1, ESC-3).

Promises:
- what touches a prohibition X01-X10 is refused, whatever else is true, and there is no override (R3.3);
- protective, assistive and cooperative measures are never held up for want of attribution (R2.13, AT-01);
- a higher tier can only allow more, never less;
- every refusal names the article or rule it rests on, and what may be done instead.

The ladder is the `measure-ladder` instrument; its words are the norm, this module only applies them.
Articles are those of the ILC Articles on State Responsibility (2001) unless another text is named.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final


def gettext_noop(message: str) -> str:
    """Marks a text for translation; the page translates it with its parameters."""
    return message


TIERS: Final = ("T0", "T1", "T2", "T3", "T4")

# R2.13: these help people and hurt nobody. A tier is never asked of them, not even if a ladder said so.
PROTECTION: Final = frozenset({"protective", "assistive", "cooperative", "de_escalation"})
# These press a State or its persons: necessity, proportion, an end date and the effect on civilians must be stated.
COERCIVE: Final = frozenset({"retorsion", "restrictive", "countermeasure"})
# These hold a State responsible when they name one (49(1)). R08 and R09 do not: they ask, and may ask any State.
HOLDS_RESPONSIBLE: Final = frozenset({"R12", "R13", "R15", "R16", "R17", "R18", "R19", "R21"})
COUNTERMEASURE: Final = "countermeasure"
# These act on systems or networks of the other side, which notices: they may not rest on what only passive use is allowed of.
ON_THEIR_SYSTEMS: Final = frozenset({"R11", "R21"})

# What a measure is aimed at or would interrupt, and the prohibition that protects it (X02, X06, X07; AT-06). These are
# the words a person uses; the essential services and sectors of the taxonomy in force are protected besides.
PROTECTED: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("health", "hospital", "medical", "electricity", "power", "energy", "water", "emergency", "humanitarian"), "X02"
    ),
    **dict.fromkeys(("diplomatic", "consular"), "X06"),
    **dict.fromkeys(("csirt", "cert"), "X07"),
}


@dataclass(frozen=True)
class MeasureView:
    """A proposed measure as its proposer describes it. None and "" mean "not answered", which never helps."""

    code: str
    target_state: str | None = None
    aimed_at: frozenset[str] = frozenset()
    interrupts: frozenset[str] = frozenset()
    # Prohibitions answered "yes, it touches this", and those answered "no": an open question is in neither.
    touches: frozenset[str] = frozenset()
    clear_of: frozenset[str] = frozenset()
    uses_force: bool = False
    by_private_actor: bool = False
    consultation_only: bool = True
    reversible: str = ""
    necessity: str = ""
    proportionality: str = ""
    aims_at_compliance: bool | None = None
    civilian_effect: str = ""
    third_state_effect: str = ""
    obligation_suspended: str = ""
    reversal_plan: str = ""
    reversal_by: str = ""
    reversal_on: date | None = None
    called_on_state_on: date | None = None
    notified_on: date | None = None
    negotiation_offered_on: date | None = None
    urgency_reason: str = ""
    starts_on: date | None = None
    expires_on: date | None = None
    compliance_signal: str = ""
    responsible_state_complied: bool = False
    act_ceased: bool = False
    before_tribunal: bool = False
    tribunal_in_bad_faith: bool = False


@dataclass(frozen=True)
class FindingTierView:
    """What attribution has reached: the tier, the States found responsible, and whether an obligation was breached.

    `unnoticed`: what it rests on that is marked above PAP:GREEN, by label.
    """

    tier: str
    responsible_states: frozenset[str] = frozenset()
    wrongful_act: bool | None = None
    unnoticed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """One line of the report. `article` is the norm it rests on; a hard stop cannot be overridden by anyone."""

    code: str
    article: str
    passed: bool
    message: str
    params: Mapping[str, str]
    hard_stop: bool = False


@dataclass(frozen=True)
class GuardrailReport:
    """The answer: allowed only if every check passed; otherwise what may be done instead, from the same ladder."""

    measure: str
    checks: tuple[Check, ...]
    alternatives: tuple[str, ...]

    @property
    def allowed(self) -> bool:
        return bool(self.checks) and all(check.passed for check in self.checks)

    @property
    def verdict(self) -> str:
        return "allowed" if self.allowed else "refused"

    @property
    def failed(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if not check.passed)

    @property
    def hard_stops(self) -> tuple[Check, ...]:
        return tuple(check for check in self.failed if check.hard_stop)


def check_measure(
    proposal: MeasureView,
    finding: FindingTierView | None,
    ladder: Mapping[str, Any],
    taxonomy: Mapping[str, Any] | None = None,
) -> GuardrailReport:
    """Put a proposal through every guardrail; the whole list is answered, not only up to the first refusal.

    `ladder` and `taxonomy` are the contents of the `measure-ladder` and `service-taxonomy` instruments in force.
    """
    essential = essential_codes(taxonomy) if taxonomy else frozenset[str]()
    found = finding or FindingTierView(tier="T0")
    measure = measures(ladder).get(proposal.code)
    if measure is None:
        message = gettext_noop("The ladder has no measure %(code)s.")
        unknown = Check("unknown_measure", "ESC-1", passed=False, message=message, params={"code": proposal.code})
        return GuardrailReport(proposal.code, (unknown,), _alternatives(found, ladder, proposal))
    checks = (
        *_prohibitions(proposal, measure, found, ladder, essential),
        *_tier_gate(proposal, measure, found),
        *_permissible(proposal, found),
        *_target(proposal, measure),
        *_reversibility(proposal, measure),
        *_restraint(proposal, measure),
        *_countermeasure_gate(proposal, measure, found, ladder),
    )
    alternatives = () if all(check.passed for check in checks) else _alternatives(found, ladder, proposal)
    return GuardrailReport(proposal.code, checks, alternatives)


def measures(ladder: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The measures of the ladder by code."""
    return {measure["code"]: measure for measure in ladder["response_catalogue"]["values"]}


def prohibitions(ladder: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The prohibitions of the ladder, X01 to X10, by code, with their names and legal basis."""
    return {item["code"]: item for item in ladder["prohibited"]["values"]}


def essential_codes(taxonomy: Mapping[str, Any]) -> frozenset[str]:
    """The services civilians depend on, and the sectors that provide them, by the taxonomy's own codes."""
    services = [service for service in taxonomy["services"] if service["essential_civilian"]]
    return frozenset(service[key] for service in services for key in ("code", "sector"))


def least_tier(measure: Mapping[str, Any]) -> str:
    """The tier a measure needs; T0 for everything that protects, helps or cooperates (R2.13)."""
    if measure["class"] in PROTECTION:
        return "T0"
    tier = str(measure["min_tier"])[:2]
    if tier not in TIERS:
        raise ValueError(f"{measure['code']}: no such tier {tier!r}")
    return tier


def prohibitions_touched(
    proposal: MeasureView, measure: Mapping[str, Any], found: FindingTierView, essential: frozenset[str] = frozenset()
) -> frozenset[str]:
    """The X codes a proposal touches: those it admits, and those that follow from its own facts."""
    touched = set(proposal.touches)
    touched |= _protected(proposal.interrupts, essential)
    if least_tier(measure) != "T0":
        # What needs no tier is often carried out *at* a hospital, or by a company on its own systems; that is care.
        aimed = _protected(proposal.aimed_at, essential)
        # Diplomats may be summoned and sent home (VCDR 9): X06 there is a matter of the answer given, not of the aim.
        touched |= aimed - {"X06"} if measure["class"] == "retorsion" else aimed
        if proposal.by_private_actor:
            touched.add("X08")
    if proposal.uses_force:
        touched.add("X03")
    if _wrong_state(proposal, found):
        touched.add("X09")
    if measure["class"] in COERCIVE and _must_have_ended(proposal):
        touched.add("X10")
    return frozenset(touched)


def _protected(names: frozenset[str], essential: frozenset[str]) -> set[str]:
    """The prohibitions that protect what is named, however it is written."""
    plain = {name.strip().lower().replace("_", "-").replace(" ", "-") for name in names}
    found = {PROTECTED[name] for name in plain if name in PROTECTED}
    return found | {"X02"} if plain & essential else found


def _wrong_state(proposal: MeasureView, found: FindingTierView) -> bool:
    """49(1): only the State found responsible. Below a finding nobody is, so any State named is the wrong one."""
    named = proposal.target_state
    return proposal.code in HOLDS_RESPONSIBLE and named is not None and named not in found.responsible_states


def _must_have_ended(proposal: MeasureView) -> bool:
    """53: the State complied; 52(3): act ceased and a tribunal is seized, unless (4) the State acts in bad faith there."""
    seized = proposal.act_ceased and proposal.before_tribunal and not proposal.tribunal_in_bad_faith
    return proposal.responsible_state_complied or seized


def _prohibitions(
    proposal: MeasureView,
    measure: Mapping[str, Any],
    found: FindingTierView,
    ladder: Mapping[str, Any],
    essential: frozenset[str],
) -> Iterator[Check]:
    touched = prohibitions_touched(proposal, measure, found, essential)
    listed = prohibitions(ladder)
    # A code the ladder does not list still stops: a flag that nobody can read must not be read as "no".
    for code in sorted(set(listed) | touched):
        stopped = code in touched
        message = (
            gettext_noop("Prohibited, always: %(name)s. There is no override.")
            if stopped
            else gettext_noop("Does not touch: %(name)s.")
        )
        known = listed.get(code, {"name": code, "basis": ["R3.3"]})
        params = {"name": known["name"]}
        article = "; ".join(known["basis"])
        yield Check(code, article, passed=not stopped, message=message, params=params, hard_stop=True)


def _tier_gate(proposal: MeasureView, measure: Mapping[str, Any], found: FindingTierView) -> Iterator[Check]:
    needed = least_tier(measure)
    if measure["consultation_only"] and not proposal.consultation_only:
        needed = max(needed, "T3")  # R22: below T3 States may consult, no more
    params = {"needed": needed, "tier": found.tier}
    if needed == "T0":
        message = gettext_noop("Needs no tier: protection does not wait for blame.")
        yield Check("tier", "R2.13", passed=True, message=message, params=params)
        return
    passed = TIERS.index(found.tier) >= TIERS.index(needed)
    message = (
        gettext_noop("The finding is at %(tier)s; the measure needs %(needed)s.")
        if passed
        else gettext_noop("The measure needs a finding at %(needed)s or above; it is at %(tier)s.")
    )
    yield Check("tier", "R2.13", passed=passed, message=message, params=params)


SHOWN_TO_THEM = gettext_noop(
    "It would show the other side what is marked above PAP:GREEN: %(items)s. Only whose it is relaxes the mark (R2.9)."
)


def _permissible(proposal: MeasureView, found: FindingTierView) -> Iterator[Check]:
    """PAP: active actions are allowed up to PAP:GREEN. Protection at home is never held up by it (R2.13)."""
    if proposal.code not in ON_THEIR_SYSTEMS:
        return
    message = SHOWN_TO_THEM if found.unnoticed else gettext_noop("Nothing it rests on is marked above PAP:GREEN.")
    params = {"items": ", ".join(found.unnoticed)}
    yield Check("pap", "PAP", passed=not found.unnoticed, message=message, params=params)


def _target(proposal: MeasureView, measure: Mapping[str, Any]) -> Iterator[Check]:
    if measure["needs_responsible_state"]:
        named = bool(proposal.target_state)
        message = gettext_noop("The State the measure is aimed at is named.")
        if not named:
            message = gettext_noop("Name the State: this measure is possible only against the State found responsible.")
        yield Check("target_state", "49(1)", passed=named, message=message, params={})


def _reversibility(proposal: MeasureView, measure: Mapping[str, Any]) -> Iterator[Check]:
    """R3.2: what cannot be undone is refused; 49(2), (3): a countermeasure must be such that it can be undone."""
    if measure["class"] in PROTECTION:
        return
    by_ladder = str(measure["reversible"])
    if "no" in (by_ladder, proposal.reversible):
        message = gettext_noop("The measure cannot be reversed.")
        yield Check("reversible", "R3.2", passed=False, message=message, params={})
    elif by_ladder == "must":
        passed = proposal.reversible == "yes"
        message = gettext_noop("The measure can be reversed.")
        if not passed:
            message = gettext_noop("A countermeasure must be fully reversible; say that it is, and how.")
        yield Check("reversible", "49(3)", passed=passed, message=message, params={})
    else:
        message = gettext_noop("Nothing in the measure is irreversible.")
        yield Check("reversible", "R3.2", passed=True, message=message, params={})


def _restraint(proposal: MeasureView, measure: Mapping[str, Any]) -> Iterator[Check]:
    """ESC-3, ESC-4: whoever presses says why it is needed, why it is in proportion, whom it hits and when it ends."""
    if measure["class"] not in COERCIVE:
        return
    in_proportion = "51" if measure["class"] == COUNTERMEASURE else "ESC-3"
    yield _stated("necessity", "ESC-3", proposal.necessity, gettext_noop("Why the measure is necessary"))
    subject = gettext_noop("Why the measure is commensurate with the injury suffered")
    yield _stated("proportionality", in_proportion, proposal.proportionality, subject)
    subject = gettext_noop("The effect expected on civilians")
    yield _stated("civilian_effect", "ESC-3", proposal.civilian_effect, subject)
    ends = proposal.expires_on is not None and (proposal.starts_on is None or proposal.expires_on > proposal.starts_on)
    yield _answered("expiry", "ESC-4", ends, gettext_noop("A date on which the measure ends unless renewed"))


def _countermeasure_gate(
    proposal: MeasureView, measure: Mapping[str, Any], found: FindingTierView, ladder: Mapping[str, Any]
) -> Iterator[Check]:
    """R3.1: the questions of articles 22 and 49 to 54, all of which must be answered before a countermeasure."""
    if measure["class"] != COUNTERMEASURE:
        return
    responsible = proposal.target_state is not None and proposal.target_state in found.responsible_states
    attributed = found.wrongful_act is True and responsible
    subject = gettext_noop("An internationally wrongful act attributed to the State the measure is aimed at")
    yield _answered("wrongful_act_attributed", "22", attributed, subject)
    compliance = proposal.aims_at_compliance is True
    yield _answered("purpose", "49(1)", compliance, gettext_noop("The only aim is to induce compliance"))
    subject = gettext_noop("The obligation that is suspended")
    yield _stated("obligation_suspended", "49(2)", proposal.obligation_suspended, subject)
    planned = bool(proposal.reversal_plan.strip() and proposal.reversal_by.strip() and proposal.reversal_on)
    subject = gettext_noop("A plan to reverse the measure, with a person and a date")
    yield _answered("reversal_plan", "49(3)", planned, subject)
    open_questions = set(prohibitions(ladder)) - proposal.clear_of - proposal.touches
    subject = gettext_noop("An answer to every prohibition X01 to X10")
    yield _answered("prohibitions_answered", "50", not open_questions, subject)
    called = proposal.called_on_state_on is not None
    yield _answered("called_on_state", "52(1)(a)", called, gettext_noop("The date the State was called on to comply"))
    yield from _notice_and_offer(proposal)
    subject = gettext_noop("The sign of compliance that ends the measure")
    yield _stated("compliance_signal", "53", proposal.compliance_signal, subject)
    subject = gettext_noop("The effect expected on third States")
    yield _stated("third_state_effect", "54", proposal.third_state_effect, subject)


def _notice_and_offer(proposal: MeasureView) -> Iterator[Check]:
    """52(1)(b): notify and offer to negotiate, after the call and before the act; 52(2): urgency exempts, with a reason."""
    urgent = bool(proposal.urgency_reason.strip())
    for code, day, subject in (
        ("notice", proposal.notified_on, gettext_noop("The date the decision was notified, or why it was urgent")),
        (
            "negotiation_offer",
            proposal.negotiation_offered_on,
            gettext_noop("The date negotiation was offered, or why it was urgent"),
        ),
    ):
        yield _answered(code, "52(1)(b)", urgent or _in_order(proposal, day), subject)


def _in_order(proposal: MeasureView, day: date | None) -> bool:
    if day is None:
        return False
    after_call = proposal.called_on_state_on is None or day >= proposal.called_on_state_on
    before_act = proposal.starts_on is None or day < proposal.starts_on
    return after_call and before_act


def _stated(code: str, article: str, text: str, subject: str) -> Check:
    return _answered(code, article, bool(text.strip()), subject)


def _answered(code: str, article: str, passed: bool, subject: str) -> Check:  # noqa: FBT001 - the answer itself
    """`subject` is a text of its own; the page translates it before it goes into the sentence."""
    message = gettext_noop("Given: %(subject)s.") if passed else gettext_noop("Missing or out of order: %(subject)s.")
    return Check(code, article, passed=passed, message=message, params={"subject": subject})


def _alternatives(found: FindingTierView, ladder: Mapping[str, Any], proposal: MeasureView) -> tuple[str, ...]:
    """What this tier allows without pressing anyone: due diligence first (13c), then cooperation, then the law.

    CASE-07: where no State is found responsible, R09 asks the State of origin to act, which accuses nobody.
    """
    catalogue = measures(ladder)
    order = ("R09", "R05", "R06", "R91", "R08", "R10", "R07", "R22", "R04")
    reached = TIERS.index(found.tier)
    return tuple(
        code
        for code in order
        if code in catalogue and code != proposal.code and TIERS.index(least_tier(catalogue[code])) <= reached
    )
