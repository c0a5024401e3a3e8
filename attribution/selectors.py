"""What pages, API, other rooms and the rules themselves read of attribution."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext

from core import clock
from evidence.models import Lineage
from evidence.selectors import Weighable, weighable
from evidence.states import Status as ItemStatus
from incidents.models import Incident
from organisations.models import User

from .models import (
    RATINGS,
    ArticleReasoning,
    Contest,
    Extension,
    Finding,
    Hypothesis,
    Opinion,
    Panel,
    Proposition,
    Rating,
    Remark,
    Seat,
)
from .norms import content_of, standard_of, version_in_force
from .rules import (
    ContestView,
    EvidenceStandard,
    EvidenceView,
    FindingView,
    HypothesisView,
    Likelihood,
    OpinionView,
    PanelView,
    Pooling,
    Proof,
    ReviewState,
    TierReport,
    known_by,
    leave_out,
    proof_of,
    raising_classes,
    review_state,
    single_items,
    tier_report,
)
from .states import Round, Standing

STANDS = (Standing.CURRENT, Standing.REVISED)
STATUS = {
    ItemStatus.HELD: "active",
    ItemStatus.FROZEN: "frozen",
    ItemStatus.WITHDRAWN: "withdrawn",
    ItemStatus.DISPOSED: "withdrawn",  # what cannot be looked at any more carries nothing
}
CONFLICT = {"undeclared": "undeclared", "none": "none", "declared": "conflicted"}
ONE_ORIGIN = (Lineage.Kind.SAME_ORIGIN, Lineage.Kind.SAME_COLLECTOR, Lineage.Kind.SAME_TELEMETRY)


def hypotheses_of(incident: Incident, leg: str | None = None) -> list[Hypothesis]:
    """Every hypothesis of a case, or of one leg of it; rejected ones included: they stay in the list."""
    rows = Hypothesis.objects.filter(incident=incident).order_by("number")
    return list(rows if leg is None else rows.filter(leg=leg))


def propositions_of(incident: Incident) -> dict[str, Proposition]:
    """The legs of a case that are open, by code."""
    return {row.leg: row for row in Proposition.objects.filter(incident=incident)}


def proof_for(proposition: Proposition | None, leg: str, standard: EvidenceStandard) -> str:
    """The standard of proof a leg is held to: the one it was opened with, else the standard's own."""
    return (proposition.proof if proposition else "") or standard.legs[leg].proof


def findings_of(incident: Incident) -> QuerySet[Finding]:
    """The findings of a case, newest first."""
    return Finding.objects.filter(incident=incident).select_related("hypothesis", "superseded_by").order_by("-number")


def says_who(finding: Finding) -> bool:
    """Whether a finding says who it was. "It was an attack" and what follows politically carry no measure (CASE-04)."""
    return standard_of(finding.standard_version).legs[finding.leg].says_who


def state_held(finding: Finding) -> str:
    """The State a finding holds responsible; empty when none: on a leg that names clusters, without an article (R2.5), or
    when the hypothesis names no State (CASE-07)."""
    leg = standard_of(finding.standard_version).legs[finding.leg]
    named = leg.holds_state and finding.hypothesis.kind == "state" and finding.article is not None
    return finding.hypothesis.country if named else ""


def tier_of_case(incident: Incident) -> str:
    """The highest tier any standing finding on who it was holds: what measures may ask for; protection never does (R2.13)."""
    rows = Finding.objects.filter(incident=incident).standing()
    return max((row.tier for row in rows if says_who(row)), default="T0")


def clock_of(finding: Finding, on: date | None = None) -> ReviewState:
    """Where the clock of a finding stands. It runs while the finding is provisional (R2.14)."""
    standard = standard_of(finding.standard_version)
    if finding.tier > "T1" or finding.standing in ("withdrawn", "superseded"):
        return ReviewState(finding.review_on, 0, ())
    return review_state(finding.review_on, on or clock.today(), standard)


@dataclass(frozen=True, slots=True)
class LegRow:
    """One leg of a case: what is claimed on it, what may explain it, what was found. `proposition` None: not opened."""

    code: str
    proposition: Proposition | None
    proof: Proof
    hypotheses: tuple[Hypothesis, ...]
    findings: tuple[Finding, ...]

    @property
    def tier(self) -> str:
        """The highest tier a finding that stands holds on this leg."""
        return max((row.tier for row in self.findings if row.standing in STANDS), default="T0")


