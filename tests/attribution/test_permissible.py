"""What may be done with a finding: the strictest PAP of its case and of what it rests on, wherever it is read (SHR-4, R2.8, R2.9)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from attribution import services
from attribution.marks import NOT_APPLICABLE, pap_of, to_stay_unnoticed, unnoticed_under
from attribution.models import RATINGS, Finding, FindingIssue
from attribution.ui import published
from core.marks import PAP_ORDER, Pap, may_be_approached
from evidence.errors import OnlyOriginatorRelaxes
from evidence.services import change_mark
from incidents.services import edit_incident, grant_access
from organisations.actors import Actor
from organisations.roles import Grade
from tests.evidence.builders import given as given_in

from .ground import Ground, as_

pytestmark = [pytest.mark.django_db, pytest.mark.duty("SHR-4")]

SignIn = Callable[[Actor], Client]


def marked(ground: Ground, item: int, pap: str, actor: Actor | None = None, reason: str = "") -> None:
    """One of the case's items is marked otherwise."""
    who = actor or ground.collector
    with as_(who):
        change_mark(
            actor=who,
            reference=ground.reference,
            label=ground.items[item].label,
            mark="TLP:AMBER",
            pap=pap,
            reason=reason,
        )


def now(ground: Ground, reader: Actor | None = None) -> str:
    """What may be done with the finding, as this reader is told."""
    with as_(reader or ground.analyst):
        return pap_of(Finding.objects.select_related("incident").get(incident=ground.incident, number=1))


@given(st.lists(st.tuples(st.sampled_from(["E-1", "E-2", "E-3"]), st.sampled_from(Pap.values)), max_size=4))
def test_what_may_not_be_shown_is_what_is_marked_above_green(parents: list[tuple[str, str]]) -> None:
    closed = to_stay_unnoticed(parents)
    assert list(closed) == [label for label, pap in parents if PAP_ORDER[pap] > PAP_ORDER[Pap.GREEN]]
    assert all(may_be_approached(pap) for label, pap in parents if label not in closed)


def test_a_finding_follows_the_strictest_of_what_it_rests_on_and_of_its_case(ground: Ground, found: Finding) -> None:
    assert now(ground) == "PAP:GREEN"
    marked(ground, 0, "PAP:AMBER")
    assert now(ground) == "PAP:AMBER"
    marked(ground, 2, "PAP:RED")
    assert now(ground) == "PAP:RED"
    marked(ground, 2, "PAP:CLEAR", reason="The servers are seized.")
    assert now(ground) == "PAP:AMBER"
    marked(ground, 0, "PAP:CLEAR", reason="It is public now.")
    assert now(ground) == "PAP:GREEN"  # the case's own
    with as_(ground.analyst):
        edit_incident(
            actor=ground.analyst, reference=ground.reference, facts={"pap": "PAP:RED"}, version=ground.incident.version
        )
    assert now(ground) == "PAP:RED"


def test_an_item_that_says_nothing_about_the_proposition_is_no_ground_of_it(ground: Ground, found: Finding) -> None:
    marked(ground, 1, "PAP:RED")
    assert now(ground) == "PAP:RED"
    with as_(ground.analyst):
        label = ground.items[1].label
        services.rate_evidence(
            actor=ground.analyst, reference=ground.reference, ratings={label: {"H1": NOT_APPLICABLE}}
        )
        assert unnoticed_under(Finding.objects.select_related("incident").get(pk=found.pk)) == ()
    assert now(ground) == "PAP:GREEN"
    assert NOT_APPLICABLE in RATINGS


