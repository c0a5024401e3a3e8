"""Grades with an end, to a house, a role, a person or a guest; export beside them; ended, taken back, listed (SHR-2)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from core import clock
from core.errors import Invalid, NotAllowed, NotFound
from core.tenancy import acting_as
from evidence.models import EvidenceItem
from incidents import errors, selectors, services, sight
from incidents.access import case_for
from incidents.models import Access, Incident, IncidentUserPermission, PastGrant
from ledger.models import Entry
from organisations.actors import Actor, actor_for
from organisations.models import Membership, User
from organisations.roles import BY_GRADE, BY_ROLE, Action, Grade, Role, allowed
from tests.incidents.cases import filed, shared
from tests.people import People

pytestmark = [pytest.mark.django_db, pytest.mark.duty("SHR-2")]
SignIn = Callable[[Actor], Client]


def sees(actor: Actor, incident: Incident) -> bool:
    """Whether the database shows this person the case, asked without any filter."""
    with acting_as(actor.principal):
        return Incident.objects.filter(pk=incident.pk).exists()


def may(actor: Actor, incident: Incident, action: Action) -> bool:
    with acting_as(actor.principal):
        try:
            return case_for(actor, incident.reference).may(action)
        except NotFound:
            return False


def as_definer(statement: str, *params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE norms_definer")
        cursor.execute(statement, params)
        cursor.execute("SET LOCAL ROLE norms_app")


def pass_time(incident: Incident) -> None:
    """Every end of the case's shares is a moment ago, as it would be later; no clock of ours has run."""
    as_definer("UPDATE principal_ticket SET until = now() - interval '1 second'")
    as_definer(
        "UPDATE incidents_access SET until = now() - interval '1 second' WHERE until IS NOT NULL AND incident_id = %s",
        incident.pk,
    )


def faults() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE norms_definer")
        cursor.execute("SELECT * FROM incidents_access_faults()")
        found: list[Any] = cursor.fetchall()
        cursor.execute("SET LOCAL ROLE norms_app")
    return found


@pytest.mark.duty("SHR-7")
def test_a_share_is_over_by_its_date_in_the_database_too(people: People) -> None:
    """The audience still holds it, nothing was swept: the policies answer with nothing."""
    incident = filed(people.vela.analyst)
    orrin = people.orrin.analyst
    shared(people.vela.analyst, incident, orrin.organisation, Grade.EVIDENCE, until=clock.now() + timedelta(days=1))
    assert sees(orrin, incident) and may(orrin, incident, Action.SEE_EVIDENCE)
    pass_time(incident)
    assert not sees(orrin, incident)
    with acting_as(orrin.principal):
        assert not Access.objects.filter(incident=incident).exists()
        assert selectors.count_visible() == 0
    assert sees(people.vela.analyst, incident)


def test_each_grade_has_its_own_end(people: People) -> None:
    """A summary without end stays when the evidence ends; the list shows the case once."""
    incident = filed(people.vela.analyst)
    orrin = people.orrin.analyst
    shared(people.vela.analyst, incident, orrin.organisation, Grade.SUMMARY)
    shared(people.vela.analyst, incident, orrin.organisation, Grade.EVIDENCE, until=clock.now() + timedelta(days=1))
    with acting_as(orrin.principal):
        assert [each.pk for each in selectors.incident_page(orrin).incidents] == [incident.pk]
        assert selectors.count_visible() == 1
    assert may(orrin, incident, Action.SEE_EVIDENCE)
    assert faults() == []
    pass_time(incident)
    assert sees(orrin, incident) and not may(orrin, incident, Action.SEE_EVIDENCE)


def test_a_page_is_full_though_a_house_holds_several_grades_on_each_case(people: People) -> None:
    orrin = people.orrin.analyst
    for _ in range(4):
        incident = filed(people.vela.analyst)
        for grade in (Grade.SUMMARY, Grade.EVIDENCE, Grade.COORDINATE):
            shared(people.vela.analyst, incident, orrin.organisation, grade)
    with acting_as(orrin.principal):
        page = selectors.incident_page(orrin, limit=3)
        assert len(page.incidents) == 3 and page.next
        assert len(selectors.incident_page(orrin, cursor=page.next, limit=3).incidents) == 1


