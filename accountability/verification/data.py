"""A finding's verification report as data: read as the person who asked, at one moment, at the report's mark.

Pages and PDF are made from this and from nothing else, so they cannot say more. Its shape is published
(docs/reference/verification-report.schema.json); codes stand beside English, people's own words as they wrote them.
"""

from hashlib import sha256
from typing import Any

import rfc8785
from django.conf import settings

from attribution import norms, selectors
from attribution.models import ArticleReasoning, Contest, Finding, Hypothesis, Reply, StandingChange
from attribution.rules import proof_of
from attribution.snapshots import finding_values, hypothesis_values
from incidents.access import CaseAccess
from instruments.models import Instrument
from instruments.selectors import version_of
from ledger import keys
from ledger.hashing import moment
from organisations.actors import Actor

from ..building import pap_of
from ..clearance import WITHHELD, hidden_origins, loss_hidden, retold
from ..models import VerificationReport
from .evidence import closed_to, evidence_of, items_of
from .limits import limits_of
from .panel import panels_of
from .proofs import proofs_of

FORMAT = "norms-platform verification report 1"
HOW = (
    "An entry's leaf = lower-case hexadecimal SHA-256 of the byte 0x00 followed by each of the fields entry_id, verb, subject_type,"
    " subject_id, root_id, actor_id, organisation_id, instruments, payload, recorded_at in this order, each as its length in bytes"
    " (unsigned 32 bit, big-endian) and its UTF-8 text. A proof opens the commitment of that leaf in the platform's public log (RFC"
    " 6962 tree) and leads to the root in the signed checkpoint. An opinion's commitment = SHA-256 of its salt followed by the"
    " canonical JSON (RFC 8785) of the fields position, scale, likelihood, confidence, reasons, change_mind, dissent,"
    " blocking_objection, objection, article, article_reasons, specific_control; the entry panel.revealed carries the commitments as"
    " they were when the opinions were opened. The signature is a signed note (C2SP signed-note, Ed25519) over three lines: the format,"
    " the report's reference, and sha256: with the SHA-256 of the canonical JSON (RFC 8785) of everything but the signature. The tool norms-verify.pyz, offered on the platform's transparency page, does all this"
    " without a network: python norms-verify.pyz THIS-FILE.json --key KEY. The platform's key has to reach you another way."
)


def reference_of(report: VerificationReport) -> str:
    """As it is cited: `INC-2026-000042/F-1/VR-7K3QMX`."""
    return f"{report.incident.reference}/{report.finding.label}/{report}"


def claim_of(case: CaseAccess, finding: Finding) -> dict[str, Any]:
    """What is claimed, on which leg, against which alternatives; the other legs beside it, so that none is taken for another."""
    version = finding.standard_version
    said, standard = finding_values(finding), norms.standard_of(version)
    opened = selectors.propositions_of(case.incident).get(finding.leg)
    proof = proof_of(selectors.proof_for(opened, finding.leg, standard), finding.tier, standard)
    hypotheses: list[Hypothesis] = selectors.hypotheses_of(case.incident, finding.leg)
    kept = (
        "pap", "statement", "likelihood", "confidence", "reasons", "false_flag_check", "article", "norm_13b", "analysis",
        "decision_reference",
    )  # fmt: skip
    return {
        "leg": finding.leg,
        "asks": norms.questions(version).get(finding.leg, ""),
        "proposition": opened.claim if opened else "",
        "proof": {"code": proof.code, "needs": proof.needs, "answer": proof.answer},
        "hypothesis": hypothesis_values(finding.hypothesis),
        "alternatives": [hypothesis_values(row) for row in hypotheses if row.pk != finding.hypothesis_id],
        **{name: said[name] for name in kept},
        "state_held": selectors.state_held(finding),
        "article_reasoned": [
            {"article": row.article, "reasons": row.reasons, "specific_control": row.specific_control, "organisation": row.organisation.name}
            for row in ArticleReasoning.objects.filter(finding=finding).select_related("organisation").order_by("-pk")
        ],
        "other_legs": [
            {
                "leg": row.code, "open": row.proposition is not None or bool(row.hypotheses), "tier": row.tier,
                "findings": [
                    {"number": each.label, "tier": each.tier, "standing": each.standing, "contested": each.contested}
                    for each in row.findings
                ],
            }
            for row in selectors.legs_of(case.incident) if row.code != finding.leg
        ],
    }  # fmt: skip


def standing_of(finding: Finding) -> dict[str, Any]:
    """How it stands, and whether that waits to be computed anew (ATT-6)."""
    said = finding_values(finding)
    kept = (
        "tier", "computed_tier", "contested", "standing", "standing_reason", "superseded_by", "marked_items", "review_on", "overdue",
        "overdue_days", "waits_because",
    )  # fmt: skip
    return {
        **{name: said[name] for name in kept},
        "waits": said["being_recomputed"],
        "proposed_at": moment(finding.proposed_at),
        "computed_at": moment(finding.computed_at) if finding.computed_at else None,
        "name_put_to_it": moment(finding.approved_at) if finding.approved_at else None,
    }


