"""Every task and every command × everybody: what is asked for in somebody's name is done only if they may when it runs.

A message of the queue is handed numbers and is not believed: with another's number in it nothing is read and nothing written.
Somebody whose share, guest's time or membership ended after they asked stands in `cast.py` like everybody else.
"""

import contextlib
import inspect
import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command, get_commands, load_command_class
from django.db import DatabaseError, connection, transaction

from core import outward
from core.errors import NotAllowed
from evidence import clamd
from instruments.management.commands import load_instruments
from instruments.services import adopt_shelf
from organisations.actors import actor_for
from organisations.founding import found_platform
from organisations.models import User
from organisations.roles import OWN_HOUSE, actions_of
from organisations.tasks import send_invitation
from signin.tasks import send_notice
from tests.exchange.test_eurepoc import FILES, SMALL
from tests.people import People

from .cast import CAST, Place, those
from .test_crawl import leaks_in
from .workers import (
    COMMANDS,
    TASKS,
    As,
    Row,
    Says,
    Seen,
    asked_for,
    belonging_to,
    by_owner,
    first_askers,
    let_the_owner_see,
    tasks,
)
from .world import SECRETS, World

pytestmark = [
    pytest.mark.django_db, pytest.mark.usefixtures("room"), pytest.mark.duty("SHR-1"), pytest.mark.duty("SHR-2"),
    pytest.mark.duty("SHR-7"),
]  # fmt: skip

ROOT = Path(__file__).resolve().parents[2]
# What a refusal leaves: the work is marked failed, by whoever may still see that they asked.
REFUSED = {"verb document.failed", "verb evidence.work_failed"}
PEOPLE = [person for person in CAST if person.place is not Place.NOBODY]


# ── the closed list ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_task_is_declared_with_whom_it_acts_for() -> None:
    assert set(tasks()) == set(TASKS)
    assert {name for name, work in TASKS.items() if work.acts is As.ASKER} == {
        name for name, work in TASKS.items() if work.asks
    }


def test_a_task_is_handed_numbers_and_looks_everything_else_up_again() -> None:
    for name, task in tasks().items():
        handed = inspect.signature(task.run).parameters
        assert {each.annotation for each in handed.values()} <= {int}, name
        assert (TASKS[name].acts is As.CLOCK) == (not handed), name


def ours() -> dict[str, str]:
    """Commands of this project."""
    return {name: app for name, app in get_commands().items() if isinstance(app, str) and (ROOT / app).is_dir()}


def test_a_command_that_acts_for_somebody_asks_for_whom() -> None:
    assert set(ours()) == set(COMMANDS)
    for name, app in ours().items():
        parser = load_command_class(app, name).create_parser("manage.py", name)
        named = {option for action in parser._actions for option in action.option_strings}
        assert ("--as" in named) == (COMMANDS[name][0] is Says.NAMED), name


# ── tasks in somebody's name ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(autouse=True)
def owner(people: People) -> None:
    """What changed is counted past every policy."""
    let_the_owner_see()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """What takes long and is nobody's permission: setting pages, taking words out, asking a scanner."""
    settings.CLAMD_ADDRESS = "tcp://127.0.0.1:1"
    monkeypatch.setattr(clamd, "scan", lambda *_: clamd.Verdict("clean", "", "engine", "database"))
    monkeypatch.setattr("documents.rendering.run_child", lambda *_: (b"%PDF-1.7", {"pages": 1, "peak_megabytes": 1}))
    monkeypatch.setattr(
        "evidence.services.redaction.run", lambda *_: (b"made", {"hits": [1], "pages": [[1]], "drawn": []})
    )


@dataclass
class Store:
    """The stored files as they were: a database undoes what a test did, a store does not."""

    here: Path
    kept: Path

    def again(self) -> None:
        """Everything back."""
        shutil.rmtree(self.here)
        shutil.copytree(self.kept, self.here)


