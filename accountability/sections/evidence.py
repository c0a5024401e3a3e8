"""What the case holds as evidence: named, graded, never shown. What is marked above the review is named as withheld."""

from collections import Counter

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from documents.blocks import Block, Heading, Nothing, Points, Table, Text
from evidence.models import EvidenceItem
from instruments.models import Instrument
from instruments.selectors import version_of

from .registry import Material, fills
from .words import grade_text

WITHHELD = "—"


def items_of(material: Material) -> list[EvidenceItem]:
    """Every item, in order of number."""
    return list(EvidenceItem.objects.filter(incident=material.incident).prefetch_related("files").order_by("number"))


@fills("technical_investigation")
def technical_investigation(material: Material) -> list[Block]:
    """What the evidence consists of."""
    items = items_of(material)
    if not items:
        return [Nothing(_("No evidence is held on this case."))]
    origins = {item.origin_id for item in items if item.origin_id}
    states = Counter(str(item.get_status_display()) for item in items)
    return [
        Points(
            (
                ngettext("%(count)s item of evidence is held.", "%(count)s items of evidence are held.", len(items)) % {"count": len(items)},
                ngettext("It comes from %(count)s named origin.", "They come from %(count)s named origins.", len(origins)) % {"count": len(origins)}
                if origins
                else _("No origin has been named yet, so nothing can be counted as independent."),
                _("Status: %(states)s.") % {"states": "; ".join(f"{name}: {number}" for name, number in sorted(states.items()))},
                ngettext(
                    "%(count)s item is graded for source and information.", "%(count)s items are graded for source and information.",
                    sum(bool(item.reliability) for item in items),
                ) % {"count": sum(bool(item.reliability) for item in items)},
            )
        )
    ]  # fmt: skip


def class_name(item: EvidenceItem) -> str:
    """The class in the words of the standard the item was taken in under."""
    standard = version_of(Instrument.Kind.EVIDENCE_STANDARD, item.standard_version).content
    return next(
        (_(row["name"]) for row in standard["evidence_classes"] if row["code"] == item.evidence_class),
        item.evidence_class,
    )


def annex_row(item: EvidenceItem) -> tuple[str, ...]:
    """An item that may be described."""
    files = "\n".join(file.sha256 for file in item.files.all()) or _("no file")
    return (
        item.label,
        item.title,
        class_name(item),
        grade_text(item.reliability, item.credibility),
        item.mark,
        files,
    )


def withheld_row(item: EvidenceItem) -> tuple[str, ...]:
    """An item that exists: its number, class and grade are said, its content is not (R2.12)."""
    return (
        item.label,
        _("Withheld"),
        class_name(item),
        grade_text(item.reliability, item.credibility),
        item.mark,
        WITHHELD,
    )


@fills("source_evaluation")
def source_evaluation(material: Material) -> list[Block]:
    """The evidence annex."""
    items = items_of(material)
    if not items:
        return [Nothing(_("No evidence is held on this case."))]
    rows = tuple(withheld_row(item) if material.above_mark(item.mark) else annex_row(item) for item in items)
    heads = (_("Number"), _("Title"), _("Class"), _("Source and information"), _("Mark"), _("SHA-256 of the files"))
    return [
        Text(
            _(
                "Source reliability (A–G) and information credibility (1–6) are judged apart; F and 6 mean that it cannot be judged."
            )
        ),
        Table("evidence", _("Evidence of this case"), heads, rows, code=(0, 5)),
    ]


@fills("redactions")
def redactions(material: Material) -> list[Block]:
    """What is withheld, and on which ground."""
    withheld = [item for item in items_of(material) if material.above_mark(item.mark)]
    if not withheld:
        return [Text(_("No evidence is withheld from this review because of its mark."))]
    return [
        Heading(_("Withheld because of their marks")),
        Points(
            tuple(
                _(
                    "%(item)s is marked %(mark)s, above the mark of this review; only its originator can relax that (R2.9)."
                )
                % {"item": item.label, "mark": item.mark}
                for item in withheld
            )
        ),
    ]
