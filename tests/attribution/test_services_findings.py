"""Findings: only by rule, under a clock, contested in the open, corroborated by people who had no part in the case."""

from datetime import timedelta
from typing import Any

import pytest

from attribution import errors, services
from attribution.models import Contest, Extension, Finding, Hypothesis, StandingChange
from attribution.selectors import clock_of, tier_report_for
from attribution.tasks import flag_holder
from core import clock
from core.errors import Invalid, NotAllowed, NotFound
from evidence.services import withdraw_item
from ledger.models import Entry
from organisations.actors import SYSTEM_EMAIL
from organisations.models import User
from organisations.roles import Grade
from tests.evidence.builders import given, graded, shared

from .ground import FINDING, Ground, as_

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-6")]


def missing(error: Any) -> set[str]:
    """The codes of the requirements an error names."""
    return {row["code"] for row in error.details["missing"]}


@pytest.mark.duty("ATT-5")
def test_the_alternatives_come_with_the_first_hypothesis_and_once(ground: Ground) -> None:
    ground.hypotheses()
    with as_(ground.analyst):
        services.add_hypothesis(
            actor=ground.analyst, reference=ground.reference, facts={"kind": "non_state", "actor": "A criminal group"}
        )
        rows = list(Hypothesis.objects.order_by("number").values_list("kind", "is_alternative"))
    assert rows == [
        ("state", False),
        ("state", True),
        ("non_state", True),
        ("false_flag", True),
        ("unknown", True),
        ("non_state", False),
    ]


@pytest.mark.duty("ATT-5")
@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"kind": "ghost", "actor": "x"}, "kind"),
        ({"kind": "state", "country": "XX"}, "country"),
        ({"kind": "non_state", "country": "RU", "actor": "x"}, "country"),
        ({"kind": "state"}, "actor"),
        ({"kind": "state", "country": "RU", "article": 12}, "article"),
        ({"kind": "state", "actor": "x" * 201}, "actor"),
        ({"kind": "state", "actor": "evil\u202egnp"}, "actor"),
    ],
)
def test_a_hypothesis_that_cannot_be_is_refused_beside_its_field(
    ground: Ground, facts: dict[str, Any], field: str
) -> None:
    with as_(ground.analyst), pytest.raises(Invalid) as refused:
        services.add_hypothesis(actor=ground.analyst, reference=ground.reference, facts=facts)
    assert field in refused.value.fields


@pytest.mark.duty("ATT-5")
def test_a_rejected_hypothesis_stays_in_the_list_and_an_alternative_cannot_be_rejected(ground: Ground) -> None:
    ground.hypotheses()
    with as_(ground.analyst):
        services.reject_hypothesis(actor=ground.analyst, reference=ground.reference, label="H1", reason="Rebutted")
        assert Hypothesis.objects.get(number=1).status == "rejected"
        with pytest.raises(errors.HypothesisNeeded):
            services.reject_hypothesis(actor=ground.analyst, reference=ground.reference, label="H2", reason="Rebutted")
        with pytest.raises(errors.HypothesisClosed):
            services.propose_finding(actor=ground.analyst, reference=ground.reference, facts=FINDING)


def test_without_a_graded_item_nothing_is_provisional_and_the_refusal_says_why(ground: Ground) -> None:
    item = given(ground.collector, ground.incident)
    ground.hypotheses()
    ground.items = [item]
    ground.rated()
    with as_(ground.analyst), pytest.raises(errors.NotYetProvisional) as refused:
        services.propose_finding(actor=ground.analyst, reference=ground.reference, facts=FINDING)
    assert missing(refused.value) == {"graded_item"}
    with as_(ground.analyst):
        assert not Finding.objects.exists()


def test_a_likelihood_below_even_is_no_finding(ground: Ground) -> None:
    ground.evidence()
    ground.hypotheses()
    ground.rated()
    with as_(ground.analyst), pytest.raises(errors.NotYetProvisional) as refused:
        services.propose_finding(
            actor=ground.analyst, reference=ground.reference, facts={**FINDING, "likelihood": "unlikely"}
        )
    assert missing(refused.value) == {"likelihood_floor"}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"hypothesis": "H99"}, "hypothesis"),
        ({"hypothesis": "x"}, "hypothesis"),
        ({"scale": "made_up"}, "scale"),
        ({"scale": "icd203", "likelihood": "realistic_possibility"}, "likelihood"),
        ({"confidence": "sure"}, "confidence"),
        ({"leg": "arm"}, "leg"),
        ({"statement": ""}, "statement"),
        ({"reasons": " "}, "reasons"),
        ({"article": 99}, "article"),
        ({"norm_13b": {"nonsense": "x"}}, "norm_13b"),
        ({"review_on": "2026-02-31"}, "review_on"),
        ({"review_on": "1999-01-01"}, "review_on"),
        ({"review_on": "2199-01-01"}, "review_on"),
    ],
)
def test_a_finding_that_cannot_be_is_refused_beside_its_field(
    ground: Ground, facts: dict[str, Any], field: str
) -> None:
    ground.hypotheses()
    with as_(ground.analyst), pytest.raises(Invalid) as refused:
        services.propose_finding(actor=ground.analyst, reference=ground.reference, facts={**FINDING, **facts})
    assert field in refused.value.fields


