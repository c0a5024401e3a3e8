"""Every way something leaves × every mark × what its taker is to it (R2.8–R2.12): one rule, asked at every door.

What goes out above its mark is the leak this table is for. The rule itself is a table too and stands in `core.marks`.
"""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from hypothesis import given as always
from hypothesis import strategies as st

from accountability import services as accountability
from accountability.errors import ReviewOvertaken
from attribution.ui.published import issues
from core.errors import Invalid
from core.marks import LIMITS, ORDER, PAP_ORDER, Mark, NotCleared, Pap, Reader, Way, may_leave, strictest, strictest_pap
from core.tenancy import acting_as
from evidence import services as evidence
from evidence.errors import OnlyOriginatorRelaxes, TouchForbidden
from evidence.models import EvidenceItem
from evidence.services.capturing import ask_capture
from exchange import services as exchange
from exchange.errors import RecordOvertaken
from exchange.models import CustodyRecord
from incidents.models import Incident, MarkChange
from incidents.services import edit_incident, grant_person
from notifications.mail import send_to
from notifications.services import choose_email, tell
from organisations.actors import Actor
from organisations.roles import FOR_MEMBERS, Grade, Role
from tests.evidence.builders import given, shared, the_file
from tests.people import House, People, member
from tests.tenancy.test_walls import filed

from .world import shared as taken_out

pytestmark = [pytest.mark.django_db, pytest.mark.duty("SHR-1"), pytest.mark.duty("SHR-4")]

MARKS = st.sampled_from(Mark.values)


# ── the rule ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@always(st.lists(MARKS, min_size=1), st.sampled_from(list(Way)), st.sampled_from(list(Reader)))
def test_what_is_made_of_many_leaves_only_where_each_of_them_may(marks: list[str], way: Way, reader: Reader) -> None:
    whole = strictest(*marks)
    assert all(ORDER[whole] >= ORDER[each] for each in marks)
    assert may_leave(whole, way, reader) == all(may_leave(each, way, reader) for each in marks)


@always(st.lists(st.sampled_from(Pap.values), min_size=1))
def test_what_may_be_done_with_it_is_what_may_be_done_with_each(marks: list[str]) -> None:
    assert PAP_ORDER[strictest_pap(*marks)] == max(PAP_ORDER[each] for each in marks)


def test_the_limits_are_those_of_tlp() -> None:
    """Whoever is nearer to a thing never carries less; nobody puts more than CLEAR before the public."""
    for way, limits in LIMITS.items():
        ranks = [ORDER[limits[reader]] for reader in sorted(Reader)]
        assert ranks == sorted(ranks), way
    assert {limit for limit in LIMITS[Way.PUBLIC].values()} == {Mark.CLEAR}
    assert {limit for limit in LIMITS[Way.CHANNEL].values()} == {Mark.GREEN}
    assert LIMITS[Way.PASSED_ON][Reader.PARTNER] == LIMITS[Way.PASSED_ON][Reader.NAMED] == Mark.AMBER
    assert LIMITS[Way.TAKEN][Reader.PARTNER] == Mark.AMBER_STRICT
    assert not may_leave("TLP:UNCLEAR", Way.TAKEN, Reader.ORIGINATOR)


# ── the doors ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def case(people: People, files_root: Any) -> Incident:
    """A case of Vela's that Meridian oversees."""
    incident = filed(people.vela.analyst, mark="TLP:CLEAR")
    taken_out(people.vela.analyst, incident, people.meridian.organisation, Grade.OVERSEE, may_export=True)
    return incident


ROLES = [value for value, _label in FOR_MEMBERS]


def everything(house: House) -> Actor:
    """A member of it with every role: what is refused to them is refused for the mark's sake."""
    actor = member(house.organisation, Role.ANALYST, suffix="-all")
    with acting_as(actor.principal):
        actor.user.memberships.update(roles=ROLES)
    return Actor(actor.user, house.organisation, tuple(ROLES))


def named(people: People, case: Incident) -> Actor:
    """Somebody of Meridian's to whom the case was shared by name as well."""
    actor = everything(people.meridian)
    with acting_as(people.vela.analyst.principal):
        grant_person(
            actor=people.vela.analyst, reference=case.reference, email=actor.user.email, reason="Named", may_export=True,
            organisation=people.meridian.organisation, grade=Grade.OVERSEE,
        )  # fmt: skip
    return actor


READERS: dict[Reader, Callable[[People, Incident], Actor]] = {
    Reader.PARTNER: lambda people, _case: everything(people.meridian),
    Reader.NAMED: named,
    Reader.ORIGINATOR: lambda people, _case: everything(people.vela),
}


def package(actor: Actor, case: Incident, item: EvidenceItem) -> None:
    """Asked for, for somebody else."""
    exchange.request_package(
        actor=actor, reference=case.reference, mark="TLP:RED", recipient="Court", purpose="Case 7", items=[item.label]
    )


def record(actor: Actor, case: Incident, item: EvidenceItem) -> None:
    """A custody record."""
    exchange.request_record(actor=actor, reference=case.reference, label=item.label)


