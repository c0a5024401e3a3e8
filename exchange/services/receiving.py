"""Packages of others: given in, tried again."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Invalid
from documents import services as jobs
from evidence import storage
from evidence.access import must_be_open
from evidence.names import clean_name
from evidence.uploads import Upload
from incidents.access import case_for
from incidents.numbering import lock, next_number
from ledger.services import record as write_down
from organisations.actors import Actor
from organisations.roles import Action

from ..models import ReceivedPackage
from ..package.building import SHELF
from ..selectors import received_of

KIND = "received-package"


@transaction.atomic
def receive_package(*, actor: Actor, reference: str, upload: Upload) -> ReceivedPackage:
    """Keeps what somebody sent as it came; a worker checks it and takes it in. The same bytes again: the same row (ATT-4)."""
    case = case_for(actor, reference, Action.ADD_EVIDENCE)
    must_be_open(case)
    with storage.receive(upload.chunks, limit=settings.PACKAGE_MAX_BYTES) as received:
        if received.media_type != "application/zip":
            raise Invalid({"file": [_("This is not a zip file. An evidence package is one.")]})
        lock(case.incident, "exchange.received")
        known = ReceivedPackage.objects.filter(incident=case.incident, sha256=received.sha256).first()
        if known is not None:
            return received_of(case, known.number)
        path = received.keep(actor.organisation.pk, SHELF)
        number = next_number(ReceivedPackage.objects.filter(incident=case.incident))
        job = jobs.enqueue(
            actor=actor, key=f"{KIND}/{case.incident.pk}/{number}", kind=KIND, incident_id=case.incident.pk
        )
        row = ReceivedPackage.objects.create(
            incident=case.incident, number=number, name=clean_name(upload.name), sha256=received.sha256, size=received.size,
            path=path, asked_by=actor.user, organisation=actor.organisation, job=job,
        )  # fmt: skip
    write_down(
        actor=actor, verb="package.given_in", subject=row, root_id=case.incident.pk,
        payload={"package": number, "sha256": row.sha256, "size": str(row.size)},
    )  # fmt: skip
    return received_of(case, number)


@transaction.atomic
def retry_received(*, actor: Actor, reference: str, number: int) -> ReceivedPackage:
    """Tries a failed one again, as whoever asks now: a key may be trusted since, or the disk have room."""
    case = case_for(actor, reference, Action.ADD_EVIDENCE)
    row = received_of(case, number)
    jobs.retry(actor=actor, job=row.job)
    return received_of(case, number)
