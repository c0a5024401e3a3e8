"""What one item still lacks to count toward each tier: the findings' own weighing, asked of an item and what it hangs together with (ATT-2)."""

from collections.abc import Sequence

from django.utils.translation import gettext

from evidence.counting import Missing, TierStanding
from evidence.models import EvidenceItem
from evidence.selectors import Weighable

from ..norms import standard_of, version_in_force
from ..rules import trace, weigh
from ..rules.standard import EvidenceStandard
from ..rules.texts import Text
from ..rules.views import EvidenceView
from ..rules.weighing import Weighed
from ..selectors import item_views

# Where each reason is mended, by field of the standard or by act.
MENDED_AT = {
    "out.frozen": "restore",
    "out.unknown_class": "evidence_class",
    "out.class_never": "evidence_class",
    "out.ungraded": "reliability",
    "out.weak_grade": "reliability",
    "out.graded_alone": "reliability",
    "out.credibility_one": "corroborated_by",
    "out.statement": "statement_type",
    "out.evidence_base": "data_basis",
    "out.no_origin": "origin",
}
# What takes an item out of a provisional finding too.
OUT_OF_ALL = {
    "out.withdrawn", "out.frozen", "out.rests_on_withdrawn", "out.incomplete", "out.unknown_class", "out.ungraded",
    "out.credibility_one",
}  # fmt: skip


def missing(text: Text) -> Missing:
    """A reason with the fields that mend it."""
    said = text.params.get("fields") if text.code == "out.incomplete" else None
    fields = said if isinstance(said, tuple) else (MENDED_AT.get(text.code, ""),)
    return Missing(text.say(gettext(text.msgid)), tuple(field for field in fields if field))


def provisional_lacks(row: Weighed, view: EvidenceView, standard: EvidenceStandard) -> list[Text]:
    """Why it does not open a provisional finding; what merely does not corroborate is no reason here."""
    if row.provisional:
        return []
    found = [text for text in row.reasons if text.code in OUT_OF_ALL]
    kind = standard.classes.get(view.evidence_class)
    if not found and kind is not None and not kind.supports_provisional:
        found = [Text("out.class_never", {"evidence_class": kind.code})]
    allowed = standard.provisional_grades
    if not found and not (view.reliability in allowed[0] and view.credibility in allowed[1]):
        found = [Text("out.weak_grade", {"grade": f"{view.reliability}{view.credibility}"})]
    if not found:
        found = [Text("out.statement", {"statement_type": view.statement_type or ""})]
    return found


def standings_of(item: EvidenceItem, around: Sequence[Weighable]) -> list[TierStanding]:
    """The item toward provisional, corroborated and substantiated, each with what is missing. `around` holds the item itself."""
    standard = standard_of(version_in_force())
    views = item_views(around, (), {})
    row = weigh(views, trace(views), standard)[item.label]
    view = next(view for view in views if view.id == item.label)
    first = provisional_lacks(row, view, standard)
    second = [text for text in row.reasons if text.code != "out.forgeable"] if row.counts == "never" else []
    third = [missing(text) for text in second]
    if not view.custody_complete:
        third.append(Missing(gettext("Its chain of custody is not complete"), ()))
    return [
        TierStanding("T1", gettext("Provisional"), tuple(missing(text) for text in first)),
        TierStanding("T2", gettext("Corroborated"), tuple(missing(text) for text in second)),
        TierStanding("T3", gettext("Substantiated"), tuple(third)),
    ]