def listed(actor: Actor, case: Incident, item: EvidenceItem) -> None:
    """The list: what is refused stands in it as withheld."""
    data = exchange.list_as_csv(actor=actor, reference=case.reference).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(data))
    assert row["mark"] == item.mark and row["evidence_class"]
    if row["title"] == "Withheld":
        assert not row["sha256"] and not row["origin"] and not row["contributed_by"] and item.title not in data
        raise NotCleared([(item.label, item.mark)])


def opened(actor: Actor, case: Incident, item: EvidenceItem) -> None:
    """The original, for a purpose."""
    file = the_file(actor, item)
    with acting_as(actor.principal):
        answer = evidence.open_file(
            actor=actor, reference=case.reference, label=item.label, sha256=file.sha256, purpose="Compare"
        )
    assert answer.handle is not None
    answer.handle.close()


def review(actor: Actor, case: Incident, item: EvidenceItem) -> None:
    """A review that carries what is so marked."""
    accountability.request_review(actor=actor, reference=case.reference, mark=item.mark)


FILES = [(package, Way.PASSED_ON), (record, Way.TAKEN), (listed, Way.TAKEN), (review, Way.TAKEN), (opened, Way.OPENED)]


@pytest.mark.parametrize(("door", "way"), FILES, ids=lambda each: getattr(each, "__name__", ""))
@pytest.mark.parametrize("reader", READERS, ids=lambda each: each.name)
def test_files_leave_with_whom_their_mark_allows(
    people: People, case: Incident, door: Callable[[Actor, Incident, EvidenceItem], None], way: Way, reader: Reader
) -> None:
    actor = READERS[reader](people, case)
    item = given(people.vela.analyst, case, mark="TLP:CLEAR")
    found = {}
    for mark in Mark.values:
        with acting_as(people.vela.analyst.principal):
            evidence.change_mark(actor=people.vela.analyst, reference=case.reference, label="E-1", mark=mark)
            item.refresh_from_db()
        with transaction.atomic(), acting_as(actor.principal):
            try:
                door(actor, case, item)
                found[mark] = True
            except NotCleared as refused:
                assert refused.code == "above_clearance" and refused.status == 409
                found[mark] = False
            finally:
                transaction.set_rollback(True)
    assert found == {mark: may_leave(mark, way, reader) for mark in Mark.values}


def test_a_marked_case_marks_everything_that_leaves_it(people: People, case: Incident) -> None:
    """The case's own mark counts at each door as an item's does."""
    actor = everything(people.meridian)
    item = given(people.vela.analyst, case, mark="TLP:CLEAR")
    with acting_as(people.vela.analyst.principal):
        edit_incident(actor=people.vela.analyst, reference=case.reference, version=1, facts={"mark": "TLP:RED"})
    for door, way in FILES:
        if way is Way.OPENED:
            continue
        item.mark = "TLP:RED"  # what a review of this case has to carry
        with transaction.atomic(), acting_as(actor.principal):
            with pytest.raises(NotCleared):
                door(actor, case, item)
            transaction.set_rollback(True)


@pytest.mark.parametrize("mark", Mark.values)
def test_lines_that_are_not_ours_carry_more_than_an_id_only_at_green(people: People, case: Incident, mark: str) -> None:
    """E-mail and its digest: the mark it was told with, or the one the case has now, whichever is stricter."""
    analyst = people.vela.analyst
    with acting_as(analyst.principal):
        choose_email(actor=analyst, email="each")
        tell(
            kind="watched.summary", to=[analyst.user], key=mark, root_id=case.pk, reference=case.reference, mark=mark,
            subject="Quillwort", words={"verb": "incident.edited", "n": 1},
        )  # fmt: skip
    assert send_to(analyst.user.pk, "each") == 1
    told = f"{mail.outbox[0].subject} {mail.outbox[0].body}"
    assert ("changed the facts" in told) is ("Quillwort" in told) is may_leave(mark, Way.CHANNEL)
    assert case.reference in told and "/inbox/" in told


@pytest.mark.parametrize("mark", Mark.values)
def test_the_public_reads_clear_and_nothing_else(
    people: People, public_login: None, mark: str, monkeypatch: Any
) -> None:
    """The pages of published findings ask the same rule; the public login's policy says it once more (tests/attribution)."""
    asked: dict[str, Any] = {}

    class Rows:
        def using(self, _alias: str) -> "Rows":
            return self

        def filter(self, **wanted: Any) -> "Rows":
            asked.update(wanted)
            return self

        def only(self, *_names: str) -> "Rows":
            return self

        def order_by(self, *_names: str) -> list[Any]:
            return []

    monkeypatch.setattr("attribution.ui.published.FindingIssue.objects", Rows())
    issues()
    assert (mark in asked["mark__in"]) is may_leave(mark, Way.PUBLIC)


