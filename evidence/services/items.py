"""Changing what is said of an item: its description, its mark, and taking it back."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import Invalid, StaleVersion
from core.marks import ORDER, PAP_ORDER, Mark, Pap, relaxes, strictest, strictest_pap
from incidents.facts import clean_text
from incidents.marking import note_mark, reason_to_relax
from instruments.models import Instrument
from instruments.selectors import in_force
from ledger.services import record
from organisations.actors import Actor
from organisations.roles import Action

from .. import facts as rules
from .. import signals
from ..access import must_stand, own_item_for
from ..errors import ItemSealed, OnlyOriginatorRelaxes, ParentsStricter
from ..lineage import ancestors, descendants
from ..models import CustodyEntry, EvidenceItem
from ..selectors import links_in
from ..snapshots import facts_of
from ..states import Status
from .handling import add_custody
from .intake import resolve_links


@transaction.atomic
def describe_item(*, actor: Actor, reference: str, label: str, version: int, facts: Mapping[str, Any]) -> EvidenceItem:
    """Changes the facts given, if nobody else saved since `version`. Marks are changed by `change_mark`."""
    case, item = own_item_for(actor, reference, label, Action.ADD_EVIDENCE)
    must_stand(item)
    if item.sealed:
        raise ItemSealed  # what it said is sealed with it
    if item.version != version:
        raise StaleVersion(theirs=facts_of(item), version=item.version)
    standard = in_force(Instrument.Kind.EVIDENCE_STANDARD)
    given = {name: value for name, value in facts.items() if name not in {"mark", "pap"}}
    if "evidence_class" in given and not given["evidence_class"]:
        given["kind"] = given.get("kind", item.kind)  # its class follows from its kind
    columns = resolve_links(rules.check(given, standard.content), actor=actor, incident=case.incident)
    changed = sorted(name for name, value in columns.items() if getattr(item, name) != value)
    for name, value in columns.items():
        setattr(item, name, value)
    item.version += 1
    item.save(update_fields=[*columns, "version", "changed_at"])
    record(
        actor=actor, verb="evidence.described", subject=item, root_id=item.incident_id,
        payload={"item": item.label, "fields": changed, "version": item.version},
        instruments={"evidence-standard": standard.version},
    )  # fmt: skip
    return item


def set_marks(*, actor: Actor, item: EvidenceItem, mark: str, pap: str, reason: str = "") -> None:
    """Writes the marks and records them; nothing when they are so already."""
    before, after = {"mark": item.mark, "pap": item.pap}, {"mark": mark, "pap": pap}
    if before == after:
        return
    item.mark, item.pap = mark, pap
    item.version += 1
    item.save(update_fields=["mark", "pap", "version", "changed_at"])
    note_mark(
        actor=actor, subject=item, incident=item.incident, before=before, after=after, reason=reason, label=item.label
    )


def tighten_derived(*, actor: Actor, item: EvidenceItem) -> None:
    """What is derived from an item is marked at least as strictly (R2.8)."""
    below = descendants(item.pk, links_in(item.incident_id))
    for child in (
        EvidenceItem.objects.filter(incident_id=item.incident_id, pk__in=below)
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    ):
        child.incident = item.incident
        set_marks(
            actor=actor, item=child, mark=strictest(child.mark, item.mark), pap=strictest_pap(child.pap, item.pap)
        )


@transaction.atomic
def change_mark(
    *, actor: Actor, reference: str, label: str, mark: str, pap: str | None = None, reason: str = ""
) -> EvidenceItem:
    """Changes the TLP mark and, when given, the PAP mark. Stricter: holder or contributor, and all that is derived follows.

    Looser in either: the originator alone, with a reason (R2.9).
    """
    _case, item = own_item_for(actor, reference, label, Action.ADD_EVIDENCE)
    errors: dict[str, list[Any]] = {}
    wanted = {"mark": mark, "pap": item.pap if pap is None else pap}
    if mark not in Mark.values:
        errors["mark"] = [_("Choose a TLP 2.0 mark.")]
    if wanted["pap"] not in Pap.values:
        errors["pap"] = [_("Choose a PAP mark.")]
    if errors:
        raise Invalid(errors)
    before = {"mark": item.mark, "pap": item.pap}
    if relaxes(before, wanted):
        if actor.organisation.pk != item.organisation_id:
            raise OnlyOriginatorRelaxes
        above = ancestors(item.pk, links_in(item.incident_id))
        others = EvidenceItem.objects.filter(incident_id=item.incident_id, pk__in=above).exclude(
            organisation_id=actor.organisation.pk
        )
        for other in others.values("mark", "pap"):
            if ORDER[other["mark"]] > ORDER[mark] or PAP_ORDER[other["pap"]] > PAP_ORDER[wanted["pap"]]:
                raise ParentsStricter
    said = reason_to_relax(before, wanted, reason, "reason")
    set_marks(actor=actor, item=item, **wanted, reason=said)
    tighten_derived(actor=actor, item=item)
    return item


@transaction.atomic
def withdraw_item(*, actor: Actor, reference: str, label: str, reason: str) -> EvidenceItem:
    """Takes an item back. It stays on record with its files and custody; what rests on it is told."""
    _case, item = own_item_for(actor, reference, label, Action.ADD_EVIDENCE)
    must_stand(item)
    errors: dict[str, list[Any]] = {}
    text = clean_text(reason, "reason", errors, required=True)
    if errors:
        raise Invalid(errors)
    item.status, item.withdrawn_at, item.withdrawn_reason = Status.WITHDRAWN, clock.now(), text
    item.version += 1
    item.save(update_fields=["status", "withdrawn_at", "withdrawn_reason", "version", "changed_at"])
    link = add_custody(actor=actor, item=item, act=CustodyEntry.Act.WITHDRAWN, note=text)
    record(
        actor=actor, verb="evidence.withdrawn", subject=item, root_id=item.incident_id,
        payload={"item": item.label, "custody": link.hash},
    )  # fmt: skip
    signals.item_withdrawn.send(sender=EvidenceItem, item=item, actor=actor)
    return item
