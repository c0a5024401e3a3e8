"""Looking as somebody else: read only, recorded, and never more than one may see oneself (SHR-2)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from core.errors import NotAllowed, NotFound
from core.tenancy import acting_as
from incidents import previewing, selectors, services
from incidents.access import case_for
from incidents.hiding import set_blind
from incidents.models import Access, Incident, Preview, Victim
from ledger.models import Entry, Look
from ledger.services import record
from organisations.actors import Actor
from organisations.errors import PreviewGone
from organisations.models import Membership
from organisations.roles import Action, Grade, Role, allowed
from tests.evidence.builders import given
from tests.incidents.cases import filed, shared
from tests.people import People

pytestmark = [pytest.mark.django_db, pytest.mark.duty("SHR-2")]
SignIn = Callable[[Actor], Client]


def begun(viewer: Actor, incident: Incident, people: People, grade: Grade, role: str = Role.ANALYST) -> Preview:
    with acting_as(viewer.principal):
        return previewing.start_preview(
            actor=viewer, reference=incident.reference, organisation=people.orrin.organisation, role=role, grade=grade
        )


def through(viewer: Actor, preview: Preview) -> Actor:
    with acting_as(viewer.principal):
        return previewing.through(viewer, preview.pk)


@pytest.mark.parametrize("grade", [grade for grade in Grade if grade != Grade.HOLD])
def test_a_preview_shows_what_such_a_reader_may_do_and_what_the_viewer_may(people: People, grade: Grade) -> None:
    incident = filed(people.vela.analyst)
    preview = begun(people.vela.analyst, incident, people, grade)
    looking = through(people.vela.analyst, preview)
    with acting_as(looking.principal):
        actions = case_for(looking, incident.reference).actions
    with acting_as(people.vela.analyst.principal):
        mine = case_for(people.vela.analyst, incident.reference).actions
    assert actions <= mine
    assert actions == allowed([Role.ANALYST], [grade]) & mine - {Action.FILE}


def test_a_viewer_sees_no_more_than_their_own_role_allows(people: People) -> None:
    """A coordinator adds no evidence, so looking as an analyst who may does not show them that either."""
    incident = filed(people.vela.analyst)
    looking = through(people.vela.coordinator, begun(people.vela.coordinator, incident, people, Grade.CONTRIBUTE))
    with acting_as(looking.principal):
        actions = case_for(looking, incident.reference).actions
    assert Action.SEE_EVIDENCE in actions and Action.ADD_EVIDENCE not in actions


def test_it_shows_this_case_and_nothing_else_of_anybody(people: People) -> None:
    vela = people.vela.analyst
    incident, other = filed(vela), filed(vela)
    theirs = filed(people.orrin.analyst)
    shared(people.orrin.analyst, theirs, people.vela.organisation, Grade.OVERSEE)
    looking = through(vela, begun(vela, incident, people, Grade.COORDINATE))
    with acting_as(looking.principal):
        assert [each.pk for each in selectors.incident_page(looking).incidents] == [incident.pk]
        assert set(Incident.objects.values_list("pk", flat=True)) == {incident.pk}
        assert not Membership.objects.exists() and not Preview.objects.exists()
        for hidden in (other, theirs):
            with pytest.raises(NotFound):
                case_for(looking, hidden.reference)


def test_a_summary_shows_no_evidence_in_the_database_either(people: People, tmp_path: Any, settings: Any) -> None:
    settings.FILES_ROOT = tmp_path
    vela = people.vela.analyst
    incident = filed(vela)
    item = given(vela, incident)
    for grade, shown in ((Grade.SUMMARY, False), (Grade.EVIDENCE, True)):
        looking = through(vela, begun(vela, incident, people, grade))
        with acting_as(looking.principal):
            assert type(item).objects.filter(pk=item.pk).exists() is shown
            assert Victim.objects.filter(incident=incident).exists()


def test_nothing_can_be_done_through_it(people: People) -> None:
    vela = people.vela.analyst
    incident = filed(vela)
    looking = through(vela, begun(vela, incident, people, Grade.COORDINATE))
    with acting_as(looking.principal):
        with pytest.raises(NotAllowed):
            services.add_statement(
                actor=looking, reference=incident.reference, statement={"kind": "denial", "said_by": "x"}
            )
        with pytest.raises(NotAllowed):
            record(actor=looking, verb="incident.edited", subject=incident)
        assert Incident.objects.filter(pk=incident.pk).update(title="Changed") == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            Entry.objects.create(
                verb="incident.edited",
                subject_type="x",
                subject_id="1",
                actor_id=vela.user.pk,
                organisation_id=vela.organisation.pk,
                payload="{}",
                instruments="{}",
            )


def test_it_is_recorded_and_ends_and_is_the_viewers_alone(people: People) -> None:
    vela = people.vela.analyst
    incident = filed(vela)
    preview = begun(vela, incident, people, Grade.EVIDENCE)
    with acting_as(vela.principal):
        entry = Entry.objects.get(verb="case.previewed")
        assert (entry.actor_id, entry.root_id) == (vela.user.pk, incident.pk)
    colleague = people.vela.coordinator
    with acting_as(colleague.principal), pytest.raises(NotFound):
        previewing.through(colleague, preview.pk)
    with acting_as(vela.principal):
        previewing.end_preview(actor=vela, preview_id=preview.pk)
        with pytest.raises(PreviewGone):
            previewing.through(vela, preview.pk)
        assert not Access.objects.filter(principal=preview.number).exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            Preview.objects.filter(pk=preview.pk).update(ended_at=None)


def test_only_the_holder_previews_and_the_database_says_so_too(people: People) -> None:
    incident = filed(people.vela.analyst)
    shared(people.vela.analyst, incident, people.orrin.organisation, Grade.OVERSEE)
    orrin = people.orrin.analyst
    with pytest.raises(NotAllowed):
        begun(orrin, incident, people, Grade.SUMMARY)
    with acting_as(orrin.principal), pytest.raises(DatabaseError), transaction.atomic():
        Preview.objects.create(
            incident=incident, viewer=orrin.user, viewer_organisation=orrin.organisation, organisation=orrin.organisation,
            roles=["analyst"], grades=[60], until="2026-11-28T00:00Z",
        )  # fmt: skip
    with pytest.raises(NotAllowed):
        begun(people.vela.person(Role.RESEARCHER), incident, people, Grade.SUMMARY)


def test_as_the_reader_of_a_share_with_everything_that_reaches_them(people: People) -> None:
    vela, incident = people.vela.analyst, filed(people.vela.analyst)
    shared(vela, incident, people.orrin.organisation, Grade.SUMMARY)
    grant = shared(vela, incident, people.orrin.organisation, Grade.EVIDENCE, role=Role.COORDINATOR)
    with acting_as(vela.principal):
        preview = previewing.preview_grant(actor=vela, reference=incident.reference, grant_id=grant.pk, by_name=False)
    assert (preview.roles, preview.grades) == ([Role.COORDINATOR], [Grade.SUMMARY, Grade.EVIDENCE])


@pytest.mark.duty("SHR-7")
def test_the_book_and_its_rows_agree_with_a_preview_open(people: People) -> None:
    incident = filed(people.vela.analyst)
    begun(people.vela.analyst, incident, people, Grade.EVIDENCE)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE norms_definer")
        cursor.execute("SELECT * FROM incidents_access_faults()")
        assert cursor.fetchall() == []
        cursor.execute("SET LOCAL ROLE norms_app")


def test_in_the_browser(people: People, sign_in: SignIn) -> None:
    vela = people.vela.analyst
    incident, other = filed(vela), filed(vela)
    client = sign_in(vela)
    where = f"/incidents/{incident.reference}/"
    terms = {"organisation": people.orrin.organisation.pk, "role": "analyst", "grade": "10"}
    assert client.get(f"{where}sharing/preview/").status_code == 200
    assert client.post(f"{where}sharing/preview/", terms)["Location"] == where
    page = client.get(where)
    assert page.status_code == 200 and b"PREVIEW" in page.content
    assert client.get(f"{where}evidence/").status_code == 403
    assert client.get(f"/incidents/{other.reference}/").status_code == 404
    for act in (f"{where}close/", f"{where}watch/", "/incidents/new/"):
        answer = client.post(act)
        assert answer.status_code == 409 and b"looking as somebody else" in answer.content, act
    assert client.post("/preview/end/").status_code == 303
    assert b"PREVIEW" not in client.get(where).content
    assert client.post("/preview/end/").status_code == 404
    assert client.get(f"{where}evidence/").status_code == 200


def test_by_a_program(people: People, sign_in: SignIn) -> None:
    vela, incident = people.vela.analyst, filed(people.vela.analyst)
    client = sign_in(vela)
    url = f"/api/v1/incidents/{incident.reference}/"
    body = {"organisation": "orrin", "role": "analyst", "grade": "summary"}
    people.orrin.organisation  # noqa: B018
    preview = client.post(f"{url}preview/", body, content_type="application/json").json()
    header = {"X-Preview": str(preview["id"])}
    assert client.get(url, headers=header).json()["actions"] == ["incident.view", "remediation.view"]
    assert client.get(f"{url}evidence/", headers=header).status_code == 403
    refused = client.post(f"{url}close/", headers=header)
    assert (refused.status_code, refused.json()["code"]) == (409, "preview_cannot_act")
    assert client.get(url, headers={"X-Preview": "999999"}).status_code == 409
    assert client.get(f"{url}evidence/").status_code == 200


@pytest.mark.duty("SHR-1")
def test_looks_in_a_preview_are_the_viewers_and_say_as_whom(people: People, sign_in: SignIn) -> None:
    vela, admin, incident = people.vela.analyst, people.vela.admin, filed(people.vela.analyst)
    client, where = sign_in(vela), f"incidents/{incident.reference}/"
    terms = {"organisation": people.orrin.organisation.pk, "role": "analyst", "grade": "20"}
    client.post(f"/{where}sharing/preview/", terms)
    assert client.get(f"/{where}").status_code == 200 and client.get(f"/{where}evidence/").status_code == 200
    assert client.get(f"/{where}close/").status_code == 403  # what was refused was not looked at
    client.post("/preview/end/")
    program = sign_in(vela)
    body = {"organisation": "orrin", "role": "legal_assessor", "grade": "evidence"}
    other = program.post(f"/api/v1/{where}preview/", body, content_type="application/json").json()
    assert program.get(f"/api/v1/{where}evidence/", headers={"X-Preview": str(other["id"])}).status_code == 200
    overseer = sign_in(admin)
    rows = overseer.get(f"/api/v1/{where}looks/").json()["results"]
    looked = [(row["what"], row["as_organisation"], row["as_roles"]) for row in rows if row["preview"] == "yes"]
    house = str(people.orrin.organisation)
    assert looked == [
        ("api-evidence-list", house, "legal_assessor"), ("evidence-list", house, "analyst"), ("incident", house, "analyst"),
    ]  # fmt: skip
    assert {row["person"] for row in rows if row["preview"] == "yes"} == {str(vela.user)}
    assert all(row["as_organisation"] == "" for row in rows if row["preview"] == "")
    page = overseer.get(f"/{where}looks/").content.decode()
    assert "in a preview, as" in page and "Analyst, " in page and house in page
    taken = b"".join(overseer.get(f"/{where}looks/looks.csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert taken.splitlines()[0].endswith("preview,as_organisation,as_person,as_roles")
    assert f"yes,{house},,analyst" in taken
    with acting_as(people.orrin.admin.principal):  # nobody of theirs looked
        assert not Look.objects.exists()


def test_nobody_writes_that_they_looked_as_somebody_else_and_a_preview_that_is_over_shows_nothing(
    people: People,
) -> None:
    vela, incident = people.vela.analyst, filed(people.vela.analyst)
    preview = begun(vela, incident, people, Grade.EVIDENCE)
    note = "SELECT incidents_look_through(%s, 'opened', 'page', 'incident', '')"
    own = {
        "actor_id": vela.user.pk, "organisation_id": vela.organisation.pk, "holder_id": vela.organisation.pk,
        "root_id": incident.pk, "act": "opened", "door": "page", "what": "incident", "subject": "",
    }  # fmt: skip
    with acting_as(vela.principal):
        for claim in (
            lambda: Look.objects.create(**own, as_organisation_id=people.orrin.organisation.pk),
            lambda: rows(note, preview.pk),  # the viewer's own numbers are not the preview's
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                claim()
    looking = through(vela, preview)
    with acting_as(vela.principal):
        previewing.end_preview(actor=vela, preview_id=preview.pk)
    with acting_as(looking.principal), pytest.raises(DatabaseError), transaction.atomic():
        rows(note, preview.pk)


@pytest.mark.duty("SHR-1")
def test_in_a_case_without_names_a_preview_is_told_by_handle(people: People, sign_in: SignIn) -> None:
    vela, incident = people.vela.analyst, filed(people.vela.analyst)
    with acting_as(vela.principal):
        set_blind(actor=vela, reference=incident.reference, hidden=True)
    client, where = sign_in(vela), f"/incidents/{incident.reference}/"
    terms = {"organisation": people.orrin.organisation.pk, "role": "analyst", "grade": "20"}
    client.post(f"{where}sharing/preview/", terms)
    client.get(where)
    client.post("/preview/end/")
    page = sign_in(people.vela.admin).get(f"{where}looks/").content.decode()
    assert "in a preview, as" in page and str(people.orrin.organisation) not in page
    house = sign_in(people.vela.admin).get("/organisation/audit/").content.decode()
    assert "in a preview, as" in house and str(people.orrin.organisation) not in house


def rows(statement: str, *params: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())
