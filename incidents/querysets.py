"""Which cases there are for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchQuery
from django.db import models

from organisations.actors import Actor

if TYPE_CHECKING:
    from .models import Incident


class IncidentQuerySet(models.QuerySet["Incident"]):
    """The inner wall. Behind it the database's policies say the same again."""

    def visible_to(self, actor: Actor) -> IncidentQuerySet:
        """The cases this person may know of: by their organisation, or by a grant in their name."""
        from .models import Access

        return self.filter(pk__in=Access.objects.filter(principal__in=actor.principal.ids).values("incident_id"))

    def matching(self, words: str) -> IncidentQuerySet:
        """Full-text: every word, quotes for a phrase, minus to leave out."""
        return self.filter(search=SearchQuery(words, config="simple", search_type="websearch"))
