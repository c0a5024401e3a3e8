"""A web page captured by address: one item with what the server sent and what a reader saw, and with how it was collected.

The item is there at once; a worker adds the files and the collection data (when in UTC, from which address, with which
tool and version) as the Berkeley Protocol lists them (domain 1.5).
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from core import clock, outward
from core.errors import Invalid
from core.marks import Pap, may_be_approached, strictest_pap
from incidents.access import case_for
from ledger.services import record
from organisations.actors import Actor, acting
from organisations.roles import Action

from ..access import must_be_open
from ..capture import browser
from ..capture.fetch import fetch
from ..errors import CaptureNotConfigured, TouchForbidden
from ..models import EvidenceItem, IntakeJob
from ..snapshots import facts_of
from ..uploads import Upload
from ..words import capture_refusal
from . import jobs
from .intake import keep_file, new_item
from .items import describe_item

ENDINGS = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/plain": "txt",
    "application/pdf": "pdf",
    "application/json": "json",
}


@transaction.atomic
def ask_capture(*, actor: Actor, reference: str, url: str, facts: Mapping[str, Any]) -> EvidenceItem:
    """A new item for this address, and the work that fills it. Refused (409) when no capture tool is configured."""
    case = case_for(actor, reference, Action.ADD_EVIDENCE)
    must_be_open(case)
    if not settings.CAPTURE_CHROMIUM:
        raise CaptureNotConfigured
    said = str(facts.get("pap") or "")
    if not may_be_approached(strictest_pap(case.incident.pap, said if said in Pap.values else case.incident.pap)):
        raise TouchForbidden
    url = url.strip()
    try:
        outward.check_url(url)
    except outward.Refused as refusal:
        raise Invalid({"url": [capture_refusal(refusal.code)]}) from refusal
    details = {**dict(facts.get("details") or {}), "url": url}
    title = str(facts.get("title") or "") or _("Capture of %(host)s") % {"host": urlsplit(url).hostname}
    item = new_item(
        actor=actor, incident=case.incident,
        facts={"source": url, **{name: value for name, value in facts.items() if value}, "title": title[:200], "kind": "online_capture", "details": details},
    )  # fmt: skip
    jobs.ask(actor=actor, item=item, kind=IntakeJob.Kind.CAPTURE)
    return item


def do_capture(actor: Actor, job: IntakeJob) -> None:
    """Fetches and pictures outside any transaction, then keeps all of it or nothing."""
    url, program = str(job.item.details.get("url") or ""), settings.CAPTURE_CHROMIUM
    if not program:
        raise jobs.WorkFailed("capture_tool")
    with acting(actor):  # the marks may have become stricter since it was asked for
        item = EvidenceItem.objects.select_related("incident").get(pk=job.item.pk)
    if not may_be_approached(strictest_pap(item.incident.pap, item.pap)):
        raise jobs.WorkFailed("capture_pap")
    try:
        tool = browser.version_of(program)
        at = clock.now()
        got = fetch(url)
        seen = browser.pictures(program, got.url)
    except outward.Refused as refusal:
        raise jobs.WorkFailed(f"capture_{refusal.code}") from refusal
    files = {
        "capture.warc.gz": got.warc,
        **({f"source.{ENDINGS.get(got.media_type, 'bin')}": got.body} if got.body else {}),
        **seen,
    }
    with acting(actor):
        if not jobs.still_ours(job):
            return
        item = EvidenceItem.objects.get(pk=job.item.pk)
        stored = [
            keep_file(actor=actor, item=item, upload=Upload(name, [data]), strict=False, follow=False)
            for name, data in files.items()
        ]
        method = _(
            "Captured by the platform: the document and its redirects as WARC and source, the page as picture and PDF."
        )
        method += "\n" + _("Server %(ip)s answered %(status)d for %(url)s.") % {
            "ip": got.ip,
            "status": got.status,
            "url": got.url,
        }
        describe_item(
            actor=actor, reference=job.incident.reference, label=item.label, version=item.version,
            facts={
                "collection_method": method, "collected": {"at": at.isoformat(), "precision": "exact"},
                "collected_by": _("the platform") if item.incident.blind else str(actor.user)[:200],
                "details": {**facts_of(item)["details"], "capture_tool": tool, "page_capture": "screenshot.png, page.pdf"},
            },
        )  # fmt: skip
        record(
            actor=actor, verb="evidence.captured", subject=item, root_id=item.incident_id,
            payload={"item": item.label, "files": [file.sha256 for file in stored]},
        )  # fmt: skip
        jobs.finish(job=job, outcome={"ip": got.ip, "status": got.status, "chain": got.chain})
