"""Which cases there are for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from organisations.actors import Actor

if TYPE_CHECKING:
    from .models import Incident  # noqa: F401  (named in the base class below)


class IncidentQuerySet(models.QuerySet["Incident"]):
    """The inner wall. Behind it the database's policies say the same again."""

    def visible_to(self, actor: Actor) -> IncidentQuerySet:
        """The cases this person may know of: by their organisation, by a role in it, or by a grant in their name."""
        return self.filter(access__principal__in=actor.principal.ids).distinct()