def robustness_of(finding: Finding, hidden: frozenset[str]) -> dict[str, Any]:
    """Independence and what is left without any one source, as it was computed with the tier (ATT-8)."""
    told = finding.explanation

    def loss(row: dict[str, Any]) -> dict[str, Any]:
        return {**row, "key": WITHHELD} if loss_hidden(row, hidden) else row

    return {
        "stands_without_any_one": bool(told.get("robust")),
        "sentence": retold(told["sentence"], hidden) if "sentence" in told else None,
        "independent_origins": told.get("independent_origins", 0),
        "evidence_classes": told.get("evidence_classes", []),
        "cycles": told.get("cycles", []),
        "losses": [loss(row) for row in told.get("losses", [])],
        "tried": "without" in told,
        "without": [loss(row) for row in told.get("without", [])],
        "single_items": told.get("effects", []),
    }


def requirements_of(finding: Finding, hidden: frozenset[str]) -> list[dict[str, Any]]:
    """Line by line: what the standard asks, met or missing, and by which items."""
    return [
        {
            "tier": row["tier"], "code": row["code"], "rule": row["rule"], "met": row["met"], "text": retold(row["text"], hidden),
            "items": row["items"], "missing": [retold(text, hidden) for text in row["missing"]],
        }
        for row in finding.explanation.get("requirements", [])
    ]  # fmt: skip


def contests_of(finding: Finding) -> list[dict[str, Any]]:
    """What is said against it, resolved or open; nothing is left out because it was resolved."""
    return [
        {
            "kind": row.kind, "items": row.items, "text": row.text, "opened_at": moment(row.opened_at),
            "resolved_at": moment(row.resolved_at) if row.resolved_at else None, "resolution": row.resolution,
        }
        for row in Contest.objects.filter(finding=finding).order_by("pk")
    ]  # fmt: skip


def replies_of(finding: Finding) -> list[dict[str, Any]]:
    """What those concerned answered, whole (ATT-11)."""
    return [
        {
            "party": row.party, "name": row.name, "position": row.position, "text": row.text, "sha256": row.sha256,
            "received_at": moment(row.received_at), "late": row.late, "rules_version": row.rules_version,
        }
        for row in Reply.objects.filter(finding=finding).order_by("pk")
    ]  # fmt: skip


def standard_of(finding: Finding) -> dict[str, Any]:
    """The standard it was opened with, and its hash: a later one changes nothing here (GOV-1)."""
    found = version_of(Instrument.Kind.EVIDENCE_STANDARD, finding.standard_version)
    return {
        "version": found.version, "title": found.title, "source": found.source, "sha256": found.sha256,
        "in_force_now": norms.version_in_force(),
    }  # fmt: skip


def report_data(
    actor: Actor, case: CaseAccess, report: VerificationReport, change: StandingChange, at: str
) -> dict[str, Any]:
    """The whole report."""
    finding, incident = report.finding, case.incident
    items = items_of(incident)
    closed = closed_to(actor, incident, items, report.mark)
    hidden = hidden_origins(items, closed)
    data: dict[str, Any] = {
        "format": FORMAT,
        "report": reference_of(report),
        "mark": report.mark,
        "pap": pap_of(case),
        "as_of": at,
        "issued_by": settings.BASE_URL,
        "asked_for_by": report.organisation.name,
        "case": {
            "reference": incident.reference, "title": incident.title, "held_by": incident.holder.name, "mark": incident.mark,
            "is_exercise": incident.is_exercise,
        },
        "finding": finding.label,
        "step_of_history": {"at": moment(change.at), "cause": change.cause},
        "claim": claim_of(case, finding),
        "standard": standard_of(finding),
        "stands": standing_of(finding),
        "requirements": requirements_of(finding, hidden),
        "evidence": evidence_of(finding, items, closed, hidden),
        "robustness": robustness_of(finding, hidden),
        "panels": panels_of(finding),
        "contests": contests_of(finding),
        "replies": replies_of(finding),
        "ledger": proofs_of(incident, finding),
        "how_to_check": HOW,
    }  # fmt: skip
    data["limits"] = limits_of(data)
    return data


def signed(data: dict[str, Any]) -> bytes:
    """The report as it leaves: canonical JSON (RFC 8785), with the platform's signed note over the hash of all the rest."""
    digest = sha256(rfc8785.dumps(data)).hexdigest()
    note = keys.signer("packages").sign(f"{FORMAT}\n{data['report']}\nsha256:{digest}\n")
    return rfc8785.dumps({**data, "signature": note})


def marked(data: Any, name: str = "") -> list[tuple[str, str]]:
    """Everything in the data that carries a mark of its own, with what it is called; what is withheld is not in it."""
    if isinstance(data, list):
        return [found for each in data for found in marked(each, name)]
    if not isinstance(data, dict):
        return []
    called = str(data.get("label") or data.get("reference") or name)
    own = [(called, data["mark"])] if "mark" in data and data.get("withheld") != "above_mark" else []
    return own + [found for key, each in data.items() for found in marked(each, key)]
