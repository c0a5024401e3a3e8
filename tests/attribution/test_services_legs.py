"""What is claimed stands in legs that are never merged; each has hypotheses, a tier and a standard of proof of its own (ATT-5)."""

import importlib
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from attribution import services
from attribution.errors import FindingEnded, LegOpen, NoLawOnLeg
from attribution.models import ArticleReasoning, Finding, Hypothesis, Proposition, Rating
from attribution.selectors import legs_of, says_who, state_held, tier_of_case, views_of
from core.errors import Invalid, NotAllowed
from escalation.standing import standing_for, standings
from ledger.models import Entry
from organisations.actors import Actor

from .ground import FINDING, SEPARATES, Ground, as_

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-5")]


def explains(ground: Ground, leg: str, **facts: Any) -> Hypothesis:
    """A hypothesis on a leg."""
    with as_(ground.analyst):
        return services.add_hypothesis(
            actor=ground.analyst,
            reference=ground.reference,
            facts={"leg": leg, "kind": "state", "country": "RU", **facts},
        )


def rates(ground: Ground, lead: Hypothesis) -> None:
    """Every item fits the lead and speaks against all the others of its leg."""
    with as_(ground.analyst):
        rows = Hypothesis.objects.filter(incident=ground.incident, leg=lead.leg)
        cells = {row.label: "CC" if row.pk == lead.pk else "I" for row in rows}
        services.rate_evidence(
            actor=ground.analyst, reference=ground.reference, ratings={item.label: cells for item in ground.items}
        )


def found(ground: Ground, lead: Hypothesis, **facts: Any) -> Finding:
    with as_(ground.analyst):
        return services.propose_finding(
            actor=ground.analyst, reference=ground.reference,
            facts={**FINDING, "leg": lead.leg, "hypothesis": lead.label, **facts},
        )  # fmt: skip


def reasons(ground: Ground, actor: Actor, label: str = "F-1", **facts: Any) -> ArticleReasoning:
    with as_(actor):
        return services.reason_article(
            actor=actor, reference=ground.reference, label=label,
            **{"article": 8, "reasons": "The unit acted on instructions for this operation.", **facts},
        )  # fmt: skip


