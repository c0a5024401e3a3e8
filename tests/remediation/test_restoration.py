"""Services from outage to restoration: by rule, by the owner's word, and never by asking who did it (REM-1, ATT-10)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.http import Http404

from core.errors import Invalid
from incidents.errors import AlreadyClosed
from incidents.services import close_incident
from ledger.models import Entry
from organisations.roles import Grade
from remediation import selectors, services
from remediation.errors import NotTheOwnersWord, RestorationBlocked
from remediation.models import RestorationUpdate, ServiceRestoration
from tests.people import People

from .conftest import Ground, as_actor, state

pytestmark = [pytest.mark.django_db, pytest.mark.duty("REM-1")]
Share = Callable[..., None]


def verbs(incident_id: int) -> list[str]:
    """What the ledger says of this case, oldest first, as far as the reader may see their own."""
    return list(Entry.objects.filter(root_id=incident_id).order_by("pk").values_list("verb", flat=True))


def ready(people: People, ground: Ground) -> None:
    """Backup checked, owner's word told to the holder."""
    actor = people.vela.analyst
    services.check_backup(
        actor=actor,
        reference=ground.reference,
        service_id=ground.hospital,
        passed=True,
        note="Restored to a clean host and compared.",
    )
    services.confirm_restoration(
        actor=actor,
        reference=ground.reference,
        service_id=ground.hospital,
        words="Dr. Brown, head of wards, by telephone.",
    )


def post(people: People, ground: Ground, name: str, at: str = "2026-01-05T06:00:00Z", **more: Any) -> RestorationUpdate:
    return services.post_update(
        actor=people.vela.analyst,
        reference=ground.reference,
        service_id=ground.hospital,
        update=state(name, at, **more),
    )


def test_a_service_is_followed_from_outage_to_hardened_and_every_step_is_recorded(
    people: People, ground: Ground
) -> None:
    services.set_target(actor=people.vela.analyst, reference=ground.reference, service_id=ground.hospital, hours=48)
    post(people, ground, "down")
    post(people, ground, "manual_workaround", "2026-01-05T09:00:00Z", capacity=40)
    ready(people, ground)
    post(people, ground, "restored", "2026-01-06T06:00:00Z")
    post(people, ground, "hardened", "2026-01-09T06:00:00Z")
    row = selectors.one_service(ground.incident.servicehits.get(pk=ground.hospital))
    assert row.view.state == "hardened"
    assert row.metrics.to_workaround is not None and row.metrics.to_workaround.total_seconds() == 3 * 3600
    assert row.metrics.to_restore is not None and row.metrics.to_restore.days == 1
    assert row.metrics.target_met is True
    assert row.metrics.hours_lost.value == pytest.approx(3 + 21 * 0.6)
    assert not row.metrics.hours_lost.at_least
    assert verbs(ground.incident.pk)[1:] == [
        "restoration.target_set", "restoration.updated", "restoration.updated", "restoration.backup_checked",
        "restoration.confirmed", "restoration.updated", "restoration.updated",
    ]  # fmt: skip


def test_nothing_is_restored_without_a_checked_backup_and_the_owners_word(people: People, ground: Ground) -> None:
    """R4.2, R4.3: both reasons are told at once, and nothing is written."""
    post(people, ground, "down")
    with pytest.raises(RestorationBlocked) as refused:
        post(people, ground, "restored", "2026-01-06T06:00:00Z")
    assert [block["code"] for block in refused.value.details["blocks"]] == ["R4.2", "R4.3"]
    services.check_backup(
        actor=people.vela.analyst,
        reference=ground.reference,
        service_id=ground.hospital,
        passed=False,
        note="Checksums differ.",
    )
    with pytest.raises(RestorationBlocked, match="failed"):
        post(people, ground, "restored", "2026-01-06T06:00:00Z")
    assert RestorationUpdate.objects.count() == 1


def test_the_database_itself_refuses_restored_without_its_facts(people: People, ground: Ground) -> None:
    post(people, ground, "down")
    with pytest.raises(IntegrityError, match="restoration_restored_by_rule"), transaction.atomic():
        ServiceRestoration.objects.update(state="restored")


def test_a_first_report_may_be_that_it_works_but_not_that_it_is_hardened(people: People, ground: Ground) -> None:
    ready(people, ground)
    with pytest.raises(RestorationBlocked):
        post(people, ground, "hardened")
    post(people, ground, "restored")


def test_a_relapse_takes_back_check_and_word(people: People, ground: Ground) -> None:
    post(people, ground, "down")
    ready(people, ground)
    post(people, ground, "restored", "2026-01-06T06:00:00Z")
    post(people, ground, "degraded", "2026-01-07T06:00:00Z")
    restoration = ServiceRestoration.objects.get()
    assert (restoration.backup_ok, restoration.confirmed_at, restoration.confirmed_words) == (None, None, "")
    with pytest.raises(RestorationBlocked):
        post(people, ground, "restored", "2026-01-08T06:00:00Z")


