"""What pages, API and reviews read of restoration."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from core import clock, naming
from incidents.access import CaseAccess
from incidents.models import Incident, ServiceHit
from instruments.models import Instrument
from instruments.selectors import in_force
from organisations.actors import Actor
from organisations.models import Membership, Organisation, User
from organisations.roles import Action

from . import rules
from .history import believed
from .metrics import Metrics, add_up, measure
from .models import RemediationTask, RestorationUpdate, ServiceRestoration
from .querysets import TaskQuerySet
from .rules import PeopleTotal, Total


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service hit, where it stands and what that took. `latest` is None until the first update."""

    hit: ServiceHit
    restoration: ServiceRestoration | None
    updates: list[RestorationUpdate]
    history: list[RestorationUpdate]
    view: rules.ServiceView
    metrics: Metrics

    @property
    def latest(self) -> RestorationUpdate | None:
        """What was last reported."""
        return self.history[-1] if self.history else None

    @property
    def since(self) -> RestorationUpdate | None:
        """The update with which the present state began."""
        began = self.latest
        for update in reversed(self.history):
            if began is None or update.state != began.state:
                break
            began = update
        return began

    @property
    def needs_update(self) -> bool:
        """Whether the promised next update is late."""
        latest = self.latest
        if latest is None or latest.next_update_due is None or self.view.state in rules.IN_SERVICE:
            return False
        return latest.next_update_due < clock.now()


@dataclass(frozen=True, slots=True)
class Overview:
    """The services of a case in the order of care, with sums that say what they miss (AT-14)."""

    services: list[ServiceRow]
    people: PeopleTotal
    hours_lost: Total

    @property
    def out(self) -> list[ServiceRow]:
        """The services that are not restored."""
        return [row for row in self.services if row.view.state not in rules.IN_SERVICE]


def tier_of(code: str, taxonomy: dict[str, Any]) -> int:
    """The restoration tier in force; a service the taxonomy no longer lists comes with the last."""
    try:
        return rules.restoration_tier(code, taxonomy)
    except KeyError:
        return max(int(tier["tier"]) for tier in taxonomy["restoration_tiers"])


def people_now(hit: ServiceHit, history: list[RestorationUpdate]) -> rules.People:
    """People without the service as last reported; what was filed with the case when no report says."""
    sources: list[RestorationUpdate | ServiceHit] = [*reversed(history), hit]
    for source in sources:
        if source.people_min is not None or source.people_best is not None or source.people_max is not None:
            return rules.People(source.people_min, source.people_best, source.people_max)
    return rules.People()


def service_row(
    hit: ServiceHit, updates: list[RestorationUpdate], taxonomy: dict[str, Any], now: datetime
) -> ServiceRow:
    """One service as the rules and the pages see it."""
    restoration = getattr(hit, "restoration", None)
    history = believed(updates)
    view = rules.ServiceView(
        key=f"{hit.name}/{hit.pk}",
        restoration_tier=tier_of(hit.service, taxonomy),
        state=restoration.state if restoration else "",
        people=people_now(hit, history),
        history=[
            rules.StateChange(each.at, each.state, None if each.capacity is None else each.capacity / 100)
            for each in history
        ],
        target=restoration.target if restoration else None,
        backup_integrity=restoration.backup_ok if restoration else None,
        confirmed_by_owner=bool(restoration and restoration.confirmed_at),
    )
    return ServiceRow(
        hit, restoration, updates, history, view, measure(view, [each.at_precision for each in history], now=now)
    )


def taxonomy() -> dict[str, Any]:
    """The service taxonomy in force."""
    content: dict[str, Any] = in_force(Instrument.Kind.SERVICE_TAXONOMY).content
    return content


def as_of(incident: Incident) -> datetime:
    """Until when hours are counted: a closed case stands still."""
    return incident.closed_at or clock.now()


