"""The board of competing hypotheses as a whole: how much speaks against each, which leads, and what one loss would change.

"Inconsistency" is weighted by how strongly an item contradicts, and counted once for each independent origin. It says
which explanation has least against it; it is no probability and is never called one (ATT-5, interface 42 and 43).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from .lineage import trace
from .matrix import Contradictions, diagnosticity
from .standard import EvidenceStandard
from .views import EvidenceView, HypothesisView
from .weighing import Weighed, weigh

RemovalKind = Literal["item", "origin", "class"]


@dataclass(frozen=True, slots=True)
class Board:
    """What the matrix comes to. `leaders` have least against them; an actor not known is left over and never leads."""

    scores: Mapping[str, int]
    leaders: tuple[str, ...]
    counting: frozenset[str]


@dataclass(frozen=True, slots=True)
class Removal:
    """What is left when one item, one origin or one class is taken away."""

    kind: RemovalKind
    key: str
    items: tuple[str, ...]
    board: Board
    changes_lead: bool


def board_of(
    items: Sequence[EvidenceView],
    hypotheses: Sequence[HypothesisView],
    standard: EvidenceStandard,
    same_origin: tuple[tuple[str, str], ...] = (),
) -> Board:
    """Inconsistency per hypothesis and who leads. Items that count as no origin of their own speak against nobody: what an
    intruder can plant for a hypothesis it can plant against one."""
    return _board(_weighed(items, standard, same_origin), hypotheses, standard)


def is_useless(item: EvidenceView, hypotheses: Sequence[HypothesisView], standard: EvidenceStandard) -> bool:
    """Whether an item fits every hypothesis alike: rated on at least two, and the same on all of them."""
    return diagnosticity(item, hypotheses, standard) == 0


def what_one_loss_changes(
    items: Sequence[EvidenceView],
    hypotheses: Sequence[HypothesisView],
    standard: EvidenceStandard,
    same_origin: tuple[tuple[str, str], ...] = (),
) -> tuple[Removal, ...]:
    """The board without each item, each origin and each class in turn; those that change the lead first.

    An item that others rest on takes them with it: then all is weighed anew. Otherwise what remains keeps its weight.
    """
    weighed = _weighed(items, standard, same_origin)
    now = _board(weighed, hypotheses, standard)
    used = {key for item in items for key in (*item.derived_from, *item.corroborated_by)}

    def without(kind: RemovalKind, key: str, gone: Callable[[Weighed], bool]) -> Removal:
        lost = frozenset(row.item.id for row in weighed if gone(row))
        if lost & used:
            left = _weighed([item for item in items if item.id not in lost], standard, same_origin)
        else:
            left = [row for row in weighed if row.item.id not in lost]
        board = _board(left, hypotheses, standard)
        return Removal(kind, key, tuple(sorted(lost)), board, set(board.leaders) != set(now.leaders))

    counting = [row for row in weighed if row.counts == "origin"]
    removals = [without("item", row.item.id, _is(row.item.id)) for row in counting]
    removals += [without("origin", key, _rests_on(key)) for key in sorted({o for row in counting for o in row.roots})]
    removals += [without("class", key, _of_class(key)) for key in sorted({row.item.evidence_class for row in counting})]
    return tuple(sorted(removals, key=lambda row: not row.changes_lead))


def _weighed(
    items: Iterable[EvidenceView], standard: EvidenceStandard, same_origin: tuple[tuple[str, str], ...]
) -> list[Weighed]:
    rows = list(items)
    return list(weigh(rows, trace(rows, same_origin), standard).values())


def _board(rows: Sequence[Weighed], hypotheses: Sequence[HypothesisView], standard: EvidenceStandard) -> Board:
    scores = Contradictions(rows, hypotheses, standard).scores()
    rated = [row.id for row in hypotheses if row.kind not in standard.residual_kinds]
    least = min((scores[key] for key in rated), default=0)
    return Board(
        scores,
        tuple(key for key in rated if scores[key] == least),
        frozenset(row.item.id for row in rows if row.counts == "origin"),
    )


def _is(key: str) -> Callable[[Weighed], bool]:
    return lambda row: row.item.id == key


def _rests_on(origin: str) -> Callable[[Weighed], bool]:
    return lambda row: origin in row.roots


def _of_class(code: str) -> Callable[[Weighed], bool]:
    return lambda row: row.item.evidence_class == code
