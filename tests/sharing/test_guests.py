"""A guest opens originals with the right to export in their own grant, until their day, and not without (SHR-2, R1.13)."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from core import clock
from core.errors import NotAllowed
from core.marks import NotCleared
from core.tenancy import acting_as
from evidence import services as evidence
from evidence.custody import first_fault
from evidence.models import CustodyEntry, EvidenceItem
from evidence.selectors import custody_links
from incidents import previewing, services
from incidents.access import case_for
from incidents.models import Incident, IncidentUserPermission
from ledger.models import Entry, Look
from organisations.actors import SYSTEM_EMAIL, Actor, acting, actor_for
from organisations.models import User
from organisations.roles import Action, Grade
from tests.evidence.builders import given, shared, the_file
from tests.evidence.test_danger import scanner  # noqa: F401  (a fixture)
from tests.incidents.cases import filed
from tests.people import People
from tests.stores import own_store

pytestmark = [pytest.mark.django_db, pytest.mark.duty("SHR-2")]
SignIn = Callable[[Actor], Client]
WHY = "To compare the pumps"


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, settings: Any) -> None:
    """A store of their own, and the platform's account as in every installation."""
    own_store(tmp_path, settings)
    User.objects.get_or_create(email=SYSTEM_EMAIL, defaults={"name": "Norms Platform", "is_system": True})


def guest_of(people: People, incident: Incident, *, export: bool, days: int = 3) -> Actor:
    vela = people.vela.analyst
    email = f"guest-{export}@outside.example".lower()
    with acting_as(vela.principal):
        services.invite_guest(
            actor=vela, reference=incident.reference, email=email, name="Visiting Expert", grade=Grade.EVIDENCE,
            reason="Knows the pumps", until=clock.now() + timedelta(days=days), may_export=export,
        )  # fmt: skip
    guest = actor_for(User.objects.get(email=email), people.vela.organisation.pk)
    assert guest is not None and guest.is_guest
    return guest


def opens(guest: Actor, incident: Incident, item: EvidenceItem, sha256: str) -> evidence.Opened:
    with acting(guest):
        return evidence.open_file(
            actor=guest, reference=incident.reference, label=item.label, sha256=sha256, purpose=WHY
        )


def test_with_the_right_to_export_a_guest_opens_an_original_and_it_is_recorded_as_theirs(
    people: People, sign_in: SignIn
) -> None:
    vela, incident = people.vela.analyst, filed(people.vela.analyst)
    item = given(vela, incident, mark="TLP:RED")  # the house's own: it invited this person to it
    file, guest = the_file(vela, item), guest_of(people, incident, export=True)
    client, at = sign_in(guest), f"incidents/{incident.reference}/evidence/{item.label}/"
    assert (
        reverse("evidence-open", args=[incident.reference, item.label, file.sha256])
        in client.get(f"/{at}").content.decode()
    )
    where = reverse("evidence-open", args=[incident.reference, item.label, file.sha256])
    assert client.get(where).status_code == 200
    assert client.post(where, {"purpose": ""}).status_code == 422
    page = client.post(where, {"purpose": WHY})
    assert page.status_code == 200 and b"".join(page.streaming_content)  # type: ignore[attr-defined]
    api = client.get(f"/api/v1/{at}files/{file.sha256}/content/", {"purpose": WHY})
    assert api.status_code == 200 and b"".join(api.streaming_content)  # type: ignore[attr-defined]
    with acting(vela):
        links = list(CustodyEntry.objects.filter(item=item).order_by("place"))
        assert [(each.actor_id, each.organisation_id, each.note) for each in links if each.act == "opened"] == [
            (guest.user.pk, vela.organisation.pk, WHY)
        ] * 2
        assert first_fault(custody_links(links)) == ""
        entries = Entry.objects.filter(verb="evidence.opened", actor_id=guest.user.pk)
        assert [each.payload for each in entries] == [
            f'{{"custody":"{link.hash}","item":"{item.label}","sha256":"{file.sha256}"}}' for link in links[-2:]
        ]
        assert Look.objects.filter(actor_id=guest.user.pk, act="exported").count() >= 1
    # One right, and no other: everything else that takes out or changes stays shut.
    with acting(guest):
        case = case_for(guest, incident.reference)
        assert Action.OPEN_FILE in case.actions
        assert not case.actions & {Action.DOWNLOAD_EVIDENCE, Action.EXPORT_EVIDENCE, Action.ADD_EVIDENCE}
        with pytest.raises(NotAllowed):
            evidence.verify_item(actor=guest, reference=incident.reference, label=item.label)


def test_without_it_every_door_is_shut(people: People, sign_in: SignIn) -> None:
    vela, incident = people.vela.analyst, filed(people.vela.analyst)
    item = given(vela, incident)
    file, guest = the_file(vela, item), guest_of(people, incident, export=False)
    client, at = sign_in(guest), f"incidents/{incident.reference}/evidence/{item.label}/"
    where = reverse("evidence-open", args=[incident.reference, item.label, file.sha256])
    page = client.get(f"/{at}")
    assert page.status_code == 200 and where not in page.content.decode()
    for answer in (
        client.get(where), client.post(where, {"purpose": WHY}),
        client.get(f"/api/v1/{at}files/{file.sha256}/content/", {"purpose": WHY}),
        client.post(f"/api/v1/{at}files/{file.sha256}/content/", {"purpose": WHY}, content_type="application/json"),
    ):  # fmt: skip
        assert answer.status_code == 403
    with acting_as(guest.principal):  # nor does the database write it for them
        assert told_by_the_database(file.pk, file.sha256) is None


