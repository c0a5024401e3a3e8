"""What a member holds of seals (SHR-2, SHR-4): shares of their keys, requests that wait for their answer, requests of their own.

A share is not handed on by whoever administers a house: it lies in a box for one person's key. The organisation that sealed the
item replaces the custodian, and the other custodians agree to it. A house names a successor to it. A member leaves without
that only while enough others are left who can agree: nobody's leaving makes a seal that cannot be opened.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.tenancy import acting_as
from incidents.blind import hide_names
from organisations.actors import Actor, system_for
from organisations.holdings import Held, Source, declare
from organisations.models import User

from . import seal_news
from .models import Custodian
from .services.sealing import Candidate, candidates


@dataclass(frozen=True, slots=True)
class Row:
    """One thing of a seal that hangs on a person, as the database tells it (`evidence_seals_of`)."""

    what: str
    seal_id: int
    custodian_id: int | None
    request_id: int | None
    sealer_id: int
    reference: str | None
    label: str | None
    needed: bool
    lost: bool

    @property
    def held(self) -> Held:
        """As an administrator reads it; of a case they may not see, that there is one."""
        first = FIRST if self.needed else ""
        if self.reference is None or self.label is None:
            return Held(str(_("A sealed item of a case you may not see")), first=first)
        if self.request_id is None:
            where = reverse("evidence-item", args=[self.reference, self.label])
        else:
            where = reverse("evidence-seal-request", args=[self.reference, self.label, self.request_id])
        return Held(f"{self.reference} {self.label}", where, first)


FIRST = _(
    "Without this person fewer custodians are left than must agree to open a seal. Name a successor to the organisation that sealed the item: it has to replace them, and the custodians agree to it, or it ends the seal."
)


def seals_of(actor: Actor, person_id: int) -> list[Row]:
    """Everything of seals that hangs on this person in the actor's organisation."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM evidence_seals_of(%s, %s)", [person_id, actor.organisation.pk])
        return [Row(*row) for row in cursor.fetchall()]


def shares(actor: Actor, person: User) -> list[Held]:
    """Items of whose key they hold a share."""
    return [row.held for row in seals_of(actor, person.pk) if row.what == "share"]


def answers(actor: Actor, person: User) -> list[Held]:
    """Requests their answer is waited for."""
    return [row.held for row in seals_of(actor, person.pk) if row.what == "answer"]


def requests(actor: Actor, person: User) -> list[Held]:
    """Requests to custodians they made themselves."""
    return [row.held for row in seals_of(actor, person.pk) if row.what == "request"]


def as_sealers(actor: Actor, person_id: int) -> Iterator[tuple[Actor, Custodian]]:
    """Each share, as the platform acting for the organisation that sealed the item: an administrator may not see the case."""
    for row in seals_of(actor, person_id):
        if row.what != "share":
            continue
        system = system_for(row.sealer_id)
        with acting_as(system.principal):
            found = Custodian.objects.select_related("seal__item__incident", "seal__sealed_by", "seal__organisation")
            custodian = found.filter(pk=row.custodian_id or 0).first()
            if custodian is not None:
                yield system, custodian


def could_hold(custodian: Custodian, house: int) -> dict[int, Candidate]:
    """People of a house who could come instead: with a sealing key, and seeing the evidence. Asked of the sealing rules."""
    others = [each for each in candidates(custodian.seal.item.incident) if each.organisation_id == house]
    sits = set(
        Custodian.objects.filter(seal=custodian.seal, replaced_at__isnull=True).values_list("user_id", flat=True)
    )
    return {each.user_id: each for each in others if each.user_id not in sits}


def takers(actor: Actor, person: User) -> list[User]:
    """Members who could come instead in at least one of them."""
    able: set[int] = set()
    for _system, custodian in as_sealers(actor, person.pk):
        able |= set(could_hold(custodian, actor.organisation.pk))
    return list(User.objects.filter(pk__in=able - {person.pk}).order_by("name", "pk"))


def propose(actor: Actor, person: User, to: User) -> int:
    """Names a successor to the organisations that sealed: they ask the other custodians to replace this one (ReshareForm)."""
    named = 0
    for system, custodian in as_sealers(actor, person.pk):
        comes = could_hold(custodian, actor.organisation.pk).get(to.pk)
        if comes is None:
            continue
        incident = custodian.seal.item.incident
        if incident.blind:  # then by their handle
            hide_names(system, incident.pk)
            comes = could_hold(custodian, actor.organisation.pk)[to.pk]
        seal_news.successor_named(custodian, comes.value)
        named += 1
    return named


declare(
    Source(
        "custodianships", _("Shares of seals"), shares, takers, propose, must=False, asks=True,
        after=_("Their share opens nothing once they have left. The other custodians are enough to agree, and the organisation that sealed the item is told to replace this one."),
    ),
    Source(
        "seal-answers", _("Requests to open a seal that wait for their answer"), answers,
        after=_("The other custodians decide. What cannot be agreed to without this person ends, and whoever asked is told."),
    ),
    Source(
        "seal-requests", _("Requests of their own to custodians"), requests,
        after=_("They end with the membership, and what was released for them is forgotten. A colleague asks anew."),
    ),
)  # fmt: skip
