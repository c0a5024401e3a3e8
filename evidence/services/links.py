"""How items hang together."""

from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from core.marks import strictest, strictest_pap
from incidents.facts import clean_text
from ledger.services import record
from organisations.actors import Actor
from organisations.roles import Action

from ..access import LABEL, item_for, must_be_open, must_stand
from ..errors import AlreadyLinked, LineageCircle
from ..lineage import descendants
from ..models import EvidenceItem, Lineage
from ..selectors import links_in
from ..telling import tell_named
from .items import set_marks, tighten_derived


@transaction.atomic
def link_lineage(*, actor: Actor, reference: str, label: str, other: str, kind: str, note: str = "") -> Lineage:
    """Says how an item hangs together with another of the same case. A derived item takes the stricter mark (R2.8).

    Links are never taken back: that two items are one lineage can only become known, not unknown.
    """
    case, item = item_for(actor, reference, label, Action.ADD_EVIDENCE)
    must_be_open(case)
    errors: dict[str, list[Any]] = {}
    text = clean_text(note, "note", errors)
    found = LABEL.fullmatch(other.strip().upper())
    related = EvidenceItem.objects.filter(incident=case.incident, number=int(found[1])).first() if found else None
    if related is None or related.pk == item.pk:
        errors["other"] = [_("Choose another item of this case, such as E-3.")]
    if kind not in Lineage.Kind.values:
        errors["kind"] = [_("Choose one from the list.")]
    if errors or related is None:
        raise Invalid(errors)
    must_stand(item)
    must_stand(related)
    with connection.cursor() as cursor:  # one at a time per case: two links at once must not close a circle
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('evidence_lineage'), %s)", [item.incident_id % 2**31])
    known = links_in(item.incident_id)
    if (item.pk, related.pk, kind) in known:
        raise AlreadyLinked
    if kind == Lineage.Kind.DERIVED_FROM and related.pk in descendants(item.pk, known):
        raise LineageCircle
    if kind == Lineage.Kind.DERIVED_FROM:  # first the mark: the database takes no derivative that is less strict
        item = EvidenceItem.objects.select_for_update(of=("self",), no_key=True).get(pk=item.pk)
        set_marks(
            actor=actor, item=item, mark=strictest(item.mark, related.mark), pap=strictest_pap(item.pap, related.pap)
        )
        tighten_derived(actor=actor, item=item)
    link = Lineage.objects.create(
        incident=case.incident, item=item, other=related, kind=kind, note=text, added_by=actor.user
    )
    record(
        actor=actor, verb="evidence.linked", subject=link, root_id=item.incident_id,
        payload={"item": item.label, "kind": kind, "other": related.label},
    )  # fmt: skip
    item.incident = case.incident
    tell_named(actor, item, f"link:{link.pk}", link.note)
    return link
