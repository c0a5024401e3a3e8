"""What each item may do for a finding, and why not more. Says nothing yet about which hypothesis it favours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .lineage import Lineage, OriginCount, count_origins, trace
from .scales import known_grade
from .standard import Counting, EvidenceClass, EvidenceStandard
from .texts import Text
from .views import EvidenceView


@dataclass(frozen=True, slots=True)
class Weighed:
    """One item with its roots, whether it can open a provisional finding, and how it counts towards corroboration."""

    item: EvidenceView
    roots: frozenset[str]
    provisional: bool
    counts: Counting
    anchors: bool
    interested: bool
    reasons: tuple[Text, ...]


def weigh(items: Sequence[EvidenceView], lineage: Lineage, standard: EvidenceStandard) -> dict[str, Weighed]:
    """Weigh every item by the standard. A withdrawn, frozen, incomplete or rootless item counts nowhere."""
    by_id = {item.id: item for item in items}
    return {item.id: _weigh_one(item, by_id, lineage, standard) for item in items}


def independent_origins(
    items: Sequence[EvidenceView], standard: EvidenceStandard, same_origin: tuple[tuple[str, str], ...] = ()
) -> OriginCount:
    """The effective number of independent origins among items, whatever they say (AT-02, AT-03, R2.16)."""
    weighed = weigh(items, trace(items, same_origin), standard).values()
    return count_origins(
        (row.roots for row in weighed if row.counts == "origin"),
        (row.roots for row in weighed if row.counts == "group"),
    )


def _weigh_one(
    item: EvidenceView, by_id: Mapping[str, EvidenceView], lineage: Lineage, standard: EvidenceStandard
) -> Weighed:
    roots = lineage.roots[item.id]
    kind = standard.classes.get(item.evidence_class)
    statement = standard.statement_types.get(item.statement_type) if item.statement_type else None
    gone = _why_gone(item, kind, lineage)
    if gone or kind is None:
        return Weighed(item, roots, provisional=False, counts="never", anchors=False, interested=False, reasons=gone)
    ungraded, grade_reasons = _grade(item, by_id, lineage, standard)
    reliability, credibility = item.reliability, item.credibility
    allowed = standard.provisional_grades
    contests = statement is not None and statement.opens_contest
    provisional = (
        kind.supports_provisional
        and not ungraded
        and not contests
        and reliability in allowed[0]
        and credibility in allowed[1]
    )
    reasons = [*grade_reasons]
    if kind.counts == "never":
        reasons.append(Text("out.class_never", {"evidence_class": kind.code}))
    if item.statement_type and (statement is None or statement.counts == "no"):
        reasons.append(Text("out.statement", {"statement_type": item.statement_type}))
    if statement and statement.counts == "if_evidence_base_stated" and not item.evidence_base_stated:
        reasons.append(Text("out.evidence_base"))
    if not roots:
        reasons.append(Text("out.no_origin"))
    counts: Counting = "never" if reasons else kind.counts
    if counts == "group":
        reasons.append(Text("out.forgeable"))
    interested = statement is not None and statement.interested_party
    return Weighed(item, roots, provisional, counts, counts == "origin" and kind.anchors, interested, tuple(reasons))


def _why_gone(item: EvidenceView, kind: EvidenceClass | None, lineage: Lineage) -> tuple[Text, ...]:
    if item.status == "withdrawn":
        return (Text("out.withdrawn"),)
    if item.status != "active":
        return (Text("out.frozen"),)
    if item.id in lineage.broken:
        return (Text("out.rests_on_withdrawn"),)
    if kind is None:
        return (Text("out.unknown_class"),)
    if item.missing_fields:
        return (Text("out.incomplete", {"fields": item.missing_fields}),)
    return ()


def _grade(
    item: EvidenceView, by_id: Mapping[str, EvidenceView], lineage: Lineage, standard: EvidenceStandard
) -> tuple[bool, list[Text]]:
    """Whether the item must be read as ungraded, and why its grade does not corroborate."""
    reliability = known_grade(item.reliability, standard)
    credibility = known_grade(item.credibility, standard)
    if reliability is None or credibility is None:
        return True, [Text("out.ungraded")]
    if credibility in standard.needs_corroboration and not _is_corroborated(item, by_id, lineage, standard):
        return True, [Text("out.credibility_one")]
    if item.graded_alone:
        return False, [Text("out.graded_alone")]
    allowed = standard.corroboration_grades
    if reliability not in allowed[0] or credibility not in allowed[1]:
        return False, [Text("out.weak_grade", {"grade": f"{reliability}{credibility}"})]
    return False, []


def _is_corroborated(
    item: EvidenceView, by_id: Mapping[str, EvidenceView], lineage: Lineage, standard: EvidenceStandard
) -> bool:
    """R1.2: a linked item, in force, of different lineage, of a class that is an origin of its own."""
    for key in item.corroborated_by:
        other = by_id.get(key)
        if other is None or other.status != "active" or key in lineage.broken:
            continue
        kind = standard.classes.get(other.evidence_class)
        roots = lineage.roots[key]
        if kind and kind.counts == "origin" and roots and roots.isdisjoint(lineage.roots[item.id]):
            return True
    return False
