"""Verification reports: asked for, tried again, taken (ATT-13)."""

import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from attribution.services import note_shown
from core.marks import Way, stricter
from documents import services as jobs
from documents.states import OPEN
from evidence.models import EvidenceItem
from incidents.access import CaseAccess
from incidents.errors import NamesHidden
from incidents.marks import Marked, must_be_cleared
from incidents.numbering import lock
from ledger.services import record as write_down
from organisations.actors import Actor

from .. import errors
from ..access import finding_to_take
from ..asking import known_mark_and_language
from ..hearing import hear_first
from ..models import VerificationReport
from ..selectors import made_with_names, report_of

KIND = "verification-report"
# Letters and digits nobody mistakes for another when a reference is read out.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8


def checked(actor: Actor, case: CaseAccess, mark: str, language: str) -> None:
    """That such a report may be asked for: a known mark and language, no mark below the case's, no reply due where anybody may read."""
    known_mark_and_language(mark, language)
    if stricter(case.incident.mark, mark):
        raise errors.ReportMarkBelowCase
    must_be_cleared(actor, case.incident, [(_("Report"), mark, case.incident.holder_id)], Way.TAKEN)
    hear_first(case, mark)


@transaction.atomic
def request_report(*, actor: Actor, reference: str, label: str, mark: str, language: str = "en") -> VerificationReport:
    """Asks for a finding's verification report; a worker makes it, at the clearance of whoever asks and at `mark`.

    Asked again by the same organisation while the same is being made: the same one.
    """
    case, finding = finding_to_take(actor, reference, label)
    checked(actor, case, mark, language)
    lock(case.incident, f"verification.{finding.pk}.{actor.organisation.pk}")
    running = VerificationReport.objects.filter(
        finding=finding, organisation=actor.organisation, mark=mark, language=language, job__state__in=OPEN
    ).first()
    if running is not None:
        return report_of(finding, actor, running.code)
    code = "".join(secrets.choice(ALPHABET) for _each in range(CODE_LENGTH))
    job = jobs.enqueue(actor=actor, key=f"{KIND}/{finding.pk}/{code}", kind=KIND, incident_id=case.incident.pk)
    report = VerificationReport.objects.create(
        incident=case.incident, finding=finding, code=code, mark=mark, language=language, asked_by=actor.user,
        organisation=actor.organisation, job=job,
    )  # fmt: skip
    write_down(
        actor=actor, verb="verification.requested", subject=report, root_id=case.incident.pk,
        payload={"finding": finding.label, "report": str(report), "mark": mark, "language": language},
        instruments={"evidence-standard": finding.standard_version},
    )  # fmt: skip
    return report_of(finding, actor, code)


@transaction.atomic
def retry_report(*, actor: Actor, reference: str, label: str, code: str) -> VerificationReport:
    """Tries a failed one again, as whoever asks now."""
    case, finding = finding_to_take(actor, reference, label)
    report = report_of(finding, actor, code)
    checked(actor, case, report.mark, report.language)
    jobs.retry(actor=actor, job=report.job)
    return report_of(finding, actor, code)


def overtaken_by(case: CaseAccess, report: VerificationReport, items: list[EvidenceItem]) -> list[str]:
    """What stands in a report and may not any more: the case or an item marked above the report's mark since, or sealed since."""
    found = [case.incident.reference] if stricter(case.incident.mark, report.mark) else []
    open_then = set(report.items(sealed=False))
    return found + [
        item.label for item in items if stricter(item.mark, report.mark) or (item.sealed and item.label in open_then)
    ]


def leaving(case: CaseAccess, report: VerificationReport, items: list[EvidenceItem]) -> list[Marked]:
    """What leaves with a report: the report itself, and each item it tells of."""
    return [
        (str(report), report.mark, case.incident.holder_id),
        *((item.label, item.mark, item.organisation_id) for item in items),
    ]


def taken(actor: Actor, reference: str, label: str, code: str) -> VerificationReport:
    """A finished report that may still leave as it is; whoever takes it is told when the finding stands otherwise."""
    case, finding = finding_to_take(actor, reference, label)
    report = report_of(finding, actor, code, whole=True)
    if report.job.result is None or report.change is None:
        raise errors.ReportNotReady
    if case.incident.blind and made_with_names(case, report.job):
        raise NamesHidden
    told = set(report.items())
    rows = EvidenceItem.objects.filter(incident=case.incident).order_by("number")
    items = [item for item in rows if item.label in told]
    if overtaken := overtaken_by(case, report, items):
        raise errors.ReportOvertaken(overtaken)
    must_be_cleared(actor, case.incident, leaving(case, report, items), Way.TAKEN)
    note_shown(actor, finding, how="exported", change=report.change)
    return report


@transaction.atomic
def read_report(*, actor: Actor, reference: str, label: str, code: str) -> tuple[VerificationReport, bytes]:
    """The PDF as issued, hashed again, with who took it in the ledger."""
    report = taken(actor, reference, label, code)
    assert report.job.result is not None  # noqa: S101  (`taken` asked)
    return report, jobs.open_document(actor=actor, document=report.job.result)


@transaction.atomic
def read_report_data(*, actor: Actor, reference: str, label: str, code: str) -> tuple[VerificationReport, bytes]:
    """The same as data, byte for byte as it was attached to the PDF."""
    report = taken(actor, reference, label, code)
    write_down(
        actor=actor, verb="verification.read", subject=report, root_id=report.incident_id,
        payload={"finding": label, "report": str(report), "sha256": report.sha256},
    )  # fmt: skip
    return report, report.content.encode()
