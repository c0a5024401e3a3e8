"""The right of reply, the holder's side: what is to be published is fixed, parties are asked, and then it is published (ATT-11)."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import Invalid, NotFound
from core.marks import Mark
from core.tenancy import acting_as
from incidents.facts import Errors, clean_choice, clean_text
from incidents.models import Incident
from ledger.services import record
from notifications.services import tell
from organisations.actors import Actor
from organisations.models import Organisation
from organisations.roles import Action

from .. import errors as rules_broken
from .. import reply_rules
from ..access import open_finding_for
from ..marks import pap_of
from ..models import Finding, FindingIssue, Invitation, Notice, Reply, ReplyFile
from ..rules.reply import AskedView, deadline_from, names_a_party, publication_bars
from ..states import Standing
from .facts import clean_line
from .findings import recorded, still_stands
from .platform import system_for
from .tiers import settle_case

# Letters and digits nobody mistakes for another when a code is read out over the telephone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Asked:
    """An invitation with its secret address and its code: told once, kept nowhere."""

    invitation: Invitation
    secret: str
    code: str


def digest_of(text: str) -> str:
    """What is kept of a secret or a code."""
    return hashlib.sha256(text.encode()).hexdigest()


def sealed(value: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON (RFC 8785)."""
    return hashlib.sha256(rfc8785.dumps(dict(value))).hexdigest()


def claim_of(finding: Finding, text: str) -> dict[str, Any]:
    """What is said of whom, as plain words: exactly this is shown to the parties and published."""
    hypothesis, version = finding.hypothesis, finding.standard_version
    return {
        "finding": finding.label,
        "who": hypothesis.name,
        "kind": hypothesis.kind,
        "country": hypothesis.country,
        "leg": finding.leg,
        "text": text,
        "scale": finding.scale,
        "likelihood": finding.likelihood,
        "confidence": finding.confidence,
        "article": finding.article,
        "standard": version,
    }


def latest_notice(finding: Finding) -> Notice | None:
    """What is to be published as it was last fixed."""
    return Notice.objects.filter(finding=finding).order_by("-number").first()


def asked_views(notice: Notice) -> list[AskedView]:
    """Those asked, as the rule sees them."""
    answered = set(Reply.objects.filter(invitation__notice=notice).values_list("invitation_id", flat=True))
    return [
        AskedView(row.party, notice.deadline, answered=row.pk in answered, waived=row.waived_at is not None)
        for row in Invitation.objects.filter(notice=notice).order_by("pk")
    ]


def bars_of(finding: Finding, notice: Notice | None) -> tuple[str, ...]:
    """Why this finding may not be published now; empty when it may."""
    if notice is None:
        return ("no_notice",)
    if sealed(claim_of(finding, notice.text)) != notice.sha256:
        return ("claim_changed",)
    rules = reply_rules.rules_of(notice.rules_version)
    return publication_bars(asked_views(notice), names=notice.names_party, now=clock.now(), rules=rules)


def names_somebody(finding: Finding) -> bool:
    """Whether the finding says who."""
    row = finding.hypothesis
    return names_a_party(row.kind, row.country, row.actor)


def require_replies(incident: Incident, *, country: str | None = None) -> None:
    """For every other door through which a finding that names a party leaves for the public: refused while a reply is due.

    `country` narrows it to findings that name this State.
    """
    waiting = []
    findings = Finding.objects.standing().filter(incident=incident).select_related("hypothesis").order_by("number")
    for finding in findings:
        if not names_somebody(finding) or (country and finding.hypothesis.country != country):
            continue
        bars = bars_of(finding, latest_notice(finding))
        if bars:
            waiting.append({"finding": finding.label, "bars": list(bars)})
    if waiting:
        raise rules_broken.ReplyAwaited(findings=waiting)


@transaction.atomic
def open_notice(*, actor: Actor, reference: str, label: str, text: str, mark: str = "TLP:CLEAR") -> Notice:
    """Fixes what is to be published of a finding; from now on the parties have the time the rules give them."""
    case, finding = open_finding_for(actor, reference, label, Action.PROPOSE_FINDING)
    still_stands(finding)
    rules = reply_rules.in_force()
    errors: Errors = {}
    said = clean_text(text, "text", errors, required=True)
    chosen = clean_choice(mark, "mark", errors, [(each, each) for each in Mark.values])
    if len(said) > rules.most_text:
        errors["text"] = [_("This is too long: at most %(most)s characters.") % {"most": rules.most_text}]
    if errors:
        raise Invalid(errors)
    claim = claim_of(finding, said)
    before = latest_notice(finding)
    if before is not None and before.sha256 == sealed(claim) and before.mark == chosen:
        return before
    now = clock.now()
    notice = Notice.objects.create(
        incident=case.incident, finding=finding, number=before.number + 1 if before else 1, holder=case.incident.holder,
        text=said, claim=claim, sha256=sealed(claim), mark=chosen, rules_version=rules.version, reply_days=rules.reply_days,
        names_party=names_somebody(finding), deadline=deadline_from(now, rules), opened_by=actor.user, opened_at=now,
    )  # fmt: skip
    _silently(actor, notice, "reply.notice_opened", finding=finding.label, sha256=notice.sha256, mark=chosen)
    return notice