def test_every_reader_is_told_the_same_and_only_whose_it_is_relaxes(ground: Ground, found: Finding) -> None:
    analyst, partner = ground.analyst, ground.people.meridian.analyst
    with as_(analyst):
        grant_access(
            actor=analyst,
            reference=ground.reference,
            organisation=partner.organisation,
            grade=Grade.CONTRIBUTE,
            reason="Help",
        )
    item = given_in(partner, ground.incident, pap="PAP:RED")
    with as_(analyst):
        services.rate_evidence(actor=analyst, reference=ground.reference, ratings={item.label: {"H1": "C"}})
    assert now(ground) == now(ground, partner) == "PAP:RED"
    ground.items.append(item)
    with pytest.raises(OnlyOriginatorRelaxes):
        marked(ground, 3, "PAP:GREEN", analyst, "We hold the case.")
    assert now(ground) == "PAP:RED"


def test_page_and_api_say_it(ground: Ground, found: Finding, sign_in: SignIn) -> None:
    marked(ground, 0, "PAP:AMBER")
    client = sign_in(ground.analyst)
    base = f"/api/v1/incidents/{ground.reference}/attribution/findings/"
    assert client.get(f"{base}F-1/").json()["pap"] == "PAP:AMBER"
    assert [row["pap"] for row in client.get(base).json()["results"]] == ["PAP:AMBER"]
    assert "PAP:AMBER" in client.get(f"/incidents/{ground.reference}/attribution/findings/F-1/").content.decode()


# ── the notice, whoever is asked, and what is published ──────────────────────────────────────────────────────────────


def noticed(ground: Ground) -> services.Asked:
    """What is to be published, and a party that is asked."""
    with as_(ground.analyst):
        names: dict[str, Any] = {"actor": ground.analyst, "reference": ground.reference, "label": "F-1"}
        services.open_notice(**names, text="The unit ran the operation.", mark="TLP:CLEAR")
        return services.invite_to_reply(
            **names, party="named", name="The mission", contact="mail", code_given="telephone"
        )


def test_a_notice_carries_it_to_the_holder_and_to_whoever_is_asked(
    ground: Ground, found: Finding, sign_in: SignIn
) -> None:
    marked(ground, 0, "PAP:AMBER")
    asked = noticed(ground)
    base = "attribution/findings/F-1/reply/"
    holder = sign_in(ground.analyst)
    page = holder.get(f"/incidents/{ground.reference}/{base}").content.decode()
    assert "PAP:AMBER" in page
    assert f"above PAP:GREEN: {ground.items[0].label}." in page
    told = holder.get(f"/api/v1/incidents/{ground.reference}/{base}").json()
    assert told["notice"]["pap"] == "PAP:AMBER"
    address = f"/api/v1/reply/{asked.secret}/"
    assert Client().get(address, headers={"X-Reply-Code": asked.code}).json()["pap"] == "PAP:AMBER"
    marked(ground, 0, "PAP:GREEN", reason="The servers are seized.")
    assert Client().get(address, headers={"X-Reply-Code": asked.code}).json()["pap"] == "PAP:GREEN"
    assert "above PAP:GREEN" not in holder.get(f"/incidents/{ground.reference}/{base}").content.decode()


def test_an_issue_keeps_what_held_on_its_day_and_the_next_says_what_holds_then(
    ground: Ground, found: Finding, publisher: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked(ground, 0, "PAP:AMBER")
    asked = noticed(ground)
    names: dict[str, Any] = {"reference": ground.reference, "label": "F-1"}
    with as_(publisher):
        services.waive_reply(
            actor=publisher, **names, reasons="It said so in public.", invitation_id=asked.invitation.pk
        )
        first = services.publish_finding(actor=publisher, **names)
    assert first.content["pap"] == "PAP:AMBER"
    marked(ground, 0, "PAP:GREEN", reason="The servers are seized.")
    with as_(ground.analyst):
        services.withdraw_finding(actor=ground.analyst, **names, reason="The log was forged.")
        issues = list(FindingIssue.objects.filter(finding=found).order_by("number"))
    assert [row.content["pap"] for row in issues] == ["PAP:AMBER", "PAP:GREEN"]

    monkeypatch.setattr(published, "issues", lambda **_wanted: issues[:1])
    assert "PAP:AMBER" in Client().get(f"/findings/{first.public_id}/").content.decode()
