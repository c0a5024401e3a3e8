"""Each station of a case has something true to show, and one case stands open at it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from accountability.models import Recommendation, Review, VerificationReport
from attribution.asof import as_of, compared
from attribution.models import Contest, Finding, Hypothesis, Invitation, Opinion, Panel, Proposition, Reply, Seat
from attribution.replay import replay
from core import clock
from escalation.models import Measure
from evidence.models import EvidenceItem
from incidents.models import Incident, NameLook
from notifications.models import Notification
from publication.models import PublishedCell, Release
from tests.demo.conftest import Demo


def findings(demo: Demo, who: str, case: str) -> dict[str, Finding]:
    """The findings of a case by their label."""
    reference = demo.reference(case)
    return demo.asked_as(
        who,
        lambda: {
            row.label: row
            for row in Finding.objects.filter(incident__reference=reference).select_related("hypothesis", "approved_by")
        },
    )


def measures(demo: Demo, who: str, case: str) -> dict[str, Measure]:
    """The measures of a case by their code on the ladder."""
    reference = demo.reference(case)
    return demo.asked_as(who, lambda: {row.code: row for row in Measure.objects.filter(incident__reference=reference)})


def missing(finding: Finding, code: str) -> Any:
    """What a requirement still lacks, as the computation explains it."""
    return next(row["missing"] for row in finding.explanation["requirements"] if row["code"] == code)


def failed(measure: Measure) -> set[str]:
    """The guardrails a measure did not pass."""
    return {check["code"] for check in measure.report["checks"] if not check["passed"]}


@pytest.mark.duty("ATT-6")
def test_one_case_is_corroborated_by_people_from_outside(demo: Demo) -> None:
    found = findings(demo, "vela.admin", "ukraine-grid-2015")["F-1"]
    assert (found.tier, found.computed_tier) == ("T2", "T2")
    assert found.approved_by == demo.cast["tessera.forensic"].user != found.proposed_by
    assert missing(found, "robust_origins") == []


@pytest.mark.duty("ATT-7")
def test_its_panel_is_open_and_the_dissent_is_kept(demo: Demo) -> None:
    reference = demo.reference("ukraine-grid-2015")
    seats, opinions = demo.asked_as(
        "vela.admin",
        lambda: (
            set(Seat.objects.filter(incident__reference=reference).values_list("seat", flat=True)),
            list(Opinion.objects.filter(incident__reference=reference)),
        ),
    )
    assert seats == {"forensics", "law", "human_rights"}
    assert sorted(row.position for row in opinions) == ["concur", "concur", "concur_in_part"]
    assert any("medical devices" in row.dissent for row in opinions)


@pytest.mark.duty("REM-8")
def test_its_review_is_asked_for_and_recommends_something_to_somebody(demo: Demo) -> None:
    reference = demo.reference("ukraine-grid-2015")
    review, owners = demo.asked_as(
        "vela.admin",
        lambda: (
            Review.objects.get(incident__reference=reference),
            set(Recommendation.objects.filter(incident__reference=reference).values_list("owner__slug", flat=True)),
        ),
    )
    assert review.texts["what_worked"] and owners == {"vela"}
    assert ("review", review.job_id) in demo.sent


@pytest.mark.duty("ATT-8")
def test_a_false_flag_is_rejected_and_stays_visible(demo: Demo) -> None:
    found = findings(demo, "orrin.admin", "olympic-destroyer-2018")
    first = found["F-1"]
    assert first.hypothesis.country == "KP" and first.tier == "T0" and first.contested
    assert first.explanation["standings"][first.hypothesis.label] == "rejected"
    assert missing(first, "beyond_forgery")[0]["code"] == "miss.forgery"
    reference = demo.reference("olympic-destroyer-2018")
    listed, contests = demo.asked_as(
        "orrin.admin",
        lambda: (
            {
                row.country: row.status
                for row in Hypothesis.objects.filter(incident__reference=reference, kind="state", leg="technical")
            },
            set(Contest.objects.filter(incident__reference=reference, resolved_at=None).values_list("kind", flat=True)),
        ),
    )
    assert listed["KP"] == "rejected" and listed["RU"] == "active"
    assert "rejected" in contests


@pytest.mark.duty("ATT-7")
def test_a_panel_sits_in_a_sealed_round_that_nobody_can_look_into(demo: Demo) -> None:
    reference = demo.reference("olympic-destroyer-2018")
    panel = demo.asked_as("orrin.admin", lambda: Panel.objects.get(incident__reference=reference))
    assert panel.state == "sealed" and panel.deadline > clock.now()
    read = {
        who: demo.asked_as(who, lambda: Opinion.objects.filter(incident__reference=reference).count())
        for who in ("orrin.analyst", "meridian.forensic", "meridian.legal", "amal.rights")
    }
    assert read == {"orrin.analyst": 0, "meridian.forensic": 1, "meridian.legal": 1, "amal.rights": 0}


@pytest.mark.duty("ATT-9")
def test_one_finding_is_provisional_with_a_date_on_which_it_is_looked_at_again(demo: Demo) -> None:
    found = findings(demo, "orrin.admin", "albania-2022")["F-1"]
    assert found.tier == "T1" and found.approved_by is None
    assert clock.today() < found.review_on <= clock.today() + timedelta(days=30)


@pytest.mark.duty("ATT-8")
def test_statements_of_one_origin_count_once_and_a_denial_contests(demo: Demo) -> None:
    found = findings(demo, "orrin.admin", "albania-2022")["F-1"]
    assert missing(found, "independent_origins")[0]["params"] == {"min": 2, "found": 1}
    assert missing(found, "robust_origins") and found.contested


@pytest.mark.duty("ESC-3")
def test_measures_are_refused_where_the_rules_say_no_and_stay_on_record(demo: Demo) -> None:
    albania = measures(demo, "orrin.admin", "albania-2022")
    assert albania["R16"].status == "refused" and failed(albania["R16"]) == {"tier"}
    assert albania["R08"].status == "approved" and albania["R08"].approved_by != albania["R08"].proposed_by
    costa_rica = measures(demo, "vela.admin", "costa-rica-2022")
    assert costa_rica["R17"].status == "refused" and failed(costa_rica["R17"]) == {"X09", "tier"}
    assert costa_rica["R04"].status == "in_force"
    assert measures(demo, "vela.admin", "ukraine-grid-2015")["R09"].status == "proposed"


def test_a_claim_of_the_perpetrator_carries_no_more_than_provisional(demo: Demo) -> None:
    found = findings(demo, "vela.admin", "costa-rica-2022")["F-1"]
    assert found.tier == "T1" and found.hypothesis.kind == "non_state"
    assert missing(found, "independent_origins")[0]["params"]["found"] == 1
    assert findings(demo, "vela.admin", "costa-rica-hive-2022") == {}


@pytest.mark.duty("ATT-10")
def test_the_case_without_a_name_is_closed_without_one(demo: Demo) -> None:
    assert findings(demo, "amal.admin", "icrc-2022") == {}
    found = demo.case("amal.admin", "icrc-2022")
    assert found is not None and found.status == "closed"


@pytest.mark.duty("ATT-8")
def test_the_replay_shows_the_day_on_which_the_false_flag_fell(demo: Demo) -> None:
    """CASE-01: one header is provisional at most; the rebuttal of 8 March 2018 rejects it and contests the finding."""
    first = findings(demo, "orrin.admin", "olympic-destroyer-2018")["F-1"]
    days = {day.on.isoformat(): day for day in demo.asked_as("orrin.admin", lambda: replay(first))}
    before, fell = days["2018-02-28"], days["2018-03-08"]
    assert (before.tier, before.contested, before.standing) == ("T1", False, "open")
    assert before.sentence.code == "robust.nothing"
    assert (fell.tier, fell.contested, fell.standing, fell.changed) == ("T0", True, "rejected", True)
    assert max(day.tier for day in days.values()) == "T1"


@pytest.mark.duty("ATT-5")
def test_legs_are_told_apart(demo: Demo) -> None:
    """CASE-04: that it was an attack and who did it are two findings. CASE-07: a leg on a sponsor, and nothing found on it."""
    grid = findings(demo, "vela.admin", "ukraine-grid-2015")
    assert {(row.leg, row.confidence) for row in grid.values()} == {("operator", "moderate"), ("event", "high")}
    games = findings(demo, "orrin.admin", "olympic-destroyer-2018")
    assert [row.leg for row in games.values()] == ["technical", "operator", "event", "legal"]
    assert games["F-4"].tier == "T1" and not games["F-4"].explanation["robust"]
    costa_rica = demo.reference("costa-rica-2022")
    opened = demo.asked_as(
        "vela.admin", lambda: {row.leg for row in Proposition.objects.filter(incident__reference=costa_rica)}
    )
    assert opened == {"operator", "sponsor"}
    assert {row.leg for row in findings(demo, "vela.admin", "costa-rica-2022").values()} == {"operator"}


def test_techniques_are_shown_and_rated_and_never_counted(demo: Demo) -> None:
    reference = demo.reference("olympic-destroyer-2018")
    label = demo.asked_as(
        "orrin.admin",
        lambda: EvidenceItem.objects.get(incident__reference=reference, kind="technique_comparison").label,
    )
    requirements = findings(demo, "orrin.admin", "olympic-destroyer-2018")["F-2"].explanation["requirements"]
    assert label not in {item for row in requirements for item in row["items"]}


@pytest.mark.duty("PUB-2")
def test_a_release_is_public_and_hides_small_figures(demo: Demo) -> None:
    release = demo.asked_as("secretariat.publisher", lambda: Release.objects.get())
    assert release.status == "published" and release.prepared_by != release.checked_by
    assert 0 < release.hidden_count < release.figures_count
    rows = demo.asked_as(
        "secretariat.publisher", lambda: list(PublishedCell.objects.filter(row="humanitarian").select_related("table"))
    )
    assert rows and not any(cell.value for cell in rows)
    assert {cell.mark for cell in rows if cell.table.breakdown == "sector"} == {"c"}


@pytest.mark.duty("PUB-1")
def test_whoever_is_not_signed_in_reads_it(demo: Demo) -> None:
    answer = Client().get("/data/")
    assert answer.status_code == 200
    assert "made up for the demo" in answer.content.decode()


def test_what_is_made_up_says_so(demo: Demo) -> None:
    for house in ("vela", "orrin", "amal", "brigid"):
        rows = demo.asked_as(
            f"{house}.admin", lambda: list(Incident.objects.filter(external_reference__startswith="demo-"))
        )
        assert len(rows) == 36
        assert all(
            row.title.startswith("Made-up case") and row.summary.startswith("Made up for the demo") for row in rows
        )
        assert {row.status for row in rows} == {"closed"}


@pytest.mark.duty("ATT-11")
def test_one_party_has_replied_and_the_one_named_is_still_asked(demo: Demo) -> None:
    reference = demo.reference("ukraine-grid-2015")
    replies, asked = demo.asked_as(
        "vela.admin",
        lambda: (
            list(Reply.objects.filter(incident__reference=reference).values_list("party", flat=True)),
            list(Invitation.objects.filter(incident__reference=reference, reply=None).values_list("party", flat=True)),
        ),
    )
    assert (replies, asked) == (["quoted"], ["named"])
    told = demo.asked_as("vela.analyst", lambda: set(Notification.objects.values_list("kind", flat=True)))
    assert "reply.received" in told


@pytest.mark.duty("ATT-6")
def test_it_was_contested_on_the_eighth_of_march_as_the_day_itself_shows(demo: Demo) -> None:
    first = findings(demo, "orrin.admin", "olympic-destroyer-2018")["F-1"]
    before, after = demo.asked_as(
        "orrin.admin", lambda: [as_of(first, date(2018, month, day)) for month, day in ((3, 7), (3, 8))]
    )
    assert (before.basis, after.basis) == ("world", "world"), "nobody had this platform then"
    assert (before.row["contested"], before.row["hypothesis"]) == (False, "open")
    assert (after.row["contested"], after.row["hypothesis"]) == (True, "rejected")
    moved = {(row.part, row.what): (row.before, row.after) for row in compared(before, after) if row.kind == "moved"}
    assert moved["finding", "contested"] == (False, True) and moved["finding", "hypothesis"] == ("open", "rejected")
    assert [row.key for row in compared(before, after) if (row.part, row.kind) == ("items", "added")], (
        "what became known that day"
    )


@pytest.mark.duty("ATT-13")
def test_a_verification_report_of_the_corroborated_finding_is_asked_for(demo: Demo) -> None:
    reference = demo.reference("ukraine-grid-2015")
    report = demo.asked_as("vela.admin", lambda: VerificationReport.objects.get(incident__reference=reference))
    assert ("verification-report", report.job_id) in demo.sent
    assert demo.asked_as("tessera.forensic", lambda: VerificationReport.objects.count()) == 0, "the asker's house alone"


@pytest.mark.duty("SHR-4")
def test_a_takedown_is_refused_because_it_rests_on_what_is_to_stay_unnoticed(demo: Demo) -> None:
    takedown = measures(demo, "orrin.admin", "albania-2022")["R11"]
    label = demo.story.names("albania-2022/evidence/dart")["label"]
    assert takedown.status == "refused" and failed(takedown) == {"pap"}
    assert next(row["params"] for row in takedown.report["checks"] if row["code"] == "pap") == {"items": label}


@pytest.mark.duty("SHR-1")
def test_one_case_is_worked_on_without_names_and_a_look_behind_a_handle_was_told(demo: Demo) -> None:
    reference = demo.reference("olympic-destroyer-2018")
    for who in ("orrin.analyst", "tessera.forensic", "vela.analyst"):
        case = demo.case(who, "olympic-destroyer-2018")
        assert case is not None and case.blind
    look = demo.asked_as("tessera.admin", lambda: NameLook.objects.get(reference=reference))
    assert look.handle == demo.story.names("olympic-destroyer-2018/without-names")["handle"]
    assert look.looked_by == demo.cast["secretariat.keeper"].user
    told = demo.asked_as("tessera.admin", lambda: set(Notification.objects.values_list("kind", flat=True)))
    assert "names.looked_up" in told
    assert demo.asked_as("orrin.analyst", lambda: NameLook.objects.count()) == 0