@pytest.fixture
def store(world: World, files_root: Path, tmp_path: Path) -> Store:
    """Call `again` after what changed it."""
    return Store(files_root, tmp_path / "kept")


def ran(name: str, row: Row, arguments: tuple[int, ...], store: Store) -> tuple[str, set[str], str]:
    """What became of the work, what changed meanwhile, and what fell over; nothing of it stays."""
    if not store.kept.exists():
        shutil.copytree(store.here, store.kept)
    before, fell = Seen.now(), ""
    try:
        with transaction.atomic():
            tasks()[name].run(*arguments)
    except (NotAllowed, DatabaseError):
        pass  # refused aloud, by a service or by the database: a guest has nothing written down in their name
    except Exception as problem:
        fell = repr(problem)
    changed = Seen.now().since(before)
    if any(each.startswith("file ") for each in changed):
        store.again()
    return row.outcome(), changed, fell


def nothing_but_the_refusal(row: Row, changed: set[str]) -> bool:
    """Whether no more is left than the row that says it was refused, with the ledger's word for it."""
    return all(each == row.table or each in REFUSED or each.startswith("ledger_") for each in changed)


@pytest.mark.parametrize("place", [Place.INSIDE, Place.OUTSIDE, Place.NOWHERE], ids=lambda place: place.name.lower())
def test_what_was_asked_in_somebodys_name_is_done_only_if_they_may_when_it_runs(
    people: People, world: World, quick: None, store: Store, place: Place
) -> None:
    waiting = asked_for(people, world)
    assert set(waiting) == {name for name, work in TASKS.items() if work.acts is As.ASKER}
    wrong: list[tuple[Any, ...]] = []
    done: set[str] = set()
    for person in those(place):
        actor = person.make(people, world)
        assert actor is not None
        # What a key is for is asked of whoever asks with it; the work is its person's.
        may = replace(person, scopes=None).may(actor) if place is Place.INSIDE else frozenset()
        if actor.organisation.pk == people.vela.organisation.pk and place is Place.INSIDE:
            may |= actions_of(list(actor.roles)) & OWN_HOUSE
        for name, rows in waiting.items():
            work = TASKS[name]
            for row in rows:
                with transaction.atomic():
                    row.asked_by(actor)
                    outcome, changed, fell = ran(name, row, row.arguments(actor), store)
                    transaction.set_rollback(True)
                # What protects is done for the house also when the person is gone.
                yes = work.asks in may or (work.why and actor.organisation.pk == people.vela.organisation.pk)
                if yes and outcome == "done":
                    done.add(name)
                refused = outcome != "done" and nothing_but_the_refusal(row, changed)
                if fell or (not yes and not refused):
                    wrong.append((person.name, name, outcome, sorted(changed), fell[:200]))
    assert not wrong, "\n".join(map(str, wrong))
    if place is Place.INSIDE:  # the table is no table of refusals
        assert done == set(waiting) - {"publication.tasks.prepare_release"}  # the secretariat's


def test_whoever_asked_gets_what_they_asked_for(people: People, world: World, quick: None, store: Store) -> None:
    """The same rows as they were asked for: each is done."""
    askers, undone = first_askers(people), []
    for name, rows in asked_for(people, world).items():
        actor = askers.get(name, lambda: people.vela.analyst)()
        for row in rows:
            with transaction.atomic():
                outcome, changed, fell = ran(name, row, row.arguments(actor), store)
                transaction.set_rollback(True)
            if fell or outcome != "done" or not changed:
                undone.append((name, outcome, sorted(changed), fell[:200]))
    assert not undone, "\n".join(map(str, undone))


