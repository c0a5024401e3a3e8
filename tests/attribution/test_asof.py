"""A finding as it stood on a day, and what differs between two days: by service, page and program (issue of record and world)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from attribution import asof, services
from attribution.models import Contest, Finding, Opinion, RelyingParty, StandingChange
from core import clock
from core.errors import Invalid
from evidence.models import EvidenceItem
from evidence.services import withdraw_item
from organisations.actors import Actor

from .ground import Ground, as_

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-6"), pytest.mark.duty("ATT-8")]
SignIn = Callable[[Actor], Client]
MOVED = (
    ("attribution_standingchange", "at"), ("evidence_gradeentry", "graded_at"), ("evidence_evidenceitem", "received_at"),
    ("evidence_lineage", "added_at"), ("attribution_hypothesis", "added_at"), ("attribution_contest", "opened_at"),
    ("attribution_panel", "convened_at"), ("attribution_panel", "revealed_at"), ("attribution_opinion", "revealed_at"),
    ("attribution_finding", "proposed_at"), ("evidence_custodyentry", "at"),
)  # fmt: skip


def earlier(days: int) -> None:
    """Everything recorded so far was recorded so many days before: time passes for the record, not for the test."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, column in MOVED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            cursor.execute(f"UPDATE {table} SET {column} = {column} - make_interval(days => %s)", [days])
            cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("SET LOCAL ROLE norms_app")


def finding(ground: Ground) -> Finding:
    with as_(ground.analyst):
        found = Finding.objects.select_related("hypothesis", "incident").get(incident=ground.incident, number=1)
        found.incident = ground.incident
        return found


def seen(ground: Ground, ago: int, by: str = "") -> asof.AsOf:
    """The finding as its analyst sees it, so many days ago."""
    with as_(ground.analyst):
        return asof.as_of(finding(ground), clock.today() - timedelta(days=ago), by)


def differs(ground: Ground, *ago: int) -> dict[tuple[str, str, str], tuple[Any, Any]]:
    """What differs, by part, key and what."""
    changes = asof.compared(*(seen(ground, each) for each in ago))
    return {(row.part, row.key, row.what or row.kind): (row.before, row.after) for row in changes}


@pytest.fixture
def grown(ground: Ground) -> Ground:
    """Proposed thirty days ago; twenty days ago its panel was opened and it was corroborated; ten days ago E-2 was withdrawn and
    it was contested."""
    ground.ready()
    earlier(10)
    ground.revealed({}, {"position": "dissent", "dissent": "Not shown."}, {})
    earlier(10)
    with as_(ground.collector):
        withdraw_item(actor=ground.collector, reference=ground.reference, label="E-2", reason="Was forged")
    ground.finding()
    with as_(ground.grader):
        services.contest_finding(
            actor=ground.grader, reference=ground.reference, label="F-1", kind="denial", text="They deny it."
        )
    earlier(10)
    return ground


def test_a_day_shows_what_was_on_record_and_nothing_that_came_later(grown: Ground) -> None:
    with as_(grown.analyst):
        steps = list(StandingChange.objects.order_by("pk"))
        assert Contest.objects.exists() and Opinion.objects.filter(revealed_at__isnull=False).count() == 3
    first = seen(grown, 25)
    assert first.basis == "record" and first.recorded == steps[0]
    assert (first.row["tier"], first.row["contested"], first.row["standing"]) == ("T1", False, "current")
    assert set(first.state["items"]) == {"E-1", "E-2", "E-3"} and first.state["items"]["E-2"]["status"] == "held"
    assert first.state["items"]["E-2"] == {"grade": "B2", "status": "held", "links": (), "counts": True}
    assert not first.state["opinions"] and not first.state["contests"] and not first.state["panels"]
    second = seen(grown, 15)
    assert {row["position"] for row in second.state["opinions"].values()} == {"concur", "dissent"}
    assert [row["dissent"] for row in second.state["opinions"].values() if row["dissent"]] == ["Not shown."]
    assert second.state["items"]["E-2"]["status"] == "held" and not second.state["contests"]
    last = seen(grown, 0)
    assert last.row["contested"] is True and last.row["marked_items"] == ("E-2",)
    assert last.state["items"]["E-2"]["status"] == "withdrawn" and last.state["items"]["E-2"]["counts"] is False
    assert {row["kind"] for row in last.state["contests"].values()} == {"denial"}


