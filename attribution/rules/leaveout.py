"""What would be left of a finding without one source or one class, and which single new item would change it (ATT-8).

Computed, not guessed: every answer is the whole standard applied to the record with one thing taken away or added.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from .requirements import Case
from .standard import TIERS, EvidenceClass, EvidenceStandard
from .tiers import build_case, requirements_of, tier_of
from .views import EvidenceView, FindingView, HypothesisView, PanelView

FORGEABLE = "intruder_controlled"
NEW_ITEM, NEW_ORIGIN = "\0new item", "\0new origin"


@dataclass(frozen=True, slots=True)
class Without:
    """The finding without one origin or class. `stands`: something that counts still sets it apart from every alternative."""

    kind: Literal["origin", "class"]
    key: str
    items: tuple[str, ...]
    tier: str
    stands: bool

    def as_dict(self) -> dict[str, Any]:
        """Plain values for the stored explanation."""
        return {
            "kind": self.kind, "key": self.key, "items": list(self.items), "tier": self.tier, "stands": self.stands,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Effect:
    """What one more item would do, by class and by kind of origin: raise the tier, lower it, or contest the finding."""

    speaks: Literal["for", "against"]
    origin: Literal["new", "known", "interested"]
    classes: tuple[str, ...]
    tier: str
    contested: bool

    def as_dict(self) -> dict[str, Any]:
        """Plain values for the stored explanation."""
        return {
            "speaks": self.speaks, "origin": self.origin, "classes": list(self.classes), "tier": self.tier,
            "contested": self.contested,
        }  # fmt: skip


def leave_out(
    finding: FindingView,
    items: Sequence[EvidenceView],
    hypotheses: Sequence[HypothesisView],
    panel: PanelView | None,
    standard: EvidenceStandard,
) -> tuple[Without, ...]:
    """The finding without each origin and each class that carries it, one at a time. All an intruder could forge is one class.

    What is left keeps the weight it has: that an item would no longer be confirmed by the one taken away is a second loss.
    """
    case, _cycles = build_case(finding, items, hypotheses, panel, standard)
    origins = {root for row in case.support.items for root in row.roots}
    classes = {_class_of(row.item.evidence_class, standard) for row in case.support.items}
    for loss in case.support.losses:
        (origins if loss.kind == "origin" else classes).add(loss.key)
    found = []
    for origin in sorted(origins):
        kept = tuple(row for row in case.rows if origin not in row.roots)
        found.append(_without(case, "origin", origin, kept))
    for code in sorted(classes):
        kept = tuple(row for row in case.rows if _class_of(row.item.evidence_class, standard) != code)
        found.append(_without(case, "class", code, kept))
    return tuple(found)


def single_items(
    finding: FindingView,
    items: Sequence[EvidenceView],
    hypotheses: Sequence[HypothesisView],
    panel: PanelView | None,
    standard: EvidenceStandard,
) -> tuple[Effect, ...]:
    """Every kind of single new item, as good as an item can be, that would change the tier or contest the finding.

    Tried are: an origin not in the case yet, one the finding rests on already, and an interested party; for the finding and
    against it. Classes that the standard treats alike are tried once; one that any item of the case has already, by itself: that
    item may come to count beside the new one, and then the two are of one class.
    """
    case, _cycles = build_case(finding, items, hypotheses, panel, standard)
    now, was_contested = tier_of(requirements_of(case), standard), bool(case.open_contests)
    known = min((root for row in case.support.items for root in row.roots), default=None)
    interested = next(
        (s.code for s in standard.statement_types.values() if s.interested_party and s.counts == "yes"), None
    )
    carried = {row.evidence_class for row in items}
    alike: dict[tuple[object, ...], list[str]] = {}
    for code, kind in standard.classes.items():
        alike.setdefault((*_treatment(kind), code if code in carried else None), []).append(code)
    found: dict[tuple[Any, ...], list[str]] = {}
    for classes in alike.values():
        for speaks in ("for", "against"):
            for origin in ("new", "known", "interested"):
                root = known if origin == "known" else NEW_ORIGIN
                if root is None or (origin == "interested" and (interested is None or speaks == "against")):
                    continue
                added = _ideal(classes[0], root, hypotheses, standard, speaks=speaks)
                if origin == "interested":
                    added = replace(added, statement_type=interested)
                tried, _ = build_case(finding, (*items, added), hypotheses, panel, standard)
                tier, contested = tier_of(requirements_of(tried), standard), bool(tried.open_contests)
                if tier != now or contested != was_contested:
                    found.setdefault((speaks, origin, tier, contested), []).extend(classes)
    order = {code: place for place, code in enumerate(standard.classes)}
    return tuple(
        Effect(speaks, origin, tuple(sorted(classes, key=order.__getitem__)), tier, contested)
        for (speaks, origin, tier, contested), classes in found.items()
    )


def raising_classes(effects: Sequence[Effect], now: str) -> tuple[str, ...]:
    """The classes of which one good new item from a new origin would raise the tier: where to look next."""
    return tuple(
        code
        for effect in effects
        if effect.speaks == "for" and effect.origin == "new" and TIERS.index(effect.tier) > TIERS.index(now)
        for code in effect.classes
    )


def _without(case: Case, kind: Literal["origin", "class"], key: str, kept: tuple[Any, ...]) -> Without:
    left = replace(case, rows=kept)
    gone = {row.item.id for row in case.rows} - {row.item.id for row in kept}
    support = left.support
    return Without(
        kind, key,
        tuple(row.item.id for row in case.rows if row.item.id in gone and row.counts != "never"),
        tier_of(requirements_of(left), case.standard),
        bool(support.anchors) and not support.unseparated and not support.overtaking,
    )  # fmt: skip


def _class_of(code: str, standard: EvidenceStandard) -> str:
    return FORGEABLE if standard.classes[code].intruder_controlled else code


def _treatment(kind: EvidenceClass) -> tuple[object, ...]:
    return kind.counts, kind.intruder_controlled, kind.supports_provisional, kind.alone_max_tier


def _ideal(
    code: str, origin: str, hypotheses: Sequence[HypothesisView], standard: EvidenceStandard, *, speaks: str
) -> EvidenceView:
    """An item as good as an item of its class can be, for the finding or against it."""
    values = {value: rating for rating, value in standard.ratings.items() if value is not None}
    best, worst = values[max(values)], values[min(values)]
    mine, others = (best, worst) if speaks == "for" else (worst, best)
    return EvidenceView(
        id=NEW_ITEM,
        evidence_class=code,
        origin_ids=frozenset({origin}),
        reliability=min(standard.corroboration_grades[0]),
        credibility=min(standard.corroboration_grades[1] - standard.needs_corroboration),
        is_open=True,
        custody_complete=True,
        ratings={row.id: mine if row.lead else others for row in hypotheses},
    )
