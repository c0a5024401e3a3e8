"""Who is in charge, handing a case over, and leaving a house without leaving anything behind (SHR-2)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accreditation.errors import NotAccredited
from core import clock
from core.errors import NotAllowed, NotFound
from core.tenancy import acting_as
from incidents import errors, handing, services
from incidents.access import case_for
from incidents.models import HandOver, Incident, IncidentGroupPermission, IncidentUserPermission
from ledger.models import Entry
from notifications import services as notifications
from notifications.models import Notification, Watch
from organisations.actors import Actor
from organisations.errors import StillHolds
from organisations.keys import issue_token
from organisations.models import ApiToken, Membership
from organisations.roles import Action, Grade, Role
from organisations.services import end_membership, reassign
from remediation.services import add_task
from tests.incidents.cases import filed, shared
from tests.people import People, lapse

pytestmark = [pytest.mark.django_db, pytest.mark.duty("SHR-2")]
SignIn = Callable[[Actor], Client]


def offered(people: People, incident: Incident, **more: Any) -> HandOver:
    vela = people.vela.analyst
    with acting_as(vela.principal):
        return handing.offer_case(
            actor=vela, reference=incident.reference, organisation=people.orrin.organisation, reason="It is in their country",
            **more,
        )  # fmt: skip


def taken(people: People, incident: Incident, offer: HandOver) -> Incident:
    orrin = people.orrin.analyst
    with acting_as(orrin.principal):
        return handing.take_over_case(actor=orrin, reference=incident.reference, offer_id=offer.pk)


def test_a_case_is_offered_and_taken_and_everything_moves_with_it(people: People) -> None:
    vela, orrin = people.vela.analyst, people.orrin.analyst
    incident = filed(vela)
    people.orrin.coordinator  # noqa: B018  (is told)
    shared(vela, incident, orrin.organisation, Grade.SUMMARY)
    kept = shared(vela, incident, people.amal.organisation, Grade.EVIDENCE)
    offer = offered(people, incident, keeps=Grade.EVIDENCE)
    with acting_as(people.orrin.coordinator.principal):
        assert Notification.objects.get(kind="case.offered").subject == "Vela National CERT"
    after = taken(people, incident, offer)
    assert after.holder_id == orrin.organisation.pk
    with acting_as(orrin.principal):
        services.edit_incident(
            actor=orrin, reference=incident.reference, version=after.version, facts={"title": "Ours now"}
        )
        held_now = {
            grant.pk: grant.group.role_group.organisation.slug
            for grant in IncidentGroupPermission.objects.select_related("group__role_group__organisation")
        }
        assert held_now.get(kept.pk) == "amal" and "orrin" not in held_now.values() and "vela" in held_now.values()
        services.revoke_grant(actor=orrin, reference=incident.reference, grant_id=kept.pk)
    with acting_as(vela.principal):
        actions = case_for(vela, incident.reference).actions
        assert Action.SEE_EVIDENCE in actions and Action.SHARE not in actions
        assert Entry.objects.filter(verb="case.offered").count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE norms_definer")
        cursor.execute("SELECT * FROM incidents_access_faults()")
        assert cursor.fetchall() == []
        cursor.execute("SET LOCAL ROLE norms_app")


def test_nobody_is_given_a_case_and_nobody_takes_one_that_was_not_offered(people: People) -> None:
    vela, orrin = people.vela.analyst, people.orrin.analyst
    incident = filed(vela)
    with pytest.raises(errors.MustSeeFirst), transaction.atomic():
        offered(people, incident)
    shared(vela, incident, orrin.organisation, Grade.SUMMARY)
    offer = offered(people, incident)
    with pytest.raises(errors.HandOverOpen), transaction.atomic():
        offered(people, incident)
    with acting_as(vela.principal), pytest.raises(errors.OnlyHolder):
        handing.take_over_case(actor=vela, reference=incident.reference, offer_id=offer.pk)
    with acting_as(orrin.principal):
        with pytest.raises(DatabaseError), transaction.atomic():
            HandOver.objects.filter(pk=offer.pk).update(state="accepted")
        assert Incident.objects.filter(pk=incident.pk).update(holder=orrin.organisation) == 0
        declined = handing.decline_case(actor=orrin, reference=incident.reference, offer_id=offer.pk, answer="Too much")
        assert declined.state == "declined"
        with pytest.raises(errors.HandOverAnswered):
            handing.take_over_case(actor=orrin, reference=incident.reference, offer_id=offer.pk)
    with acting_as(people.amal.analyst.principal):
        assert not HandOver.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT incidents_take_over(%s)", [offer.pk])
            assert cursor.fetchone() == (False,)


def test_only_an_accredited_house_takes_a_case(people: People) -> None:
    incident = filed(people.vela.analyst)
    shared(people.vela.analyst, incident, people.orrin.organisation, Grade.SUMMARY)
    offer = offered(people, incident)
    lapse(people.orrin.organisation)
    with pytest.raises(NotAccredited):
        taken(people, incident, offer)
    with acting_as(people.vela.analyst.principal):
        assert (
            handing.withdraw_offer(actor=people.vela.analyst, reference=incident.reference, offer_id=offer.pk).state
            == "withdrawn"
        )


def test_only_who_may_share_answers_and_others_do_not_know(people: People) -> None:
    incident = filed(people.vela.analyst)
    shared(people.vela.analyst, incident, people.orrin.organisation, Grade.SUMMARY)
    shared(people.vela.analyst, incident, people.amal.organisation, Grade.OVERSEE)
    offer = offered(people, incident)
    researcher = people.orrin.person(Role.RESEARCHER)
    with acting_as(researcher.principal), pytest.raises(NotAllowed):
        handing.take_over_case(actor=researcher, reference=incident.reference, offer_id=offer.pk)
    amal = people.amal.analyst
    with acting_as(amal.principal), pytest.raises(NotFound):
        handing.offer_for(amal, incident.reference, offer.pk)


def test_in_the_browser_and_by_program(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    shared(people.vela.analyst, incident, people.orrin.organisation, Grade.SUMMARY)
    where = f"/incidents/{incident.reference}/sharing/"
    client = sign_in(people.vela.analyst)
    assert client.get(f"{where}hand-over/").status_code == 200
    unseen = client.post(
        f"{where}hand-over/", {"organisation": people.amal.organisation.pk, "keeps": "60", "reason": "Why so"}
    )
    assert unseen.status_code == 409 and b"Why so" in unseen.content
    assert (
        client.post(
            f"{where}hand-over/", {"organisation": people.orrin.organisation.pk, "keeps": "60", "reason": "x"}
        ).status_code
        == 303
    )
    [offer] = client.get(f"/api/v1/incidents/{incident.reference}/hand-over/").json()
    assert client.get(f"{where}hand-over/{offer['id']}/").status_code == 200
    person = people.vela.coordinator.user.pk
    assert client.post(f"{where}in-charge/", {"person": person}).status_code == 303
    url = f"/api/v1/incidents/{incident.reference}/in-charge/"
    assert client.put(url, {"person": None}, content_type="application/json").json() == {"person": None}
    outsider = client.put(url, {"person": people.orrin.analyst.user.pk}, content_type="application/json")
    assert (outsider.status_code, outsider.json()["code"]) == (409, "not_of_the_house")
    client = sign_in(people.orrin.analyst)
    assert client.get(f"{where}hand-over/{offer['id']}/").status_code == 200
    assert client.post(f"{where}hand-over/{offer['id']}/", {"act": "nothing"}).status_code == 409
    assert client.post(f"{where}hand-over/{offer['id']}/", {"act": "take"}).status_code == 303
    assert client.get(where).status_code == 200


def leaving(people: People, actor: Actor) -> Membership:
    with acting_as(people.vela.admin.principal):
        return Membership.objects.get(user=actor.user, organisation=people.vela.organisation)


def test_leaving_is_refused_while_something_is_unassigned_and_nothing_is_lost(people: People) -> None:
    admin, leaver, taker = people.vela.admin, people.vela.analyst, people.vela.coordinator
    incident = filed(leaver)
    with acting_as(leaver.principal):
        handing.put_in_charge(actor=leaver, reference=incident.reference, person_id=leaver.user.pk)
        task = add_task(
            actor=leaver,
            reference=incident.reference,
            task={"title": "x", "organisation": "vela", "person": leaver.user.pk},
        )
        token, _key = issue_token(actor=leaver, name="x", expires_at=clock.now() + timedelta(days=3))
        notifications.watch(actor=leaver, root_id=incident.pk, reference=incident.reference, url="/inbox/")
    theirs = filed(people.orrin.analyst)
    with acting_as(people.orrin.analyst.principal):
        services.grant_person(
            actor=people.orrin.analyst, reference=theirs.reference, email=leaver.user.email, organisation=leaver.organisation,
            grade=Grade.EVIDENCE, reason="Knows it",
        )  # fmt: skip
    membership, to = leaving(people, leaver), leaving(people, taker)
    with acting_as(admin.principal):
        with pytest.raises(StillHolds) as refused:
            end_membership(actor=admin, membership_id=membership.pk)
        assert refused.value.details == {"cases": 1, "tasks": 1}
        for kind in ("cases", "tasks"):
            assert reassign(actor=admin, membership_id=membership.pk, kind=kind, to_membership_id=to.pk) == 1
        end_membership(actor=admin, membership_id=membership.pk)
        assert Incident.objects.get(pk=incident.pk).in_charge == taker.user
        task.refresh_from_db()
        assert task.person == taker.user
        assert ApiToken.objects.get(pk=token.pk).revoked_at is not None
        assert Entry.objects.filter(verb="member.reassigned").count() == 2
    with acting_as(people.orrin.analyst.principal):
        assert not IncidentUserPermission.objects.filter(user=leaver.user).exists()
    with acting_as(leaver.principal):
        assert not Watch.objects.exists()


def test_leaving_in_the_browser(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    with acting_as(people.vela.analyst.principal):
        handing.put_in_charge(
            actor=people.vela.analyst, reference=incident.reference, person_id=people.vela.analyst.user.pk
        )
    membership, to = leaving(people, people.vela.analyst), leaving(people, people.vela.coordinator)
    client = sign_in(people.vela.admin)
    where = f"/organisation/members/{membership.pk}/"
    page = client.get(f"{where}end/")
    assert incident.reference.encode() in page.content and b"Hand them on" in page.content
    assert client.post(f"{where}end/").status_code == 409
    assert client.post(f"{where}reassign/", {"kind": "cases"}).status_code == 409
    assert client.post(f"{where}reassign/", {"kind": "cases", "to": to.pk}).status_code == 303
    assert client.post(f"{where}end/").status_code == 303