def test_export_is_a_right_of_its_own(people: People) -> None:
    incident = filed(people.vela.analyst)
    orrin, house = people.orrin.analyst, people.orrin.organisation
    shared(people.vela.analyst, incident, house, Grade.OVERSEE)
    assert may(orrin, incident, Action.SEE_EVIDENCE) and not may(orrin, incident, Action.EXPORT_EVIDENCE)
    shared(people.vela.analyst, incident, house, Grade.EVIDENCE, may_export=True)
    assert may(orrin, incident, Action.EXPORT_EVIDENCE)
    with acting_as(people.vela.analyst.principal), pytest.raises(Invalid) as refused:
        services.grant_access(
            actor=people.vela.analyst, reference=incident.reference, organisation=house, grade=Grade.SUMMARY,
            reason="x", may_export=True,
        )  # fmt: skip
    assert "may_export" in refused.value.fields
    assert all(Action.EXPORT_EVIDENCE not in BY_GRADE[grade] for grade in Grade if grade != Grade.HOLD)
    assert allowed([Role.ANALYST], [Grade.SUMMARY], export=True) == allowed([Role.ANALYST], [Grade.SUMMARY])


def test_contributors_take_nothing_away(people: People) -> None:
    """No grade but holding changes the case, and nothing of it can be deleted by anybody: the database has no such right."""
    for grade in Grade:
        if grade != Grade.HOLD:
            assert not BY_GRADE[grade] & {Action.EDIT, Action.CLOSE, Action.SHARE}
    incident = filed(people.vela.analyst)
    shared(people.vela.analyst, incident, people.orrin.organisation, Grade.CONTRIBUTE)
    with acting_as(people.orrin.analyst.principal), transaction.atomic():
        assert EvidenceItem.objects.filter(incident=incident).delete()[0] == 0


def test_a_role_of_a_house_sees_it_and_the_others_do_not(people: People) -> None:
    incident = filed(people.vela.analyst)
    shared(people.vela.analyst, incident, people.meridian.organisation, Grade.ASSESS, role=Role.LEGAL_ASSESSOR)
    assert sees(people.meridian.person(Role.LEGAL_ASSESSOR), incident)
    assert not sees(people.meridian.person(Role.FORENSIC_ASSESSOR), incident)
    for role in (Role.GUEST, Role.EMERGENCY, "nobody"):
        with pytest.raises(Invalid):
            shared(people.vela.analyst, incident, people.meridian.organisation, Grade.SUMMARY, role=role)


def by_name(people: People, incident: Incident, person: Actor, grade: Grade, **more: Any) -> IncidentUserPermission:
    vela = people.vela.analyst
    with acting_as(vela.principal):
        return services.grant_person(
            actor=vela, reference=incident.reference, email=person.user.email, organisation=person.organisation,
            grade=grade, reason="The one who knows", **more,
        )  # fmt: skip


def test_a_person_by_name_and_nobody_else_of_the_house(people: People) -> None:
    incident = filed(people.vela.analyst)
    person = people.orrin.analyst
    grant = by_name(people, incident, person, Grade.EVIDENCE, until=clock.now() + timedelta(days=2))
    assert may(person, incident, Action.SEE_EVIDENCE)
    assert not sees(people.orrin.another(Role.ANALYST), incident)
    with acting_as(people.vela.analyst.principal):
        assert Entry.objects.filter(verb="grant.given_by_name").count() == 1
        lines = sight.who_sees(people.vela.analyst, incident.reference).lines
        assert [(line.who, line.why) for line in lines if line.by_name] == [(person.user, "The one who knows")]
        services.revoke_person(actor=people.vela.analyst, reference=incident.reference, grant_id=grant.pk)
    assert not sees(person, incident)


def test_by_name_needs_somebody_of_an_accredited_house(people: People) -> None:
    incident = filed(people.vela.analyst)
    with pytest.raises(Invalid) as refused, transaction.atomic():
        by_name(people, incident, Actor(people.orrin.analyst.user, people.amal.organisation, ()), Grade.SUMMARY)
    assert "person" in refused.value.fields
    ferrow = people.ferrow.analyst
    with pytest.raises(Exception, match="not accredited"), transaction.atomic():
        by_name(people, incident, ferrow, Grade.EVIDENCE)
    by_name(people, incident, ferrow, Grade.SUMMARY)


def invited(people: People, incident: Incident, *, days: int = 3, email: str = "guest@outside.example") -> Actor:
    vela = people.vela.analyst
    with acting_as(vela.principal):
        services.invite_guest(
            actor=vela, reference=incident.reference, email=email, name="Visiting Expert", grade=Grade.EVIDENCE,
            reason="Knows the pumps", until=clock.now() + timedelta(days=days),
        )  # fmt: skip
    guest = actor_for(User.objects.get(email=email), vela.organisation.pk)
    assert guest is not None
    return guest