def test_an_update_is_never_changed_and_a_wrong_one_is_corrected(people: People, ground: Ground) -> None:
    first = post(people, ground, "down", "2026-01-05T06:00:00Z")
    post(people, ground, "degraded", "2026-01-05T12:00:00Z", capacity=50)
    post(people, ground, "down", "2026-01-05T04:00:00Z", corrects=first.pk)
    row = selectors.one_service(ground.incident.servicehits.get(pk=ground.hospital))
    assert [update.state for update in row.history] == ["down", "degraded"]
    assert row.history[0].at is not None and row.history[0].at.hour == 4
    assert row.view.state == "degraded"
    with pytest.raises(Invalid):
        post(people, ground, "down", corrects=first.pk)
    for act in (lambda: RestorationUpdate.objects.filter(pk=first.pk).update(note="x"), first.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_moments_do_not_run_backwards(people: People, ground: Ground) -> None:
    post(people, ground, "down", "2026-01-05T06:00:00Z")
    with pytest.raises(Invalid) as refused:
        post(people, ground, "degraded", "2026-01-04T06:00:00Z")
    assert "at" in refused.value.fields


def test_a_day_without_an_hour_may_follow_an_hour_of_that_day(people: People, ground: Ground) -> None:
    """The date is rough, not wrong: no order is made up, and no time of less than nothing."""
    post(people, ground, "down", "2026-01-05T06:00:00Z")
    day = {"at": "2026-01-05T00:00:00Z", "precision": "day"}
    ready(people, ground)
    ask: dict[str, Any] = {"actor": people.vela.analyst, "reference": ground.reference, "service_id": ground.hospital}
    services.post_update(**ask, update={"state": "restored", "at": day})
    metrics = selectors.one_service(ground.incident.servicehits.get(pk=ground.hospital)).metrics
    assert (metrics.to_restore, metrics.hours_lost.value) == (None, None)
    with pytest.raises(Invalid):
        services.post_update(**ask, update={"state": "degraded", "at": {**day, "at": "2026-01-03T00:00:00Z"}})


def test_an_unknown_moment_gives_unknown_figures_not_zero(people: People, ground: Ground) -> None:
    """AT-14."""
    services.post_update(
        actor=people.vela.analyst, reference=ground.reference, service_id=ground.hospital, update={"state": "down"}
    )
    ready(people, ground)
    post(people, ground, "restored", "2026-01-06T06:00:00Z")
    seen = selectors.overview(ground.incident)
    row = next(row for row in seen.services if row.hit.pk == ground.hospital)
    assert (row.metrics.to_restore, row.metrics.hours_lost.value, row.metrics.target_met) == (None, None, None)
    assert seen.hours_lost.value is None
    assert seen.people.best.value == 225_000 and not seen.people.best.at_least


def test_a_target_within_the_width_of_a_date_is_neither_met_nor_missed(people: People, ground: Ground) -> None:
    services.set_target(actor=people.vela.analyst, reference=ground.reference, service_id=ground.hospital, hours=24)
    services.post_update(
        actor=people.vela.analyst, reference=ground.reference, service_id=ground.hospital,
        update={"state": "down", "at": {"at": "2026-01-05T00:00:00Z", "precision": "day"}},
    )  # fmt: skip
    ready(people, ground)
    post(people, ground, "restored", "2026-01-06T12:00:00Z")
    metrics = selectors.one_service(ground.incident.servicehits.get(pk=ground.hospital)).metrics
    assert metrics.approximate and metrics.target_met is None


def test_services_stand_by_harm_to_civilians(people: People, ground: Ground) -> None:
    """Life-safety first, however many live on the grid."""
    assert [row.hit.pk for row in selectors.overview(ground.incident).services] == [ground.hospital, ground.power]


def test_the_operator_confirms_by_itself_at_whatever_grade(people: People, ground: Ground, share: Share) -> None:
    share(people.brigid.organisation, Grade.SUMMARY)
    with as_actor(people.brigid.coordinator):
        done = services.confirm_restoration(
            actor=people.brigid.coordinator, reference=ground.reference, service_id=ground.hospital
        )
        assert (done.confirmed_as, done.confirmed_by) == ("operator", people.brigid.coordinator.user)
        with pytest.raises(PermissionDenied):
            services.post_update(
                actor=people.brigid.coordinator,
                reference=ground.reference,
                service_id=ground.hospital,
                update=state("down"),
            )
    with as_actor(people.brigid.person("researcher")), pytest.raises(PermissionDenied):
        services.confirm_restoration(
            actor=people.brigid.person("researcher"), reference=ground.reference, service_id=ground.hospital
        )


def test_the_holder_says_whose_word_it_is_and_a_third_party_cannot_give_it(
    people: People, ground: Ground, share: Share
) -> None:
    with pytest.raises(Invalid):
        services.confirm_restoration(
            actor=people.vela.analyst, reference=ground.reference, service_id=ground.hospital, words=" "
        )
    share(people.orrin.organisation)
    with as_actor(people.orrin.coordinator), pytest.raises(NotTheOwnersWord):
        services.confirm_restoration(
            actor=people.orrin.coordinator,
            reference=ground.reference,
            service_id=ground.hospital,
            words="They said so.",
        )


def test_a_coordinating_partner_restores_a_reader_does_not_and_a_stranger_knows_nothing(
    people: People, ground: Ground, share: Share
) -> None:
    share(people.orrin.organisation)
    share(people.amal.organisation, Grade.OVERSEE)
    act: dict[str, Any] = {"reference": ground.reference, "service_id": ground.hospital, "update": state("down")}
    with as_actor(people.orrin.analyst):
        services.post_update(actor=people.orrin.analyst, **act)
    with as_actor(people.amal.analyst), pytest.raises(PermissionDenied):
        services.post_update(actor=people.amal.analyst, **act)
    with as_actor(people.tessera.analyst), pytest.raises(Http404):
        services.post_update(actor=people.tessera.analyst, **act)
    assert RestorationUpdate.objects.get().organisation == people.orrin.organisation


def test_a_later_grant_opens_the_history_too(people: People, ground: Ground, share: Share) -> None:
    """The append-only rows follow the audience of their case."""
    post(people, ground, "down")
    with as_actor(people.orrin.analyst):
        assert not RestorationUpdate.objects.exists()
    share(people.orrin.organisation, Grade.SUMMARY)
    with as_actor(people.orrin.analyst):
        assert RestorationUpdate.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "update"),
    [
        ("state", {"state": "on fire"}),
        ("state", {}),
        ("capacity", {"state": "degraded", "capacity": 101}),
        ("capacity", {"state": "degraded", "capacity": "half"}),
        ("capacity", {"state": "down", "capacity": 30}),
        ("people", {"state": "down", "people": {"min": 9, "max": 3}}),
        ("people", {"state": "down", "people": {"best": -1}}),
        ("at", {"state": "down", "at": {"at": "2126-01-01T00:00:00Z", "precision": "exact"}}),
        ("at", {"state": "down", "at": {"at": "1926-01-01T00:00:00Z", "precision": "exact"}}),
        ("note", {"state": "down", "note": "x" * 20_001}),
        ("note", {"state": "down", "note": "evil\u202etxt"}),
        ("next_update_due", {"state": "down", "next_update_due": "tomorrow"}),
        ("next_update_due", state("down", next_update_due="2026-01-05T05:00:00Z")),
        ("corrects", {"state": "down", "corrects": 1}),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(
    people: People, ground: Ground, field: str, update: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refused:
        services.post_update(
            actor=people.vela.analyst, reference=ground.reference, service_id=ground.hospital, update=update
        )
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize("hours", [0, -1, "soon", "nan", "inf", 10**9])
def test_a_target_is_a_time(people: People, ground: Ground, hours: Any) -> None:
    with pytest.raises(Invalid):
        services.set_target(
            actor=people.vela.analyst, reference=ground.reference, service_id=ground.hospital, hours=hours
        )


def test_a_closed_case_stands_still(people: People, ground: Ground) -> None:
    close_incident(actor=people.vela.analyst, reference=ground.reference)
    with pytest.raises(AlreadyClosed):
        post(people, ground, "down")


def test_a_service_of_another_case_is_not_there(people: People, ground: Ground) -> None:
    from tests.tenancy.test_walls import filed

    other = filed(people.vela.analyst, services=[{"service": "payments", "name": "Bank"}])
    with pytest.raises(Http404):
        services.post_update(
            actor=people.vela.analyst, reference=other.reference, service_id=ground.hospital, update=state("down")
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceRestoration.objects.create(incident=other, service_id=ground.hospital)


@pytest.mark.duty("ATT-10")
def test_a_case_with_no_attribution_at_all_completes_every_step(people: People, ground: Ground) -> None:
    """CASE-08, AT-01, R4.1: from the opening of the case, with no finding anywhere in sight."""
    actor, colleague = people.vela.coordinator, people.vela.another("coordinator")
    ref: dict[str, Any] = {"actor": actor, "reference": ground.reference}
    with as_actor(actor):
        for service in (ground.hospital, ground.power):
            services.post_update(**ref, service_id=service, update=state("down"))
            services.set_target(**ref, service_id=service, hours=72)
            services.check_backup(**ref, service_id=service, passed=True, note="Hashes compared.")
            services.confirm_restoration(**ref, service_id=service, words="Told by the owner in writing.")
            services.post_update(**ref, service_id=service, update=state("restored", "2026-01-07T06:00:00Z"))
            services.post_update(**ref, service_id=service, update=state("hardened", "2026-01-09T06:00:00Z"))
        task = services.add_task(**ref, task={"title": "Tell the families", "organisation": "vela"})
        for to in ("agreed", "in_progress"):
            services.move_task(**ref, number=task.reference, to=to)
        services.complete_task(**ref, number=task.reference, completion="515,000 letters sent.")
    with as_actor(colleague):
        done = services.verify_task(
            actor=colleague, reference=ground.reference, number=task.reference, accepted=True, verification="Sampled."
        )
    assert done.status == "verified"
    assert not selectors.overview(ground.incident).out