def legs_of(incident: Incident) -> list[LegRow]:
    """Every leg of the standard in the order it gives them, whether anything is claimed on it or not."""
    version = version_in_force()
    standard = standard_of(version)
    opened = propositions_of(incident)
    hypotheses, findings = hypotheses_of(incident), list(findings_of(incident))
    rows = []
    for code in standard.legs:
        mine = tuple(row for row in findings if row.leg == code)
        tier = max((row.tier for row in mine if row.standing in STANDS), default="T0")
        rows.append(
            LegRow(
                code=code,
                proposition=opened.get(code),
                proof=proof_of(proof_for(opened.get(code), code, standard), tier, standard),
                hypotheses=tuple(row for row in hypotheses if row.leg == code),
                findings=mine,
            )
        )
    return rows


# ── ratings ──────────────────────────────────────────────────────────────────────────────────────────────────────────


Tally = tuple[int, ...]
Cells = Mapping[tuple[int, int], str]


def open_ratings(incident: Incident) -> dict[tuple[int, int], Tally]:
    """How often each code was given, per item and hypothesis, by everybody whose ratings are open: what the computation reads,
    whoever asks. Counted by the database: thirty assessors cost no more rows than one."""
    rows = Rating.objects.filter(incident=incident, is_open=True).exclude(value="").order_by()
    counts = {f"n{place}": Count("pk", filter=Q(value=code)) for place, code in enumerate(RATINGS)}
    found = rows.values_list("item_id", "hypothesis_id").annotate(**counts)
    return {(row[0], row[1]): tuple(row[2:]) for row in found}


def codes_in(tally: Tally) -> list[str]:
    """The codes themselves, from how often each was given."""
    return [code for code, times in zip(RATINGS, tally, strict=False) for _ in range(times)]


def own_ratings(incident: Incident, user: User) -> dict[tuple[int, int], str]:
    """The reader's own ratings; a sealed one stands before an open one."""
    rows = Rating.objects.filter(incident=incident, assessor=user).order_by("-is_open")
    found = {
        (item, hypothesis): value for item, hypothesis, value in rows.values_list("item_id", "hypothesis_id", "value")
    }
    return {key: value for key, value in found.items() if value}


def group_codes(incident: Incident, standard: EvidenceStandard) -> dict[tuple[int, int], str]:
    """The group's rating of every cell that somebody rated: the middle view, the more sceptical of two."""
    return pooled_codes(open_ratings(incident), standard)


def pooled_codes(tallies: Mapping[tuple[int, int], Tally], standard: EvidenceStandard) -> dict[tuple[int, int], str]:
    """The same, from counts that were read already."""
    pooling = Pooling(standard, RATINGS)
    return {key: code for key, tally in tallies.items() if (code := pooling.code(tally))}


# ── what the rules look at ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Views:
    """A finding and everything its tier is computed from, as plain values."""

    finding: FindingView
    items: tuple[EvidenceView, ...]
    hypotheses: tuple[HypothesisView, ...]
    panel: PanelView | None
    standard: EvidenceStandard

    def report(self) -> TierReport:
        """The tier with all its reasons."""
        return tier_report(self.finding, self.items, self.hypotheses, self.panel, self.standard)

    def robustness(self, tier: str) -> dict[str, Any]:
        """What is left without each origin and class, and which single new item would change the tier: for the explanation."""
        facts = (self.finding, self.items, self.hypotheses, self.panel, self.standard)
        effects = single_items(*facts)
        return {
            "raising": list(raising_classes(effects, tier)),
            "effects": [row.as_dict() for row in effects],
            "without": [row.as_dict() for row in leave_out(*facts)],
        }


def item_views(rows: Sequence[Weighable], hypotheses: Sequence[Hypothesis], codes: Cells) -> tuple[EvidenceView, ...]:
    """Every item of the case as the rules see it, by its label. An assessment states its evidence base by saying what
    data it rests on (`data_basis` of the standard)."""
    label = {row.item.pk: row.item.label for row in rows}

    def item_view(row: Weighable) -> EvidenceView:
        item = row.item
        rated = {h.label: code for h in hypotheses if (code := codes.get((item.pk, h.pk)))}
        spoken = item.statement_type or (item.statement.kind if item.statement else "")
        return EvidenceView(
            id=item.label,
            evidence_class=item.evidence_class,
            origin_ids=frozenset({item.origin.name} if item.origin else ()),
            derived_from=frozenset(label[key] for key in row.derived_from if key in label),
            reliability=item.reliability or None,
            credibility=item.credibility or None,
            corroborated_by=frozenset(label[key] for key in row.corroborated_by if key in label),
            status=STATUS[ItemStatus(item.status)],  # type: ignore[arg-type]
            is_open=item.is_open,
            custody_complete=row.custody_complete,
            statement_type=spoken or None,
            evidence_base_stated=bool(str(item.details.get("data_basis") or "").strip()),
            missing_fields=row.missing,
            ratings=rated,
            known_on=item.received_at.date(),
        )

    return tuple(item_view(row) for row in rows)


