"""An item's lineage as a drawing: where it comes from, what was made of it, and what shares its source."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from core.charts import Figure
from core.graphs import Edge, LineStyle, Node, family_tree

from .lineage import near
from .models import EvidenceItem, Lineage
from .selectors import Weighable, beside, lacks_of
from .states import Status

MOST = 24


def styles() -> dict[str, LineStyle]:
    """How each kind of link is drawn."""
    kinds = Lineage.Kind
    return {
        kinds.DERIVED_FROM: LineStyle(_("is derived from"), 1, ""),
        "origin": LineStyle(_("comes from the origin"), 2, ""),
        kinds.SAME_ORIGIN: LineStyle(_("has the same origin as"), 2, "7 4"),
        kinds.SAME_COLLECTOR: LineStyle(_("was collected by the same hands as"), 3, "2 4"),
        kinds.SAME_TELEMETRY: LineStyle(_("comes from the same telemetry as"), 4, "10 4 2 4"),
        kinds.CORROBORATED_BY: LineStyle(_("is corroborated by"), 0, "1 5"),
    }


def words_of(item: EvidenceItem) -> str:
    """The title, and whether the item still stands."""
    return item.title if item.status == Status.HELD else f"{item.title} ({item.get_status_display()})"


@dataclass(frozen=True, slots=True)
class Family:
    """Every link of the case, and the items this one is linked with in any way or shares its origin with, the nearest first."""

    links: tuple[tuple[int, int, str, str], ...]
    items: Mapping[int, EvidenceItem]

    def of(self, item: EvidenceItem) -> list[tuple[str, str, EvidenceItem, str]]:
        """The item's own links, told from its side: the kind, whether it is the one that says so, the other item, the note."""
        return [
            (kind, "says" if one == item.pk else "said of", self.items[other if one == item.pk else one], note)
            for one, other, kind, note in self.links
            if item.pk in {one, other}
        ]

    def weighables(self, item: EvidenceItem, *, custody_complete: bool) -> list[Weighable]:
        """The item with everything it may count by, and its family as far as that asks: what they are and what they rest on."""
        beside: dict[tuple[int, str], set[int]] = defaultdict(set)
        for one, other, kind, _note in self.links:
            beside[one, kind].add(other)
        return [
            Weighable(
                item=row,
                derived_from=frozenset(beside[key, Lineage.Kind.DERIVED_FROM]),
                corroborated_by=frozenset(beside[key, Lineage.Kind.CORROBORATED_BY]),
                missing=tuple(lack.code for lack in lacks_of(item)) if key == item.pk else (),
                custody_complete=custody_complete and key == item.pk,
            )
            for key, row in self.items.items()
        ]


def family_of(item: EvidenceItem) -> Family:
    """Two statements, whatever the number of links."""
    links = tuple(
        Lineage.objects.filter(incident_id=item.incident_id).order_by("pk").values_list("item_id", "other_id", "kind", "note")
    )  # fmt: skip
    reached = near(item.pk, [(one, other, kind) for one, other, kind, _note in links])
    shared = Q(origin_id=item.origin_id) if item.origin_id else Q(pk=item.pk)
    rows = EvidenceItem.objects.filter(Q(pk__in=reached) | shared, incident_id=item.incident_id)
    found = {
        row.pk: row for row in rows.annotate(**beside(item)).select_related("origin", "statement").order_by("number")
    }
    return Family(links, {key: found[key] for key in dict.fromkeys([*reached, *found]) if key in found})


def lineage_figure(item: EvidenceItem, family: Family | None = None) -> Figure | None:
    """The drawing with its table; None for an item that stands alone with no known origin."""
    family = family or family_of(item)
    nearest = list(family.items)[:MOST]
    drawn = {key: family.items[key] for key in sorted(nearest, key=lambda key: family.items[key].number)}
    nodes, edges = boxes(item, drawn), lines(drawn, family.links)
    if len(nodes) < 2:
        return None
    left_out = len(family.items) - len(drawn)
    return family_tree(
        figure_id=f"lineage-{item.number}",
        title=_("Lineage of %(label)s") % {"label": item.label},
        description=_("Sources stand above what was made from them. Items joined by anything but corroboration are one lineage and count once."),
        nodes=nodes, edges=edges, styles=styles(), headers=(_("Item"), _("How"), _("Other item or origin"), _("Note")),
        note=_("%(count)d more linked items are not drawn.") % {"count": left_out} if left_out > 0 else "",
    )  # fmt: skip


def boxes(item: EvidenceItem, drawn: Mapping[int, EvidenceItem]) -> list[Node]:
    """Origins first, then items by number."""
    origins = {row.origin_id: row.origin.name for row in drawn.values() if row.origin}
    return [
        *(Node(f"o{key}", _("Origin"), name, place=True) for key, name in sorted(origins.items())),
        *(Node(str(key), row.label, words_of(row), here=key == item.pk) for key, row in drawn.items()),
    ]


def lines(drawn: Mapping[int, EvidenceItem], rows: Iterable[tuple[int, int, str, str]]) -> list[Edge]:
    """Each item to its origin, then every link among what is drawn."""
    return [
        *(Edge(str(key), f"o{row.origin_id}", "origin", down=True) for key, row in drawn.items() if row.origin_id),
        *(
            Edge(str(one), str(other), kind, down=kind == Lineage.Kind.DERIVED_FROM, note=note)
            for one, other, kind, note in rows
            if one in drawn and other in drawn
        ),
    ]