# ── marks that change ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "strict", "loose"), [("mark", "TLP:RED", "TLP:GREEN"), ("pap", "PAP:RED", "PAP:GREEN")]
)
def test_only_the_originator_relaxes_with_a_reason_and_derivatives_follow_upwards(
    people: People, files_root: Any, name: str, strict: str, loose: str
) -> None:
    vela, meridian = people.vela.analyst, everything(people.meridian)
    case = filed(vela, mark="TLP:CLEAR")
    shared(vela, case, people.meridian.organisation, Grade.CONTRIBUTE)
    source = given(meridian, case, mark="TLP:AMBER", pap="PAP:GREEN")
    derived = given(vela, case, data=b"derived\n", mark="TLP:AMBER", pap="PAP:GREEN")

    def change(actor: Actor, item: EvidenceItem, value: str, reason: str = "") -> None:
        now = {"mark": "TLP:AMBER", "pap": "PAP:GREEN", name: value}
        with transaction.atomic(), acting_as(actor.principal):
            evidence.change_mark(actor=actor, reference=case.reference, label=item.label, **now, reason=reason)

    with acting_as(vela.principal):
        evidence.link_lineage(
            actor=vela, reference=case.reference, label=derived.label, other=source.label, kind="derived_from"
        )
    change(meridian, source, strict)
    with acting_as(vela.principal):
        derived.refresh_from_db()
        assert getattr(derived, name) == strict
    with pytest.raises(OnlyOriginatorRelaxes):
        change(vela, source, loose, "We would like to.")
    with pytest.raises(Invalid) as refused:
        change(meridian, source, loose)
    assert list(refused.value.fields) == ["reason"]
    change(meridian, source, loose, "Published by us since.")
    with acting_as(vela.principal):
        derived.refresh_from_db()
        assert getattr(derived, name) == strict  # until its own originator relaxes it
        last = MarkChange.objects.filter(incident=case, label=source.label).first()
        assert last is not None
        assert (last.reason, getattr(last, name), last.organisation) == (
            "Published by us since.",
            loose,
            meridian.organisation,
        )
    with acting_as(vela.principal), pytest.raises(DatabaseError), transaction.atomic():  # behind the service's back
        EvidenceItem.objects.filter(pk=source.pk).update(**{name: "TLP:CLEAR" if name == "mark" else "PAP:CLEAR"})


def test_a_cases_mark_is_relaxed_by_its_holder_with_a_reason(people: People) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst, mark="TLP:RED", pap="PAP:RED")
    for facts in ({"mark": "TLP:AMBER"}, {"pap": "PAP:GREEN"}):
        with pytest.raises(Invalid) as refused, acting_as(analyst.principal):
            edit_incident(actor=analyst, reference=incident.reference, version=1, facts=facts)
        assert list(refused.value.fields) == ["mark_reason"]
    with acting_as(analyst.principal):
        edit_incident(
            actor=analyst,
            reference=incident.reference,
            version=1,
            facts={"mark": "TLP:AMBER"},
            mark_reason="Said in public.",
        )
        change = MarkChange.objects.get(incident=incident)
        assert (change.mark_before, change.mark, change.reason) == ("TLP:RED", "TLP:AMBER", "Said in public.")
    with acting_as(analyst.principal), pytest.raises(DatabaseError), transaction.atomic():  # behind the service's back
        Incident.objects.filter(pk=incident.pk).update(mark="TLP:CLEAR")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_what_was_made_before_a_mark_became_stricter_is_not_handed_out(
    people: People, case: Incident, django_capture_on_commit_callbacks: Any
) -> None:
    analyst, coordinator = people.vela.analyst, people.vela.coordinator
    given(analyst, case, mark="TLP:AMBER")
    with django_capture_on_commit_callbacks(execute=True):
        with acting_as(analyst.principal):
            exchange.request_record(actor=analyst, reference=case.reference, label="E-1")
        with acting_as(coordinator.principal):
            accountability.request_review(actor=coordinator, reference=case.reference, mark="TLP:AMBER")
    with acting_as(analyst.principal):
        assert CustodyRecord.objects.get().job.state == "done"
        exchange.read_record(actor=analyst, reference=case.reference, label="E-1", number=1)
        evidence.change_mark(actor=analyst, reference=case.reference, label="E-1", mark="TLP:RED")
        with pytest.raises(RecordOvertaken):
            exchange.read_record(actor=analyst, reference=case.reference, label="E-1", number=1)
    with acting_as(coordinator.principal), pytest.raises(ReviewOvertaken):
        accountability.download_review(actor=coordinator, reference=case.reference, number=1)


@pytest.mark.parametrize("pap", Pap.values)
def test_nothing_the_other_side_could_notice_is_done_above_pap_green(
    people: People, settings: Any, files_root: Any, pap: str
) -> None:
    settings.CAPTURE_CHROMIUM = "/bin/true"
    analyst = people.vela.analyst
    incident = filed(analyst, pap=pap)
    with acting_as(analyst.principal):
        ask: dict[str, Any] = {
            "actor": analyst,
            "reference": incident.reference,
            "url": "https://93.184.216.34/",
            "facts": {},
        }
        if PAP_ORDER[pap] > PAP_ORDER[Pap.GREEN]:
            with pytest.raises(TouchForbidden):
                ask_capture(**ask)
        else:
            assert ask_capture(**ask).pap == pap
