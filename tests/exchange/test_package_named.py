"""A package of a case that is worked on without names: by a keeper of names alone, whole, and told to everybody in it (SHR-1)."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from core.errors import Invalid
from core.tenancy import acting_as
from documents import services as jobs
from documents.failures import NotMade
from exchange import services
from exchange.tasks import build_package
from incidents import hiding
from incidents.errors import NamesHidden
from incidents.models import Incident, NameLook
from incidents.selectors import activity
from incidents.services import grant_access
from notifications.models import Notification
from organisations.actors import Actor
from organisations.roles import Grade, Role
from tests.evidence.builders import given, graded
from tests.people import People, accredited, member
from tests.tenancy.test_walls import filed

from .bags import asked, inside, made, seen
from .conftest import Work
from .test_custody_record import recomputed

pytestmark = [pytest.mark.django_db, pytest.mark.duty("SHR-1")]

WHY = "Ordered by the court, 2026/17"


@pytest.fixture(autouse=True)
def keys(settings: Any, tmp_path: Any) -> None:
    """Keys of this test's own."""
    settings.KEYS_ROOT = tmp_path / "keys"


@pytest.fixture
def incident(people: People) -> Incident:
    """A case of Vela's without names, with an item its people and Meridian's touched; the secretariat oversees it."""
    case = filed(people.vela.analyst, blind=True)
    accredited(people.secretariat.organisation, people.meridian.organisation)
    for house, grade in (("meridian", Grade.ASSESS), ("secretariat", Grade.OVERSEE)):
        with acting_as(people.vela.analyst.principal):
            grant_access(
                actor=people.vela.analyst, reference=case.reference, organisation=getattr(people, house).organisation,
                grade=grade, reason="Campion", may_export=True,
            )  # fmt: skip
    item = given(people.vela.person("custodian"), case)
    graded(people.meridian.person("forensic_assessor"), item)
    return case


def keeper(people: People, suffix: str = "-keeps") -> Actor:
    """A keeper of names who also looks after evidence."""
    actor = member(people.secretariat.organisation, Role.CUSTODIAN, suffix=suffix)
    roles = [Role.CUSTODIAN, Role.NAME_KEEPER]
    with acting_as(actor.principal):
        actor.user.memberships.update(roles=roles)
    return Actor(actor.user, actor.organisation, tuple(roles))


def test_a_keeper_takes_out_the_whole_package_and_everybody_named_in_it_is_told(
    people: People, incident: Incident, work: Work
) -> None:
    by = keeper(people)
    files = inside(made(work, by, incident, names_reason=WHY))
    said = json.loads(files["data/items.json"])
    custody = json.loads(files["data/custody/E-1.json"])
    giver, grader = people.vela.person("custodian").user, people.meridian.person("forensic_assessor").user
    assert said["holder"] == "Vela National CERT"
    assert said["items"][0]["grades"][0]["organisation"] == "Meridian Assessment Body"
    assert custody["people"][str(giver.pk)] == giver.name
    assert all(recomputed(link) == link["hash"] for link in custody["links"])  # over the true numbers
    told = {giver, grader}
    for user in told:
        house = people.vela if user is giver else people.meridian
        with acting_as(house.person("custodian" if user is giver else "forensic_assessor").principal):
            looks = list(NameLook.objects.filter(subject=user.pk))
            assert [(row.reason, row.looked_by_id) for row in looks] == [(WHY, by.user.pk)]
            assert (
                Notification.objects.filter(kind="names.looked_up", recipient=user, subject=looks[0].handle).count()
                == 1
            )
    with acting_as(people.vela.admin.principal):  # the houses as well
        assert NameLook.objects.filter(subject=people.vela.organisation.pk, reason=WHY).count() == 1
    with acting_as(by.principal):
        # Everybody who stands in it by number or by name, once; nobody the keeper knows in any case.
        subjects = list(NameLook.objects.filter(looked_by=by.user).values_list("subject", flat=True))
        assert len(subjects) == len(set(subjects))
        numbers = {link[key] for link in custody["links"] for key in ("actor_id", "organisation_id")}
        entries = json.loads(files["data/ledger/entries.json"])
        numbers |= {int(row[key]) for row in entries for key in ("actor_id", "organisation_id")}
        assert numbers - {by.user.pk, by.organisation.pk} <= set(subjects)
        assert by.user.pk not in subjects and by.organisation.pk not in subjects
    with acting_as(people.vela.analyst.principal):
        entry = next(row for row in activity(incident) if row.verb == "package.named")
        assert len(json.loads(entry.payload)["handles"]) == len(subjects)
        assert giver.name not in entry.payload


