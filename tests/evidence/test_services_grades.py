"""Source and information judged apart, by another, and confirmed only by another lineage."""

import pytest
from django.db import DatabaseError, transaction

from core.errors import Invalid, NotAllowed
from core.tenancy import acting_as
from evidence import services
from evidence.errors import (
    AlreadyLinked,
    CorroborationNeeded,
    GradedByUploader,
    ItemWithdrawn,
    LineageCircle,
    OnlyOriginatorRelaxes,
    ParentsStricter,
)
from evidence.models import EvidenceItem, GradeEntry, Lineage
from evidence.selectors import weighable
from ledger.models import Entry
from organisations.actors import Actor
from organisations.roles import Grade
from tests.people import People
from tests.tenancy.test_walls import filed

from .builders import given, graded, shared

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-2")]


def link(actor: Actor, item: EvidenceItem, other: EvidenceItem, kind: str) -> Lineage:
    with acting_as(actor.principal), transaction.atomic():
        return services.link_lineage(
            actor=actor, reference=item.incident.reference, label=item.label, other=other.label, kind=kind
        )


def mark_of(actor: Actor, item: EvidenceItem) -> str:
    with acting_as(actor.principal):
        return EvidenceItem.objects.get(pk=item.pk).mark


def test_whoever_gave_it_in_does_not_grade_it(people: People) -> None:
    analyst = people.vela.analyst
    people.vela.another("analyst")
    item = given(analyst, filed(analyst), data=None)
    with pytest.raises(GradedByUploader):
        graded(analyst, item)


def test_whoever_collected_it_does_not_grade_it_either(people: People) -> None:
    analyst, second = people.vela.analyst, people.vela.another("analyst")
    item = given(analyst, filed(analyst), data=None, collected_by=f" {second.user.name.upper()} ")
    with pytest.raises(GradedByUploader):
        graded(second, item)


def test_where_the_team_has_nobody_else_the_grade_says_so_and_carries_a_provisional_finding_at_most(
    people: People,
) -> None:
    """R1.1 "where the team allows": it does not block for ever, and nobody mistakes it for a second pair of eyes."""
    analyst = people.vela.analyst
    people.vela.coordinator  # noqa: B018  (a member whose role does not grade is nobody else)
    item = given(analyst, filed(analyst))
    graded(analyst, item)
    with acting_as(analyst.principal):
        stored = EvidenceItem.objects.get(pk=item.pk)
        assert stored.graded_alone and GradeEntry.objects.get(item=item).alone
    second = people.vela.another("analyst")
    with pytest.raises(GradedByUploader):
        graded(analyst, item)
    graded(second, item)
    with acting_as(analyst.principal):
        assert not EvidenceItem.objects.get(pk=item.pk).graded_alone
        assert [entry.alone for entry in GradeEntry.objects.filter(item=item)] == [False, True]
        with pytest.raises(DatabaseError, match="does not grade it"), transaction.atomic():
            GradeEntry.objects.create(
                incident=item.incident, item=item, reliability="A", reliability_reason="x", credibility="2", alone=True,
                credibility_reason="x", graded_by=analyst.user, organisation=analyst.organisation, standard_version="2026.1",
            )  # fmt: skip


def test_the_database_itself_refuses_a_grade_by_the_uploader(people: People) -> None:
    analyst = people.vela.analyst
    item = given(analyst, filed(analyst), data=None)
    with acting_as(analyst.principal):
        with pytest.raises(DatabaseError, match="does not grade it"), transaction.atomic():
            GradeEntry.objects.create(
                incident=item.incident, item=item, reliability="A", reliability_reason="x", credibility="2",
                credibility_reason="x", graded_by=analyst.user, organisation=analyst.organisation, standard_version="2026.1",
            )  # fmt: skip
        with pytest.raises(DatabaseError, match="evidence_graded_by_another"), transaction.atomic():
            EvidenceItem.objects.filter(pk=item.pk).update(
                reliability="A", credibility="2", graded_by=analyst.user, graded_at="2026-01-01T00:00:00Z"
            )


def test_the_newest_grade_holds_and_every_earlier_one_is_kept(people: People) -> None:
    analyst, second = people.vela.analyst, people.vela.another("analyst")
    item = given(analyst, filed(analyst), data=None)
    graded(second, item, "B", "2")
    graded(second, item, "F", "6")
    with acting_as(second.principal):
        stored = EvidenceItem.objects.get(pk=item.pk)
        assert (stored.reliability, stored.credibility, stored.graded_by) == ("F", "6", second.user)
        assert [str(entry) for entry in GradeEntry.objects.filter(item=item)] == ["F6", "B2"]
        assert Entry.objects.filter(verb="evidence.graded").count() == 2
        with pytest.raises(DatabaseError), transaction.atomic():
            GradeEntry.objects.filter(item=item).update(reliability="A")


