"""Labels are an organisation's own: made by administrators, put on any case it sees, told to nobody else (SHR-1, SHR-7)."""

import json
from collections.abc import Callable

import pytest
from django.test import Client

from core.errors import Invalid, NotFound
from core.tenancy import acting_as
from incidents import labels
from incidents.models import Label, LabelOn
from incidents.services import file_incident, grant_access
from organisations.actors import Actor
from organisations.roles import Grade
from tests.people import People

pytestmark = [pytest.mark.duty("SHR-1"), pytest.mark.django_db]
SignIn = Callable[[Actor], Client]


def filed(actor: Actor, title: str = "Outage") -> str:
    with acting_as(actor.principal):
        facts = {"title": title, "summary": "Stood still.", "victims": [{"sector": "health", "country": "KR"}]}
        return file_incident(actor=actor, facts=facts).reference


def made(actor: Actor, name: str) -> Label:
    with acting_as(actor.principal):
        return labels.make_label(actor=actor, name=name)


@pytest.mark.duty("SHR-7")
def test_a_label_is_told_to_no_other_organisation(people: People, sign_in: SignIn) -> None:
    vela, orrin = people.vela, people.orrin
    reference = filed(vela.analyst)
    with acting_as(vela.analyst.principal):
        grant_access(
            actor=vela.analyst, reference=reference, organisation=orrin.organisation, grade=Grade.OVERSEE, reason="x"
        )
    mine, theirs = made(vela.admin, "Ransom"), made(orrin.admin, "Ransom")  # the same word does not clash
    with acting_as(vela.analyst.principal):
        labels.set_labels(actor=vela.analyst, reference=reference, labels=[mine.pk])
        with pytest.raises(Invalid):
            labels.set_labels(actor=vela.analyst, reference=reference, labels=[theirs.pk])
    page = sign_in(orrin.analyst).get(f"/incidents/{reference}/").content.decode()
    assert "Ransom" not in page
    with acting_as(orrin.analyst.principal):
        assert not LabelOn.objects.exists()
        assert [label.pk for label in Label.objects.all()] == [theirs.pk]
    client = sign_in(orrin.admin)
    assert client.get(f"/organisation/labels/{mine.pk}/").status_code == 404
    assert client.delete(f"/api/v1/labels/{mine.pk}/").status_code == 404


def test_cases_are_found_by_their_label(people: People, sign_in: SignIn) -> None:
    analyst = people.vela.analyst
    label = made(people.vela.admin, "Ransom")
    with_label, without = filed(analyst, "Marram outage"), filed(analyst, "Sorrel outage")
    with acting_as(analyst.principal):
        labels.set_labels(actor=analyst, reference=with_label, labels=[label.pk])
    client = sign_in(analyst)
    for query in (f"label={label.pk}", f"label={label.pk}&q=outage", f"label={label.pk}&status=open"):
        page = client.get(f"/incidents/?{query}").content.decode()
        assert with_label in page and without not in page, query
        assert "Label: Ransom" in page
        rows = client.get(f"/api/v1/incidents/?{query}").json()["results"]
        assert [row["reference"] for row in rows] == [with_label], query
    assert client.get("/api/v1/incidents/?label=999").json()["results"] == []
    assert client.get("/api/v1/incidents/?label=abc").json()["results"] == []
    assert "Ransom" in client.get(f"/incidents/{with_label}/").content.decode()


def test_a_retired_label_stays_where_it_is_and_is_offered_no_more(people: People, sign_in: SignIn) -> None:
    analyst, admin = people.vela.analyst, people.vela.admin
    label, reference = made(admin, "Ransom"), filed(analyst)
    with acting_as(analyst.principal):
        labels.set_labels(actor=analyst, reference=reference, labels=[label.pk])
    client = sign_in(admin)
    assert client.post("/organisation/labels/", {"name": "ransom"}).status_code == 422  # once, in any case
    assert client.post(f"/organisation/labels/{label.pk}/", {"retire": "1"}).status_code == 303
    assert client.post("/organisation/labels/", {"name": "Ransom"}).status_code == 303
    with acting_as(analyst.principal):
        assert [str(on.label) for on in labels.labels_on(analyst, LabelOn.objects.get().incident)] == ["Ransom"]
        labels.set_labels(actor=analyst, reference=reference, labels=[label.pk])  # may stay
        labels.set_labels(actor=analyst, reference=reference, labels=[])
        with pytest.raises(Invalid):
            labels.set_labels(actor=analyst, reference=reference, labels=[label.pk])


def test_both_doors_answer_the_same(people: People, sign_in: SignIn) -> None:
    reference = filed(people.vela.analyst)
    label = made(people.vela.admin, "Ransom")
    analyst = sign_in(people.vela.analyst)
    assert analyst.post("/organisation/labels/", {"name": "Mine"}).status_code == 403
    body = json.dumps({"labels": [label.pk]})
    put = analyst.put(f"/api/v1/incidents/{reference}/labels/", body, content_type="application/json")
    assert put.json() == [{"id": label.pk, "name": "Ransom", "meaning": ""}]
    assert analyst.post(f"/incidents/{reference}/labels/", {"labels": []}).status_code == 303
    assert analyst.get(f"/api/v1/incidents/{reference}/labels/").json() == []
    stranger = sign_in(people.orrin.analyst)
    assert stranger.get(f"/incidents/{reference}/labels/").status_code == 404
    with acting_as(people.orrin.analyst.principal), pytest.raises(NotFound):
        labels.set_labels(actor=people.orrin.analyst, reference=reference, labels=[])