def test_a_guest_sees_one_case_and_nothing_of_the_house(people: People) -> None:
    incident, other = filed(people.vela.analyst), filed(people.vela.analyst)
    guest = invited(people, incident)
    assert guest.is_guest and guest.roles == (Role.GUEST,)
    assert sees(guest, incident) and not sees(guest, other)
    assert may(guest, incident, Action.SEE_EVIDENCE)
    assert not any(
        may(guest, incident, action)
        for action in (Action.DOWNLOAD_EVIDENCE, Action.EXPORT_EVIDENCE, Action.ADD_EVIDENCE, Action.SEE_GRANTS)
    )
    with acting_as(guest.principal):
        assert [each.user_id for each in Membership.objects.all()] == [guest.user.pk]
        with pytest.raises(NotAllowed):
            services.open_draft(actor=guest)


def test_a_guest_is_gone_on_the_day(people: People) -> None:
    incident = filed(people.vela.analyst)
    guest = invited(people, incident)
    as_definer(
        "UPDATE organisations_membership SET since = now() - interval '9 days', until = now() - interval '1 second' WHERE user_id = %s",
        guest.user.pk,
    )
    assert actor_for(guest.user) is None
    pass_time(incident)
    assert not sees(guest, incident)
    with acting_as(people.vela.admin.principal), pytest.raises(DatabaseError), transaction.atomic():
        Membership.objects.filter(user=guest.user).update(until=None)


def test_a_guest_is_a_guest_and_nothing_else(people: People) -> None:
    guest = invited(people, filed(people.vela.analyst))
    with acting_as(people.vela.admin.principal), pytest.raises(DatabaseError), transaction.atomic():
        Membership.objects.filter(user=guest.user).update(roles=["guest", "analyst"])
    assert BY_ROLE[Role.GUEST] < BY_ROLE[Role.ANALYST]


