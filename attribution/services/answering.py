"""The right of reply, the side of whoever is asked: they prove who they are, read the claim, write, and send once (ATT-11)."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from core import clock
from core.errors import Invalid
from incidents.facts import Errors, clean_choice, clean_text
from ledger.services import record
from notifications.services import tell
from organisations.actors import Actor
from organisations.models import User

from .. import reply_rules
from ..marks import pap_of
from ..models import Contest, FindingIssue, Invitation, Reply, ReplyFile
from ..rules.reply import channel_ends
from .replies import ALPHABET, digest_of, reissue
from .reply_files import attach_file, drafted_files, remove_file, send_files
from .tiers import recompute_finding
from .visits import Visit, invited, still_open, visit_by_member, visit_by_secret

__all__ = [
    "Shown", "Visit", "attach_file", "is_proved", "look", "proof_of", "prove", "remove_file", "save_draft", "submit_reply",
    "visit_by_member", "visit_by_secret",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """What the addressee is shown: before the code nothing but that there is something; after it the claim and their own words."""

    invitation: Invitation
    locked: bool
    over: bool
    ends: datetime
    reply: Reply | None
    files: list[ReplyFile]
    most_files: int
    pap: str


def look(visit: Visit) -> Shown:
    """How things stand for this addressee."""
    with invited(visit) as (_system, invitation):
        rules = reply_rules.rules_of(invitation.notice.rules_version)
        ends = channel_ends(invitation.notice.deadline, rules)
        return Shown(
            invitation, locked=invitation.attempts >= rules.code_attempts, over=clock.now() > ends, ends=ends,
            reply=Reply.objects.filter(invitation=invitation).first(), files=drafted_files(invitation), most_files=rules.most_files,
            pap=pap_of(invitation.notice.finding),
        )  # fmt: skip


def prove(visit: Visit, code: str) -> str | None:
    """The proof to show with each further step, when the code is right; None when it is not.

    Wrong codes are counted and stay counted: nothing is raised that would undo the count. After the last one the address
    is locked until the holder makes a new one, and the holder is told.
    """
    with invited(visit, lock=True) as (system, invitation):
        rules = reply_rules.rules_of(invitation.notice.rules_version)
        if invitation.attempts >= rules.code_attempts:
            return None
        given = digest_of("".join(sign for sign in code.upper() if sign in ALPHABET))
        if hmac.compare_digest(given, invitation.code_digest):
            if invitation.verified_at is None:
                invitation.verified_at = clock.now()
                invitation.save(update_fields=["verified_at"])
                _recorded(system, invitation, "reply.verified")
            return proof_of(invitation)
        invitation.attempts += 1
        invitation.save(update_fields=["attempts"])
        if invitation.attempts >= rules.code_attempts:
            _recorded(system, invitation, "reply.locked")
            _tell_holder(invitation, "reply.locked")
        return None


def proof_of(invitation: Invitation) -> str:
    """What a browser session keeps after the code: it falls with a new address or code."""
    return hashlib.sha256(f"{invitation.pk}:{invitation.secret_digest}:{invitation.code_digest}".encode()).hexdigest()


def is_proved(visit: Visit, proof: str) -> bool:
    """Whether this session proved itself for the invitation as it is now."""
    with invited(visit) as (_system, invitation):
        return hmac.compare_digest(proof, proof_of(invitation))


def save_draft(visit: Visit, *, text: str, position: str) -> Invitation:
    """Keeps what was typed, right or wrong."""
    with invited(visit, lock=True) as (_system, invitation):
        still_open(invitation)
        invitation.draft = text.replace("\x00", "")[:40_000]
        invitation.draft_position = position[:16] if position in dict(reply_rules.named("positions")) else ""
        invitation.draft_saved_at = clock.now()
        invitation.save(update_fields=["draft", "draft_position", "draft_saved_at"])
        return invitation


def submit_reply(visit: Visit, *, text: str, position: str) -> Reply:
    """Takes the reply, once. A denial or a counter-claim opens a contest by itself (R3.6) and deletes nothing.

    The holder is told; a finding that was published is issued anew with the reply.
    """
    with invited(visit, lock=True) as (system, invitation):
        still_open(invitation)
        notice, finding = invitation.notice, invitation.notice.finding
        finding.incident = invitation.incident
        rules = reply_rules.rules_of(notice.rules_version)
        errors: Errors = {}
        said = clean_text(text, "text", errors, required=True)
        chosen = clean_choice(position, "position", errors, reply_rules.named("positions", notice.rules_version))
        if errors:
            raise Invalid(errors)
        contest = None
        if (kind := rules.opens_contest[chosen]) and finding.standing in ("current", "revised"):
            contest = Contest.objects.create(
                incident=invitation.incident, finding=finding, kind=kind, text=said, opened_by=system.user
            )
        reply = Reply.objects.create(
            incident=invitation.incident, finding=finding, invitation=invitation, party=invitation.party, name=invitation.name,
            position=chosen, text=said, sha256=hashlib.sha256(said.encode()).hexdigest(), contest=contest,
            receipt="RR-" + "".join(secrets.choice(ALPHABET) for _each in range(10)), rules_version=notice.rules_version,
            late=clock.now() > notice.deadline,
        )  # fmt: skip
        files = send_files(invitation, reply)
        invitation.draft = invitation.draft_position = ""
        invitation.save(update_fields=["draft", "draft_position"])
        record(
            actor=system, verb="reply.received", subject=reply, root_id=finding.incident_id,
            payload={
                "finding": finding.label, "position": chosen, "sha256": reply.sha256,
                **({"files": [row.sha256 for row in files]} if files else {}),
            },
            instruments={"reply-rules": notice.rules_version},
        )  # fmt: skip
        if contest is not None:
            record(
                actor=system, verb="finding.contested", subject=finding, root_id=finding.incident_id,
                payload={"finding": finding.label, "kind": contest.kind, "contest": contest.pk},
                instruments={"evidence-standard": finding.standard_version},
            )  # fmt: skip
            recompute_finding(actor=system, finding=finding, cause="finding.contested")
        if FindingIssue.objects.filter(finding=finding).exists():
            reissue(finding=finding, cause="reply.received")
        _tell_holder(invitation, "reply.received")
        return reply


def _recorded(system: Actor, invitation: Invitation, verb: str) -> None:
    """In the holder's ledger alone."""
    record(actor=system, verb=verb, subject=invitation, payload={"finding": invitation.notice.finding.label})


def _tell_holder(invitation: Invitation, kind: str) -> None:
    """Tells whoever opened the notice and whoever invited."""
    incident, label = invitation.incident, invitation.notice.finding.label
    people = User.objects.filter(pk__in=[invitation.invited_by_id, invitation.notice.opened_by_id])
    tell(
        kind=kind, to=people, key=f"{kind}:{invitation.pk}:{invitation.secret_digest}",
        root_id=incident.pk, reference=incident.reference, mark=incident.mark, subject=label,
        url=reverse("finding-reply", args=[incident.reference, label]),
    )  # fmt: skip