def told_by_the_database(file_id: int, sha256: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT evidence_guest_opens(%s, %s, %s)", [file_id, sha256, WHY])
        return cursor.fetchone()[0]


def test_never_after_the_day_nor_after_the_share_was_ended(people: People, sign_in: SignIn) -> None:
    vela, incident = people.vela.analyst, filed(people.vela.analyst)
    item = given(vela, incident)
    file, guest = the_file(vela, item), guest_of(people, incident, export=True)
    where = f"/api/v1/incidents/{incident.reference}/evidence/{item.label}/files/{file.sha256}/content/"
    client = sign_in(guest)
    assert client.get(where, {"purpose": WHY}).status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        role = cursor.fetchone()[0]
        cursor.execute("SET LOCAL ROLE norms_definer")
        # The grant ran out a second ago; nothing has swept it away, and the membership still lasts.
        cursor.execute(
            "UPDATE incidents_incidentuserpermission SET until = now() - interval '1 second' WHERE user_id = %s",
            [guest.user.pk],
        )
        cursor.execute(f"SET LOCAL ROLE {role}")
    assert client.get(where, {"purpose": WHY}).status_code == 404
    with acting_as(guest.principal):
        assert told_by_the_database(file.pk, file.sha256) is None
    other = filed(vela)
    again, place = given(vela, other), guest_of(people, other, export=True)
    with acting_as(vela.principal):
        grant = IncidentUserPermission.objects.get(content_object=other)
        services.revoke_person(actor=vela, reference=other.reference, grant_id=grant.pk)
    url = f"/api/v1/incidents/{other.reference}/evidence/{again.label}/files/{the_file(vela, again).sha256}/content/"
    assert sign_in(place).get(url, {"purpose": WHY}).status_code == 404


@pytest.mark.duty("SHR-4")
@pytest.mark.parametrize(("mark", "leaves"), [("TLP:AMBER", True), ("TLP:AMBER+STRICT", False), ("TLP:RED", False)])
def test_what_stays_with_those_it_was_given_to_stays(people: People, mark: str, leaves: bool) -> None:
    """AMBER+STRICT stays in the organisation that received it, and RED with whom it was given to: a guest is neither (TLP 2.0)."""
    vela, incident = people.vela.analyst, filed(people.vela.analyst)
    shared(vela, incident, people.meridian.organisation, Grade.CONTRIBUTE)
    giver = people.meridian.person("forensic_assessor")
    item = given(giver, incident, mark=mark)
    file, guest = the_file(giver, item), guest_of(people, incident, export=True)
    if leaves:
        assert opens(guest, incident, item, file.sha256).handle is not None
    else:
        with pytest.raises(NotCleared):
            opens(guest, incident, item, file.sha256)


def test_damage_a_guest_comes_upon_freezes_the_item(people: People, settings: Any) -> None:
    vela, incident = people.vela.analyst, filed(people.vela.analyst)
    item = given(vela, incident)
    file, guest = the_file(vela, item), guest_of(people, incident, export=True)
    path = Path(settings.FILES_ROOT) / file.path
    path.chmod(0o600)
    path.write_bytes(b"something else")
    opened = opens(guest, incident, item, file.sha256)
    assert opened.handle is None and opened.refusal is not None
    with acting(vela):
        item.refresh_from_db()
        assert item.status == "frozen"


def test_a_preview_as_such_a_guest_opens_nothing(people: People) -> None:
    vela, incident = people.vela.analyst, filed(people.vela.analyst)
    item = given(vela, incident)
    file = the_file(vela, item)
    guest_of(people, incident, export=True)
    with acting_as(vela.principal):
        grant = IncidentUserPermission.objects.get(content_object=incident)
        preview = previewing.preview_grant(actor=vela, reference=incident.reference, grant_id=grant.pk, by_name=True)
        looking = previewing.through(vela, preview.pk)
    with pytest.raises(NotAllowed):
        opens(looking, incident, item, file.sha256)


def test_inviting_says_so_at_both_doors(people: People, sign_in: SignIn) -> None:
    vela, incident = people.vela.analyst, filed(people.vela.analyst)
    client, day = sign_in(vela), (clock.now() + timedelta(days=5)).date()
    form = {
        "email": "a@outside.example", "name": "A", "grade": "20", "reason": "Knows it", "until": day.isoformat(),
        "may_export": "on",
    }  # fmt: skip
    assert (
        client.post(f"/incidents/{incident.reference}/sharing/guests/new/", {**form, "grade": "10"}).status_code == 422
    )
    assert client.post(f"/incidents/{incident.reference}/sharing/guests/new/", form).status_code == 303
    body = {**form, "email": "b@outside.example", "grade": "evidence", "until": f"{day}T00:00:00Z", "may_export": True}
    url = f"/api/v1/incidents/{incident.reference}/grants/guests/"
    assert client.post(url, body, content_type="application/json").status_code == 201
    with acting(vela):
        assert list(IncidentUserPermission.objects.values_list("may_export", flat=True)) == [True, True]
