"""What is claimed, split into legs that are never merged, and the law reasoned by a lawyer (ATT-5, R2.5)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, NotAllowed
from incidents.facts import Errors, clean_choice, clean_text
from incidents.models import Incident
from ledger.services import record
from organisations.actors import Actor
from organisations.roles import Action, Role

from .. import errors as rules_broken
from .. import norms
from ..access import not_in_sealed_round, open_case, open_finding_for
from ..models import ArticleReasoning, Proposition
from ..states import TRANSITIONS
from .articles import clean_article
from .tiers import recompute_finding


def opened(actor: Actor, incident: Incident, leg: str, *, proof: str, claim: str, version: str) -> Proposition:
    """A leg of the case, on record."""
    proposition = Proposition.objects.create(
        incident=incident, leg=leg, claim=claim, proof=proof, standard_version=version, opened_by=actor.user
    )
    record(
        actor=actor, verb="leg.opened", subject=proposition, root_id=incident.pk, payload={"leg": leg, "proof": proof},
        instruments={"evidence-standard": version},
    )  # fmt: skip
    return proposition


def ensure_leg(actor: Actor, incident: Incident, leg: str) -> None:
    """Opens a leg under the standard's own proof unless it is open; the case is locked."""
    if not Proposition.objects.filter(incident=incident, leg=leg).exists():
        version = norms.version_in_force()
        opened(actor, incident, leg, proof=norms.standard_of(version).legs[leg].proof, claim="", version=version)


@transaction.atomic
def open_leg(*, actor: Actor, reference: str, leg: str, proof: str = "", claim: str = "") -> Proposition:
    """Opens a leg: what is claimed on it, and the standard of proof it is held to. The proof is set once and not moved:
    nobody lowers the bar to what was found. Left empty it is the standard's own for this leg."""
    case = open_case(actor, reference, Action.ANALYSE)
    errors: Errors = {}
    version = norms.version_in_force()
    code = clean_choice(leg, "leg", errors, norms.named("legs", version))
    chosen = ""
    if not errors:
        own = norms.standard_of(version).legs[code]
        chosen = clean_choice(proof or own.proof, "proof", errors, norms.proofs_on(code, version))
    text = clean_text(claim, "claim", errors)
    if errors:
        raise Invalid(errors)
    if Proposition.objects.filter(incident=case.incident, leg=code).exists():
        raise rules_broken.LegOpen
    return opened(actor, case.incident, code, proof=chosen, claim=text, version=version)


@transaction.atomic
def reason_article(
    *, actor: Actor, reference: str, label: str, article: Any, reasons: str, specific_control: bool = False
) -> ArticleReasoning:
    """A lawyer chooses the article by which a State would be responsible, and gives the reasons (R2.5, R2.6).

    Only who holds the role of law in the organisation they act for; the database refuses everybody else too. The finding
    then claims this article.
    """
    case, finding = open_finding_for(actor, reference, label, Action.ANALYSE)
    if Role.LEGAL_ASSESSOR not in actor.roles:
        raise NotAllowed("an article is reasoned by a lawyer")
    not_in_sealed_round(actor, finding)
    if not TRANSITIONS[finding.standing]:
        raise rules_broken.FindingEnded
    if not norms.standard_of(finding.standard_version).legs[finding.leg].holds_state:
        raise rules_broken.NoLawOnLeg
    errors: Errors = {}
    number = clean_article(article, "article", errors)
    if number is None:
        errors.setdefault("article", []).append(_("Choose an article that is a basis of attribution."))
    text = clean_text(reasons, "reasons", errors, required=True)
    if errors or number is None:
        raise Invalid(errors)
    reasoning = ArticleReasoning.objects.create(
        incident=case.incident, finding=finding, article=number, reasons=text, specific_control=bool(specific_control),
        reasoned_by=actor.user, organisation=actor.organisation,
    )  # fmt: skip
    if finding.article != number:
        finding.article = number
        finding.save(update_fields=["article"])
    record(
        actor=actor, verb="finding.article_reasoned", subject=finding, root_id=case.incident.pk,
        payload={"finding": finding.label, "article": number}, instruments={"evidence-standard": finding.standard_version},
    )  # fmt: skip
    recompute_finding(actor=actor, finding=finding, cause="finding.article_reasoned")
    return reasoning
