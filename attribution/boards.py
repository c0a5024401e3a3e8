"""The board of competing hypotheses on one leg, as pages and API show it: one's own view, the group's, another member's.

Ratings of a member who sits in a round that is not open are that member's alone: they are read here for nobody else, and the
database would not hand them out either (its policy asks who the reader is).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from evidence.models import EvidenceItem
from evidence.selectors import weighable
from evidence.states import Status as ItemStatus
from incidents.models import Incident
from organisations.models import User

from .models import Finding, Hypothesis, Rating
from .norms import content_of, standard_of, version_in_force
from .rules import (
    Board,
    EvidenceStandard,
    EvidenceView,
    Removal,
    board_of,
    pool_ratings,
    tier_report,
    what_one_loss_changes,
)
from .selectors import (
    STANDS,
    Tally,
    codes_in,
    group_codes,
    hypotheses_of,
    hypothesis_views,
    item_views,
    open_ratings,
    own_ratings,
    pooled_codes,
    same_origins,
    views_of,
)

VIEWS = ("own", "group", "compare", "sensitivity")
SORTS = ("separates", "number")
MOST_TRIED = 400
Codes = Mapping[tuple[int, int], str]


@dataclass(frozen=True, slots=True)
class Cell:
    """One item under one hypothesis: the reader's own rating, everybody's open ones, the middle of those, and how far apart
    they are; in a comparison the other member's."""

    hypothesis: Hypothesis
    own: str
    all: tuple[str, ...]
    group: str | None
    split: bool
    spread: int = 0
    other: str = ""
    apart: int | None = None

    @property
    def name(self) -> str:
        """The name of its field in the form."""
        return self.hypothesis.label


@dataclass(frozen=True, slots=True)
class Row:
    """One item across all hypotheses of the leg. `separates` is how far apart it puts them, None when too few are rated;
    `counts` is whether it speaks as an origin of its own, so that it weighs in the inconsistency."""

    item: EvidenceItem
    cells: tuple[Cell, ...]
    separates: int | None
    weak: bool
    counts: bool

    @property
    def useless(self) -> bool:
        """It fits every hypothesis alike and says nothing on which is right."""
        return self.separates == 0


@dataclass(frozen=True, slots=True)
class BoardShown:
    """The matrix of a leg with what it comes to in one view."""

    leg: str
    view: str
    hypotheses: tuple[Hypothesis, ...]
    rows: tuple[Row, ...]
    board: Board
    hidden: int

    @property
    def totals(self) -> list[tuple[Hypothesis, int, bool]]:
        """Inconsistency per hypothesis, and whether it has least against it."""
        return [(row, self.board.scores[row.label], row.label in self.board.leaders) for row in self.hypotheses]


def assessors_of(incident: Incident, leg: str, reader: User) -> list[User]:
    """The others whose ratings on a leg are open."""
    rows = Rating.objects.filter(incident=incident, hypothesis__leg=leg, is_open=True).exclude(value="")
    others = rows.exclude(assessor=reader).values("assessor")
    return sorted(User.objects.filter(pk__in=others).order_by("pk"), key=str)  # by the name that is shown


def ratings_of(incident: Incident, assessor: int) -> dict[tuple[int, int], str]:
    """Another member's open ratings; of a sealed round, nothing."""
    rows = Rating.objects.filter(incident=incident, assessor_id=assessor, is_open=True).exclude(value="")
    return {
        (item, hypothesis): value for item, hypothesis, value in rows.values_list("item_id", "hypothesis_id", "value")
    }


def items_rated(
    incident: Incident, hypotheses: Sequence[Hypothesis], codes: Codes, standard: EvidenceStandard
) -> tuple[EvidenceView, ...]:
    """The evidence of the case with one set of ratings, as the rules read it."""
    rows = weighable(incident, content_of(standard.version))
    return item_views(rows, hypotheses, codes)


def codes_for(view: str, own: Codes, group: Codes, other: Codes) -> Codes:
    """Whose ratings a view adds up: one's own, the other member's in a comparison, else the group's."""
    return {"own": own, "compare": other}.get(view, group)


def read_board(
    incident: Incident,
    leg: str,
    reader: User,
    *,
    view: str = "own",
    other: int | None = None,
    sort: str = "separates",
    weak: bool = True,
) -> BoardShown:
    """The matrix of a leg in one view: the most separating rows first, rows nobody rated before rows that separate nothing."""
    standard = standard_of(version_in_force())
    hypotheses = hypotheses_of(incident, leg)
    everybody, own = open_ratings(incident), own_ratings(incident, reader)
    group = pooled_codes(everybody, standard)
    theirs = ratings_of(incident, other) if view == "compare" and other is not None else {}
    codes = codes_for(view, own, group, theirs)
    views = {row.id: row for row in items_rated(incident, hypotheses, codes, standard)}
    board = board_of(list(views.values()), hypothesis_views(hypotheses, 0), standard, same_origins(incident))
    gone = (ItemStatus.WITHDRAWN, ItemStatus.DISPOSED)
    items = EvidenceItem.objects.filter(incident=incident).exclude(status__in=gone).order_by("number")
    rows, hidden = [], 0
    for item in items:
        is_weak = not grade_counts(item, standard)
        if is_weak and not weak:
            hidden += 1
            continue
        cells = tuple(cell_of(item, row, own, everybody, group, theirs, standard) for row in hypotheses)
        values = [
            value
            for hypothesis in hypotheses
            if (value := standard.ratings.get(codes.get((item.pk, hypothesis.pk), ""))) is not None
        ]
        separates = max(values) - min(values) if len(values) > 1 else None
        rows.append(Row(item, cells, separates, is_weak, item.label in board.counting))
    if sort != "number":
        rows.sort(key=lambda row: (0.5 if row.separates is None else row.separates, -row.item.number), reverse=True)
    return BoardShown(leg, view, tuple(hypotheses), tuple(rows), board, hidden)


