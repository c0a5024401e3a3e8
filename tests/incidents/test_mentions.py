"""Naming somebody with @: told where, to who may see it and to nobody else, and the writer learns nothing by it (SHR-5)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given as always
from hypothesis import strategies as st

from core.tenancy import acting_as
from evidence.services import grade_item
from incidents import blind, hiding
from incidents.mentions import MOST, names_in
from incidents.models import Incident
from incidents.services import add_timeline_entry
from notifications.models import Notification
from organisations.actors import Actor
from organisations.roles import Grade, Role
from remediation import services as remediation
from tests.evidence.builders import given, shared
from tests.people import People
from tests.stores import own_store
from tests.tenancy.test_walls import filed

pytestmark = [pytest.mark.django_db, pytest.mark.duty("SHR-5")]

KINDS = ("case.mentioned", "evidence.mentioned")


@pytest.fixture
def files_root(tmp_path: Path, settings: Any) -> Path:
    """An empty store."""
    return own_store(tmp_path, settings)


@pytest.fixture
def incident(people: People) -> Incident:
    """A case of Vela's that Meridian assesses and Palaver sees the summary of; Orrin has nothing."""
    case = filed(people.vela.analyst)
    for house, role in (
        ("meridian", Role.FORENSIC_ASSESSOR),
        ("palaver", Role.COORDINATOR),
        ("orrin", Role.COORDINATOR),
    ):
        getattr(people, house).person(role)
    shared(people.vela.analyst, case, people.meridian.organisation, Grade.ASSESS)
    shared(people.vela.analyst, case, people.palaver.organisation, Grade.SUMMARY)
    return case


def short(actor: Actor) -> str:
    """A person's name, written together."""
    return actor.user.name.replace(" ", ".")


def wrote(actor: Actor, incident: Incident, text: str) -> Any:
    """Something written into the timeline for colleagues."""
    with acting_as(actor.principal):
        return add_timeline_entry(
            actor=actor, reference=incident.reference, entry={"at": {"precision": "unknown"}, "what": text}
        )


def told(actor: Actor) -> list[tuple[str, str]]:
    """Of what somebody was told that they were named in."""
    with acting_as(actor.principal):
        rows = Notification.objects.filter(recipient=actor.user, kind__in=KINDS).order_by("pk")
        return list(rows.values_list("kind", "subject"))


# ── the parser ───────────────────────────────────────────────────────────────────────────────────────────────────────

NAMES = st.from_regex(r"[a-z]{2,8}([.-][a-z]{1,8}){0,2}", fullmatch=True)


@always(st.lists(NAMES, max_size=5), st.sampled_from([" ", ", ", "\n", ") (", "؛ "]))
def test_every_name_written_with_at_is_found_once_and_nothing_else(names: list[str], between: str) -> None:
    text = between.join(f"@{name}" for name in names)
    assert names_in(f"Ask {text}.", text.upper()) == list(dict.fromkeys(names))
    assert names_in(between.join(f"mail{name}@example.org" for name in names)) == []


@pytest.mark.parametrize("text", ["", "@", "@ amal", "a@b.example", "@@@", "https://x.example/@somebody", "@-", "@_x"])
def test_what_is_no_name_is_none(text: str) -> None:
    assert names_in(text) == []


def test_a_list_of_everybody_is_no_conversation() -> None:
    assert len(names_in(" ".join(f"@n{number}" for number in range(100)))) == MOST


# ── who is told ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_may_see_the_case_is_told_and_nobody_else(people: People, incident: Incident) -> None:
    assessor, coordinator = people.meridian.person(Role.FORENSIC_ASSESSOR), people.palaver.coordinator
    stranger, analyst = people.orrin.coordinator, people.vela.analyst
    wrote(
        analyst,
        incident,
        f"Power is back. @{short(assessor)}, @palaver, @{short(stranger)}, @orrin, @nobody: see. @{short(analyst)}",
    )
    assert told(assessor) == told(coordinator) == [("case.mentioned", "")]
    assert told(stranger) == told(analyst) == []
    # What Orrin was not told it is not told later either.
    shared(analyst, incident, people.orrin.organisation, Grade.SUMMARY)
    assert told(stranger) == []


