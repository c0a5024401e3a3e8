"""Would the finding still stand if any one source, or any one class of evidence, were false? (ATT-8)"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from .lineage import OriginCount, count_origins
from .matrix import Contradictions, separates, supports
from .standard import EvidenceStandard
from .texts import Text
from .views import HypothesisView
from .weighing import Weighed


@dataclass(frozen=True, slots=True)
class Loss:
    """One source or class without which the finding falls: what it can no longer exclude, and what overtakes it."""

    kind: Literal["origin", "class"]
    key: str
    unseparated: tuple[str, ...]
    overtaken_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Support:
    """What carries a hypothesis: the items that count for it, their origins and classes, and where it would break.

    An anchor is an item that can carry the finding alone; a forgeable item and the mere location of
    infrastructure add to the count and are no anchors.
    """

    items: tuple[Weighed, ...]
    anchors: tuple[Weighed, ...]
    origins: OriginCount
    classes: tuple[str, ...]
    unseparated: tuple[str, ...]
    losses: tuple[Loss, ...]
    overtaking: tuple[str, ...]

    @property
    def stands(self) -> bool:
        return bool(self.anchors) and not self.unseparated and not self.losses and not self.overtaking

    def lost_with(self, kind: Literal["origin", "class"]) -> tuple[Loss, ...]:
        return tuple(loss for loss in self.losses if loss.kind == kind)


def measure_support(
    rows: Iterable[Weighed], lead: HypothesisView, hypotheses: Sequence[HypothesisView], standard: EvidenceStandard
) -> Support:
    """Find what carries the lead and test it by leaving out every origin and every class in turn.

    It stands without an origin when, for each alternative, an anchor that does not rest on that origin still separates the
    two, and no alternative becomes the one contradicted least. One pass finds all critical origins: they are those on
    which *every* separating anchor rests.
    """
    rows = list(rows)
    others = [other for other in hypotheses if other.id != lead.id]
    # "An actor not known" is left over, not rated: an item that separates the lead from it alone separates nothing.
    rated = [other for other in others if other.kind not in standard.residual_kinds] or others
    items = tuple(
        row
        for row in rows
        if row.counts != "never"
        and supports(row.item, lead, standard)
        and (not rated or any(separates(row.item, lead, other, standard) for other in rated))
    )
    anchors = tuple(row for row in items if row.anchors)
    unseparated: list[str] = []
    falls: dict[tuple[Literal["origin", "class"], str], list[str]] = {}
    for other in others:
        left = [row for row in anchors if separates(row.item, lead, other, standard)]
        if not left:
            unseparated.append(other.id)
            continue
        for origin in frozenset.intersection(*(row.roots for row in left)):
            falls.setdefault(("origin", origin), []).append(other.id)
        classes = {row.item.evidence_class for row in left}
        if len(classes) == 1:
            falls.setdefault(("class", classes.pop()), []).append(other.id)
    contradictions = Contradictions(rows, hypotheses, standard)
    overtaken: dict[tuple[Literal["origin", "class"], str], tuple[str, ...]] = {}
    for origin, by in contradictions.overtaking_without_origin(lead).items():
        overtaken["origin", origin] = tuple(row.id for row in by)
    for code, by in contradictions.overtaking_without_class(lead).items():
        overtaken["class", code] = tuple(row.id for row in by)
    losses = tuple(
        Loss(kind, key, tuple(falls.get((kind, key), ())), overtaken.get((kind, key), ()))
        for kind, key in sorted(falls.keys() | overtaken.keys())
    )
    return Support(
        items=items,
        anchors=anchors,
        origins=count_origins(
            (row.roots for row in items if row.counts == "origin"),
            (row.roots for row in items if row.counts == "group"),
        ),
        classes=_classes(items, standard),
        unseparated=tuple(unseparated),
        losses=losses,
        overtaking=tuple(row.id for row in contradictions.overtaking(lead)),
    )


def sentence(support: Support, hypotheses: Sequence[HypothesisView]) -> Text:
    """One plain sentence on robustness, the weightiest weakness first."""
    names = {row.id: row.name for row in hypotheses}
    if not support.anchors:
        return Text("robust.nothing")
    if support.overtaking:
        return Text("robust.overtaken", {"hypothesis": tuple(names[key] for key in support.overtaking)})
    if support.unseparated:
        return Text("robust.alternative", {"hypothesis": tuple(names[key] for key in support.unseparated)})
    if len(support.anchors) == 1:
        return Text("robust.alone", {"items": (support.anchors[0].item.id,)})
    for loss in support.lost_with("origin"):
        return Text("robust.origin", {"key": loss.key})
    for loss in support.lost_with("class"):
        return Text("robust.class", {"key": loss.key})
    return Text("robust.stands")


def _classes(items: Iterable[Weighed], standard: EvidenceStandard) -> tuple[str, ...]:
    """The classes of evidence, all forgeable ones as one (R2.16)."""
    found = {row.item.evidence_class for row in items}
    return tuple(
        sorted({code if not standard.classes[code].intruder_controlled else "intruder_controlled" for code in found})
    )