def same_origins(incident: Incident) -> tuple[tuple[str, str], ...]:
    """Origins found to be one: two items that say so, or that share hands or telemetry."""
    rows = Lineage.objects.filter(incident=incident, kind__in=ONE_ORIGIN)
    pairs = rows.values_list("item__origin__name", "other__origin__name")
    return tuple(sorted((one, other) for one, other in pairs if one and other and one != other))


def panel_that_counts(finding: Finding, on: date | None = None) -> Panel | None:
    """The last opened panel, or the one at work when none has been opened yet."""
    panels = list(Panel.objects.filter(finding=finding).order_by("-number"))
    if on is not None:
        panels = [panel for panel in panels if panel.convened_at.date() <= on]
    opened = [p for p in panels if p.revealed_at and (on is None or p.revealed_at.date() <= on)]
    working = [p for p in panels if p.state in (Round.INVITING, Round.SEALED)]
    return next(iter(opened or working), None)


def opinions_that_count(panel: Panel, on: date | None = None) -> QuerySet[Opinion]:
    """Each member's last opened opinion, as of a day: who gave none in an opened second round stands by the first."""
    opened = Opinion.objects.filter(panel=panel, revealed_at__isnull=False)
    if on is not None:
        opened = opened.filter(revealed_at__date__lte=on)
    last = opened.filter(seat=OuterRef("seat")).order_by("-round").values("pk")[:1]
    return opened.filter(pk=Subquery(last))


def held_when_opened(seat: Seat, opinion: Opinion | None) -> bool:
    """Whether a member who has left their house since spoke before: what was opened while they sat stays said."""
    return (
        seat.recused_reason == "left_house"
        and opinion is not None
        and opinion.revealed_at is not None
        and seat.recused_at is not None
        and opinion.revealed_at <= seat.recused_at
    )


def panel_view(panel: Panel, holder_id: int, standard: EvidenceStandard, on: date | None = None) -> PanelView:
    """A panel as the rules see it. Opinions that are not open are not there, whoever asks."""
    seats = Seat.objects.filter(panel=panel, member__isnull=False).order_by("number")
    given = {row.seat_id: row for row in opinions_that_count(panel, on).select_related("answer")}

    def opinion_view(seat: Seat) -> OpinionView:
        opinion = given.get(seat.pk)
        return OpinionView(
            member_id=seat.label,
            discipline=seat.discipline,
            outside_tenant=seat.organisation_id != holder_id,
            conflict=CONFLICT[seat.conflict],  # type: ignore[arg-type]
            recused=seat.recused_at is not None and not held_when_opened(seat, opinion),
            late=opinion is not None and opinion.sealed_at > panel.deadline,
            position=opinion.position if opinion else None,
            likelihood=Likelihood(opinion.scale, opinion.likelihood) if opinion else None,
            confidence=opinion.confidence if opinion else None,
            blocking_objection=opinion is not None and opinion.blocking_objection,
            objection_resolved=opinion is not None and hasattr(opinion, "answer"),
        )

    return PanelView(tuple(opinion_view(seat) for seat in seats), panel.revealed_at is not None, panel.scale)


def legal_reasoning(panel: Panel | None, article: int | None, standard: EvidenceStandard) -> tuple[str | None, bool]:
    """The seat of law that reasons the chosen article, and whether it finds specific control shown (R2.5, R2.6)."""
    if panel is None or article is None:
        return None, False
    rows = opinions_that_count(panel).filter(article=article).exclude(article_reasons="")
    for opinion in rows.select_related("seat").order_by("seat__number"):
        if opinion.seat.discipline in standard.seats["law"] and opinion.seat.recused_at is None:
            return opinion.seat.label, opinion.specific_control
    return None, False


def reasonings_of(finding: Finding) -> list[ArticleReasoning]:
    """Lawyers' reasons for articles, the last first."""
    return list(
        ArticleReasoning.objects.filter(finding=finding).select_related("reasoned_by", "organisation").order_by("-pk")
    )


def reasoning_of(finding: Finding) -> ArticleReasoning | None:
    """The reasons that hold for the article the finding claims; none when it claims another than the last reasoned."""
    last = ArticleReasoning.objects.filter(finding=finding).order_by("-pk").first()
    return last if last and last.article == finding.article else None


