"""Evidence packages: asked for, tried again, taken."""

from collections.abc import Sequence
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Invalid
from core.marks import ORDER, Mark, Way, above
from documents import services as jobs
from documents.states import OPEN
from evidence import storage
from evidence.access import LABEL
from evidence.models import EvidenceItem
from incidents.access import CaseAccess, case_for
from incidents.errors import NamesHidden
from incidents.facts import clean_text
from incidents.hiding import names_open_to, reason_to_look
from incidents.marks import Marked, must_be_cleared
from incidents.numbering import lock, next_number
from ledger.services import record as write_down
from organisations.actors import Actor
from organisations.roles import Action

from ..access import names_may_stand_in
from ..errors import AboveMark, NothingToExport, NotReady, PackageDamaged, PackageOvertaken
from ..models import Package
from ..package.material import chosen_items
from ..selectors import package_of

KIND = "package"
LIMITS = {"recipient": 200, "purpose": 500}
MOST_LABELS = 2000


def short(value: Any, field: str, errors: dict[str, list[Any]], missing: Any) -> str:
    """One line that must be there."""
    text = " ".join(clean_text(value, field, errors).split())
    if not text:
        errors.setdefault(field, []).append(missing)
    if len(text) > LIMITS[field]:
        errors.setdefault(field, []).append(_("Shorten this to %(limit)d characters.") % {"limit": LIMITS[field]})
    return text


def checked_labels(case: CaseAccess, labels: Sequence[str], errors: dict[str, list[Any]]) -> list[str]:
    """The items asked for, each of this case, once and in order."""
    if len(labels) > MOST_LABELS or any(not LABEL.fullmatch(label) for label in labels):
        errors["items"] = [_("Choose items of this case.")]
        return []
    known = {item.label for item in chosen_items(case.incident, list(labels))}
    if strange := [label for label in labels if label not in known]:
        errors["items"] = [_("%(label)s is not an item of this case.") % {"label": strange[0]}]
    return sorted(set(labels), key=lambda label: int(label[2:]))


@transaction.atomic
def request_package(
    *,
    actor: Actor,
    reference: str,
    mark: str,
    recipient: str,
    purpose: str,
    items: Sequence[str] = (),
    names_reason: str = "",
) -> Package:
    """Asks for the evidence of a case, or the `items` named, as a package; a worker makes it (ATT-4).

    Raises AboveMark when anything in it is marked more strictly than `mark`: a package never carries more than it says.
    In a case worked on organisation-blind only a keeper of names may, with a reason that everybody named in it will read.
    """
    case = case_for(actor, reference, Action.EXPORT_EVIDENCE)
    if not names_open_to(actor, case.incident):
        raise NamesHidden
    errors: dict[str, list[Any]] = {}
    why = reason_to_look(names_reason, "names_reason", errors) if case.incident.blind else ""
    values = {
        "recipient": short(recipient, "recipient", errors, _("Say who the package is for. It is recorded.")),
        "purpose": short(purpose, "purpose", errors, _("Say what it is for. It is recorded.")),
        "names_reason": why,
    }
    if mark not in Mark.values:
        errors["mark"] = [_("Choose a mark from the list.")]
    labels = checked_labels(case, items, errors)
    if errors:
        raise Invalid(errors)
    rows = chosen_items(case.incident, labels)
    if not rows:
        raise NothingToExport
    marks = [(case.incident.reference, case.incident.mark), *((item.label, item.mark) for item in rows)]
    if stricter := above(marks, mark):
        raise AboveMark(stricter)
    must_be_cleared(actor, case.incident, leaving(case, rows), Way.PASSED_ON)
    lock(case.incident, "exchange.package")
    running = Package.objects.filter(
        incident=case.incident, asked_by=actor.user, labels=labels, ceiling=mark, job__state__in=OPEN, **values
    ).first()
    if running is not None:
        return package_of(case, running.number)
    number = next_number(Package.objects.filter(incident=case.incident))
    job = jobs.enqueue(actor=actor, key=f"{KIND}/{case.incident.pk}/{number}", kind=KIND, incident_id=case.incident.pk)
    package = Package.objects.create(
        incident=case.incident, number=number, labels=labels, ceiling=mark, asked_by=actor.user,
        organisation=actor.organisation, job=job, **values,
    )  # fmt: skip
    write_down(
        actor=actor, verb="package.requested", subject=package, root_id=case.incident.pk,
        payload={"package": number, "identifier": package.identifier, "mark": mark, "items": [item.label for item in rows]},
    )  # fmt: skip
    return package_of(case, number)


@transaction.atomic
def retry_package(*, actor: Actor, reference: str, number: int) -> Package:
    """Tries a failed one again, as whoever asks now."""
    case = case_for(actor, reference, Action.EXPORT_EVIDENCE)
    jobs.retry(actor=actor, job=package_of(case, number).job)
    return package_of(case, number)


def may_take(actor: Actor, case: CaseAccess, package: Package) -> bool:
    """Whether the file of a package is handed to the actor."""
    return case.may(Action.EXPORT_EVIDENCE) and names_may_stand_in(package, case.incident, actor)


def leaving(case: CaseAccess, rows: Sequence[EvidenceItem]) -> list[Marked]:
    """What a package tells: the case, and the items whose content goes along. Of sealed ones it tells what anybody may know."""
    own = (case.incident.reference, case.incident.mark, case.incident.holder_id)
    return [own, *((item.label, item.mark, item.organisation_id) for item in rows if not item.sealed)]


def overtaken_by(case: CaseAccess, package: Package) -> list[str]:
    """Items in a package that may no longer leave as they do in it: sealed since, or marked more strictly than the package says."""
    limit = ORDER[Mark(package.mark)]
    withheld = {row["label"] for row in package.holds.get("withheld", [])}
    return [
        item.label
        for item in chosen_items(case.incident, package.labels)
        if (package.made_at is None or item.received_at <= package.made_at)
        and item.label not in withheld
        and (item.sealed or ORDER[Mark(item.mark)] > limit)
    ]


@transaction.atomic
def open_package(*, actor: Actor, reference: str, number: int) -> tuple[Package, IO[bytes]]:
    """The zip as it was made, hashed again before a byte leaves, with who took it in the ledger."""
    case = case_for(actor, reference, Action.EXPORT_EVIDENCE)
    package = package_of(case, number)
    if not names_may_stand_in(package, case.incident, actor):
        raise NamesHidden
    if not package.path:
        raise NotReady
    if overtaken := overtaken_by(case, package):
        raise PackageOvertaken(overtaken)
    inside = [
        item
        for item in chosen_items(case.incident, package.labels)
        if item.received_at <= (package.made_at or item.received_at)
    ]
    must_be_cleared(actor, case.incident, leaving(case, inside), Way.PASSED_ON)
    handle, seen = storage.open_hashed(package.path)
    if handle is None or seen != package.sha256:
        if handle is not None:
            handle.close()
        raise PackageDamaged
    try:
        write_down(
            actor=actor, verb="package.taken", subject=package, root_id=case.incident.pk,
            payload={"package": number, "identifier": package.identifier, "sha256": package.sha256},
        )  # fmt: skip
    except BaseException:
        handle.close()
        raise
    return package, handle