def test_a_message_with_somebody_elses_number_is_nobodys(
    people: People, world: World, quick: None, store: Store
) -> None:
    """The row was asked for by one; the message names another, or another house: nothing at all happens."""
    waiting = {name: rows for name, rows in asked_for(people, world).items() if rows[0].names_asker}
    assert set(waiting) == {name for name in TASKS if TASKS[name].acts is As.ASKER and len(handed(name)) > 1}
    askers = first_askers(people)
    wrong: list[tuple[Any, ...]] = []
    for person in PEOPLE:
        actor = person.make(people, world)
        assert actor is not None
        for name, (row,) in waiting.items():
            first = askers.get(name, lambda: people.vela.analyst)()
            forged = {
                (row.pk, actor.user.pk, actor.organisation.pk), (row.pk, actor.user.pk, first.organisation.pk),
                (row.pk, first.user.pk, actor.organisation.pk),
            } - {(row.pk, first.user.pk, first.organisation.pk)}  # fmt: skip
            for arguments in forged:
                with transaction.atomic():
                    outcome, changed, fell = ran(name, row, arguments, store)
                    transaction.set_rollback(True)
                if outcome != "waits" or changed or fell:
                    wrong.append((person.name, name, arguments, outcome, sorted(changed), fell[:200]))
    assert not wrong, "\n".join(map(str, wrong))


def handed(name: str) -> list[str]:
    """What a task is handed."""
    return list(inspect.signature(tasks()[name].run).parameters)