def test_each_leg_has_its_own_alternatives(ground: Ground) -> None:
    explains(ground, "operator", actor="GRU Unit 74455")
    explains(ground, "event", kind="attack", country="", actor="A coordinated attack")
    with as_(ground.analyst):
        rows = list(Hypothesis.objects.filter(incident=ground.incident, is_alternative=True).order_by("number"))
    kinds = {leg: {row.kind for row in rows if row.leg == leg} for leg in ("operator", "event")}
    assert kinds["operator"] == {"state", "non_state", "false_flag", "unknown"}
    assert kinds["event"] == {"attack", "accident", "fabrication", "unknown"}
    assert len({row.number for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"leg": "arm"}, "leg"),
        ({"leg": "event"}, "kind"),  # a State is no answer to "was it a deliberate act"
        ({"leg": "operator", "kind": "accident", "country": "", "actor": "x"}, "kind"),
        ({"leg": "technical", "article": 4}, "article"),
        ({"leg": "political", "article": 4}, "article"),
        ({"leg": "legal"}, "article"),
        ({"leg": "legal", "article": 4, "country": "", "actor": "x"}, "country"),
    ],
)
def test_what_a_leg_cannot_say_is_refused(ground: Ground, facts: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        explains(ground, facts.pop("leg"), **facts)
    assert field in refused.value.fields


def test_a_finding_speaks_on_the_leg_of_its_hypothesis_and_no_other(ground: Ground) -> None:
    ground.evidence()
    lead = explains(ground, "technical", actor="A cluster")
    rates(ground, lead)
    with pytest.raises(Invalid) as refused:
        found(ground, lead, leg="legal")
    assert "leg" in refused.value.fields
    finding = found(ground, lead, leg="")
    assert finding.leg == "technical"
    with as_(ground.analyst), pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(leg="legal")
        connection.check_constraints()
    with as_(ground.analyst), pytest.raises(Exception, match=r"refuse|change|not"), transaction.atomic():
        Hypothesis.objects.filter(pk=lead.pk).update(leg="legal")


def test_a_leg_is_weighed_against_its_own_hypotheses_alone(ground: Ground) -> None:
    """CASE-04: that an attack happened says nothing on who did it; each has its own tier and its own confidence."""
    ground.evidence()
    who = explains(ground, "operator", actor="GRU Unit 74455")
    what = explains(ground, "event", kind="attack", country="", actor="A coordinated attack")
    rates(ground, what)
    event = found(ground, what, confidence="high", statement="It was coordinated and intended.")
    with as_(ground.analyst):
        views = views_of(event)
        legs = {row.code: row for row in legs_of(ground.incident)}
    assert {row.id for row in views.hypotheses} == {row.label for row in legs["event"].hypotheses}
    assert who.label not in {row.id for row in views.hypotheses}
    assert (legs["event"].tier, legs["operator"].tier) == ("T1", "T0")
    with pytest.raises(Exception, match="provisional"):
        found(ground, who)  # nothing is rated on that leg: the evidence of the other lends nothing


def test_the_standard_of_proof_is_set_once_and_the_tier_answers_it(ground: Ground) -> None:
    with as_(ground.analyst):
        services.open_leg(
            actor=ground.analyst,
            reference=ground.reference,
            leg="operator",
            proof="reasonable_basis",
            claim="A unit did it.",
        )
        with pytest.raises(LegOpen):
            services.open_leg(
                actor=ground.analyst, reference=ground.reference, leg="operator", proof="beyond_reasonable_doubt"
            )
        with pytest.raises(Invalid):
            services.open_leg(actor=ground.analyst, reference=ground.reference, leg="legal", proof="reasonable_basis")
    ground.ready()
    explains(ground, "sponsor", actor="GRU")
    with as_(ground.analyst):
        legs = {row.code: row for row in legs_of(ground.incident)}
        assert (legs["operator"].proof.needs, legs["operator"].proof.answer) == ("T1", "reached")
        assert (legs["sponsor"].proof.code, legs["sponsor"].proof.answer) == (
            "substantial_grounds_to_believe",
            "not_reached",
        )
        assert legs["political"].proposition is None
        assert Entry.objects.filter(verb="leg.opened", root_id=ground.incident.pk).count() == 2
        with pytest.raises(Exception, match=r"refuse|permission|change"), transaction.atomic():
            Proposition.objects.filter(incident=ground.incident).update(proof="reasonable_basis")


@pytest.mark.duty("ATT-6")
def test_only_a_lawyer_reasons_an_article(ground: Ground) -> None:
    ground.ready()
    lawyer = ground.people.vela.person("legal_assessor")
    for other in (ground.analyst, ground.grader):
        with pytest.raises(NotAllowed):
            reasons(ground, other)
    with as_(ground.grader), pytest.raises(IntegrityError), transaction.atomic():  # and the database sees to it
        ArticleReasoning.objects.create(
            incident=ground.incident, finding=ground.finding(), article=4, reasons="Because.",
            reasoned_by=ground.grader.user, organisation=ground.grader.organisation,
        )  # fmt: skip
    with pytest.raises(Invalid):
        reasons(ground, lawyer, reasons=" ")
    with pytest.raises(Invalid):
        reasons(ground, lawyer, article=51)
    reasons(ground, lawyer)
    assert ground.finding().article == 8
    with as_(ground.analyst):
        entry = Entry.objects.get(verb="finding.article_reasoned")
    assert "instructions" not in entry.payload


def test_the_legal_leg_asks_for_a_lawyer_and_the_others_do_not(ground: Ground) -> None:
    ground.evidence()
    lead = explains(ground, "legal", actor="", article=4)
    rates(ground, lead)
    finding = found(ground, lead)

    def line() -> dict[str, Any]:
        lines = {row["code"]: row for row in ground.finding().explanation["requirements"]}
        return dict(lines["article_reasoned"])

    assert (line()["tier"], line()["met"]) == ("T2", False)
    reasons(ground, ground.people.vela.person("legal_assessor"), article=4)
    assert line()["met"]
    with as_(ground.analyst):  # another article is claimed: those reasons were given for this one
        services.amend_finding(
            actor=ground.analyst, reference=ground.reference, label=finding.label, facts={"article": 8}
        )
    assert not line()["met"]
    who = explains(ground, "technical", actor="A cluster")
    rates(ground, who)
    cluster = found(ground, who)
    codes = {row["code"] for row in cluster.explanation["requirements"]}
    assert codes.isdisjoint({"article_reasoned", "state_responsibility", "specific_control"})
    with pytest.raises(NoLawOnLeg):
        reasons(ground, ground.people.vela.person("legal_assessor"), cluster.label)
    with as_(ground.analyst):
        services.withdraw_finding(actor=ground.analyst, reference=ground.reference, label="F-1", reason="Wrong.")
    with pytest.raises(FindingEnded):
        reasons(ground, ground.people.vela.person("legal_assessor"))


@pytest.mark.duty("ESC-3")
@pytest.mark.parametrize(
    ("leg", "facts", "carries", "state"),
    [
        ("event", {"kind": "attack", "country": "", "actor": "A coordinated attack"}, False, ""),
        ("technical", {"actor": "A cluster"}, True, ""),
        ("political", {}, False, ""),
        ("operator", {"kind": "non_state", "country": "", "actor": "Conti"}, True, ""),  # CASE-07
        ("operator", {"actor": "A unit"}, True, ""),  # R2.5: no article, nobody is held responsible
        ("operator", {"actor": "A unit", "article": 4}, True, "RU"),
        ("legal", {"article": 4}, True, "RU"),
    ],
)
def test_what_measures_may_stand_on(ground: Ground, leg: str, facts: dict[str, Any], carries: bool, state: str) -> None:
    ground.evidence()
    lead = explains(ground, leg, **facts)
    rates(ground, lead)
    finding = found(ground, lead)
    with as_(ground.analyst):
        assert (says_who(finding), state_held(finding)) == (carries, state)
        assert tier_of_case(ground.incident) == ("T1" if carries else "T0")
        standing = standing_for(standings(ground.incident), "RU")
        assert standing.label == (finding.label if carries else "")
        assert standing.view.responsible_states == (frozenset({state}) if state else frozenset())
        assert standing.view.wrongful_act is (True if state and leg == "legal" else None)


def test_yesterdays_findings_move_to_legs_of_their_own(ground: Ground) -> None:
    """One set of hypotheses carried findings on two legs: the second leg gets its own, with ratings and explanation."""
    ground.ready()
    with as_(ground.analyst):
        before = Hypothesis.objects.filter(incident=ground.incident).count()
        ratings = Rating.objects.filter(incident=ground.incident).count()
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            cursor.execute(
                "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE attribution_finding DROP CONSTRAINT hypothesis_of_same_leg; "
                "ALTER TABLE attribution_hypothesis DROP CONSTRAINT hypothesis_on_leg; "
                "ALTER TABLE attribution_hypothesis DISABLE TRIGGER hypothesis_keeps_leg; "
                "ALTER TABLE attribution_proposition DISABLE TRIGGER append_only_row; DELETE FROM attribution_proposition; "
                "ALTER TABLE attribution_proposition ENABLE TRIGGER append_only_row"
            )
        first = Finding.objects.get()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE norms_app")
        second = Finding.objects.get(pk=first.pk)
        second.pk, second.number, second.leg, second.standard_version = None, 2, "legal", "2026.1"
        second.save(force_insert=True)
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            cursor.execute(importlib.import_module("attribution.migrations.0003_legs").SPLIT)
            cursor.execute("SET LOCAL ROLE norms_app")
        hypotheses = list(Hypothesis.objects.filter(incident=ground.incident).order_by("number"))
        legal = [row for row in hypotheses if row.leg == "legal"]
        assert [row.leg for row in hypotheses] == ["operator"] * before + ["legal"] * before
        assert [(row.kind, row.name) for row in legal] == [(row.kind, row.name) for row in hypotheses[:before]]
        assert Rating.objects.filter(incident=ground.incident, hypothesis__leg="legal").count() == ratings
        moved = Finding.objects.get(number=2)
        assert (moved.hypothesis.leg, moved.hypothesis.name) == ("legal", first.hypothesis.name)
        assert Finding.objects.get(number=1).hypothesis_id == first.hypothesis_id
        assert set(moved.explanation["standings"]) == {row.label for row in legal}
        assert {row.leg for row in Proposition.objects.filter(incident=ground.incident)} == {"operator", "legal"}
        assert set(SEPARATES) <= {row.label for row in hypotheses[:before]}