def test_between_two_days_everything_that_moved_is_told_and_turned_round_it_is_the_same(grown: Ground) -> None:
    found = differs(grown, 25, 0)
    assert found["items", "E-2", "status"] == ("held", "withdrawn") and found["items", "E-2", "counts"] == (True, False)
    assert found["finding", "", "contested"] == (False, True)
    assert (
        ("opinions", "S-2", "added") in found
        and ("panels", "P-1", "added") in found
        and ("contests", "1", "added") in found
    )
    assert found["requirements", "T3 no_open_contest", "met"][1] is False
    back = differs(grown, 0, 25)
    assert back["items", "E-2", "status"] == ("withdrawn", "held") and ("opinions", "S-2", "gone") in back
    assert len(back) == len(found) and differs(grown, 15, 15) == {}


def test_before_it_was_proposed_the_day_is_read_by_what_was_known(grown: Ground) -> None:
    day = seen(grown, 40)
    assert day.basis == "world" and day.recorded is None
    assert day.row["tier"] == "T1" and set(day.state["items"]) == {"E-1", "E-2", "E-3"}, "collected long before"
    nothing = seen(grown, 9000)
    assert nothing.row == {} and not any(nothing.state.values())
    by_world = seen(grown, 5, "world")
    assert by_world.basis == "world" and set(by_world.state["items"]) == {"E-1", "E-2", "E-3"}
    none = seen(grown, 40, "record")
    assert none.row == {} and none.explanation == {} and none.state["items"] == {}


def test_a_review_that_was_put_off_since_was_due_earlier_then(ground: Ground) -> None:
    ground.ready()
    before = finding(ground).review_on
    earlier(3)
    with as_(ground.analyst):
        services.extend_review(
            actor=ground.analyst,
            reference=ground.reference,
            label="F-1",
            review_on=before + timedelta(days=2),
            reasons="A log.",
        )
    assert seen(ground, 2).row["review_on"] == before.isoformat()
    assert seen(ground, 0).row["review_on"] == (before + timedelta(days=2)).isoformat()


@pytest.mark.duty("ATT-7")
def test_a_sealed_round_stands_in_no_day_not_even_for_its_members(ground: Ground) -> None:
    ground.ready()
    ground.sealed({}, {"position": "dissent", "dissent": "Quince."}, {})
    member = ground.members[1]
    with as_(member):
        assert Opinion.objects.exists()
        for by in ("record", "world"):
            day = asof.as_of(Finding.objects.get(number=1), clock.today(), by)
            assert day.state["opinions"] == {} and "Quince" not in str(day)
            assert day.state["panels"] == {"P-1": {"state": "at_work"}}