def test_whoever_keeps_no_names_gets_none_and_a_keeper_says_why(people: People, incident: Incident) -> None:
    for actor in (people.vela.analyst, people.meridian.analyst, people.secretariat.person(Role.CUSTODIAN)):
        with pytest.raises(NamesHidden):
            asked(actor, incident, names_reason=WHY)
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(Invalid) as refused:
            asked(keeper(people, f"-{len(reason)}"), incident, names_reason=reason)
        assert list(refused.value.fields) == ["names_reason"]


def test_it_is_taken_by_the_keeper_who_gave_the_reason_and_by_nobody_else(
    people: People, incident: Incident, work: Work
) -> None:
    by, other = keeper(people), keeper(people, "-other")
    made(work, by, incident, names_reason=WHY)
    for actor in (people.vela.analyst, people.meridian.analyst, other):
        with acting_as(actor.principal), pytest.raises(NamesHidden):
            services.open_package(actor=actor, reference=incident.reference, number=1)
    with acting_as(people.vela.analyst.principal):
        hiding.set_blind(
            actor=people.vela.analyst, reference=incident.reference, hidden=False, reasons="The panel closed."
        )
        _package, handle = services.open_package(actor=people.vela.analyst, reference=incident.reference, number=1)
        handle.close()


def test_one_that_waits_is_not_made_once_names_are_hidden_nor_when_somebody_else_tries_it_again(
    people: People, incident: Incident, work: Work
) -> None:
    analyst, by = people.vela.analyst, keeper(people)
    open_case = filed(analyst)
    given(analyst, open_case, data=b"another log\n")
    waiting = asked(analyst, open_case)
    with acting_as(analyst.principal):
        hiding.set_blind(actor=analyst, reference=open_case.reference, hidden=True)
    build_package(waiting.job_id)
    assert seen(analyst, open_case).job.state == "failed"
    kept = asked(by, incident, names_reason=WHY)
    with acting_as(by.principal):
        job = jobs.claim(kept.job_id)
        assert job is not None
        jobs.fail(actor=by, job=job, reason=NotMade("unexpected"))
    with acting_as(analyst.principal):
        work(lambda: services.retry_package(actor=analyst, reference=incident.reference, number=1))
    assert seen(analyst, incident).job.state == "failed"
    assert not seen(analyst, incident).path


def test_the_database_keeps_it_too(people: People, incident: Incident, work: Work) -> None:
    by, custodian = keeper(people), people.secretariat.person(Role.CUSTODIAN)
    made(work, by, incident, names_reason=WHY)
    for actor, reason in ((custodian, WHY), (by, "")):
        row = seen(actor, incident)
        row.pk, row.number, row.identifier, row.names_reason = None, 7, f"urn:uuid:{reason[:4]}", reason
        row.asked_by, row.organisation = actor.user, actor.organisation
        row.sha256 = row.path = row.mark = ""
        row.size, row.made_at = 0, None
        row.job = jobs_new(actor, incident)
        with acting_as(actor.principal), pytest.raises(DatabaseError) as refused, transaction.atomic():
            row.save(force_insert=True)
        assert "keeper of names" in str(refused.value)
    with acting_as(by.principal), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE exchange_package SET names_reason = 'Another'")


def jobs_new(actor: Actor, incident: Incident) -> Any:
    """A job of this person's."""
    with acting_as(actor.principal):
        return jobs.enqueue(actor=actor, key=f"test/{actor.user.pk}", kind="package", incident_id=incident.pk)


def test_page_and_api(people: People, incident: Incident, sign_in: Callable[[Actor], Client], work: Work) -> None:
    by = keeper(people)
    base = f"/incidents/{incident.reference}/packages/"
    holder, keeps = partial(sign_in, people.vela.analyst), partial(sign_in, by)
    assert "only a keeper of names" in holder().get(base).content.decode()
    assert holder().get(f"{base}new/").status_code == 409
    told = holder().post(
        f"/api/v1{base}", {"mark": "TLP:RED", "recipient": "Court", "purpose": "Case"}, "application/json"
    )
    assert (told.status_code, told.json()["code"]) == (409, "names_hidden")
    assert "take the names out" in keeps().get(f"{base}new/").content.decode()
    sent = {"mark": "TLP:AMBER", "recipient": "Court", "purpose": "Case"}
    assert keeps().post(f"{base}new/", sent).status_code == 422
    assert keeps().post(f"/api/v1{base}", sent, "application/json").status_code == 400
    work(lambda: keeps().post(f"{base}new/", {**sent, "names_reason": WHY}))
    made_here = keeps().get(f"/api/v1{base}1/").json()
    assert (made_here["names_reason"], made_here["job"]["state"]) == (WHY, "done")
    page = holder().get(f"{base}1/").content.decode()
    assert WHY in page and "Download the package" not in page
    assert "Download the package" in keeps().get(f"{base}1/").content.decode()
    assert holder().get(f"{base}1/file/").status_code == 409
    assert holder().get(f"/api/v1{base}1/file/").status_code == 409
    assert keeps().get(f"/api/v1{base}1/file/").status_code == 200
