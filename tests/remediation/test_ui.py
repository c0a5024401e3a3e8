"""The pages: who gets which answer, what they say in words, and that they work without any script."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from ledger.models import Entry
from organisations.actors import Actor
from organisations.roles import Grade
from remediation import services
from remediation.models import RemediationTask, RestorationUpdate, ServiceRestoration
from tests.people import People
from tests.tenancy.test_walls import filed

from .conftest import Ground, as_actor, at_most, state

pytestmark = [pytest.mark.django_db, pytest.mark.duty("REM-1"), pytest.mark.duty("REM-2")]
SignIn = Callable[[Actor], Client]
Share = Callable[..., None]

MOMENT = {"at_0": "5", "at_1": "1", "at_2": "2026", "at_3": "06:00", "at_4": "UTC", "at_5": "exact"}


def tasks(actor: Actor, ground: Ground, *titles: str, **more: Any) -> list[RemediationTask]:
    with as_actor(actor):
        return [
            services.add_task(
                actor=actor,
                reference=ground.reference,
                task={"title": title, "organisation": actor.organisation.slug, **more},
            )
            for title in titles
        ]


def pages(ground: Ground) -> list[str]:
    """Every page of the room, with a task R-1 in the case."""
    base = f"/incidents/{ground.reference}/remediation/"
    service, task = f"{base}services/{ground.hospital}/", f"{base}tasks/R-1/"
    return [
        base, service, f"{service}update/", f"{service}target/", f"{service}backup/", f"{service}confirm/", f"{base}tasks/new/",
        task, f"{task}change/", f"{task}complete/", f"{task}verify/", f"{task}cancel/",
    ]  # fmt: skip


READS = {0, 1, 7}


def test_every_page_answers_each_person_as_the_rules_say(
    people: People, ground: Ground, sign_in: SignIn, share: Share
) -> None:
    tasks(people.vela.analyst, ground, "Rebuild")
    share(people.orrin.organisation, Grade.SUMMARY)
    for actor, answers in (
        (people.vela.coordinator, {200}),
        (people.orrin.coordinator, {200, 403}),
        (people.tessera.coordinator, {404}),
    ):
        client = sign_in(actor)
        for place, page in enumerate(pages(ground)):
            answer = client.get(page).status_code
            expected = (
                200 if 200 in answers and (len(answers) == 1 or place in READS) else 403 if 403 in answers else 404
            )
            assert answer == expected, (actor.user, page)


def test_every_page_has_one_heading_one_primary_button_and_nothing_inline(
    people: People, ground: Ground, sign_in: SignIn
) -> None:
    tasks(people.vela.analyst, ground, "Rebuild", "Test", due="2026-01-01")
    with as_actor(people.vela.analyst):
        services.post_update(
            actor=people.vela.analyst, reference=ground.reference, service_id=ground.hospital, update=state("down")
        )
    client = sign_in(people.vela.coordinator)
    for page in [*pages(ground), f"{pages(ground)[0]}?view=board"]:
        text = client.get(page).content.decode()
        assert text.count("<h1") == 1, page
        assert len(re.findall(r'class="(?:button )?primary"', text)) <= 1, page
        assert not re.search(r"<[^>]+\s(?:style|on[a-z]+)=", text), page
        ids = re.findall(r'\sid="([^"]+)"', text)
        assert len(ids) == len(set(ids)), page


def test_a_child_of_one_case_is_not_found_through_another(people: People, ground: Ground, sign_in: SignIn) -> None:
    tasks(people.vela.analyst, ground, "Rebuild")
    other = filed(people.vela.analyst)
    client = sign_in(people.vela.coordinator)
    for page in pages(ground):
        if not page.endswith(("/remediation/", "/new/")):
            assert client.get(page.replace(ground.reference, other.reference)).status_code == 404, page


def test_an_update_is_posted_and_read_again(people: People, ground: Ground, sign_in: SignIn) -> None:
    client = sign_in(people.vela.analyst)
    page = pages(ground)[2]
    data = {
        **MOMENT,
        "state": "degraded",
        "capacity": "40 %",
        "people_0": "100",
        "people_1": "",
        "people_2": "300",
        "note": "<b>Paper</b>",
        "next_update_in": "4",
    }
    done = client.post(page, data)
    assert (done.status_code, done["Location"]) == (303, pages(ground)[1])
    text = client.get(done["Location"]).content.decode()
    assert "Degraded" in text and "40 %" in text and "between 100 and 300 people" in text
    assert "&lt;b&gt;Paper&lt;/b&gt;" in text and "<b>Paper</b>" not in text
    update = RestorationUpdate.objects.get()
    assert update.at is not None and update.at.isoformat() == "2026-01-05T06:00:00+00:00"
    with as_actor(people.vela.analyst):
        assert Entry.objects.filter(verb="restoration.updated").count() == 1


def test_a_mistake_comes_back_beside_its_field_and_nothing_typed_is_lost(
    people: People, ground: Ground, sign_in: SignIn
) -> None:
    answer = sign_in(people.vela.analyst).post(
        pages(ground)[2], {**MOMENT, "state": "down", "capacity": "150", "note": "We work on paper."}
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "There is a problem" in text and "Enter a whole number from 0 to 100" in text
    assert "We work on paper." in text and 'value="150"' in text
    assert not RestorationUpdate.objects.exists()


def test_the_page_says_no_in_words_when_the_rule_does(people: People, ground: Ground, sign_in: SignIn) -> None:
    answer = sign_in(people.vela.analyst).post(pages(ground)[2], {**MOMENT, "state": "restored"})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "integrity of the backup" in text and "owner of the service" in text


def test_backup_word_and_target_by_their_pages(people: People, ground: Ground, sign_in: SignIn) -> None:
    client = sign_in(people.vela.analyst)
    _base, service, update, target, backup, confirm, *_rest = pages(ground)
    assert client.post(target, {"target_hours": "48"}).status_code == 303
    assert client.post(target, {"target_hours": "-1"}).status_code == 422
    assert client.post(backup, {"passed": "yes", "note": "Compared hashes."}).status_code == 303
    assert client.post(confirm, {"words": ""}).status_code == 422
    assert client.post(confirm, {"words": "Dr. Brown by telephone"}).status_code == 303
    assert client.post(update, {**MOMENT, "state": "restored"}).status_code == 303
    text = client.get(service).content.decode()
    assert "Dr. Brown by telephone" in text and "Compared hashes." in text and "2 d" in text
    assert ServiceRestoration.objects.get().state == "restored"


def test_an_operator_confirms_on_the_page(people: People, ground: Ground, sign_in: SignIn, share: Share) -> None:
    share(people.brigid.organisation, Grade.SUMMARY)
    client = sign_in(people.brigid.coordinator)
    assert "Confirm that it works again" in client.get(pages(ground)[1]).content.decode()
    assert client.post(pages(ground)[5], {"words": ""}).status_code == 303
    assert ServiceRestoration.objects.get().confirmed_as == "operator"


def test_what_is_not_known_says_so(people: People, ground: Ground, sign_in: SignIn) -> None:
    """AT-14: never 0, never empty."""
    text = sign_in(people.vela.analyst).get(pages(ground)[0]).content.decode()
    assert "No report yet" in text and "at least 300 people" in text
    assert re.search(r"Hours of service lost</dt><dd><span class=\"not-known\">Not known", text)


def test_a_day_has_no_hour_in_the_chart(people: People, ground: Ground, sign_in: SignIn) -> None:
    day = {"state": "down", "at": {"at": "2026-01-05T00:00:00Z", "precision": "day"}}
    services.post_update(actor=people.vela.analyst, reference=ground.reference, service_id=ground.hospital, update=day)
    text = sign_in(people.vela.analyst).get(pages(ground)[1]).content.decode()
    table = text[text.index("The same numbers as a table") :]
    assert "5 Jan 2026" in table and "5 Jan 2026, 00:00" not in table


def test_a_stretch_with_an_undated_report_is_drawn_as_not_known(people: People, ground: Ground) -> None:
    from remediation.selectors import one_service
    from remediation.ui.figures import spans_of

    for update in (state("down"), {"state": "degraded"}, state("partially_restored", "2026-01-07T06:00:00Z")):
        services.post_update(
            actor=people.vela.analyst, reference=ground.reference, service_id=ground.hospital, update=update
        )
    row = one_service(ground.incident.servicehits.get(pk=ground.hospital))
    assert [span.state for span in spans_of(row.history)] == ["unknown", "partially_restored"]


def test_a_task_walks_through_the_pages(people: People, ground: Ground, sign_in: SignIn) -> None:
    base = pages(ground)[0]
    client = sign_in(people.vela.analyst)
    added = client.post(
        f"{base}tasks/new/",
        {"title": "Rebuild", "organisation": "vela", "due": "2026-01-01", "service": ground.hospital},
    )
    assert added.status_code == 303
    assert "Overdue by" in client.get(base).content.decode()
    task = f"{base}tasks/R-1/"
    for to in ("agreed", "in_progress"):
        assert client.post(f"{task}move/", {"to": to}).status_code == 303
    asks = client.post(f"{task}move/", {"to": "done"})
    assert (asks.status_code, asks["Location"]) == (303, f"{task}complete/")
    assert client.post(asks["Location"], {"completion": ""}).status_code == 422
    assert client.post(asks["Location"], {"completion": "x", "evidence_number": "17"}).status_code == 422
    assert (
        client.post(asks["Location"], {"completion": "Restored twice.", "evidence_number": "E-17"}).status_code == 303
    )
    assert client.get(f"{task}verify/").status_code == 403
    other = sign_in(people.vela.coordinator)
    assert "Verify the task" in other.get(task).content.decode()
    assert other.post(f"{task}verify/", {"outcome": "verified", "verification": "Logged in."}).status_code == 303
    assert RemediationTask.objects.get().status == "verified"
    assert other.post(f"{task}move/", {"to": "in_progress"}).status_code == 409


def test_the_doer_is_told_that_somebody_else_verifies(people: People, ground: Ground, sign_in: SignIn) -> None:
    coordinator = people.vela.coordinator
    tasks(coordinator, ground, "Rebuild")
    with as_actor(coordinator):
        for to in ("agreed", "in_progress"):
            services.move_task(actor=coordinator, reference=ground.reference, number="R-1", to=to)
        services.complete_task(actor=coordinator, reference=ground.reference, number="R-1", completion="Done.")
    client = sign_in(coordinator)
    text = client.get(pages(ground)[7]).content.decode()
    assert "somebody else has to verify it" in text and "Verify the task" not in text
    assert client.post(pages(ground)[10], {"outcome": "verified", "verification": "Fine."}).status_code == 409


def test_a_stale_save_shows_both_versions_and_a_way_forward(people: People, ground: Ground, sign_in: SignIn) -> None:
    tasks(people.vela.analyst, ground, "Rebuild")
    services.change_task(
        actor=people.vela.analyst,
        reference=ground.reference,
        number="R-1",
        version=1,
        task={"title": "Theirs", "due": "2026-12-01"},
    )
    client = sign_in(people.vela.coordinator)
    mine = {"title": "Mine", "organisation": "vela", "due": "2026-11-01", "version": "1"}
    stale = client.post(pages(ground)[8], mine)
    text = stale.content.decode()
    assert stale.status_code == 409
    assert "Theirs" in text and 'value="Mine"' in text and "2026-12-01" in text and 'name="version" value="2"' in text
    merged = client.post(pages(ground)[8], {**mine, "version": "2", "choose-title": "theirs", "choose-due": "mine"})
    assert merged.status_code == 303
    task = RemediationTask.objects.get()
    assert (task.title, str(task.due)) == ("Theirs", "2026-11-01")


def test_a_double_click_adds_one_task(people: People, ground: Ground, sign_in: SignIn) -> None:
    client = sign_in(people.vela.analyst)
    data = {"title": "Rebuild", "organisation": "vela", "once": "k-1"}
    assert [client.post(pages(ground)[6], data).status_code for _ in range(2)] == [303, 303]
    assert RemediationTask.objects.count() == 1


def test_filters_live_in_the_address(people: People, ground: Ground, sign_in: SignIn) -> None:
    tasks(people.vela.analyst, ground, "Late one", due="2026-01-01")
    tasks(people.vela.analyst, ground, "Early one", due="2099-01-01")
    client = sign_in(people.vela.analyst)
    text = client.get(f"{pages(ground)[0]}?overdue=on&view=board").content.decode()
    assert "Late one" in text and "Early one" not in text and "Remove filter:" in text
    nothing = client.get(f"{pages(ground)[0]}?status=verified&owner=orrin").content.decode()
    assert "No task fits these filters" in nothing


def test_the_choices_of_a_partner_name_nobody_they_could_not_know(
    people: People, ground: Ground, sign_in: SignIn, share: Share
) -> None:
    share(people.orrin.organisation)
    share(people.brigid.organisation)
    text = sign_in(people.orrin.coordinator).get(pages(ground)[6]).content.decode()
    assert "Vela National CERT" in text and "Saint Brigid" not in text


@pytest.mark.parametrize("rows", [2, 60])
def test_the_page_asks_as_little_however_many_rows(people: People, ground: Ground, sign_in: SignIn, rows: int) -> None:
    tasks(people.vela.analyst, ground, *(f"Task {n}" for n in range(rows)))
    with as_actor(people.vela.analyst):
        for n in range(rows):
            services.post_update(
                actor=people.vela.analyst, reference=ground.reference, service_id=ground.hospital,
                update=state("down", f"2026-01-05T06:{n % 60:02}:00Z"),
            )  # fmt: skip
    client = sign_in(people.vela.analyst)
    client.get(pages(ground)[0])
    with at_most(11):
        assert client.get(pages(ground)[0]).status_code == 200
    with at_most(8):
        assert client.get(pages(ground)[1]).status_code == 200