# ── tasks of a house, and of whoever is written to ───────────────────────────────────────────────────────────────────


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would have been asked of anybody outside: a webhook, a time stamp, a scanner."""
    asked: list[str] = []

    def refuse(what: str) -> Callable[..., Any]:
        def ask(*_args: Any, **_more: Any) -> Any:
            asked.append(what)
            raise outward.Refused("unreachable")

        return ask

    monkeypatch.setattr(outward, "post", refuse("webhook"))
    monkeypatch.setattr("evidence.services.stamps.request_stamp", refuse("stamp"))
    monkeypatch.setattr(clamd, "scan", refuse("scanner"))
    return asked


def test_what_belongs_to_a_house_is_done_for_that_house_alone(
    people: People, world: World, settings: Any, outside: list[str]
) -> None:
    settings.CLAMD_ADDRESS = "tcp://127.0.0.1:1"
    things = belonging_to(people, world)
    assert set(things) == {name for name, work in TASKS.items() if work.acts is As.HOUSE}
    houses = {}
    for person in PEOPLE:
        actor = person.make(people, world)
        assert actor is not None
        houses[actor.organisation.pk] = person.name
    own = people.vela.organisation.pk
    houses.pop(own)
    wrong: list[tuple[Any, ...]] = []
    for name, thing in things.items():
        for house in [*houses, own]:
            outside.clear()
            before = Seen.now()
            with transaction.atomic():
                with contextlib.suppress(outward.Refused):
                    tasks()[name].run(thing, house)
                transaction.set_rollback(True)
            changed = Seen.now().since(before) | set(outside)
            if bool(changed) != (house == own):
                wrong.append((name, houses.get(house, "the house itself"), sorted(changed)))
    assert not wrong, "\n".join(map(str, wrong))


def test_letters_go_to_whom_they_are_for(people: People, world: World) -> None:
    """An invitation to who is invited at this moment; the notice of a sign-in to whoever signed in."""
    thing = world.names["int:session_id"]
    wrong: list[tuple[Any, ...]] = []
    for person in PEOPLE:
        actor = person.make(people, world)
        assert actor is not None
        by_owner("UPDATE organisations_user SET password = '!' WHERE id = %s", actor.user.pk)
        belongs = actor_for(actor.user, people.vela.organisation.pk)
        invited = belongs is not None and belongs.organisation.pk == people.vela.organisation.pk
        mail.outbox.clear()
        send_invitation(actor.user.pk, people.vela.organisation.pk)
        if [letter.to for letter in mail.outbox] != ([[actor.user.email]] if invited else []):
            wrong.append((person.name, "invitation", invited, len(mail.outbox)))
        mail.outbox.clear()
        if actor.user.pk != people.vela.analyst.user.pk:
            send_notice(actor.user.pk, thing)
            wrong += [(person.name, "notice", letter.to, letter.body) for letter in mail.outbox]
    send_notice(people.vela.analyst.user.pk, thing)
    assert [letter.to for letter in mail.outbox] == [[people.vela.analyst.user.email]]
    assert not wrong, "\n".join(map(str, wrong))


def test_no_clock_tells_anybody_outside_of_a_case(people: People, world: World, quick: None) -> None:
    """Every clock once, with something to do: what it sends to people outside the case says nothing of it."""
    found_platform()
    outsiders = {str(actor.user.email) for person in those(Place.OUTSIDE) if (actor := person.make(people, world))}
    wrong: list[tuple[Any, ...]] = []
    for name in (name for name, work in TASKS.items() if work.acts is As.CLOCK):
        mail.outbox.clear()
        with transaction.atomic():
            tasks()[name].run()
            transaction.set_rollback(True)
        for letter in mail.outbox:
            said = leaks_in(f"{letter.subject} {letter.body} {letter.extra_headers}", world)
            if said and outsiders & set(letter.to):
                wrong.append((name, letter.to, said))
    assert not wrong, "\n".join(map(str, wrong))


# ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def command(name: str, *arguments: str) -> tuple[str, bool]:
    """Everything it printed, and whether it did what it was asked."""
    out, err = io.StringIO(), io.StringIO()
    try:
        with transaction.atomic():
            call_command(name, *arguments, stdout=out, stderr=err)
    except CommandError as refused:
        return f"{out.getvalue()}{err.getvalue()}{refused}", False
    return out.getvalue() + err.getvalue(), True


@pytest.mark.parametrize("name", [name for name, (says, _asks) in COMMANDS.items() if says is Says.NAMED])
def test_a_command_does_for_the_person_named_what_they_may_and_tells_nothing_of_others(
    people: People, world: World, name: str
) -> None:
    asks = COMMANDS[name][1]
    given = [str(SMALL / file) for file in FILES] if name == "import_eurepoc" else []
    wrong: list[tuple[Any, ...]] = []
    for person in PEOPLE:
        actor = person.make(people, world)
        assert actor is not None
        stands = actor_for(actor.user)
        before = Seen.now()
        with transaction.atomic():
            said, done = command(name, *given, "--as", actor.user.email)
            changed = Seen.now().since(before)
            transaction.set_rollback(True)
        may = stands is not None and stands.may(asks) and name != "prepare_release"  # type: ignore[arg-type]
        if done != may or (changed and not may) or any(word in said for word in (*SECRETS, world.incident.reference)):
            wrong.append((person.name, name, done, may, sorted(changed), said[:200]))
        User.objects.filter(pk=actor.user.pk).update(is_active=False)
        with transaction.atomic():
            said, done = command(name, *given, "--as", actor.user.email)
            transaction.set_rollback(True)
        if done:
            wrong.append((person.name, name, "closed account", said[:200]))
    assert not wrong, "\n".join(map(str, wrong))


def test_what_the_operator_types_prints_and_writes_nothing_of_any_tenant(
    people: People, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found_platform()
    written = tmp_path / "written"
    written.mkdir()
    monkeypatch.setattr("normsplatform.management.commands.write_reference.FOLDER", written)
    monkeypatch.setattr("instruments.management.commands.write_instrument_messages.TARGET", written / "messages.py")
    monkeypatch.setattr(load_instruments, "adopt_shelf", partial(adopt_shelf, using="default"))
    more = {"write_verifier": [str(written / "verifier.pyz")], "verify_ledger": ["--database", "default"]}
    wrong: list[tuple[Any, ...]] = []
    for name, (says, _asks) in COMMANDS.items():
        if says in (Says.NAMED, Says.MADE_UP):
            continue
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")  # the operator's login
        said, _done = command(name, *more.get(name, []))
        assert said, name
        wrong += [(name, word) for word in leaks_in(said, world)]
    for path in written.rglob("*"):
        text = path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""
        wrong += [(path.name, word) for word in leaks_in(text, world)]
    assert not wrong, "\n".join(map(str, wrong))