def test_a_guest_in_the_browser(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    guest = invited(people, incident)
    client = sign_in(guest)
    for address in ("", "evidence/", "attribution/", "remediation/"):
        assert client.get(f"/incidents/{incident.reference}/{address}").status_code == 200, address
    assert client.get(f"/incidents/{incident.reference}/sharing/").status_code == 403
    assert client.get("/incidents/new/").status_code == 403
    assert client.post("/api/v1/tokens/", {"name": "x"}, content_type="application/json").status_code == 403
    listed = client.get("/api/v1/incidents/").json()["results"]
    assert [row["reference"] for row in listed] == [incident.reference]


def test_what_was_shared_stays_listed_and_an_ending_can_be_taken_back(people: People) -> None:
    vela, incident = people.vela.analyst, filed(people.vela.analyst)
    until = clock.now() + timedelta(days=5)
    grant = shared(vela, incident, people.orrin.organisation, Grade.EVIDENCE, until=until, may_export=True)
    with acting_as(vela.principal):
        services.revoke_grant(actor=vela, reference=incident.reference, grant_id=grant.pk)
        [past] = selectors.past_grants_of(incident)
        assert (past.how, past.grade, past.may_export, past.ended_by) == ("ended", Grade.EVIDENCE, True, vela.user)
    assert not sees(people.orrin.analyst, incident)
    with acting_as(vela.principal):
        again = services.restore_grant(actor=vela, reference=incident.reference, past_id=past.pk)
        assert (again.until, again.may_export, again.reason) == (until, True, "Same intruder seen")
        with pytest.raises(DatabaseError), transaction.atomic():
            PastGrant.objects.filter(pk=past.pk).delete()
    assert sees(people.orrin.analyst, incident)
    as_definer("UPDATE incidents_pastgrant SET ended_at = now() - interval '2 days'")
    with acting_as(vela.principal), pytest.raises(errors.TooLateToUndo):
        services.restore_grant(actor=vela, reference=incident.reference, past_id=past.pk)


def test_what_ran_out_is_swept_into_the_past(people: People) -> None:
    vela, incident = people.vela.analyst, filed(people.vela.analyst)
    shared(vela, incident, people.orrin.organisation, Grade.EVIDENCE, until=clock.now() + timedelta(days=5))
    as_definer("UPDATE incidents_incidentgrouppermission SET until = now() - interval '1 second'")
    assert services.expire_grants() == 1
    assert faults() == []
    with acting_as(vela.principal):
        [past] = selectors.past_grants_of(incident)
        assert (past.how, past.ended_by) == ("expired", None)
    with acting_as(people.amal.analyst.principal):
        assert not PastGrant.objects.exists()


def test_who_can_see_a_thing_says_what_the_doors_do(people: People) -> None:
    """For every grade and every kind of act: whoever the answer names may do it, and nobody else."""
    vela, incident = people.vela.analyst, filed(people.vela.analyst)
    houses = {
        Grade.SUMMARY: people.orrin,
        Grade.EVIDENCE: people.amal,
        Grade.ASSESS: people.meridian,
        Grade.COORDINATE: people.brigid,
    }
    for grade, house in houses.items():
        shared(vela, incident, house.organisation, grade)
    with acting_as(vela.principal):
        for action in (
            Action.VIEW,
            Action.SEE_EVIDENCE,
            Action.SEE_ATTRIBUTION,
            Action.SEE_MEASURES,
            Action.SEE_REMEDIATION,
        ):
            named = {line.house.slug for line in sight.lines_of(incident, action)}
            real = {"vela"} | {h.organisation.slug for h in houses.values() if may(h.analyst, incident, action)}
            assert named == real, action


def test_who_sees_by_page_and_program(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    shared(people.vela.analyst, incident, people.orrin.organisation, Grade.SUMMARY)
    client = sign_in(people.vela.analyst)
    answer = client.get(f"/api/v1/incidents/{incident.reference}/who/case/all/").json()
    assert {(row["organisation"], row["grade"]) for row in answer["sees"]} == {("vela", "hold"), ("orrin", "summary")}
    assert client.get(f"/api/v1/incidents/{incident.reference}/who/evidence/E-9/").status_code == 404
    assert client.get(f"/api/v1/incidents/{incident.reference}/who/nothing/1/").status_code == 404
    assert client.get(f"/incidents/{incident.reference}/sharing/who/case/all/").status_code == 200
    assert client.get(f"/incidents/{incident.reference}/sharing/").status_code == 200


def test_sharing_in_the_browser(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    people.orrin.analyst  # noqa: B018  (signs up)
    client = sign_in(people.vela.analyst)
    where = f"/incidents/{incident.reference}/sharing/"
    terms = {
        "organisation": people.orrin.organisation.pk,
        "grade": "20",
        "reason": "Needed",
        "role": "",
        "may_export": "on",
    }
    assert client.post(f"{where}new/", {**terms, "person": "analyst@orrin.example"}).status_code == 303
    both = client.post(f"{where}new/", {**terms, "person": "analyst@orrin.example", "role": "analyst"})
    assert both.status_code == 422
    nobody = client.post(f"{where}new/", {**terms, "person": "nobody@orrin.example"})
    assert nobody.status_code == 422 and b"nobody@orrin.example" in nobody.content
    with acting_as(people.vela.analyst.principal):
        grant = IncidentUserPermission.objects.get()
    assert client.get(f"{where}people/{grant.pk}/end/").status_code == 200
    assert client.post(f"{where}people/{grant.pk}/end/").status_code == 303
    with acting_as(people.vela.analyst.principal):
        past = PastGrant.objects.get()
    assert b"Take back" in client.get(where).content
    assert client.post(f"{where}past/{past.pk}/undo/").status_code == 303
    guest = {"email": "x@outside.example", "name": "X", "grade": "10", "reason": "Needed"}
    assert client.post(f"{where}guests/new/", guest).status_code == 422
    day = (clock.today() + timedelta(days=4)).isoformat()
    assert client.post(f"{where}guests/new/", {**guest, "until": day}).status_code == 303


def test_sharing_by_a_program(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    people.orrin.analyst  # noqa: B018
    client = sign_in(people.vela.analyst)
    url = f"/api/v1/incidents/{incident.reference}/grants/"

    def post(address: str, body: dict[str, Any]) -> Any:
        return client.post(address, body, content_type="application/json")

    given = post(url, {"organisation": "orrin", "grade": "evidence", "reason": "x", "may_export": True}).json()
    assert given["may_export"] is True and given["accredited_to"] == "2026.3"
    named = post(
        f"{url}people/", {"organisation": "orrin", "person": "analyst@orrin.example", "grade": "summary", "reason": "x"}
    )
    assert named.status_code == 201
    assert [row["name"] for row in client.get(f"{url}people/").json()] == ["orrin analyst"]
    assert client.delete(f"{url}people/{named.json()['id']}/").status_code == 204
    [past] = client.get(f"{url}past/").json()
    assert post(f"{url}past/{past['id']}/restore/", {}).status_code == 204
    until = (clock.now() + timedelta(days=2)).isoformat()
    guest = post(
        f"{url}guests/", {"email": "g@outside.example", "name": "G", "grade": "evidence", "reason": "x", "until": until}
    )
    assert guest.status_code == 201
    assert (
        post(
            f"{url}guests/",
            {"email": "g@outside.example", "name": "G", "grade": "assess", "reason": "x", "until": until},
        ).status_code
        == 400
    )
