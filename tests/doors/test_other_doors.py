"""The doors that are no address: what a worker is handed, and what the operator types. One closed list, like that of addresses.

A task is handed numbers and nothing else: whom it is for is asked again when it runs, so that an access that ended meanwhile is
ended for it too (the rooms' own tests end it: `tests/accountability/test_jobs.py`, `tests/evidence/test_danger.py`). A command
that does something on a case says for whom.
"""

import inspect
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.core.management import get_commands, load_command_class

pytestmark = [pytest.mark.duty("SHR-2"), pytest.mark.duty("SHR-7")]


class As(Enum):
    """For whom a worker acts."""

    CLOCK = "nobody asked: the platform, holder after holder"
    ASKER = "whoever asked, as they stand when it runs; the row or the arguments name them"
    HOLDER = "the platform for the holder named"
    READER = "whoever is written to"


TASKS = {
    "accountability.tasks.render_review": As.ASKER,
    "accountability.tasks.render_verification": As.ASKER,
    "accreditation.tasks.warn": As.CLOCK,
    "attribution.tasks.flag_overdue": As.CLOCK,
    "attribution.tasks.free_seats": As.CLOCK,
    "attribution.tasks.pool_scores": As.CLOCK,
    "attribution.tasks.recompute_stale": As.CLOCK,
    "attribution.tasks.remind": As.CLOCK,
    "attribution.tasks.scan_reply_file": As.HOLDER,
    "documents.tasks.requeue_lost": As.CLOCK,
    "evidence.collecting.collect_unnamed": As.CLOCK,
    "evidence.collecting.expire_uploads": As.CLOCK,
    "evidence.tasks.make_redaction": As.ASKER,
    "evidence.tasks.remove_content": As.HOLDER,
    "evidence.tasks.seal_content": As.ASKER,
    "evidence.tasks.stamp": As.HOLDER,
    "evidence.tasks.stamp_missing": As.CLOCK,
    "evidence.tasks.sweep_integrity": As.CLOCK,
    "evidence.tasks.tidy_seals": As.CLOCK,
    "evidence.work.do": As.ASKER,
    "evidence.work.requeue_lost": As.CLOCK,
    "exchange.tasks.build_package": As.ASKER,
    "exchange.tasks.render_record": As.ASKER,
    "exchange.tasks.take_in_package": As.ASKER,
    "incidents.tasks.expire_grants": As.CLOCK,
    "incidents.tasks.look_for_matches": As.CLOCK,
    "incidents.tasks.remind_deadlines": As.CLOCK,
    "incidents.tasks.tell_lapsed_shares": As.CLOCK,
    "keeping.tasks.make_delivery": As.ASKER,
    "keeping.tasks.make_house_export": As.ASKER,
    "keeping.tasks.minimise": As.CLOCK,
    "keeping.tasks.requeue_lost": As.CLOCK,
    "ledger.tasks.make_months": As.CLOCK,
    "ledger.tasks.publish_checkpoint": As.CLOCK,
    "ledger.tasks.sequence_pending": As.CLOCK,
    "ledger.tasks.stamp_checkpoint": As.CLOCK,
    "notifications.tasks.deliver": As.HOLDER,
    "notifications.tasks.deliver_due": As.CLOCK,
    "notifications.tasks.forget": As.CLOCK,
    "notifications.tasks.pass_on": As.CLOCK,
    "notifications.tasks.send_digests": As.CLOCK,
    "notifications.tasks.send_each": As.CLOCK,
    "organisations.tasks.forget_submissions": As.CLOCK,
    "organisations.tasks.send_invitation": As.READER,
    "publication.tasks.prepare_release": As.ASKER,
    "signin.tasks.forget": As.CLOCK,
    "signin.tasks.send_notice": As.READER,
}

ROOT = Path(__file__).resolve().parents[2]
# Commands of ours: True where it acts in somebody's name, which it then asks for (`--as`). The others found, load, measure,
# verify with the owner's login, do what a clock does, or write files of the project; none reads a case for anybody.
COMMANDS = {
    "import_eurepoc": True,
    "prepare_release": True,
    "bench": False,
    "found_platform": False,
    "load_instruments": False,
    "minimise_personal_data": False,
    "seed_demo": False,
    "seed_synthetic": False,
    "verify_ledger": False,
    "verify_releases": False,
    "write_instrument_messages": False,
    "write_reference": False,
    "write_verifier": False,
}


def tasks() -> dict[str, Any]:
    """Every task there is, except the queue's own."""
    current_app.loader.import_default_modules()
    current_app.finalize(auto=True)
    return {name: task for name, task in current_app.tasks.items() if not name.startswith("celery.")}


def test_every_task_is_declared_with_whom_it_acts_for() -> None:
    assert set(tasks()) == set(TASKS)


def test_a_task_is_handed_numbers_and_looks_everything_else_up_again() -> None:
    for name, task in tasks().items():
        handed = inspect.signature(task.run).parameters
        assert {each.annotation for each in handed.values()} <= {int}, name
        assert (TASKS[name] is As.CLOCK) == (not handed), name


def test_a_command_that_acts_for_somebody_asks_for_whom() -> None:
    ours = {name: app for name, app in get_commands().items() if isinstance(app, str) and (ROOT / app).is_dir()}
    assert set(ours) == set(COMMANDS)
    for name, app in ours.items():
        parser = load_command_class(app, name).create_parser("manage.py", name)
        named = {option for action in parser._actions for option in action.option_strings}
        assert ("--as" in named) == COMMANDS[name], name
