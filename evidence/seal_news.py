"""Who hears of what happens to a seal: its custodians when they are asked, its requester of every answer, the depositor of all.

Told are labels and an address; what for and why stand on the page, for whoever may see it.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.marks import strictest
from notifications.kinds import Kind, Reason, declare
from notifications.services import tell
from organisations.models import Organisation, User

from .models import Custodian, EvidenceItem, SealAnswer, SealRequest

CUSTODIAN = _("You are a custodian of this item.")
DEPOSITOR = _("You or your organisation gave this item in.")
PARTY = _("You asked its custodians, or your organisation gave the item in.")
SEALER = _("Your organisation sealed this item, and asks the other custodians to replace one who leaves.")
declare(
    Kind("seal.asked", Reason.VOTE_DUE, _("Custodians of %(subject)s are asked to agree"), CUSTODIAN),
    Kind("seal.request", Reason.CHANGED, _("Somebody asked the custodians of %(subject)s"), DEPOSITOR),
    Kind("seal.agreed", Reason.DECIDED, _("A custodian of %(subject)s agreed"), PARTY),
    Kind("seal.declined", Reason.DECIDED, _("A custodian of %(subject)s refused"), PARTY),
    Kind("seal.ended", Reason.DECIDED, _("A request to the custodians of %(subject)s has ended"), PARTY),
    Kind("seal.opened", Reason.CHANGED, _("Sealed content of %(subject)s was opened"), DEPOSITOR),
    Kind("seal.unsealed", Reason.CHANGED, _("The seal of %(subject)s has ended"), DEPOSITOR),
    Kind("seal.reshared", Reason.CHANGED, _("A custodian of %(subject)s was replaced"), DEPOSITOR),
    Kind("seal.successor_named", Reason.ANSWER, _("A custodian of %(subject)s is leaving. Replace them by who was named"), SEALER),
    Kind("seal.custodian_left", Reason.WARNING, _("A custodian of %(subject)s has left their organisation. Replace them"), SEALER),
)  # fmt: skip


def about(request: SealRequest, kind: str, to: Iterable[User | Organisation], key: str, **more: Any) -> None:
    """Tells of a request, with the way to it."""
    item: EvidenceItem = request.seal.item
    incident = item.incident
    tell(
        kind=kind, to=to, key=f"{kind}/{key}", root_id=incident.pk, reference=incident.reference,
        mark=strictest(incident.mark, item.mark), subject=item.label,
        url=reverse("evidence-seal-request", args=[incident.reference, item.label, request.pk]), **more,
    )  # fmt: skip


def depositor(request: SealRequest) -> list[User | Organisation]:
    """Who sealed the item, and their organisation."""
    return [request.seal.sealed_by, request.seal.organisation]


def asked(request: SealRequest, custodians: Sequence[Custodian]) -> None:
    """A vote for each custodian, until the request ends; the depositor hears that there is one."""
    others = [custodian.user for custodian in custodians if custodian.user_id != request.requested_by_id]
    about(request, "seal.asked", others, str(request.pk), due_at=request.expires_at)
    about(request, "seal.request", depositor(request), str(request.pk))


def answered(request: SealRequest, answer: SealAnswer) -> None:
    """Every answer, to the requester and the depositor."""
    kind = "seal.agreed" if answer.approved else "seal.declined"
    about(request, kind, [request.requested_by, *depositor(request)], str(answer.pk))


def ended(request: SealRequest) -> None:
    """By time, by the requester or by the depositor."""
    about(request, "seal.ended", [request.requested_by, *depositor(request)], str(request.pk))


def opened(request: SealRequest, place: int) -> None:
    """Every single opening, to the depositor."""
    about(request, "seal.opened", depositor(request), f"{request.pk}/{place}")


def unsealed(request: SealRequest) -> None:
    """The custodians hear it too: they hold a share of nothing now."""
    about(request, "seal.unsealed", [*depositor(request), *holders(request)], str(request.pk))


def reshared(request: SealRequest) -> None:
    """Those who hold a share from now on, and the depositor."""
    about(request, "seal.reshared", [*depositor(request), *holders(request)], str(request.pk))


def holders(request: SealRequest) -> list[User]:
    """Who holds a share now."""
    found = Custodian.objects.filter(seal=request.seal, replaced_at__isnull=True).select_related("user")
    return [custodian.user for custodian in found]


def to_replace(custodian: Custodian, kind: str, key: str, arriving: str = "") -> None:
    """Tells who sealed an item that one of its custodians has to be replaced, with the way to ask for it."""
    seal, item = custodian.seal, custodian.seal.item
    incident = item.incident
    asked = {"kind": "reshare", "leaving": custodian.pk, **({"arriving": arriving} if arriving else {})}
    tell(
        kind=kind, to=[seal.sealed_by, seal.organisation], key=f"{kind}/{key}", root_id=incident.pk, reference=incident.reference,
        mark=strictest(incident.mark, item.mark), subject=item.label,
        url=f"{reverse('evidence-seal-ask', args=[incident.reference, item.label])}?{urlencode(asked)}",
    )  # fmt: skip


def successor_named(custodian: Custodian, arriving: str) -> None:
    """A house names who could come instead of a member that leaves."""
    to_replace(custodian, "seal.successor_named", f"{custodian.pk}/{arriving}", arriving)


def custodian_left(custodian: Custodian) -> None:
    """A custodian is gone; the seal can still be opened by the others."""
    to_replace(custodian, "seal.custodian_left", str(custodian.pk))
