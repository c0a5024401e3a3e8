"""Nobody reads a case without a grant; an emergency opens one for a while, and nobody is left unaware (SHR-1, SHR-7)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from core.errors import Invalid, NotAllowed, NotFound
from core.tenancy import acting_as
from incidents import emergency, services
from incidents.access import case_for
from incidents.models import EmergencyOpening, Incident, IncidentUserPermission
from ledger.models import Entry
from notifications.models import Notification
from organisations.actors import Actor
from organisations.models import User
from organisations.roles import Action, Role
from tests.incidents.cases import filed
from tests.people import People
from tests.sharing.test_grants import pass_time, sees

pytestmark = [pytest.mark.django_db, pytest.mark.duty("SHR-1")]
SignIn = Callable[[Actor], Client]
WHY = "A hospital asks which pumps are safe, tonight."


def opened(actor: Actor, incident: Incident) -> EmergencyOpening:
    with acting_as(actor.principal):
        return emergency.open_in_emergency(actor=actor, reference=incident.reference, reason=WHY)


def test_a_superuser_reads_no_case_without_a_grant(people: People, sign_in: SignIn) -> None:
    """By the database, by the inner wall, by page, by API, by the admin site."""
    incident = filed(people.vela.analyst)
    root = people.orrin.analyst
    User.objects.filter(pk=root.user.pk).update(is_superuser=True, is_staff=True)
    operator = Actor(
        User.objects.get(pk=root.user.pk), root.organisation, tuple(role for role in Role.values if role != Role.GUEST)
    )
    assert not sees(operator, incident)
    with acting_as(operator.principal):
        with pytest.raises(NotFound):
            case_for(operator, incident.reference)
        with connection.cursor() as cursor:
            for table in ("incidents_access", "incidents_victim", "incidents_incidentgrouppermission", "ledger_entry"):
                cursor.execute(
                    f"SELECT count(*) FROM {table} WHERE {'root_id' if table.startswith('ledger') else 'content_object_id' if 'permission' in table else 'incident_id'} = %s",
                    [incident.pk],
                )
                assert cursor.fetchone() == (0,), table
        with pytest.raises(NotFound):
            emergency.open_in_emergency(actor=operator, reference=incident.reference, reason=WHY)
    client = sign_in(operator)
    for address in (
        f"/incidents/{incident.reference}/",
        f"/api/v1/incidents/{incident.reference}/",
        f"/incidents/{incident.reference}/sharing/",
    ):
        assert client.get(address).status_code == 404, address
    assert incident.reference.encode() not in client.get("/admin/").content
    assert client.get("/api/v1/incidents/").json()["results"] == []


def test_an_opening_has_a_reason_is_told_at_once_and_stays_for_ever(people: People) -> None:
    incident, coordinator = filed(people.vela.analyst), people.vela.coordinator
    duty = people.secretariat.person(Role.EMERGENCY)
    assert not sees(duty, incident)
    opening = opened(duty, incident)
    assert opening.until - opening.opened_at <= timedelta(hours=emergency.HOURS, minutes=1)
    with acting_as(duty.principal):
        actions = case_for(duty, incident.reference).actions
        assert Action.SEE_EVIDENCE in actions
        assert not actions & {
            Action.DOWNLOAD_EVIDENCE,
            Action.EXPORT_EVIDENCE,
            Action.EDIT,
            Action.SHARE,
            Action.SEE_GRANTS,
        }
        assert Entry.objects.get(verb="case.opened_in_emergency").root_id == incident.pk
    with acting_as(coordinator.principal):
        told = Notification.objects.get(kind="case.opened_in_emergency")
        assert told.acknowledge and told.reference == incident.reference
    with acting_as(people.vela.analyst.principal):
        case = case_for(people.vela.analyst, incident.reference)
        assert case.emergencies
        assert [each.reason for each in emergency.openings_of(incident)] == [WHY]
        rows = EmergencyOpening.objects.filter(pk=opening.pk)
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(reason="Never mind")


def test_it_ends_by_itself(people: People) -> None:
    incident, duty = filed(people.vela.analyst), people.secretariat.person(Role.EMERGENCY)
    opened(duty, incident)
    assert sees(duty, incident)
    pass_time(incident)
    assert not sees(duty, incident)
    with acting_as(people.vela.analyst.principal):
        assert case_for(people.vela.analyst, incident.reference).emergencies


def test_the_holder_can_end_it_sooner(people: People) -> None:

    vela, incident, duty = people.vela.analyst, filed(people.vela.analyst), people.secretariat.person(Role.EMERGENCY)
    opened(duty, incident)
    with acting_as(vela.principal):
        grant = IncidentUserPermission.objects.get(user=duty.user)
        services.revoke_person(actor=vela, reference=incident.reference, grant_id=grant.pk)
    assert not sees(duty, incident)


def test_nobody_else_opens_one_and_not_without_a_reason(people: People) -> None:
    incident = filed(people.vela.analyst)
    for actor in (people.secretariat.coordinator, people.secretariat.admin, people.orrin.analyst):
        with pytest.raises(NotAllowed):
            opened(actor, incident)
    pretender = people.orrin.person(Role.EMERGENCY)  # the role counts in the secretariat alone: the database asks
    with pytest.raises(NotFound):
        opened(pretender, incident)
    duty = people.secretariat.person(Role.EMERGENCY)
    with acting_as(duty.principal):
        with pytest.raises(Invalid):
            emergency.open_in_emergency(actor=duty, reference=incident.reference, reason="because")
        with pytest.raises(NotFound):
            emergency.open_in_emergency(actor=duty, reference="INC-2026-999999", reason=WHY)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT incidents_open_in_emergency(%s, %s, 48)", [incident.reference, WHY])
    assert not sees(duty, incident)


def test_in_the_browser_and_by_program(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    duty = people.secretariat.person(Role.EMERGENCY)
    client = sign_in(duty)
    assert client.get("/emergency/").status_code == 200
    assert client.post("/emergency/", {"reference": "INC-2026-999999", "reason": WHY}).status_code == 422
    short = client.post("/emergency/", {"reference": incident.reference, "reason": "now"})
    assert short.status_code == 422 and incident.reference.encode() in short.content
    assert client.get(f"/incidents/{incident.reference}/").status_code == 404
    done = client.post("/emergency/", {"reference": incident.reference.lower(), "reason": WHY})
    assert done["Location"] == f"/incidents/{incident.reference}/"
    assert b"Opened in an emergency" in client.get(done["Location"]).content
    again = client.post(
        "/api/v1/emergency/", {"reference": incident.reference, "reason": WHY}, content_type="application/json"
    )
    assert again.status_code == 201
    client = sign_in(people.vela.analyst)
    assert WHY.encode() in client.get(f"/incidents/{incident.reference}/sharing/").content
    assert len(client.get(f"/api/v1/incidents/{incident.reference}/emergencies/").json()) == 2
    assert (
        client.post(
            "/api/v1/emergency/", {"reference": incident.reference, "reason": WHY}, content_type="application/json"
        ).status_code
        == 403
    )
