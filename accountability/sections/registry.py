"""Which function fills which section of the template, and what it is given."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _

from core.marks import stricter
from documents.blocks import Block, Nothing, Section, Text
from incidents.access import CaseAccess
from incidents.models import Incident
from incidents.selectors import activity
from ledger.models import Entry
from organisations.actors import Actor

from .. import template
from ..models import Review

MOST_ENTRIES = 10_000


@dataclass(frozen=True)
class Material:
    """What every section may read: the case as the asker may see it, at one moment."""

    actor: Actor
    case: CaseAccess
    review: Review
    at: datetime

    @property
    def incident(self) -> Incident:
        """The case itself."""
        return self.case.incident

    @cached_property
    def entries(self) -> list[Entry]:
        """What was done on the case, oldest first."""
        return activity(self.incident, limit=MOST_ENTRIES)[::-1]

    def above_mark(self, mark: str) -> bool:
        """Whether something so marked must be withheld from this review."""
        return stricter(mark, self.review.mark)


Filler = Callable[[Material], list[Block]]
FILLERS: dict[str, list[Filler]] = {}


def fills(code: str) -> Callable[[Filler], Filler]:
    """Registers a function for a section; several fill one section in the order they were registered."""

    def register(filler: Filler) -> Filler:
        FILLERS.setdefault(code, []).append(filler)
        return filler

    return register


def build(material: Material) -> tuple[Section, ...]:
    """Every section of the template: people's own words first, then the record; one with neither says so."""
    sections = []
    for spec in template.specs(material.review.template_version):
        blocks: list[Block] = []
        if own := material.review.texts.get(spec.code):
            blocks.append(Text(own))
        for filler in FILLERS.get(spec.code, []):
            blocks += filler(material)
        if not blocks:
            blocks.append(
                Nothing(
                    _("Nobody has written this section.")
                    if spec.by_people
                    else _("Nothing is recorded for this section.")
                )
            )
        sections.append(Section(spec.code, spec.title, tuple(blocks), spec.annex))
    return tuple(sections)
