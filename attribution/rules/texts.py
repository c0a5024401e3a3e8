"""Every sentence the rules can say, as a code with values; the page translates it, the API prints both.

`gettext_noop` marks the English for extraction without importing Django: the rules stay plain Python.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = str | int | tuple[str, ...]


def gettext_noop(message: str) -> str:
    """Mark a message for translation and return it unchanged."""
    return message


MESSAGES: dict[str, str] = {
    # What each requirement asks.
    "ask.finding_current": gettext_noop("The finding is not withdrawn or superseded"),
    "ask.graded_item": gettext_noop("At least %(min)s graded item supports the proposition"),
    "ask.likelihood_floor": gettext_noop("The likelihood is at or above an even chance"),
    "ask.review_date": gettext_noop("A review date is set, at most %(max)s days ahead; an extension has its reasons"),
    "ask.not_rejected": gettext_noop("The hypothesis is not rejected by evidence"),
    "ask.independent_origins": gettext_noop("At least %(min)s independent origins"),
    "ask.evidence_classes": gettext_noop("At least %(min)s evidence classes"),
    "ask.beyond_forgery": gettext_noop("It does not rest only on what the intruder could forge"),
    "ask.beyond_location": gettext_noop("It does not rest on the location of infrastructure alone"),
    "ask.disinterested_origin": gettext_noop("At least one origin is not an interested party"),
    "ask.alternatives_recorded": gettext_noop("The alternatives are recorded: %(kinds)s"),
    "ask.false_flag_check": gettext_noop("The false-flag check is recorded"),
    "ask.separates_alternatives": gettext_noop("Evidence separates it from every alternative"),
    "ask.least_inconsistent": gettext_noop("No alternative fits the evidence better"),
    "ask.robust_origins": gettext_noop("It stands without any one source"),
    "ask.robust_classes": gettext_noop("It stands without any one class of evidence"),
    "ask.finding_confidence": gettext_noop("Confidence in the analysis is at least %(min)s"),
    "ask.one_scale": gettext_noop("Everyone states likelihood in the same scale"),
    "ask.conflicts_declared": gettext_noop("Every panel member has declared on conflicts of interest"),
    "ask.seat_signed": gettext_noop("Signed by the seat: %(seat)s"),
    "ask.outside_member": gettext_noop(
        "At least %(min)s concurring member from outside the organisation that holds the case"
    ),
    "ask.alternative_analysis": gettext_noop("An alternative analysis and an outside peer review are done"),
    "ask.state_responsibility": gettext_noop(
        "If a State is named: one article chosen and reasoned by the legal member"
    ),
    "ask.article_reasoned": gettext_noop("An article is chosen, and a lawyer has given the reasons for it"),
    "ask.specific_control": gettext_noop("Under article 8: specific control over the operation is shown"),
    "ask.norm_13b_factors": gettext_noop("The factors of UN norm 13(b) are recorded, consultation included"),
    "ask.custody_complete": gettext_noop("Items with complete custody suffice on their own"),
    "ask.open_item": gettext_noop("At least %(min)s open item carries the same proposition"),
    "ask.no_open_contest": gettext_noop("No contest is open"),
    "ask.no_blocking_objection": gettext_noop("No blocking objection is unresolved"),
    "ask.decision_reference": gettext_noop("The decision of a court, tribunal or commission is referenced"),
    # What is missing.
    "miss.finding_standing": gettext_noop("The finding is %(standing)s."),
    "miss.lead": gettext_noop("No hypothesis, or more than one, is marked as the proposition."),
    "miss.graded_item": gettext_noop("No item that is graded and consistent with the proposition."),
    "miss.likelihood": gettext_noop("No likelihood is stated."),
    "miss.likelihood_low": gettext_noop("The likelihood stated, %(term)s, is below an even chance."),
    "miss.likelihood_scale": gettext_noop("The scale %(scale)s or its term %(term)s is not in the standard."),
    "miss.review_date": gettext_noop("No review date is set."),
    "miss.review_too_far": gettext_noop("The review date is later than %(latest)s."),
    "miss.extension_reasons": gettext_noop("The review was put off without reasons."),
    "miss.rejected": gettext_noop("The hypothesis is rejected by: %(items)s."),
    "miss.contest": gettext_noop("A contest is open (%(kind)s): %(items)s."),
    "miss.origins": gettext_noop("Independent origins found: %(found)s of %(min)s."),
    "miss.classes": gettext_noop("Evidence classes found: %(found)s of %(min)s."),
    "miss.forgery": gettext_noop(
        "Everything that supports it could be made by the intruder; such items cannot corroborate each other."
    ),
    "miss.location": gettext_noop("Apart from what could be forged, only the location of infrastructure supports it."),
    "miss.disinterested": gettext_noop("Every origin is an interested party: a second origin is needed."),
    "miss.alternative": gettext_noop("No alternative of this kind is recorded: %(kind)s."),
    "miss.false_flag_check": gettext_noop("The false-flag check is not recorded."),
    "miss.no_alternatives": gettext_noop("There is no alternative to separate it from."),
    "miss.separation": gettext_noop("Nothing that counts separates it from: %(hypothesis)s."),
    "miss.overtaken": gettext_noop("This alternative is contradicted less: %(hypothesis)s."),
    "miss.no_anchor": gettext_noop("No item that counts supports it."),
    "miss.fragile_origin": gettext_noop("Without the origin %(key)s it does not stand."),
    "miss.fragile_class": gettext_noop("Without the class %(key)s it does not stand."),
    "miss.confidence": gettext_noop("The confidence stated is %(found)s."),
    "miss.confidence_none": gettext_noop("No confidence is stated."),
    "miss.panel": gettext_noop("No panel has been convened."),
    "miss.sealed": gettext_noop("The opinions are still sealed."),
    "miss.scale_mix": gettext_noop("Another scale than the panel's is used by: %(members)s."),
    "miss.opinions": gettext_noop("No opinion counts yet."),
    "miss.undeclared": gettext_noop("No declaration on conflicts yet from: %(members)s."),
    "miss.seat": gettext_noop("No member in this seat concurs with enough confidence: %(seat)s."),
    "miss.outside_member": gettext_noop("No concurring member from outside."),
    "miss.analysis": gettext_noop("Not done: %(technique)s."),
    "miss.analysis_any": gettext_noop("One of these is needed: %(techniques)s."),
    "miss.article": gettext_noop("No article of State responsibility is chosen."),
    "miss.article_unknown": gettext_noop("Article %(article)s is not a basis of attribution."),
    "miss.article_reasoned": gettext_noop("The article is not reasoned by a legal member who concurs."),
    "miss.article_lawyer": gettext_noop("No lawyer has given reasons for the article."),
    "miss.specific_control": gettext_noop(
        "Specific control over the operation is not shown; general support is not enough."
    ),
    "miss.factor": gettext_noop("Not recorded: %(factor)s."),
    "miss.custody": gettext_noop(
        "Items with complete custody do not reach two independent origins in two classes that stand alone."
    ),
    "miss.open_item": gettext_noop("Every item that counts is closed."),
    "miss.objection": gettext_noop("An objection is unresolved, by: %(members)s."),
    "miss.decision": gettext_noop("No decision is referenced."),
    # Why an item does not count.
    "out.withdrawn": gettext_noop("Withdrawn"),
    "out.frozen": gettext_noop("Frozen: the file no longer matches its hash"),
    "out.rests_on_withdrawn": gettext_noop("Rests on an item that is withdrawn, frozen or not at hand"),
    "out.incomplete": gettext_noop("Does not carry what the standard asks: %(fields)s"),
    "out.unknown_class": gettext_noop("Its evidence class is not in the standard"),
    "out.ungraded": gettext_noop("Reliability or credibility is not known"),
    "out.weak_grade": gettext_noop("Graded too low to corroborate: %(grade)s"),
    "out.graded_alone": gettext_noop("Graded by whoever gave it in: nobody else in the team could"),
    "out.credibility_one": gettext_noop("Credibility 1 needs a linked item of different lineage"),
    "out.class_never": gettext_noop("This class of evidence never corroborates: %(evidence_class)s"),
    "out.statement": gettext_noop("This type of statement is not an independent origin: %(statement_type)s"),
    "out.evidence_base": gettext_noop("The statement does not state its own evidence base"),
    "out.no_origin": gettext_noop("Its origin is not declared"),
    "out.forgeable": gettext_noop("Could be made by the intruder: counted once with all others like it"),
    "out.not_consistent": gettext_noop("Is not rated consistent with the proposition"),
    "out.separates_nothing": gettext_noop("Fits the alternatives as well as the proposition"),
    # The sentence on top.
    "robust.stands": gettext_noop("Stands without any one source."),
    "robust.nothing": gettext_noop("Rests on nothing that counts as independent."),
    "robust.alone": gettext_noop("Rests on %(items)s alone."),
    "robust.origin": gettext_noop("Rests on the origin %(key)s: without it, it does not stand."),
    "robust.class": gettext_noop("Rests on one class of evidence: %(key)s."),
    "robust.alternative": gettext_noop("Does not exclude the alternative %(hypothesis)s."),
    "robust.overtaken": gettext_noop("The alternative %(hypothesis)s fits the evidence better."),
}


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence as code and values. `msgid` is what gettext translates; `english` is the untranslated reading."""

    code: str
    params: Mapping[str, Value] = field(default_factory=dict)

    @property
    def msgid(self) -> str:
        return MESSAGES[self.code]

    @property
    def english(self) -> str:
        return self.say(self.msgid)

    def say(self, translated: str) -> str:
        """The sentence in the language of `translated`, the translation of `msgid`."""
        return translated % {
            key: ", ".join(value) if isinstance(value, tuple) else value for key, value in self.params.items()
        }
