"""The words of the ladder and of the questions, in the reader's language. Codes are never shown without them."""

from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from instruments import taxonomy

CLASSES: Final[dict[str, Any]] = {
    "protective": _("Protective"),
    "assistive": _("Assistance"),
    "cooperative": _("Cooperative"),
    "de_escalation": _("De-escalation"),
    "diplomatic": _("Diplomatic"),
    "law_enforcement": _("Law enforcement"),
    "legal": _("Legal"),
    "collective": _("Collective"),
    "retorsion": _("Retorsion: unfriendly but lawful"),
    "restrictive": _("Restrictive"),
    "countermeasure": _("Countermeasure"),
}

LEVELS: Final[dict[str, Any]] = {
    "routine": _("Routine"),
    "concern": _("Concern"),
    "consultation": _("Consultation"),
    "diplomatic_measures": _("Diplomatic measures"),
    "restrictive_measures": _("Restrictive measures"),
    "countermeasures": _("Countermeasures"),
    "collective_security": _("Collective security"),
}

STATUS_KIND: Final = {
    "proposed": "info",
    "refused": "bad",
    "approved": "info",
    "declined": "",
    "withdrawn": "",
    "in_force": "warn",
    "ended": "",
}

AIMS: Final[dict[str, Any]] = {
    "government": _("Other government bodies"),
    "military": _("Military"),
    "intelligence": _("Intelligence services"),
    "company": _("A company"),
    "persons": _("Named persons"),
    "criminal-group": _("A criminal group"),
    "own-systems": _("One's own systems"),
    "diplomatic": _("Diplomatic persons, premises or archives"),
    "consular": _("Consular persons, premises or archives"),
    "csirt": _("A CERT or CSIRT"),
    "hospital": _("A hospital"),
    "humanitarian": _("A humanitarian organisation"),
    "emergency": _("An emergency service"),
}


def aim_choices() -> list[tuple[str, str]]:
    """Whom a measure can be aimed at: words of our own and of the law first, then the sectors of the taxonomy."""
    own = [(code, str(label)) for code, label in AIMS.items()]
    return [*own, *((code, name) for code, name in taxonomy.sectors() if code not in AIMS)]


def code_words(code: str) -> str:
    """Any code of the questions in words; a word the lists do not have stands for itself."""
    known = {
        **dict(taxonomy.sectors()),
        **dict(taxonomy.services()),
        **{name: str(label) for name, label in AIMS.items()},
    }
    return known.get(code, code)


def basis_words(article: str) -> str:
    """The norm a check rests on, so that a reader can look it up."""
    if article[:1].isdigit():
        return gettext("ILC Articles on State Responsibility, article %(article)s") % {"article": article}
    if article.startswith(("R2.", "R3.", "ESC-")):
        return gettext("Rule %(rule)s") % {"rule": article}
    if article == "PAP":
        return gettext("Permissible Actions Protocol (MISP, version 3)")
    return article


QUESTIONS: Final[dict[str, Any]] = {
    "target_state": _("State it is aimed at"),
    "aimed_at": _("Whom or what is it aimed at?"),
    "interrupts": _("Which services would it interrupt or degrade?"),
    "touches": _("Does it touch any of these? They are prohibited, always."),
    "consultation_only": _("Is it consultation and no more?"),
    "reversible": _("Can it be reversed?"),
    "necessity": _("Why is it necessary?"),
    "proportionality": _("Why is it in proportion to the injury suffered?"),
    "civilian_effect": _("What effect on civilians is expected?"),
    "third_state_effect": _("What effect on third States is expected?"),
    "obligation_suspended": _("Which obligation is suspended?"),
    "aims_at_compliance": _("Is its only aim that the State complies?"),
    "reversal_plan": _("How is it reversed?"),
    "reversal_by": _("Which office reverses it?"),
    "reversal_on": _("By when is it reversed?"),
    "called_on_state_on": _("When was the State called on to comply?"),
    "notified_on": _("When was the State notified of the decision?"),
    "negotiation_offered_on": _("When was negotiation offered?"),
    "urgency_reason": _("If notice and offer were skipped: why was it urgent?"),
    "starts_on": _("When does it start?"),
    "expires_on": _("When does it end unless renewed?"),
    "compliance_signal": _("Which sign of compliance ends it?"),
    "responsible_state_complied": _("Has the responsible State complied?"),
    "act_ceased": _("Has the wrongful act ceased?"),
    "before_tribunal": _("Is the dispute before a tribunal whose decision binds?"),
    "tribunal_in_bad_faith": _("Does the State act in bad faith before that tribunal?"),
    "uses_force": _("Does it threaten or use force?"),
    "by_private_actor": _("Would a private actor carry it out?"),
}

HINTS: Final[dict[str, Any]] = {
    "reversal_by": _("Name the office, not a person."),
    "aimed_at": _("Leave everything empty if it is aimed at nobody."),
    "interrupts": _("Leave everything empty if it interrupts none."),
    "urgency_reason": _("Article 52(2): urgent measures that preserve rights need no notice."),
}
