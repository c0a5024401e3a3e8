"""Marks that change: relaxed by their originator with a reason, and written down either way (R2.9)."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from core.marks import relaxes
from ledger.services import record
from organisations.actors import Actor

from .facts import clean_text
from .models import Incident, MarkChange


def reason_to_relax(before: Mapping[str, str], after: Mapping[str, str], given: str, field: str) -> str:
    """The reason as it is kept; Invalid beside `field` when a mark becomes less strict without one."""
    errors: dict[str, list[Any]] = {}
    said = clean_text(given, field, errors)
    if relaxes(before, after) and not said and not errors:
        errors[field] = [_("Say why the mark may be relaxed. It is recorded.")]
    if errors:
        raise Invalid(errors)
    return said


def note_mark(
    *,
    actor: Actor,
    subject: models.Model,
    incident: Incident,
    before: Mapping[str, str],
    after: Mapping[str, str],
    reason: str = "",
    label: str = "",
) -> None:
    """Writes a change of marks down: the reason in the case, the fact in the ledger."""
    change = MarkChange.objects.create(
        incident_id=incident.pk, label=label, mark_before=before["mark"], mark=after["mark"], pap_before=before["pap"],
        pap=after["pap"], reason=reason, organisation=actor.organisation, changed_by=actor.user,
    )  # fmt: skip
    record(
        actor=actor, verb="evidence.marked" if label else "incident.marked", subject=subject, root_id=incident.pk,
        payload={
            **({"item": label} if label else {}), "from": before["mark"], "to": after["mark"], "pap_from": before["pap"],
            "pap_to": after["pap"], "relaxed": relaxes(before, after), "change": change.pk,
        },
    )  # fmt: skip