def _silently(actor: Actor, subject: Notice | Invitation, verb: str, **payload: Any) -> None:
    """An entry in the holder's ledger alone: others of the case do not learn who was asked."""
    record(actor=actor, verb=verb, subject=subject, payload={"case": subject.incident.reference, **payload},
           instruments={"reply-rules": _notice_of(subject).rules_version})  # fmt: skip


def _notice_of(subject: Notice | Invitation) -> Notice:
    return subject if isinstance(subject, Notice) else subject.notice


def _notice_for(actor: Actor, reference: str, label: str) -> tuple[Incident, Finding, Notice]:
    """The notice as last fixed, with its case locked; 409 when there is none."""
    case, finding = open_finding_for(actor, reference, label, Action.PROPOSE_FINDING)
    notice = latest_notice(finding)
    if notice is None:
        raise rules_broken.NoNotice
    notice.incident, notice.finding = case.incident, finding
    return case.incident, finding, notice


@transaction.atomic
def invite_to_reply(
    *, actor: Actor, reference: str, label: str, party: str, name: str = "", contact: str = "", code_given: str = "",
    organisation: str = "",
) -> Asked:  # fmt: skip
    """Asks one party. The answer holds the secret address and the code, told this once.

    Two ways that one hand does not hold both: the address goes to the contact named, the code by the other way that
    `code_given` says (read out on a number from an official directory, handed over, through a mission). An organisation
    of the platform is told in its inbox; its members sign in and need no code.
    """
    incident, finding, notice = _notice_for(actor, reference, label)
    still_stands(finding)
    errors: Errors = {}
    house = Organisation.objects.filter(slug=organisation).first() if organisation else None
    if organisation and house is None:
        errors["organisation"] = [_("Choose an organisation from the list.")]
    columns = {
        "party": clean_choice(party, "party", errors, reply_rules.named("parties", notice.rules_version)),
        "name": clean_line(name, "name", errors, required=house is None, most=160) or (house.name if house else ""),
        "contact": clean_line(contact, "contact", errors, required=house is None, most=200),
        "code_given": clean_line(code_given, "code_given", errors, required=house is None, most=200),
    }
    if errors:
        raise Invalid(errors)
    secret, code = secrets.token_urlsafe(32), "".join(secrets.choice(ALPHABET) for _each in range(10))
    invitation = Invitation.objects.create(
        incident=incident, notice=notice, holder=incident.holder, organisation=house, secret_digest=digest_of(secret),
        code_digest=digest_of(code), invited_by=actor.user, **columns,
    )  # fmt: skip
    _silently(actor, invitation, "reply.invited", finding=finding.label, party=invitation.party)
    if house is not None:
        tell(
            kind="reply.invited", to=[house], key=f"reply:{invitation.pk}", reference=f"{reference} {label}", mark=notice.mark,
            subject=label, url=reverse("reply-member", args=[invitation.pk]), due_at=notice.deadline,
        )  # fmt: skip
    return Asked(invitation, secret, code)


def _invitation_in(notice: Notice, number: int) -> Invitation:
    found = Invitation.objects.select_for_update(of=("self",)).filter(notice=notice, pk=number).first()
    if found is None:
        raise NotFound(number)
    found.notice, found.incident = notice, notice.incident
    return found


@transaction.atomic
def renew_invitation(*, actor: Actor, reference: str, label: str, invitation_id: int) -> Asked:
    """A new address and a new code for the same party; the ones before open nothing any more."""
    _incident, finding, notice = _notice_for(actor, reference, label)
    invitation = _invitation_in(notice, invitation_id)
    if Reply.objects.filter(invitation=invitation).exists():
        raise rules_broken.AlreadyAnswered
    secret, code = secrets.token_urlsafe(32), "".join(secrets.choice(ALPHABET) for _each in range(10))
    invitation.secret_digest, invitation.code_digest = digest_of(secret), digest_of(code)
    invitation.attempts, invitation.verified_at = 0, None
    invitation.save(update_fields=["secret_digest", "code_digest", "attempts", "verified_at"])
    _silently(actor, invitation, "reply.invited", finding=finding.label, party=invitation.party, again=True)
    return Asked(invitation, secret, code)


