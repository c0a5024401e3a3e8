"""Organisation-blind work: the handles of a case, who may hide names, and who may look behind them.

What is printed is decided in `core.naming`; this room gives the handles and puts the veil on when a blind case is opened.
"""

from collections.abc import Iterable

from django.db import connection

from core import naming
from core.naming import Handle, Veil
from organisations.actors import Actor
from organisations.models import Membership, Organisation, User

from .models import Incident


def handles_of(root_id: int) -> dict[int, Handle]:
    """Every handle given in a case, by the number of who bears it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT principal, kind, number FROM incident_handles(%s)", [root_id])
        return {principal: Handle(kind, number) for principal, kind, number in cursor.fetchall()}


def give_handles(pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Handle]:
    """The handle of each (case, number), given now where there is none: at first appearance, in no order (a letter is drawn)."""
    wanted = list(pairs)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT incident_id, principal, kind, number FROM incident_give_handles(%s, %s)",
            [[case for case, _number in wanted], [number for _case, number in wanted]],
        )
        return {(case, principal): Handle(kind, number) for case, principal, kind, number in cursor.fetchall()}


def own_names(actor: Actor) -> frozenset[int]:
    """Whom the reader knows by name in any case: themselves, the organisations they belong to, and the people of the one they act for."""
    if actor.glass is not None:  # whoever looks as somebody else learns no name by it
        return frozenset({actor.user.pk})
    numbers = {actor.user.pk, actor.organisation.pk}
    rows = Membership.objects.filter(organisation=actor.organisation).values_list("user_id", flat=True)
    numbers |= set(rows)
    return frozenset(
        numbers | set(Membership.objects.filter(user=actor.user).values_list("organisation_id", flat=True))
    )


def hide_one(root_id: int, bearer: Organisation) -> None:
    """From here on this object is shown by its handle in the case, wherever it is shown."""
    bearer.__dict__[naming.OWN] = give_handles([(root_id, bearer.pk)])[root_id, bearer.pk]


def hide_names(actor: Actor, root_id: int) -> None:
    """From here to the end of the unit of work names are handles; documents and lists for others hide one's own as well."""
    if naming.veil() is not None:
        return
    own = frozenset() if naming.for_all() else own_names(actor)

    def give(number: int) -> Handle:
        return give_handles([(root_id, number)])[root_id, number]

    naming.put_on(Veil(root_id, own, give, handles_of(root_id)))


def hide_bearers(actor: Actor, pairs: Iterable[tuple[Incident, Organisation | User]]) -> None:
    """For lists over several cases: whoever stands beside a blind case and is not the reader's own is shown by their handle there."""
    blind = [(incident, bearer) for incident, bearer in pairs if incident.blind]
    if not blind:
        return
    own = own_names(actor)
    hidden = [(incident, bearer) for incident, bearer in blind if bearer.pk not in own]
    handles = give_handles((incident.pk, bearer.pk) for incident, bearer in hidden)
    for incident, bearer in hidden:
        bearer.__dict__[naming.OWN] = handles[incident.pk, bearer.pk]


def hide_holders(actor: Actor, incidents: Iterable[Incident]) -> None:
    """The same for the holders of cases."""
    others = (row for row in incidents if row.blind and row.holder_id != actor.organisation.pk)
    hide_bearers(actor, ((row, row.holder) for row in others))