def cell_of(
    item: EvidenceItem, hypothesis: Hypothesis, own: Codes, everybody: Mapping[tuple[int, int], Tally], group: Codes,
    theirs: Codes, standard: EvidenceStandard,
) -> Cell:  # fmt: skip
    """One cell; `apart` is how many steps the reader and the other member are from each other."""
    key = (item.pk, hypothesis.pk)
    codes = codes_in(everybody.get(key, ()))
    mine, their = standard.ratings.get(own.get(key, "")), standard.ratings.get(theirs.get(key, ""))
    pool = pool_ratings(codes, standard)
    return Cell(
        hypothesis=hypothesis,
        own=own.get(key, ""),
        all=tuple(codes),
        group=group.get(key),
        split=pool.split,
        spread=pool.spread,
        other=theirs.get(key, ""),
        apart=None if mine is None or their is None else abs(mine - their),
    )


def grade_counts(item: EvidenceItem, standard: EvidenceStandard) -> bool:
    """Whether source and information are graded well enough to corroborate."""
    reliability, credibility = standard.corroboration_grades
    return item.reliability in reliability and item.credibility in credibility


# ── what would change ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finding of the leg, now and as it would be."""

    finding: Finding
    tier: str
    would_be: str
    contested: bool


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The group's board beside one with other ratings or without some items. Nothing of it is kept."""

    leg: str
    hypotheses: tuple[Hypothesis, ...]
    now: Board
    then: Board
    outcomes: tuple[Outcome, ...]

    @property
    def changes_lead(self) -> bool:
        return set(self.now.leaders) != set(self.then.leaders)

    @property
    def totals(self) -> list[tuple[Hypothesis, int, int, bool]]:
        """Inconsistency now and then, and whether the hypothesis would lead."""
        return [
            (row, self.now.scores[row.label], self.then.scores[row.label], row.label in self.then.leaders)
            for row in self.hypotheses
        ]


def sensitivity_of(incident: Incident, leg: str) -> tuple[Removal, ...]:
    """What each single loss would do to the group's board; on a case of thousands of items nothing is tried."""
    standard = standard_of(version_in_force())
    hypotheses = hypotheses_of(incident, leg)
    items = items_rated(incident, hypotheses, group_codes(incident, standard), standard)
    if len(items) > MOST_TRIED:
        return ()
    return what_one_loss_changes(items, hypothesis_views(hypotheses, 0), standard, same_origins(incident))


def what_if(
    incident: Incident, leg: str, *, changed: Mapping[str, Mapping[str, str]], without: Iterable[str]
) -> WhatIf:
    """The board and the findings of a leg with some cells changed and some items left out, beside what they are now.

    `changed`: `{"E-1": {"H1": "CC", "H2": ""}}`; `without`: labels of items. Computed for the reader and forgotten.
    """
    standard = standard_of(version_in_force())
    hypotheses = hypotheses_of(incident, leg)
    gone = frozenset(without)
    items = items_rated(incident, hypotheses, group_codes(incident, standard), standard)
    tried = imagined(items, changed, gone)
    views, pairs = hypothesis_views(hypotheses, 0), same_origins(incident)
    outcomes = []
    for finding in Finding.objects.filter(incident=incident, leg=leg, standing__in=STANDS).select_related("hypothesis"):
        finding.incident = incident
        record = views_of(finding)
        report = tier_report(
            record.finding, imagined(record.items, changed, gone), record.hypotheses, record.panel, record.standard
        )
        outcomes.append(Outcome(finding, finding.computed_tier, report.tier, report.contested))
    return WhatIf(
        leg, tuple(hypotheses), board_of(items, views, standard, pairs), board_of(tried, views, standard, pairs),
        tuple(outcomes),
    )  # fmt: skip


def differences(changed: Mapping[str, Mapping[str, str]], shown: BoardShown) -> dict[str, dict[str, str]]:
    """The cells that are other than the group's, with codes the standard knows; the rest of what was sent is left aside."""
    known = set(standard_of(version_in_force()).ratings) | {""}
    now = {row.item.label: {cell.name: cell.group or "" for cell in row.cells} for row in shown.rows}
    return {
        item: {
            name: code
            for name, code in cells.items()
            if code in known and name in now[item] and code != now[item][name]
        }
        for item, cells in changed.items()
        if item in now
    }


def imagined(
    items: Iterable[EvidenceView], changed: Mapping[str, Mapping[str, str]], gone: frozenset[str]
) -> tuple[EvidenceView, ...]:
    """The same items with other ratings, and without some."""

    def rated(item: EvidenceView) -> EvidenceView:
        cells = changed.get(item.id)
        if not cells:
            return item
        kept: dict[str, Any] = {**item.ratings, **cells}
        return replace(item, ratings={key: code for key, code in kept.items() if code})

    return tuple(rated(item) for item in items if item.id not in gone)
