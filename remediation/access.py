"""The only way to one service or task of a case: through the case. 404 when it hangs on another."""

from core.errors import NotFound
from incidents.access import CaseAccess
from incidents.errors import AlreadyClosed
from incidents.models import Incident, ServiceHit
from incidents.states import Status
from organisations.actors import Actor
from organisations.models import Organisation
from organisations.roles import Action

from .models import RemediationTask, ServiceRestoration


def must_be_open(incident: Incident) -> None:
    """Raises AlreadyClosed: what happens to a closed case happens after it is opened again."""
    if incident.status == Status.CLOSED:
        raise AlreadyClosed


def service_for(incident: Incident, service_id: int) -> ServiceHit:
    """The service hit, with its restoration when it is followed already."""
    found = incident.servicehits.select_related("restoration").filter(pk=service_id).first()
    if found is None:
        raise NotFound(service_id)
    return found


def restoration_for(incident: Incident, service_id: int) -> ServiceRestoration:
    """The restoration of a service, locked; it begins with the first act on it."""
    service = service_for(incident, service_id)
    ServiceRestoration.objects.get_or_create(service=service, defaults={"incident": incident})
    return ServiceRestoration.objects.select_for_update(of=("self",)).get(incident=incident, service=service)


def task_for(incident: Incident, number: str, *, lock: bool = False) -> RemediationTask:
    """The task `R-3` of this case."""
    tasks = RemediationTask.objects.select_for_update(of=("self",)) if lock else RemediationTask.objects.select_related(
        "organisation", "person", "service", "done_by", "verified_by", "added_by"
    )  # fmt: skip
    digits = number.removeprefix("R-")
    found = (
        tasks.filter(incident=incident, number=int(digits)).first()
        if digits.isascii() and digits.isdigit() and len(digits) <= 6
        else None
    )
    if found is None:
        raise NotFound(number)
    return found


def may_confirm(actor: Actor, case: CaseAccess) -> bool:
    """Whether the actor may record the word of a service's owner: an operator its own, the holder what it was told (R4.3)."""
    if actor.organisation.kind == Organisation.Kind.OPERATOR:
        return case.may(Action.SEE_REMEDIATION) and actor.may(Action.RESTORE)
    return case.may(Action.RESTORE) and actor.organisation.pk == case.incident.holder_id
