"""What an item still lacks to count toward each tier, and where each gap is closed (ATT-2)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from attribution.services.counting import standings_of
from core.tenancy import acting_as
from evidence import services
from evidence.counting import TierStanding, standings
from evidence.models import EvidenceItem
from evidence.selectors import weighable
from evidence.tree import family_of
from organisations.actors import Actor
from tests.people import People
from tests.tenancy.test_walls import filed

from .builders import given, graded, tamper, the_file

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-2")]
SignIn = Callable[[Actor], Client]


def toward(actor: Actor, item: EvidenceItem) -> dict[str, TierStanding]:
    with acting_as(actor.principal):
        stored = EvidenceItem.objects.get(pk=item.pk)
        rows = standings(stored, family_of(stored).weighables(stored, custody_complete=True))
        # The family is enough: the whole case says the same of this item.
        whole = standings_of(stored, weighable(stored.incident))
        assert [(row.tier, row.missing) for row in rows[:2]] == [(row.tier, row.missing) for row in whole[:2]]
        return {row.tier: row for row in rows}


def test_a_whole_and_well_graded_item_counts_toward_every_tier(people: People) -> None:
    analyst = people.vela.analyst
    item = given(analyst, filed(analyst))
    rows = toward(analyst, item)
    assert not any(row.counts for row in rows.values())
    assert {field for lack in rows["T1"].missing for field in lack.fields} == {"reliability", "credibility"}
    graded(people.vela.another("analyst"), item)
    assert all(row.counts for row in toward(analyst, item).values())


def test_a_weak_grade_is_enough_to_go_on_and_not_to_corroborate(people: People) -> None:
    analyst = people.vela.analyst
    item = given(analyst, filed(analyst))
    graded(people.vela.another("analyst"), item, "D", "4")
    rows = toward(analyst, item)
    assert (rows["T1"].counts, rows["T2"].counts) == (True, False)
    assert rows["T2"].missing[0].fields == ("reliability",)


def test_what_cannot_be_judged_is_unknown_and_counts_nowhere(people: People) -> None:
    """R1.3: F and 6 are no low grades; they say that nobody knows."""
    analyst = people.vela.analyst
    item = given(analyst, filed(analyst))
    graded(people.vela.another("analyst"), item, "F", "2")
    rows = toward(analyst, item)
    assert not rows["T1"].counts and not rows["T2"].counts
    assert rows["T1"].missing[0].text == "Reliability or credibility is not known"


def test_a_grade_given_alone_carries_a_provisional_finding_at_most(people: People) -> None:
    analyst = people.vela.analyst
    item = given(analyst, filed(analyst))
    graded(analyst, item)
    rows = toward(analyst, item)
    assert (rows["T1"].counts, rows["T2"].counts) == (True, False)
    assert "nobody else in the team could" in rows["T2"].missing[0].text


def test_a_log_states_source_zone_and_offset_of_its_clock(people: People) -> None:
    """R1.15."""
    analyst = people.vela.analyst
    incident = filed(analyst)
    item = given(analyst, incident, clock={"zone": "Asia/Seoul", "offset_seconds": 0, "source": ""})
    rows = toward(analyst, item)
    assert "clock_source" in {field for lack in rows["T1"].missing for field in lack.fields}
    for clock in ({"zone": "", "offset_seconds": 0}, {"zone": "UTC", "offset_seconds": None}):
        other = given(analyst, incident, clock={**clock, "source": "NTP"}, data=None)
        assert "clock" in {field for lack in toward(analyst, other)["T1"].missing for field in lack.fields}


def test_a_frozen_item_counts_nowhere_and_the_page_leads_to_its_restoring(people: People, sign_in: SignIn) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    item = given(analyst, incident)
    tamper(the_file(analyst, item))
    with acting_as(analyst.principal):
        services.verify_item(actor=analyst, reference=incident.reference, label="E-1")
    assert not any(row.counts for row in toward(analyst, item).values())
    page = sign_in(analyst).get(f"/incidents/{incident.reference}/evidence/E-1/").content.decode()
    assert f"/incidents/{incident.reference}/evidence/E-1/restore/" in page


def test_every_gap_is_one_click_from_its_question(people: People, sign_in: SignIn) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    facts: dict[str, Any] = {
        "origin": "",
        "source": "",
        "collection_method": "",
        "collected": {"at": None, "precision": "unknown"},
    }
    given(analyst, incident, data=None, clock={}, details={}, **facts)
    base = f"/incidents/{incident.reference}/evidence/E-1/"
    client = sign_in(analyst)
    page = client.get(base).content.decode()
    body = client.get(f"/api/v1{base}counting/").json()
    assert set(body["missing"]) == {
        "source", "collection_method", "collected_at", "origin", "reliability", "credibility", "sha256", "format", "clock",
        "clock_source", "logging_source",
    }  # fmt: skip
    assert [row["tier"] for row in body["tiers"]] == ["T1", "T2", "T3"] and not any(
        row["counts"] for row in body["tiers"]
    )
    second = people.vela.another("analyst")
    for address in body["missing"].values():
        assert f'href="{address}"' in page
        path, _, part = address.partition("#")
        asked = sign_in(second if path.endswith("grade/") else analyst).get(path).content.decode()
        assert not part or f'id="{part}' in asked, address
    read = sign_in(people.vela.person("coordinator")).get(base).content.decode()
    assert 'edit/#id_source"' not in read, "whoever may not mend it is not sent there"
