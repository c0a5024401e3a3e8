"""Names hidden in a case: who turns it, what is stored meanwhile, who looks behind a handle (SHR-1, SHR-7). The walk: `test_blind.py`."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from core import naming
from core.errors import Invalid, NotAllowed, NotFound
from core.tenancy import acting_as
from exchange import services as exchange
from incidents import blind, hiding
from incidents.errors import AlreadyBlind, NamesHidden
from incidents.models import Incident, NameHandle, NameLook
from incidents.selectors import activity, incident_page
from notifications.models import Notification
from organisations.actors import Actor
from organisations.models import Organisation, User
from organisations.roles import Grade, Role
from tests.evidence.builders import given
from tests.evidence.builders import shared as shared_with
from tests.people import People
from tests.tenancy.test_walls import filed

pytestmark = [pytest.mark.django_db, pytest.mark.duty("SHR-1"), pytest.mark.duty("SHR-7")]


def test_letters_are_drawn_and_say_nothing_of_names(people: People) -> None:
    """Not in the order of names, nor of coming: over many cases the first to come is not always the same letter."""
    analyst = people.vela.analyst
    firsts = set()
    for _case in range(8):
        incident = filed(analyst, blind=True)
        with acting_as(analyst.principal):
            pair = (incident.pk, people.orrin.organisation.pk)
            handle = blind.give_handles([pair])[pair]
            assert blind.give_handles([pair])[pair] == handle  # and never another
        firsts.add(handle.letter)
    assert len(firsts) > 1


def test_what_is_stored_is_the_name_whatever_is_shown(people: People) -> None:
    analyst, house = people.vela.analyst, people.orrin.organisation
    incident = filed(analyst, blind=True)
    with acting_as(analyst.principal):
        blind.hide_names(analyst, incident.pk)
        shown = Organisation.objects.get(pk=house.pk)
        assert (
            shown.name.startswith("Organisation ")
            and shown.slug.startswith("organisation-")
            and str(shown) == shown.name
        )
        assert User.objects.get(pk=people.orrin.analyst.user.pk).email == ""
        shown.save()
        shown.refresh_from_db()
        assert Organisation.objects.filter(pk=house.pk, name="Orrin National CERT", slug="orrin").exists()
        assert naming.is_blind()
    assert not naming.is_blind()
    assert Organisation.objects.get(pk=house.pk).name == "Orrin National CERT"


def test_lists_show_the_holder_of_each_blind_case_by_its_handle_there(people: People) -> None:
    analyst, reader = people.vela.analyst, people.orrin.analyst
    cases = [filed(analyst, blind=True), filed(analyst, blind=True), filed(analyst)]
    for case in cases:
        shared_with(analyst, case, people.orrin.organisation, Grade.SUMMARY)
    with acting_as(reader.principal):
        rows = {row.pk: row for row in incident_page(reader).incidents}
        handles = [blind.handles_of(case.pk)[people.vela.organisation.pk] for case in cases[:2]]
        assert [rows[case.pk].holder.name for case in cases] == [
            *(each.words for each in handles),
            "Vela National CERT",
        ]
    with acting_as(analyst.principal):
        assert {row.holder.name for row in incident_page(analyst).incidents} == {"Vela National CERT"}


# ── turning, and looking behind ──────────────────────────────────────────────────────────────────────────────────────


def turned(actor: Actor, incident: Incident, *, hidden: bool, reasons: str = "") -> None:
    with acting_as(actor.principal):
        hiding.set_blind(actor=actor, reference=incident.reference, hidden=hidden, reasons=reasons)


def test_whoever_coordinates_or_oversees_turns_it_and_showing_again_asks_for_reasons(people: People) -> None:
    incident = filed(people.vela.analyst)
    for house, grade in (("orrin", Grade.ASSESS), ("brigid", Grade.COORDINATE), ("meridian", Grade.OVERSEE)):
        shared_with(people.vela.analyst, incident, getattr(people, house).organisation, grade)
    with pytest.raises(NotAllowed):
        turned(people.orrin.coordinator, incident, hidden=True)
    with pytest.raises(NotFound):
        turned(people.amal.coordinator, incident, hidden=True)
    turned(people.brigid.coordinator, incident, hidden=True)
    with pytest.raises(AlreadyBlind):
        turned(people.meridian.coordinator, incident, hidden=True)
    with pytest.raises(Invalid) as refused:
        turned(people.meridian.coordinator, incident, hidden=False)
    assert list(refused.value.fields) == ["reasons"]
    turned(people.meridian.coordinator, incident, hidden=False, reasons="The panel has closed.")
    with acting_as(people.vela.analyst.principal):
        verbs = [entry.verb for entry in activity(incident)]
        assert {"incident.blinded", "incident.unblinded"} <= set(verbs)
        assert [row.reasons for row in hiding.blindings_of(incident)] == ["The panel has closed.", ""]
        with pytest.raises(DatabaseError), transaction.atomic():
            Incident.objects.filter(pk=incident.pk).update(blind=True)  # not by hand


def test_what_names_every_hand_under_hashes_is_not_made_while_names_are_hidden(people: People, files_root: Any) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst, blind=True)
    given(analyst, incident)
    with acting_as(analyst.principal):
        with pytest.raises(NamesHidden):
            exchange.request_record(actor=analyst, reference=incident.reference, label="E-1")
        with pytest.raises(NamesHidden):
            exchange.request_package(
                actor=analyst, reference=incident.reference, mark="TLP:RED", recipient="Court", purpose="Case 7"
            )


@pytest.mark.parametrize("door", ["page", "api"])
def test_a_keeper_looks_behind_a_handle_and_whoever_it_is_sees_that(
    people: People, sign_in: Callable[[Actor], Client], door: str
) -> None:
    analyst, assessor = people.vela.analyst, people.orrin.person(Role.FORENSIC_ASSESSOR)
    incident = filed(analyst, blind=True)
    keeper = people.secretariat.person(Role.NAME_KEEPER)
    with acting_as(analyst.principal):
        pairs = [(incident.pk, assessor.user.pk), (incident.pk, people.orrin.organisation.pk)]
        person, house = (blind.give_handles([pair])[pair] for pair in pairs)
    asked = {"reference": incident.reference, "handle": person.slug, "reason": "Conflict of interest"}
    url = "/names/look/" if door == "page" else "/api/v1/names/look/"
    for other in (analyst, people.orrin.person(Role.NAME_KEEPER), people.secretariat.analyst):
        assert sign_in(other).post(url, asked).status_code == 403
    assert sign_in(keeper).post(url, {**asked, "reason": ""}).status_code in {400, 422}
    assert sign_in(keeper).post(url, {**asked, "reference": "INC-2026-000000"}).status_code == 404
    answer = sign_in(keeper).post(url, asked)
    assert answer.status_code in {200, 201} and assessor.user.name in answer.content.decode()
    assert sign_in(keeper).post(url, {**asked, "handle": house.words}).status_code in {200, 201}
    with acting_as(analyst.principal):
        looked = [entry for entry in activity(incident) if entry.verb == "names.looked_up"]
        assert len(looked) == 2 and all(assessor.user.name not in entry.payload for entry in looked)
    with acting_as(assessor.principal):  # the person, and their organisation's people
        assert {row.reason for row in NameLook.objects.all()} == {"Conflict of interest"}
        assert Notification.objects.filter(kind="names.looked_up", subject=person.slug).exists()
    assert "Conflict of interest" in sign_in(assessor).get("/names/").content.decode()
    assert sign_in(analyst).get("/api/v1/names/").json() == []
    with acting_as(analyst.principal), connection.cursor() as cursor:  # the outer wall: not by SQL either
        cursor.execute(
            "SELECT * FROM incident_behind_handle(%s, %s, %s)", [incident.reference, person.kind, person.number]
        )
        assert cursor.fetchall() == []
        with pytest.raises(DatabaseError), transaction.atomic():
            NameHandle.objects.exists()


@pytest.mark.parametrize("door", ["page", "api"])
def test_both_doors_turn_a_case(people: People, sign_in: Callable[[Actor], Client], door: str) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.coordinator)
    if door == "page":
        url = f"/incidents/{incident.reference}/names/"
        assert "Hide names" in client.get(url).content.decode()
        assert client.post(url).status_code == 303
        assert client.post(url).status_code == 422
        assert client.post(url, {"reasons": "Over."}).status_code == 303
    else:
        url = f"/api/v1/incidents/{incident.reference}/names/"
        send = partial(client.put, url, content_type="application/json")
        assert send({"hidden": True}).status_code == 200 and send({"hidden": True}).status_code == 409
        assert send({"hidden": False}).status_code == 400
        assert send({"hidden": False, "reasons": "Over."}).json()["reasons"] == "Over."
        assert [row["hidden"] for row in client.get(url).json()] == [False, True]


# Reading these columns past their fields: names of other things, which are nobody's.
OTHER_NAMES = ("Origin.objects", "origin__name", "label__name")


def test_no_code_reads_a_name_past_its_field() -> None:
    """`values_list("name")` answers with what is stored, whatever is hidden: people and organisations are read as objects."""
    root = Path(__file__).parent.parent.parent
    asked = re.compile(r"""values(?:_list)?\([^)]*["'](?:\w+__)?(?:name|slug|email)["']""")
    found = []
    for path in sorted(root.glob("*/**/*.py")):
        where = path.relative_to(root).as_posix()
        if where.startswith(("tests/", "var/", "normsplatform/")) or "/migrations/" in where:
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if asked.search(line) and not any(each in line for each in OTHER_NAMES):
                found.append(f"{where}:{number} {line.strip()}")
    assert not found, "\n".join(found)


def test_names_are_lifted_in_one_place_only() -> None:
    """`core.naming.lifted` shows everybody's name: it is for the package a keeper of names takes out, where each look is told."""
    root = Path(__file__).parent.parent.parent
    users = [
        path.relative_to(root).as_posix()
        for path in sorted(root.glob("*/**/*.py"))
        if re.search(r"\blifted\(\)", path.read_text())
        and not path.relative_to(root).as_posix().startswith(("tests/", "var/"))
    ]
    assert users == ["core/naming.py", "exchange/package/building.py"]
