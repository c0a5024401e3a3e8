"""Long work survives the loss of its worker, is done once, and says why when it fails."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accountability.models import Review
from accountability.services import retry_review
from accountability.tasks import render_review
from core import clock
from core.tenancy import acting_as
from documents import rendering
from documents import services as jobs
from documents.failures import FAILURES, NotFailed, NotMade, sentence
from documents.models import Document, Job
from documents.selectors import words_of
from documents.states import TRANSITIONS, State
from documents.tasks import requeue_lost
from incidents.models import Incident
from organisations.actors import Actor, acting
from organisations.models import Membership
from tests.people import People

from .conftest import Make, asked, seen

pytestmark = [pytest.mark.django_db, pytest.mark.duty("REM-8")]


def job_of(actor: Actor, review: Review) -> Job:
    with acting_as(actor.principal):
        return Job.objects.get(pk=review.job_id)


def aged(actor: Actor, job: Job, **fields: timedelta) -> None:
    """The clock moved on since."""
    with acting_as(actor.principal):
        Job.objects.filter(pk=job.pk).update(**{name: clock.now() - ago for name, ago in fields.items()})


def test_a_lost_worker_is_noticed_and_the_job_is_done_again_once(
    people: People, incident: Incident, django_capture_on_commit_callbacks: Any
) -> None:
    admin = people.vela.admin
    review = asked(admin, incident)
    with acting(admin):
        killed = jobs.claim(review.job_id)
    assert killed is not None and killed.attempts == 1  # …and here the worker is killed
    requeue_lost()
    assert job_of(admin, review).state == State.RUNNING, "a heartbeat of a moment ago is no loss"
    aged(admin, killed, heartbeat_at=timedelta(seconds=30))
    with django_capture_on_commit_callbacks(execute=True):
        requeue_lost()
    done = job_of(admin, review)
    assert (done.state, done.attempts) == (State.DONE, 2)
    with acting_as(admin.principal):
        issued = Document.objects.get().pk
    render_review(review.job_id)  # the killed worker's message comes back from the queue an hour later
    with acting_as(admin.principal):
        assert Document.objects.get().pk == issued


def test_a_worker_given_up_for_lost_cannot_finish_a_later_attempt(people: People, incident: Incident) -> None:
    admin = people.vela.admin
    review = asked(admin, incident)
    with acting(admin):
        slow = jobs.claim(review.job_id)
    assert slow is not None
    aged(admin, slow, heartbeat_at=timedelta(seconds=30))
    requeue_lost()
    with acting(admin):
        second = jobs.claim(review.job_id)
        assert second is not None and second.attempts == 2
        jobs.beat(slow, 90, "writing")
        assert Job.objects.get(pk=slow.pk).progress == 5, "only the present attempt says how far it is"
        rendered = rendering.Rendered(b"%PDF-", 1, "0" * 64, 1.0, 1)
        issue = jobs.Issue("review", "X/R-1", "X", "en", "TLP:AMBER", "x", incident.holder_id)
        assert jobs.finish(actor=admin, job=slow, issue=issue, rendered=rendered) is None
        jobs.fail(actor=admin, job=slow, reason=NotMade("crashed"))
        assert Job.objects.get(pk=slow.pk).state == State.RUNNING
        assert not Document.objects.exists()


def test_two_workers_cannot_claim_the_same_job(people: People, incident: Incident) -> None:
    review = asked(people.vela.admin, incident)
    with acting(people.vela.admin):
        assert jobs.claim(review.job_id) is not None
        assert jobs.claim(review.job_id) is None


def test_a_lost_message_is_sent_again(
    people: People, incident: Incident, django_capture_on_commit_callbacks: Any
) -> None:
    admin = people.vela.admin
    review = asked(admin, incident)
    with django_capture_on_commit_callbacks() as sent:
        requeue_lost()
    assert sent == []
    aged(admin, review.job, queued_at=timedelta(minutes=2))
    with django_capture_on_commit_callbacks() as sent:
        requeue_lost()
        requeue_lost()
    assert len(sent) == 1


def test_what_kills_every_worker_fails_in_the_end(people: People, incident: Incident) -> None:
    admin = people.vela.admin
    review = asked(admin, incident)
    for _attempt in range(jobs.MOST_ATTEMPTS):
        with acting(admin):
            assert jobs.claim(review.job_id) is not None
        aged(admin, review.job, started_at=timedelta(minutes=1), heartbeat_at=timedelta(seconds=30))
        requeue_lost()
    job = job_of(admin, review)
    assert (job.state, job.error_code) == (State.FAILED, "lost")
    assert "lost several times" in words_of(job)


def test_a_failure_says_why_and_can_be_tried_again(
    people: People, incident: Incident, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = people.vela.admin
    review = asked(admin, incident)
    with acting_as(admin.principal), pytest.raises(NotFailed):
        retry_review(actor=admin, reference=incident.reference, number=review.number)
    with monkeypatch.context() as broken:
        listen = rendering.listen
        broken.setattr(rendering, "listen", lambda child, _seconds, tick: listen(child, 0, tick))
        render_review(review.job_id)
    job = job_of(admin, review)
    assert (job.state, job.error_code) == (State.FAILED, "time")
    assert words_of(job) == sentence("time")
    with django_capture_on_commit_callbacks(execute=True), acting_as(people.vela.coordinator.principal):
        retry_review(actor=people.vela.coordinator, reference=incident.reference, number=review.number)
    again = job_of(admin, review)
    assert (again.state, again.error_code) == (State.DONE, "")
    assert again.requested_by == people.vela.coordinator.user


def test_whatever_goes_wrong_is_seen_by_who_waits(
    people: People, incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("nobody expected this")

    review = asked(people.vela.admin, incident)
    monkeypatch.setattr("accountability.building.content_of", broken)
    render_review(review.job_id)
    job = job_of(people.vela.admin, review)
    assert (job.state, job.error_code) == (State.FAILED, "unexpected")
    assert "nobody expected this" not in words_of(job)


def test_a_full_disk_is_said_and_leaves_nothing_half_written(
    people: People, incident: Incident, monkeypatch: pytest.MonkeyPatch, files_root: Any
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    review = asked(people.vela.admin, incident)
    monkeypatch.setattr("documents.storage.os.fsync", full)
    render_review(review.job_id)
    assert job_of(people.vela.admin, review).error_code == "disk_full"
    assert [path for path in files_root.rglob("*") if path.is_file()] == []


def test_a_job_is_done_for_a_member_or_not_at_all(people: People, incident: Incident) -> None:
    admin = people.vela.admin
    review = asked(admin, incident)
    with acting_as(admin.principal):
        jobs.abandon(review.job_id)
    assert job_of(admin, review).state == State.QUEUED, "nobody abandons the job of a member"
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(
            "UPDATE organisations_membership SET until = clock_timestamp() WHERE user_id = %s", [admin.user.pk]
        )
        cursor.execute("SET LOCAL ROLE norms_app")
    render_review(review.job_id)
    job = job_of(people.vela.coordinator, review)
    assert (job.state, job.error_code) == (State.FAILED, "membership_ended")


def test_who_may_no_longer_ask_gets_no_review(people: People, incident: Incident) -> None:
    review = asked(people.vela.coordinator, incident)
    with acting_as(people.vela.coordinator.principal):
        Membership.objects.filter(user=people.vela.coordinator.user).update(roles=["researcher"])
    render_review(review.job_id)
    assert job_of(people.vela.admin, review).error_code == "no_access"


def test_every_failure_has_a_sentence_and_every_state_its_moves() -> None:
    assert all(str(sentence(code, "x")) for code in FAILURES)
    assert set(TRANSITIONS) == set(State.values)
    assert TRANSITIONS[State.DONE] == set()


def test_progress_only_reaches_a_hundred_with_a_document(people: People, incident: Incident, make: Make) -> None:
    done = make(people.vela.admin, incident)
    assert (done.job.progress, done.job.stage) == (100, "")
    assert seen(people.vela.admin, incident, 1).job.finished_at is not None


def test_what_a_killed_worker_left_in_its_folder_is_removed(settings: Any) -> None:
    old, new = (Path(settings.FILE_UPLOAD_TEMP_DIR) / name for name in ("document-old", "document-new"))
    for folder in (old, new):
        folder.mkdir()
        (folder / "document.html").write_text("a case")
    os.utime(old, (0, 0))
    requeue_lost()
    assert not old.exists() and new.exists()