@pytest.mark.duty("SHR-7")
def test_what_the_reader_may_not_see_now_stands_in_neither_day(grown: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """An item that is not in the reader's world does not come back through the past, nor through a difference."""
    whole = EvidenceItem.objects.filter
    monkeypatch.setattr(EvidenceItem.objects, "filter", lambda *a, **k: whole(*a, **k).exclude(number=2))
    with as_(grown.analyst):
        day = asof.as_of(finding(grown), clock.today() - timedelta(days=25), "record")
    assert set(day.state["items"]) == {"E-1", "E-3"}


def test_a_day_that_has_not_come_and_another_history_are_refused(grown: Ground) -> None:
    for ago, by, field in ((-1, "", "on"), (1, "rumour", "by")):
        with pytest.raises(Invalid) as refused:
            seen(grown, ago, by)
        assert list(refused.value.fields) == [field]


# ── doors ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def page(ground: Ground, query: str = "") -> str:
    return f"/incidents/{ground.reference}/attribution/findings/F-1/as-of/{query}"


def ago(days: int) -> date:
    return clock.today() - timedelta(days=days)


def test_the_page_shows_a_day_and_what_differs_and_can_be_linked(grown: Ground, sign_in: SignIn) -> None:
    client = sign_in(grown.analyst)
    finding_page = client.get(f"/incidents/{grown.reference}/attribution/findings/F-1/").content.decode()
    assert page(grown) in finding_page
    html = client.get(page(grown)).content.decode()
    assert "Contested" in html and "Withdrawn" in html
    html = client.get(page(grown, f"?on={ago(25)}")).content.decode()
    assert "They deny it." not in html and "Not shown." not in html and "As it was recorded here" in html
    html = client.get(page(grown, f"?on={ago(25)}&against={ago(0)}")).content.decode()
    for said in (
        "What differs",
        "E-2",
        "was opened",
        "was put on record",
        "No longer",
        "Held",
        "Withdrawn",
        "Turn it round",
    ):
        assert said in html or said == "No longer", said
    assert f"on={ago(0)}&amp;against={ago(25)}" in html
    assert (
        "Nothing differs between these days."
        in client.get(page(grown, f"?on={ago(15)}&against={ago(15)}")).content.decode()
    )
    assert "Nothing was known by this day" in client.get(page(grown, "?on=1999-01-01")).content.decode()
    with as_(grown.analyst):
        assert RelyingParty.objects.filter(user=grown.analyst.user, how="shown").exists()


@pytest.mark.parametrize(
    "query",
    ["?on=yesterday", "?on=2999-01-01", "?on=2026-01-01&against=2999-01-01", "?on=", "?on=2026-01-01&by=rumour"],
)
def test_a_wrong_day_is_said_beside_its_field(grown: Ground, sign_in: SignIn, query: str) -> None:
    client = sign_in(grown.analyst)
    assert client.get(page(grown, query)).status_code == 422
    if query != "?on=":
        answer = client.get(f"/api/v1{page(grown, query)}")
        assert answer.status_code == 400 and answer["Content-Type"] == "application/problem+json"


def test_a_program_asks_for_a_day_and_for_a_difference(grown: Ground, sign_in: SignIn) -> None:
    client = sign_in(grown.analyst)
    day = client.get(f"/api/v1{page(grown, f'?on={ago(25)}')}").json()
    assert (day["on"], day["by"], day["finding"]["tier"]) == (ago(25).isoformat(), "record", "T1")
    assert day["changes"] is None and [row["key"] for row in day["items"]] == ["E-1", "E-2", "E-3"]
    both = client.get(f"/api/v1{page(grown, f'?on={ago(25)}&against={ago(0)}')}").json()
    assert both["against"]["finding"]["contested"] is True
    assert {
        "part": "items",
        "key": "E-2",
        "kind": "moved",
        "what": "status",
        "before": "held",
        "after": "withdrawn",
    } in both["changes"]
    assert client.get(f"/api/v1{page(grown)}").json()["on"] == clock.today().isoformat()


@pytest.mark.duty("SHR-7")
def test_another_tenant_finds_no_day(grown: Ground, sign_in: SignIn) -> None:
    client = sign_in(grown.people.orrin.admin)
    for address in (page(grown), f"/api/v1{page(grown)}", page(grown, "?on=2026-01-01&against=2026-02-01")):
        assert client.get(address).status_code == 404


def test_pages_of_a_day_ask_the_database_little_whatever_the_number_of_items(grown: Ground, sign_in: SignIn) -> None:
    client = sign_in(grown.analyst)
    client.get(page(grown))
    counts = {}
    for name, query in {
        "a day on record": f"?on={ago(25)}",
        "a day of the world": f"?on={ago(25)}&by=world",
        "two days": f"?on={ago(25)}&against={ago(0)}",
        "today": f"?on={ago(0)}",
    }.items():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page(grown, query)).status_code == 200
        counts[name] = len(asked)
    assert counts["a day on record"] <= 24 and counts["a day of the world"] <= 36 and counts["two days"] <= 36, counts
    grown.items.clear()
    grown.evidence()
    with CaptureQueriesContext(connection) as asked:
        client.get(page(grown, f"?on={ago(0)}"))
    assert len(asked) <= counts["today"], "three more items cost no more statements"