def overview(incident: Incident) -> Overview:
    """Every service of a case. Two statements, whatever the number of services and updates."""
    hits = incident.servicehits.select_related("restoration__confirmed_by", "restoration__backup_checked_by").order_by(
        "pk"
    )
    by_restoration: dict[int, list[RestorationUpdate]] = {}
    for update in (
        RestorationUpdate.objects.filter(incident=incident).select_related("by", "organisation").order_by("pk")
    ):
        by_restoration.setdefault(update.restoration_id, []).append(update)
    content, now = taxonomy(), as_of(incident)
    rows = []
    for hit in hits:
        restoration = getattr(hit, "restoration", None)
        rows.append(service_row(hit, by_restoration.get(restoration.pk, []) if restoration else [], content, now))
    place = {id(view): at for at, view in enumerate(rules.service_order([row.view for row in rows]))}
    rows.sort(key=lambda row: place[id(row.view)])
    out = [row.view for row in rows if row.view.state not in rules.IN_SERVICE]
    return Overview(rows, rules.people_total(out), add_up(row.metrics.hours_lost for row in rows))


def one_service(hit: ServiceHit) -> ServiceRow:
    """One service with all its updates."""
    restoration = getattr(hit, "restoration", None)
    updates = list(restoration.updates.select_related("by", "organisation").order_by("pk")) if restoration else []
    return service_row(hit, updates, taxonomy(), as_of(hit.incident))


# ── tasks ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class WantedTasks:
    """What a list of tasks is asked for; empty means all."""

    status: str = ""
    owner: str = ""
    mine: bool = False
    overdue: bool = False


def tasks_of(incident: Incident, actor: Actor, wanted: WantedTasks | None = None) -> TaskQuerySet:
    """The tasks of a case, what is at work and due first."""
    asked = wanted or WantedTasks()
    tasks: TaskQuerySet = RemediationTask.objects.filter(incident=incident)
    if asked.status:
        tasks = tasks.filter(status=asked.status)
    if asked.owner:
        tasks = tasks.filter(organisation__in=[house.pk for house in owners_in(incident) if house.slug == asked.owner])
    if asked.mine:
        tasks = tasks.filter(Q(person=actor.user) | Q(person__isnull=True, organisation=actor.organisation))
    if asked.overdue:
        tasks = tasks.overdue(clock.today())
    return (
        tasks.select_related("organisation", "person", "service", "done_by", "verified_by", "added_by")
        .prefetch_related("needs")
        .by_urgency()
    )


def owners_in(incident: Incident) -> list[Organisation]:
    """The organisations that own tasks of a case, by the name that is shown."""
    owners = RemediationTask.objects.filter(incident=incident).values("organisation")
    return sorted(Organisation.objects.filter(pk__in=owners).order_by("pk"), key=str)


def possible_owners(actor: Actor, case: CaseAccess) -> list[Organisation]:
    """Whom a task can be given to. Who may not see the shares learns of nobody they could not know of already."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT remediation_owners(%s)", [case.incident.pk])
        numbers = {row[0] for row in cursor.fetchall()}
    if not case.may(Action.SEE_GRANTS):
        known = set(RemediationTask.objects.filter(incident=case.incident).values_list("organisation_id", flat=True))
        numbers &= known | {case.incident.holder_id, actor.organisation.pk}
    return sorted(Organisation.objects.filter(pk__in=numbers).order_by("pk"), key=str)  # by the name that is shown


def people_for(actor: Actor, organisation: Organisation) -> list[User]:
    """The people an actor may name in an organisation: those of their own house."""
    if organisation.pk != actor.organisation.pk:
        return []
    standing = Q(until__isnull=True) | Q(until__gt=clock.now())
    members = (
        Membership.objects.filter(standing, organisation=organisation)
        .select_related("user")
        .order_by("user__name", "user_id")
    )
    return [member.user for member in members]


def numbers_of(tasks: Iterable[RemediationTask]) -> list[str]:
    """`["R-1", "R-4"]`."""
    return [task.reference for task in sorted(tasks, key=lambda task: task.number)]


def task_facts(task: RemediationTask) -> dict[str, Any]:
    """What can be changed about a task, as JSON: for the API and for showing both sides of a stale save."""
    return {
        "title": task.title,
        "description": task.description,
        "organisation": task.organisation.slug,
        "person": naming.key_of(task.person_id) if task.person_id else None,
        "due": task.due.isoformat() if task.due else None,
        "service": task.service_id,
        "depends_on": numbers_of(task.needs.all()),
    }
