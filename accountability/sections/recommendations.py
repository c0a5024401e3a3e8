"""What should change, each with its owner, its date and its state (R4.4)."""

from django.utils.translation import gettext as _

from documents.blocks import Block, Nothing, Table

from ..models import Recommendation
from ..selectors import recommendations_of
from .registry import Material, fills
from .words import day


def table(material: Material, kind: str, name: str, caption: str) -> list[Block]:
    """The recommendations of one kind."""
    rows = tuple(
        (str(r), r.text, r.owner.name, day(r.due), str(r.get_status_display()), r.closing_evidence or _("none yet"))
        for r in recommendations_of(material.case).filter(kind=kind)
    )
    if not rows:
        return [Nothing(_("No recommendation of this kind has been made."))]
    heads = (_("Number"), _("Recommendation"), _("Owner"), _("Due"), _("Status"), _("Evidence of closing"))
    return [Table(name, caption, heads, rows, code=(0,))]


@fills("recommendations_strategic")
def strategic(material: Material) -> list[Block]:
    """What should change for good."""
    return table(material, Recommendation.Kind.STRATEGIC, "strategic", _("Strategic recommendations"))


@fills("recommendations_tactical")
def tactical(material: Material) -> list[Block]:
    """What should change at once."""
    return table(material, Recommendation.Kind.TACTICAL, "tactical", _("Immediate, tactical recommendations"))