@transaction.atomic
def waive_reply(
    *,
    actor: Actor,
    reference: str,
    label: str,
    reasons: str,
    invitation_id: int | None = None,
    party: str = "",
    name: str = "",
) -> Invitation:
    """Says expressly, with reasons, that publication does not wait for a party: one already asked, or one that cannot be.

    Whoever proposed the finding does not waive the reply to it. A party that was asked may still answer.
    """
    incident, finding, notice = _notice_for(actor, reference, label)
    if finding.proposed_by_id == actor.user.pk:
        raise rules_broken.WaivedByProposer
    errors: Errors = {}
    text = clean_text(reasons, "reasons", errors, required=True)
    now = {"waived_by": actor.user, "waived_at": clock.now(), "waived_reason": text}
    if invitation_id is not None:
        invitation = _invitation_in(notice, invitation_id)
        if errors:
            raise Invalid(errors)
        if invitation.waived_at is not None or Reply.objects.filter(invitation=invitation).exists():
            raise rules_broken.AlreadyAnswered
        for column, value in now.items():
            setattr(invitation, column, value)
        invitation.save(update_fields=list(now))
    else:
        columns = {
            "party": clean_choice(party, "party", errors, reply_rules.named("parties", notice.rules_version)),
            "name": clean_line(name, "name", errors, required=True, most=160),
        }
        if errors:
            raise Invalid(errors)
        invitation = Invitation.objects.create(
            incident=incident, notice=notice, holder=incident.holder, invited_by=actor.user, **columns, **now
        )
    _silently(actor, invitation, "reply.waived", finding=finding.label, party=invitation.party)
    return invitation


@transaction.atomic
def publish_finding(*, actor: Actor, reference: str, label: str) -> FindingIssue:
    """Publishes what the parties were shown, with what they answered; refused before the reply, its waiver or its deadline.

    Whoever proposed the finding does not publish it. The database refuses the same (trigger `issue_guard`).
    """
    incident, finding, notice = _notice_for(actor, reference, label)
    settle_case(incident)
    finding.refresh_from_db()
    finding.incident = incident
    still_stands(finding)
    if finding.proposed_by_id == actor.user.pk:
        raise rules_broken.PublishedByProposer
    bars = bars_of(finding, notice)
    if bars:
        raise rules_broken.ReplyAwaited(findings=[{"finding": label, "bars": list(bars)}])
    last = FindingIssue.objects.filter(finding=finding).order_by("-number").first()
    if last is not None and last.notice_id == notice.pk:
        raise rules_broken.AlreadyPublished
    issue = issue_finding(actor=actor, finding=finding, notice=notice, cause="finding.published")
    recorded(actor, finding, "finding.published", issue=issue.number, sha256=issue.sha256, mark=issue.mark)
    return issue


def files_printed(reply: Reply) -> list[dict[str, Any]]:
    """Which files came with a reply: what they are and their hash, never their content, which stays with the case."""
    rows = ReplyFile.objects.filter(reply=reply).order_by("pk")
    return [{"name": row.name, "size": row.size, "media_type": row.media_type, "sha256": row.sha256} for row in rows]


def replies_printed(finding: Finding) -> list[dict[str, Any]]:
    """What parties answered, as it is printed."""
    return [
        {
            "party": row.party, "name": row.name, "position": row.position, "text": row.text, "sha256": row.sha256,
            "received_at": row.received_at.isoformat(), "late": row.late, "files": files_printed(row),
        }
        for row in Reply.objects.filter(finding=finding).order_by("pk")
    ]  # fmt: skip


def issue_finding(*, actor: Actor, finding: Finding, notice: Notice, cause: str) -> FindingIssue:
    """Adds an issue: the claim as it was fixed, how the finding stands now, every dissent is on the finding's page, every reply."""
    last = FindingIssue.objects.filter(finding=finding).order_by("-number").first()
    content = {
        "claim": notice.claim, "tier": finding.tier, "standing": finding.standing, "contested": finding.contested,
        "standing_reason": finding.standing_reason if finding.standing == Standing.WITHDRAWN else "",
        "replies": replies_printed(finding), "waived": _waived_words(notice), "pap": pap_of(finding),
    }  # fmt: skip
    return FindingIssue.objects.create(
        incident_id=finding.incident_id, finding=finding, notice=notice, number=last.number + 1 if last else 1,
        public_id=last.public_id if last else secrets.token_urlsafe(9).replace("_", "a").replace("-", "b")[:12],
        mark=notice.mark, content=content, sha256=sealed(content), tier=finding.tier, standing=finding.standing,
        contested=finding.contested, cause=cause, issued_by=actor.user,
    )  # fmt: skip


def _waived_words(notice: Notice) -> list[dict[str, str]]:
    """Parties whose reply was waived and who have not answered all the same: the reader is told that they were not heard."""
    rows = Invitation.objects.filter(notice=notice, waived_at__isnull=False, reply__isnull=True).order_by("pk")
    return [{"party": row.party, "reason": row.waived_reason} for row in rows]


def reissue(*, finding: Finding, cause: str) -> FindingIssue | None:
    """A published finding that stands otherwise, or got a reply, is issued anew; both issues stay. None when it is not published.

    As the holder: the change may have come from anybody who works on the case.
    """
    holder = system_for(Incident.objects.only("holder_id").get(pk=finding.incident_id).holder_id)
    with acting_as(holder.principal):
        last = FindingIssue.objects.filter(finding=finding).order_by("-number").select_related("notice").first()
        if last is None:
            return None
        return issue_finding(actor=holder, finding=finding, notice=last.notice, cause=cause)