def finding_view(finding: Finding, panel: Panel | None, standard: EvidenceStandard) -> FindingView:
    """The finding's own record as the rules see it. An analysis or a factor counts when something is written about it."""
    reasoned_by, control = legal_reasoning(panel, finding.article, standard)
    beside = reasoning_of(finding)
    contests = Contest.objects.filter(finding=finding).order_by("pk")
    extended = Extension.objects.filter(finding=finding).exists()

    def written(answers: dict[str, str]) -> frozenset[str]:
        return frozenset(code for code, text in answers.items() if str(text).strip())

    return FindingView(
        standard_version=finding.standard_version,
        leg=finding.leg,
        standing=finding.standing,  # type: ignore[arg-type]
        likelihood=Likelihood(finding.scale, finding.likelihood),
        confidence=finding.confidence or None,
        review_on=finding.review_on,
        review_set_on=finding.review_set_on,
        extended=extended,
        extension_reasoned=extended,  # the table takes no extension without reasons
        false_flag_check=bool(finding.false_flag_check.strip()),
        same_origin=same_origins(finding.incident),
        contests=tuple(
            ContestView(row.kind, frozenset(row.items), resolved=row.resolved_at is not None) for row in contests
        ),
        article=finding.article,
        article_reasoned_by=reasoned_by,
        article_reasoned=reasoned_by is not None or beside is not None,
        specific_control_shown=control,
        norm_13b=written(finding.norm_13b),
        analysis_done=written(finding.analysis),
        decision_reference=finding.decision_reference,
    )


def hypothesis_views(hypotheses: Iterable[Hypothesis], lead_id: int) -> tuple[HypothesisView, ...]:
    """All hypotheses, rejected ones too: striking one off helps nobody."""
    return tuple(HypothesisView(row.label, row.kind, lead=row.pk == lead_id, label=row.label) for row in hypotheses)


def views_of(finding: Finding, on: date | None = None) -> Views:
    """Everything a finding's tier is computed from, now or as it was known on a day. The same for every reader who may see it."""
    standard = standard_of(finding.standard_version)
    incident = finding.incident
    hypotheses = hypotheses_of(incident, finding.leg)
    rows = weighable(incident, content_of(finding.standard_version))
    items = item_views(rows, hypotheses, group_codes(incident, standard))
    panel = panel_that_counts(finding, on)
    return Views(
        finding=finding_view(finding, panel, standard),
        items=items if on is None else known_by(items, on),
        hypotheses=hypothesis_views(hypotheses, finding.hypothesis_id),
        panel=panel_view(panel, incident.holder_id, standard, on) if panel else None,
        standard=standard,
    )


def tier_report_for(finding: Finding, on: date | None = None) -> TierReport:
    """The finding's tier with every reason, computed now; `on` leaves out evidence received after that day."""
    return views_of(finding, on).report()


# ── panels ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def panels_of(finding: Finding) -> list[Panel]:
    """Every round of a finding, newest first."""
    return list(Panel.objects.filter(finding=finding).order_by("-number"))


def seats_of(panel: Panel) -> list[Seat]:
    """Its seats with who sits there and whether they have given an opinion; never what it says."""
    return list(Seat.objects.filter(panel=panel).select_related("organisation", "member").order_by("number"))


def own_opinion(panel: Panel, user: User) -> Opinion | None:
    """The reader's own opinion in the round the panel is in, sealed or open."""
    return Opinion.objects.filter(panel=panel, author=user, round=panel.round).select_related("seat").first()


def opened_opinions(panel: Panel) -> list[Opinion]:
    """Each member's last opened opinion, dissent first; none before, not even their number by position."""
    rows = opinions_that_count(panel)
    order = {"dissent": 0, "concur_in_part": 1, "concur": 2}
    found = rows.select_related("seat", "seat__organisation", "author", "answer").order_by("seat__number")
    return sorted(found, key=lambda row: order[row.position])


def earlier_opinions(panel: Panel) -> list[Opinion]:
    """What was said in the first round by whoever has spoken in an opened second one: it stays on the record."""
    opened = Opinion.objects.filter(panel=panel, revealed_at__isnull=False)
    rows = opened.exclude(pk__in=opinions_that_count(panel).values("pk"))
    return list(rows.select_related("seat", "seat__organisation", "author", "answer").order_by("seat__number"))


@dataclass(frozen=True, slots=True)
class Said:
    """A remark of the discussion and by whom, as the panel set it: a name, or a handle in the order of first speaking."""

    by: str
    own: bool
    text: str
    at: datetime


def discussion_of(panel: Panel, user: User) -> list[Said]:
    """The discussion between the rounds, in its order."""
    handles: dict[int, str] = {}
    said = []
    for row in Remark.objects.filter(panel=panel).select_related("said_by").order_by("pk"):
        handle = handles.setdefault(row.seat_id, gettext("Member %(number)d") % {"number": len(handles) + 1})
        name = str(row.said_by) if panel.by_name else handle
        said.append(Said(name, row.said_by_id == user.pk, row.text, row.said_at))
    return said


def own_seats(incident: Incident, organisation_id: int) -> QuerySet[Seat]:
    """Seats offered to an organisation, still open or taken."""
    return Seat.objects.filter(incident=incident, organisation_id=organisation_id, recused_at__isnull=True).order_by(
        "number"
    )
