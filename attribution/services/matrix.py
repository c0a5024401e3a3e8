"""Rating evidence against every hypothesis (ATT-5)."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from evidence.models import EvidenceItem
from incidents.models import Incident
from ledger.services import record
from organisations.actors import Actor
from organisations.roles import Action

from ..access import open_case
from ..models import Hypothesis, Rating, Seat
from ..norms import named
from ..states import Round
from .tiers import recompute_case


def rates_sealed(incident: Incident, actor: Actor) -> bool:
    """Whether the actor sits in a round that is not open: their ratings are sealed with it."""
    return Seat.objects.filter(
        incident=incident, member=actor.user, recused_at__isnull=True, panel__state__in=[Round.INVITING, Round.SEALED]
    ).exists()


@transaction.atomic
def rate_evidence(*, actor: Actor, reference: str, ratings: Mapping[str, Mapping[str, str]]) -> int:
    """Keeps the actor's own ratings: `{"E-1": {"H1": "CC", "H2": ""}}`; an empty one is a blank, which is allowed.

    Cells that are not named stay as they are. How many changed. A panel member's ratings stay sealed until the round opens.
    """
    case = open_case(actor, reference, Action.ANALYSE)
    incident = case.incident
    items = {item.label: item for item in EvidenceItem.objects.filter(incident=incident)}
    hypotheses = {row.label: row for row in Hypothesis.objects.filter(incident=incident)}
    codes = {code for code, _name in named("ratings")} | {""}
    errors: dict[str, list[Any]] = {}
    asked: dict[tuple[int, int], str] = {}
    for item_label, cells in ratings.items():
        if item_label not in items:
            errors[item_label] = [_("This item is not part of the case.")]
            continue
        for label, code in cells.items():
            if label not in hypotheses or code not in codes:
                errors.setdefault(f"{item_label}.{label}", []).append(_("Choose one from the list."))
                continue
            asked[items[item_label].pk, hypotheses[label].pk] = code
    if errors:
        raise Invalid(errors)
    sealed = rates_sealed(incident, actor)
    changed = sum(keep(actor, incident, key, code, sealed=sealed) for key, code in asked.items())
    if changed:
        record(
            actor=actor, verb="evidence.rated", subject=incident, root_id=incident.pk,
            payload={"cells": changed, "sealed": sealed},
        )  # fmt: skip
        if not sealed:
            recompute_case(actor=actor, incident=incident, cause="evidence.rated")
    return changed


def keep(actor: Actor, incident: Incident, key: tuple[int, int], code: str, *, sealed: bool) -> bool:
    """Writes one cell; whether it changed. A sealed blank is kept as one: it takes the open rating away when the round opens."""
    own = Rating.objects.filter(incident=incident, item_id=key[0], hypothesis_id=key[1], assessor=actor.user)
    stands = {row.is_open: row for row in own}
    if not sealed and False in stands:
        stands.pop(False).delete()  # left from a round that ended unopened: the author takes it up again, or not
    row = stands.get(not sealed)
    before = row.value if row else (stands[True].value if sealed and True in stands else "")
    if before == code:
        return False
    if row is None:
        Rating.objects.create(
            incident=incident, item_id=key[0], hypothesis_id=key[1], assessor=actor.user, value=code, is_open=not sealed
        )
    elif code or sealed:
        row.value = code
        row.save(update_fields=["value", "rated_at"])
    else:
        row.delete()
    return True
