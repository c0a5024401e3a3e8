"""A question that was judged is resolved: the answer is known, and earlier estimates can be scored (ATT-12)."""

from typing import Any

from django.db import transaction

from core.errors import Invalid
from incidents.access import case_for
from incidents.facts import Errors, clean_choice, clean_text
from organisations.actors import Actor
from organisations.roles import Action

from .. import errors as rules_broken
from ..access import finding_in, not_in_sealed_round
from ..models import Panel, Resolution
from ..states import Round, Standing
from .findings import recorded

WORKING = (Round.INVITING, Round.SEALED)


@transaction.atomic
def resolve_question(
    *, actor: Actor, reference: str, label: str, was_so: Any, how: str, reasons: str, decision: str = ""
) -> Resolution:
    """Says whether a finding's hypothesis was so, once, with reasons; never while somebody still judges it.

    Adjudicated: the decision stands in the finding, or is cited here. Disproved: the finding was withdrawn. An exercise:
    its answer is known. Whoever proposed the finding does not say that it was right. Courts take years: it is said on a
    closed case as well, and changes nothing of it.
    """
    case = case_for(actor, reference, Action.PROPOSE_FINDING, lock=True)
    finding = finding_in(case.incident, label)
    not_in_sealed_round(actor, finding)
    errors: Errors = {}
    way = clean_choice(how, "how", errors, [(code, str(words)) for code, words in Resolution.How.choices])
    text = clean_text(reasons, "reasons", errors, required=True)
    cited = clean_text(decision, "decision", errors)
    answer = {True: True, False: False, "yes": True, "no": False}.get(was_so)
    if answer is None:
        clean_choice(str(was_so), "was_so", errors, [("yes", "yes"), ("no", "no")])
    if errors or answer is None:
        raise Invalid(errors)
    if finding.proposed_by_id == actor.user.pk:
        raise rules_broken.ResolvedByItsProposer
    if Resolution.objects.filter(finding=finding).exists():
        raise rules_broken.QuestionResolved
    if Panel.objects.filter(finding=finding, state__in=WORKING).exists():
        raise rules_broken.StillJudged
    known = {
        Resolution.How.ADJUDICATED: bool(finding.decision_reference.strip() or cited),
        Resolution.How.DISPROVED: finding.standing == Standing.WITHDRAWN and not answer,
        Resolution.How.EXERCISE: case.incident.is_exercise,
    }
    if not known[Resolution.How(way)]:
        raise rules_broken.AnswerNotKnown
    resolution = Resolution.objects.create(
        incident=case.incident, finding=finding, was_so=answer, how=way, reasons=text, decision=cited, resolved_by=actor.user,
    )  # fmt: skip
    recorded(actor, finding, "finding.resolved", how=way, was_so=answer)
    return resolution