@pytest.mark.parametrize(("reliability", "credibility"), [("H", "2"), ("B", "7"), ("", "2"), ("B", "")])
def test_a_grade_the_standard_does_not_know_is_refused(people: People, reliability: str, credibility: str) -> None:
    item = given(people.vela.analyst, filed(people.vela.analyst), data=None)
    with pytest.raises(Invalid):
        graded(people.vela.another("analyst"), item, reliability, credibility)


def test_who_may_grade(people: People) -> None:
    incident = filed(people.vela.analyst)
    item = given(people.vela.analyst, incident, data=None)
    shared(people.vela.analyst, incident, people.meridian.organisation, Grade.ASSESS)
    shared(people.vela.analyst, incident, people.amal.organisation, Grade.EVIDENCE)
    graded(people.meridian.person("forensic_assessor"), item)
    with pytest.raises(NotAllowed):
        graded(people.amal.analyst, item)


def test_confirmed_by_other_sources_needs_a_linked_item_of_another_lineage(people: People) -> None:
    """R1.2, in every way it can be missing."""
    analyst, second = people.vela.analyst, people.vela.another("analyst")
    incident = filed(analyst)
    item = given(analyst, incident, data=None, origin="Operator")
    same = given(analyst, incident, data=None, origin="Operator")
    unknown = given(analyst, incident, data=None, origin="")
    other = given(analyst, incident, data=None, origin="KISA")

    def refused() -> None:
        with pytest.raises(CorroborationNeeded):
            graded(second, item, "B", "1")

    refused()  # nothing linked
    link(analyst, item, same, "corroborated_by")
    refused()  # the same origin
    link(analyst, item, unknown, "corroborated_by")
    refused()  # an origin nobody knows
    link(analyst, item, other, "same_telemetry")
    link(analyst, item, other, "corroborated_by")
    refused()  # the same telemetry
    same_hands = given(analyst, incident, data=None, origin="Court file")
    link(analyst, item, same_hands, "corroborated_by")
    refused()  # collected by the same person
    independent = given(analyst, incident, data=None, origin="Court file", collected_by="J. Moreno")
    link(analyst, item, independent, "corroborated_by")
    refused()  # of the origin of an item that the same person collected: one lineage over the whole graph
    apart = given(analyst, incident, data=None, origin="Satellite operator", collected_by="J. Moreno-Ruiz")
    link(analyst, item, apart, "corroborated_by")
    graded(second, item, "B", "1")


def test_a_withdrawn_item_confirms_nothing(people: People) -> None:
    analyst, second = people.vela.analyst, people.vela.another("analyst")
    incident = filed(analyst)
    item, other = (
        given(analyst, incident, data=None, origin="A"),
        given(analyst, incident, data=None, origin="B", collected_by="J. Moreno"),
    )
    link(analyst, item, other, "corroborated_by")
    with acting_as(analyst.principal):
        services.withdraw_item(actor=analyst, reference=incident.reference, label=other.label, reason="Forged")
    with pytest.raises(CorroborationNeeded):
        graded(second, item, "B", "1")
    with pytest.raises(ItemWithdrawn):
        graded(second, other)


def test_links_are_read_by_findings(people: People) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    item, parent = given(analyst, incident, data=None), given(analyst, incident, data=None)
    link(analyst, item, parent, "derived_from")
    with acting_as(analyst.principal):
        ready = {row.item.pk: row for row in weighable(incident)}
        assert ready[item.pk].derived_from == {parent.pk}
        assert Entry.objects.filter(verb="evidence.linked", root_id=incident.pk).count() == 1


def test_an_item_cannot_come_from_itself(people: People) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    one, two, three = (given(analyst, incident, data=None) for _ in range(3))
    link(analyst, two, one, "derived_from")
    link(analyst, three, two, "derived_from")
    with pytest.raises(LineageCircle):
        link(analyst, one, three, "derived_from")
    with pytest.raises(Invalid):
        link(analyst, one, one, "derived_from")
    with pytest.raises(AlreadyLinked):
        link(analyst, two, one, "derived_from")


def test_an_item_of_another_case_cannot_be_linked(people: People) -> None:
    analyst = people.vela.analyst
    one, two = given(analyst, filed(analyst), data=None), given(analyst, filed(analyst), data=None)
    with acting_as(analyst.principal), pytest.raises(DatabaseError), transaction.atomic():
        Lineage.objects.create(incident=one.incident, item=one, other=two, kind="derived_from", added_by=analyst.user)


