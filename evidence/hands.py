"""In whose hands items are: what pages, API and services read of transfers, holds and disposals."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from incidents.models import Incident
from organisations.actors import Actor
from organisations.models import Organisation

from .models import CustodyEntry, Disposal, EvidenceItem, LegalHold, Transfer

RECENT = 50


@dataclass(frozen=True, slots=True)
class Side:
    """An organisation, and a desk in it (may be empty)."""

    organisation: Organisation
    desk: str

    def __str__(self) -> str:
        return f"{self.organisation} · {self.desk}" if self.desk else str(self.organisation)


def transfers(incident: Incident) -> QuerySet[Transfer]:
    """Every transfer of a case with what a row shows, newest first."""
    return (
        Transfer.objects.filter(incident=incident)
        .select_related("item", "from_organisation", "to_organisation", "released_by", "release", "receipt__actor")
        .order_by("-pk")
    )


def open_transfer(item: EvidenceItem) -> Transfer | None:
    """The release of this item that waits for its receipt."""
    return transfers(item.incident).filter(item=item, receipt__isnull=True).first()


def in_hands_of(item: EvidenceItem) -> Side:
    """The side that has the item: the last that accepted it, else whoever gave it in. A release does not change it, a receipt does."""
    last = (
        Transfer.objects.filter(item=item, receipt__act=CustodyEntry.Act.ACCEPTED)
        .select_related("to_organisation")
        .order_by("-receipt__place")
        .first()
    )
    return Side(last.to_organisation, last.to_desk) if last else Side(item.organisation, "")


def to_answer(actor: Actor, incident: Incident) -> QuerySet[Transfer]:
    """Open releases that this person may receive: addressed to their side, released by somebody else."""
    return (
        transfers(incident)
        .filter(receipt__isnull=True, to_organisation=actor.organisation)
        .exclude(released_by=actor.user)
    )


def holds_on(item: EvidenceItem) -> list[LegalHold]:
    """What forbids the disposal of an item now: holds on it and on its whole case."""
    return list(
        LegalHold.objects.filter(Q(item=item) | Q(item__isnull=True), incident_id=item.incident_id, lifted_at__isnull=True)
        .select_related("placed_by", "organisation")
    )  # fmt: skip


def holds_in(incident: Incident) -> list[LegalHold]:
    """Every hold of a case, lifted ones too, newest first."""
    return list(
        LegalHold.objects.filter(incident=incident)
        .select_related("item", "placed_by", "organisation", "lifted_by")
        .order_by("-pk")[:RECENT]
    )


def disposal_of(item: EvidenceItem) -> Disposal | None:
    """The last proposal to dispose of an item, open or decided."""
    return Disposal.objects.filter(item=item).select_related("proposed_by", "organisation", "decided_by").first()


def open_disposals(incident: Incident) -> list[Disposal]:
    """Proposals that wait for a second person."""
    return list(
        Disposal.objects.filter(incident=incident, outcome=Disposal.Outcome.OPEN)
        .select_related("item", "proposed_by", "organisation")
    )  # fmt: skip