def test_the_writer_learns_nothing_from_the_answer(
    people: People, incident: Incident, sign_in: Callable[[Actor], Client]
) -> None:
    client = sign_in(people.vela.analyst)
    answers = []
    for name in (
        short(people.meridian.person(Role.FORENSIC_ASSESSOR)),
        short(people.orrin.coordinator),
        "nobody.at.all",
    ):
        sent = {"at": {"precision": "unknown"}, "what": f"@{name} knows"}
        answer = client.post(f"/api/v1/incidents/{incident.reference}/timeline/", sent, "application/json")
        answers.append((answer.status_code, sorted(answer.json())))
    assert answers[0][0] == 201 and answers[0] == answers[1] == answers[2]


def test_what_hangs_on_evidence_is_told_to_who_sees_evidence(
    people: People, incident: Incident, files_root: Any
) -> None:
    item = given(people.vela.person(Role.CUSTODIAN), incident)
    grader = people.vela.person(Role.FORENSIC_ASSESSOR)
    assessor, coordinator = people.meridian.person(Role.FORENSIC_ASSESSOR), people.palaver.coordinator
    with acting_as(grader.principal):
        grade_item(
            actor=grader, reference=incident.reference, label=item.label, reliability="B", credibility="2",
            reliability_reason=f"As @{short(assessor)} and @{short(coordinator)} said", credibility_reason="@palaver too",
        )  # fmt: skip
    assert told(assessor) == [("evidence.mentioned", item.label)]
    assert told(coordinator) == []
    shared(people.vela.analyst, incident, people.palaver.organisation, Grade.EVIDENCE)
    assert told(coordinator) == []  # and does not find it in the inbox once it sees evidence


def test_a_task_saved_again_tells_nobody_again_but_each_of_its_texts_tells(people: People, incident: Incident) -> None:
    analyst, assessor = people.vela.analyst, people.meridian.person(Role.FORENSIC_ASSESSOR)
    facts = {"title": "Rebuild", "description": f"With @{short(assessor)}", "organisation": "vela", "due": None}
    with acting_as(analyst.principal):
        task = remediation.add_task(actor=analyst, reference=incident.reference, task=facts)
        again = {**facts, "description": f"Soon, with @{short(assessor)}"}
        task = remediation.change_task(
            actor=analyst, reference=incident.reference, number=task.reference, version=task.version, task=again
        )
    assert told(assessor) == [("case.mentioned", task.reference)]
    with acting_as(analyst.principal):
        remediation.cancel_task(
            actor=analyst,
            reference=incident.reference,
            number=task.reference,
            reason="other",
            note=f"@{short(assessor)} did it",
        )
    assert told(assessor) == [("case.mentioned", task.reference)] * 2


def test_without_names_a_handle_tells_and_a_name_does_not(people: People, incident: Incident) -> None:
    analyst, assessor = people.vela.analyst, people.meridian.person(Role.FORENSIC_ASSESSOR)
    stranger = people.orrin.coordinator
    with acting_as(analyst.principal):
        hiding.set_blind(actor=analyst, reference=incident.reference, hidden=True)
        pairs = [(incident.pk, assessor.user.pk), (incident.pk, stranger.user.pk)]
        handles = [blind.give_handles([pair])[pair].slug for pair in pairs]
    wrote(analyst, incident, f"@{short(assessor)} @meridian @palaver")
    assert told(assessor) == told(people.palaver.coordinator) == []
    wrote(analyst, incident, f"@{handles[0]} and @{handles[1]}, please look")
    assert told(assessor) == [("case.mentioned", "")]
    assert told(stranger) == []


def test_the_database_answers_only_who_sees_the_case(people: People, incident: Incident) -> None:
    asked: list[Any] = [incident.pk, [short(people.meridian.person(Role.FORENSIC_ASSESSOR)).lower()], [], 10]
    for actor, found in ((people.vela.analyst, 1), (people.orrin.coordinator, 0)):
        with acting_as(actor.principal), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM incident_mentioned(%s, %s, %s, %s)", asked)
            assert len(cursor.fetchall()) == found