def test_what_is_derived_takes_the_stricter_mark_however_far(people: People) -> None:
    """R2.8."""
    analyst = people.vela.analyst
    incident = filed(analyst)
    parent = given(analyst, incident, data=None, mark="TLP:AMBER")
    child = given(analyst, incident, data=None, mark="TLP:GREEN")
    grandchild = given(analyst, incident, data=None, mark="TLP:CLEAR")
    link(analyst, grandchild, child, "derived_from")
    link(analyst, child, parent, "derived_from")
    assert [mark_of(analyst, item) for item in (child, grandchild)] == ["TLP:AMBER", "TLP:AMBER"]
    with acting_as(analyst.principal):
        services.change_mark(actor=analyst, reference=incident.reference, label=parent.label, mark="TLP:RED")
    assert [mark_of(analyst, item) for item in (child, grandchild)] == ["TLP:RED", "TLP:RED"]


def test_a_mark_of_another_house_holds_through_an_item_of_ones_own(people: People) -> None:
    """R2.8 over the whole line: what is derived from one's own item that is derived from another's keeps the other's mark."""
    vela, tessera = people.vela.analyst, people.tessera.person("forensic_assessor")
    incident = filed(vela)
    shared(vela, incident, people.tessera.organisation, Grade.CONTRIBUTE)
    theirs = given(tessera, incident, data=None, mark="TLP:RED")
    ours, further = given(vela, incident, data=None), given(vela, incident, data=None)
    link(vela, ours, theirs, "derived_from")
    link(vela, further, ours, "derived_from")
    with acting_as(vela.principal), pytest.raises(ParentsStricter):
        services.change_mark(
            actor=vela, reference=incident.reference, label=further.label, mark="TLP:GREEN", reason="Cleared."
        )


def test_the_database_itself_keeps_lineage_and_marks(people: People) -> None:
    vela, tessera = people.vela.analyst, people.tessera.person("forensic_assessor")
    incident = filed(vela)
    shared(vela, incident, people.tessera.organisation, Grade.CONTRIBUTE)
    theirs, ours = (
        given(tessera, incident, data=None, mark="TLP:AMBER"),
        given(vela, incident, data=None, mark="TLP:GREEN"),
    )

    def raw(item: EvidenceItem, other: EvidenceItem) -> None:
        Lineage.objects.create(incident=incident, item=item, other=other, kind="derived_from", added_by=vela.user)

    with acting_as(vela.principal):
        with pytest.raises(DatabaseError, match="as strictly"), transaction.atomic():
            raw(ours, theirs)
        services.link_lineage(
            actor=vela, reference=incident.reference, label=ours.label, other=theirs.label, kind="derived_from"
        )
        with pytest.raises(DatabaseError, match="cannot come from itself"), transaction.atomic():
            raw(theirs, ours)
        with pytest.raises(DatabaseError, match="keeps the mark"), transaction.atomic():
            EvidenceItem.objects.filter(pk=ours.pk).update(mark="TLP:CLEAR")
        with pytest.raises(DatabaseError, match="originator"), transaction.atomic():
            EvidenceItem.objects.filter(pk=theirs.pk).update(mark="TLP:CLEAR")


def test_only_the_originator_lowers_a_mark(people: People) -> None:
    """R2.9: not even the holder of the case; and not what was derived from another's stricter item (R2.8)."""
    vela, tessera = people.vela.analyst, people.tessera.person("forensic_assessor")
    incident = filed(vela)
    shared(vela, incident, people.tessera.organisation, Grade.CONTRIBUTE)
    item = given(tessera, incident, data=None, mark="TLP:AMBER")
    with acting_as(vela.principal), pytest.raises(OnlyOriginatorRelaxes):
        services.change_mark(
            actor=vela, reference=incident.reference, label=item.label, mark="TLP:CLEAR", reason="Cleared."
        )
    derived = given(vela, incident, data=None, mark="TLP:AMBER")
    link(vela, derived, item, "derived_from")
    with acting_as(vela.principal), pytest.raises(ParentsStricter):
        services.change_mark(
            actor=vela, reference=incident.reference, label=derived.label, mark="TLP:CLEAR", reason="Cleared."
        )
    with acting_as(tessera.principal):
        services.change_mark(
            actor=tessera, reference=incident.reference, label=item.label, mark="TLP:CLEAR", reason="Cleared."
        )
    with acting_as(vela.principal):
        services.change_mark(
            actor=vela, reference=incident.reference, label=derived.label, mark="TLP:CLEAR", reason="Cleared."
        )
    assert mark_of(vela, derived) == "TLP:CLEAR"


def test_another_contributor_does_not_change_an_item(people: People) -> None:
    vela, tessera = people.vela.analyst, people.tessera.person("forensic_assessor")
    incident = filed(vela)
    shared(vela, incident, people.tessera.organisation, Grade.CONTRIBUTE)
    item = given(vela, incident, data=None)
    with acting_as(tessera.principal), pytest.raises(NotAllowed):
        services.withdraw_item(actor=tessera, reference=incident.reference, label=item.label, reason="Not mine")