@pytest.mark.duty("ATT-9")
def test_a_review_date_comes_by_itself_and_is_put_off_only_with_reasons(ground: Ground) -> None:
    finding = ground.ready()
    today = clock.today()
    assert finding.review_on == today + timedelta(days=14)
    ask: dict[str, Any] = {"actor": ground.analyst, "reference": ground.reference, "label": "F-1"}
    with as_(ground.analyst):
        with pytest.raises(Invalid):
            services.extend_review(**ask, review_on=today + timedelta(days=20), reasons="  ")
        with pytest.raises(errors.ReviewTooFar):
            services.extend_review(**ask, review_on=today + timedelta(days=31), reasons="A lab report is on its way")
        with pytest.raises(errors.ReviewNotLater):
            services.extend_review(**ask, review_on=today + timedelta(days=14), reasons="A lab report is on its way")
        services.extend_review(**ask, review_on=today + timedelta(days=20), reasons="A lab report is on its way")
        assert Extension.objects.get().reasons == "A lab report is on its way"
        assert Finding.objects.get().review_on == today + timedelta(days=20)
        assert Entry.objects.filter(verb="finding.review_extended").count() == 1


@pytest.mark.duty("ATT-9")
def test_an_overdue_review_is_flagged_once_and_asks_what_to_do(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    ground.ready()
    User.objects.get_or_create(email=SYSTEM_EMAIL)
    later = clock.today() + timedelta(days=17)
    with as_(ground.analyst):
        state = clock_of(ground.finding(), later)
    assert (state.overdue_days, state.asks) == (3, ("corroborate", "revise", "withdraw"))
    monkeypatch.setattr("core.clock.today", lambda: later)
    holder = ground.people.vela.organisation.pk
    assert [flag_holder(holder), flag_holder(holder)] == [1, 0]
    assert ground.finding().flagged_overdue_on == later
    with as_(ground.analyst):
        assert Entry.objects.filter(verb="finding.overdue").count() == 1


@pytest.mark.duty("ATT-8")
def test_what_only_the_intruder_could_have_left_is_never_corroborated(ground: Ground) -> None:
    """AT-02 and the Rich header: everything forgeable is one group, and carries nothing alone."""
    for title, evidence_class in (("Rich header", "artefact_header"), ("Korean strings", "artefact_string")):
        item = given(
            ground.collector,
            ground.incident,
            data=title.encode() * 40,
            title=title,
            evidence_class=evidence_class,
            origin=title,
        )
        graded(ground.grader, item)
        ground.items.append(item)
    ground.hypotheses()
    ground.rated()
    ground.proposed()
    ground.revealed()
    member = ground.members[0]
    with as_(member), pytest.raises(errors.NotCorroborated) as refused:
        services.corroborate_finding(actor=member, reference=ground.reference, label="F-1")
    assert {"independent_origins", "beyond_forgery", "evidence_classes"} <= missing(refused.value)
    assert ground.finding().explanation["robust"] is False


@pytest.mark.duty("ATT-8")
def test_a_rebuttal_rejects_the_hypothesis_contests_the_finding_and_hides_nothing(ground: Ground) -> None:
    """The report of 8 March 2018: the header that matched was forged."""
    finding = ground.ready()
    rebuttal = given(
        ground.collector, ground.incident, data=b"rebuttal" * 40, title="Header shown to be forged", origin="Another laboratory",
        evidence_class="malware_code",
    )  # fmt: skip
    graded(ground.grader, rebuttal)
    ground.items = [rebuttal]
    ground.rated({"H1": "II", "H4": "CC"})
    assert ground.finding().contested is True
    with as_(ground.analyst):
        kinds = set(Contest.objects.filter(finding=finding).values_list("kind", flat=True))
        assert "counter_evidence" in kinds
        assert (
            tier_report_for(ground.finding(), clock.today() - timedelta(days=1)).tier == "T0"
        )  # nothing was known then


@pytest.mark.duty("ATT-8")
def test_a_contest_is_resolved_with_reasons_by_somebody_else_and_stays(ground: Ground) -> None:
    ground.ready()
    ask: dict[str, Any] = {"reference": ground.reference, "label": "F-1"}
    with as_(ground.analyst):
        contest = services.contest_finding(
            actor=ground.analyst, **ask, kind="denial", text="The embassy denies everything."
        )
        assert Finding.objects.get().contested is True
        with pytest.raises(errors.ResolvedByProposer):
            services.resolve_contest(actor=ground.analyst, **ask, contest_id=contest.pk, reasons="It gives no facts.")
    with as_(ground.grader):
        services.resolve_contest(actor=ground.grader, **ask, contest_id=contest.pk, reasons="It gives no facts.")
        with pytest.raises(errors.ContestClosed):
            services.resolve_contest(actor=ground.grader, **ask, contest_id=contest.pk, reasons="Again")
        assert Contest.objects.get().resolution == "It gives no facts."
        assert Finding.objects.get().contested is False


def test_withdrawn_evidence_counts_nowhere_from_that_moment(ground: Ground) -> None:
    ground.corroborated()
    for label in ("E-1", "E-2"):
        with as_(ground.collector):
            withdraw_item(
                actor=ground.collector, reference=ground.reference, label=label, reason="The source retracted"
            )
    finding = ground.finding()
    assert (finding.tier, finding.marked_items) == ("T1", ["E-1", "E-2"])


def test_a_withdrawn_finding_keeps_its_history_and_is_not_changed(ground: Ground) -> None:
    ground.ready()
    ask: dict[str, Any] = {"actor": ground.analyst, "reference": ground.reference, "label": "F-1"}
    with as_(ground.analyst):
        services.withdraw_finding(**ask, reason="The premise was wrong")
        with pytest.raises(errors.FindingEnded):
            services.withdraw_finding(**ask, reason="Again")
        with pytest.raises(errors.FindingEnded):
            services.amend_finding(**ask, facts={"confidence": "high"}, why="x")
        assert list(StandingChange.objects.order_by("pk").values_list("tier", "standing")) == [
            ("T1", "current"),
            ("T0", "withdrawn"),
        ]


def test_another_finding_takes_the_place_of_one_and_never_of_itself(ground: Ground) -> None:
    ground.ready()
    ground.proposed(statement="A narrower finding.")
    with as_(ground.analyst):
        with pytest.raises(errors.SupersedesItself):
            services.supersede_finding(
                actor=ground.analyst, reference=ground.reference, label="F-1", by="F-1", reason="Narrower"
            )
        services.supersede_finding(
            actor=ground.analyst, reference=ground.reference, label="F-1", by="F-2", reason="Narrower"
        )
        assert Finding.objects.get(number=1).superseded_by == Finding.objects.get(number=2)


@pytest.mark.duty("ATT-12")
def test_a_revised_judgement_says_what_changed_and_loses_its_approval(ground: Ground) -> None:
    ground.corroborated()
    ask: dict[str, Any] = {"actor": ground.analyst, "reference": ground.reference, "label": "F-1"}
    with as_(ground.analyst):
        with pytest.raises(Invalid):
            services.amend_finding(**ask, facts={"confidence": "high"})
        services.amend_finding(**ask, facts={"confidence": "high"}, why="A fourth origin confirms it")
    finding = ground.finding()
    assert (finding.standing, finding.tier, finding.computed_tier, finding.approved_by_id) == (
        "revised",
        "T1",
        "T2",
        None,
    )


@pytest.mark.duty("ATT-7")
def test_who_made_the_case_or_does_not_sit_puts_no_name_to_it(ground: Ground) -> None:
    ground.ready()
    ground.revealed()
    outsider = ground.people.meridian.person("legal_assessor")
    shared(ground.analyst, ground.incident, ground.people.meridian.organisation, Grade.ASSESS)
    with as_(outsider), pytest.raises(errors.ApproverNotOnPanel):
        services.corroborate_finding(actor=outsider, reference=ground.reference, label="F-1")
    with as_(ground.analyst), pytest.raises(NotAllowed):
        services.corroborate_finding(actor=ground.analyst, reference=ground.reference, label="F-1")


@pytest.mark.duty("ATT-7")
def test_a_dissenting_member_does_not_put_their_name_to_it(ground: Ground) -> None:
    ground.ready()
    ground.revealed({}, {}, {"position": "dissent", "dissent": "The timestamps prove nothing."})
    member = ground.members[2]
    with as_(member), pytest.raises(errors.ApproverNotOnPanel):
        services.corroborate_finding(actor=member, reference=ground.reference, label="F-1")
    assert ground.finding().explanation["dissents"] == ["S-3"]


def test_another_tenant_finds_nothing_and_a_reader_of_the_summary_may_not_look(ground: Ground) -> None:
    ground.ready()
    stranger, reader = ground.people.orrin.analyst, ground.people.tessera.analyst
    with as_(stranger), pytest.raises(NotFound):
        services.propose_finding(actor=stranger, reference=ground.reference, facts=FINDING)
    shared(ground.analyst, ground.incident, ground.people.tessera.organisation, Grade.SUMMARY)
    with as_(reader):
        assert not Finding.objects.exists()
        with pytest.raises(NotAllowed):
            services.propose_finding(actor=reader, reference=ground.reference, facts=FINDING)


def test_every_act_is_in_the_ledger_with_the_standard_it_was_done_under(ground: Ground) -> None:
    ground.ready()
    with as_(ground.analyst):
        entry = Entry.objects.get(verb="finding.proposed")
    assert entry.root_id == ground.incident.pk
    assert '"evidence-standard"' in entry.instruments
