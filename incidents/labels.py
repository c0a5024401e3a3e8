"""Labels: an organisation's own words for sorting cases. Nobody else sees them, so they never say more than their maker knows."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import Invalid, NotFound
from ledger.services import record
from organisations.actors import Actor
from organisations.roles import Action

from .access import case_for
from .models import Incident, Label, LabelOn


def labels_of(actor: Actor) -> list[Label]:
    """The labels in use in the organisation one acts for, by name."""
    return list(Label.objects.filter(organisation=actor.organisation, retired_at__isnull=True).order_by("name", "pk"))


def labels_on(actor: Actor, incident: Incident) -> list[LabelOn]:
    """The labels one's organisation put on a case."""
    found = LabelOn.objects.filter(incident=incident, organisation=actor.organisation)
    return list(found.select_related("label").order_by("label__name"))


def checked_name(name: str) -> str:
    """The name without spaces around it; raises Invalid when nothing is left."""
    if not name.strip():
        raise Invalid({"name": [_("Give the label a name.")]})
    return name.strip()


def save_once(label: Label) -> None:
    """Saves, or says beside the field that the name is taken."""
    try:
        with transaction.atomic():
            label.save()
    except IntegrityError as clash:
        raise Invalid({"name": [_("There is a label of this name already.")]}) from clash


@transaction.atomic
def make_label(*, actor: Actor, name: str, meaning: str = "") -> Label:
    """A new label for the actor's organisation. Administrators only."""
    actor.require(Action.MANAGE_ORGANISATION)
    label = Label(organisation=actor.organisation, name=checked_name(name), meaning=meaning.strip(), made_by=actor.user)
    save_once(label)
    record(actor=actor, verb="label.made", subject=label)
    return label


def own_label(actor: Actor, label_id: int) -> Label:
    """A label of the actor's organisation, locked; 404 otherwise."""
    label = (
        Label.objects.select_for_update(of=("self",))
        .filter(pk=label_id, organisation=actor.organisation, retired_at__isnull=True)
        .first()
    )
    if label is None:
        raise NotFound(label_id)
    return label


@transaction.atomic
def change_label(*, actor: Actor, label_id: int, name: str, meaning: str = "") -> Label:
    """Another name or meaning; cases keep the label."""
    actor.require(Action.MANAGE_ORGANISATION)
    label = own_label(actor, label_id)
    label.name, label.meaning = checked_name(name), meaning.strip()
    save_once(label)
    record(actor=actor, verb="label.changed", subject=label)
    return label


@transaction.atomic
def retire_label(*, actor: Actor, label_id: int) -> None:
    """No longer offered; the cases that carry it keep it."""
    actor.require(Action.MANAGE_ORGANISATION)
    label = own_label(actor, label_id)
    label.retired_at = clock.now()
    label.save(update_fields=["retired_at"])
    record(actor=actor, verb="label.retired", subject=label)


@transaction.atomic
def set_labels(*, actor: Actor, reference: str, labels: Sequence[int]) -> list[LabelOn]:
    """The case carries exactly these of one's own labels from now on; any member who may see the case may say so."""
    incident = case_for(actor, reference, Action.VIEW).incident
    offered = {label.pk for label in labels_of(actor)}
    there = {on.label_id: on for on in labels_on(actor, incident)}
    wanted = set(labels)
    if not wanted <= offered | set(there):
        raise Invalid({"labels": [_("Choose labels from the list.")]})
    gone, new = set(there) - wanted, wanted - set(there)
    if gone:
        LabelOn.objects.filter(pk__in=[there[number].pk for number in gone]).delete()
    LabelOn.objects.bulk_create(
        [
            LabelOn(incident=incident, label_id=number, organisation=actor.organisation, put_by=actor.user)
            for number in sorted(new)
        ],
        ignore_conflicts=True,
    )
    if gone or new:
        record(
            actor=actor, verb="incident.labelled", subject=incident, payload={"put": sorted(new), "taken": sorted(gone)}
        )
    return labels_on(actor, incident)
