"""Opening a case without a grant, in an emergency (SHR-1): nobody does so quietly, and it ends by itself.

Nobody reads a case without a grant, superusers included. The one exception is a duty officer of the secretariat who knows the
reference and gives a reason: the holder is told at once, the ledger has it, and the case says so for ever.
"""

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, NotFound
from core.tenancy import acting_as
from ledger.services import record
from organisations.actors import Actor
from organisations.roles import Action

from . import telling
from .models import EmergencyOpening, Incident

# How long an opening lasts. Written here and nowhere else; the database refuses more than a day.
HOURS = 8
LEAST_REASON = 20


@transaction.atomic
def open_in_emergency(*, actor: Actor, reference: str, reason: str) -> EmergencyOpening:
    """Opens the case to this person, evidence included, for a few hours. The holder is told in the same transaction.

    404 when there is no such case: whoever opens one in an emergency was told its reference by somebody.
    """
    actor.require(Action.OPEN_IN_EMERGENCY)
    if len(reason.strip()) < LEAST_REASON:
        raise Invalid({"reason": [_("Say in a sentence why it cannot wait. Everybody in the case will read it.")]})
    with connection.cursor() as cursor:
        cursor.execute("SELECT incidents_open_in_emergency(%s, %s, %s)", [reference, reason.strip()[:280], HOURS])
        number = cursor.fetchone()[0]
    if number is None:
        raise NotFound(reference)
    # Bound anew: from here on the database shows the case.
    with acting_as(actor.principal):
        opening = EmergencyOpening.objects.select_related("incident__holder", "person", "organisation").get(pk=number)
        record(
            actor=actor, verb="case.opened_in_emergency", subject=opening, root_id=opening.incident_id,
            payload={"until": opening.until.isoformat()},
        )  # fmt: skip
        telling.opened_in_emergency(opening)
    return opening


def openings_of(incident: Incident) -> list[EmergencyOpening]:
    """Every opening of the case, newest first: they stay for ever."""
    found = EmergencyOpening.objects.filter(incident=incident).select_related("person", "organisation")
    return list(found.order_by("-pk"))
