"""May this person act on this case? Ours, as every page and task asks it, against the two statements it cannot do without.

Ours (`incidents.access.case_for`): the case under the policies, every grade held on it, export, emergencies and labels.
The yardstick: the same row and the grades, by the same ORM, as a role that no policy holds back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db import connections, transaction
from django.db.models import Q
from django.db.models.functions import Now

from core.errors import NotFound
from core.tenancy import Principal
from incidents.access import case_for
from incidents.models import Access, Incident
from incidents.selectors import incident_page
from organisations.actors import Actor, acting
from organisations.models import Organisation, User
from organisations.roles import Role

from .measure import Result, alternate
from .synthetic import readers

HIDDEN = "INC-2020-00000001"


def run() -> Iterator[Result]:
    """Every reader, through the first of their organisations: on the newest case they see, or on one that is there and hidden."""
    for name, principal in readers().items():
        user = User.objects.get(pk=principal.user_id)
        actor = Actor(user, Organisation.objects.get(pk=principal.organisation_id or 0), (Role.ANALYST,))
        with acting(actor):
            newest = incident_page(actor, limit=1).incidents
        reference = newest[0].reference if newest else HIDDEN
        ours, bare = alternate(asked(actor, reference), by_hand(actor.principal, reference), pairs=101)
        yield Result("permission for one case", name, "ms", ours, bare, "the same for every reader")


def asked(actor: Actor, reference: str) -> Callable[[], object]:
    """The question, in a transaction of its own."""

    def ask() -> bool:
        with acting(actor):
            try:
                case_for(actor, reference)
            except NotFound:
                return False
            return True

    return ask


def by_hand(principal: Principal, reference: str) -> Callable[[], object]:
    """The same answer from the same rows, without policies."""

    def ask() -> bool:
        with transaction.atomic(using="owner"):
            with connections["owner"].cursor() as cursor:
                cursor.execute("SET LOCAL ROLE norms_definer")
            cases = Incident.objects.using("owner").select_related("holder", "filed_by").defer("search")
            row = cases.get(reference=reference)
            grades = Access.objects.using("owner").filter(incident_id=row.pk, principal__in=principal.ids)
            return bool(list(grades.filter(Q(until__isnull=True) | Q(until__gt=Now())).values_list("grade", flat=True)))

    return ask
