"""The directory of organisations: for every member, and of no case."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.db.models.query import ModelIterable

from core import naming

from .models import Organisation


class ByName(ModelIterable):  # type: ignore[type-arg]
    """Objects that are shown by their names also where a blind case is open: a choice of all says nothing of who is in it."""

    def __iter__(self) -> Iterator[Any]:
        for each in super().__iter__():
            each.__dict__[naming.OWN] = naming.TRUE
            yield each


def directory() -> QuerySet[Organisation]:
    """Every organisation of the platform, by name."""
    found = Organisation.objects.order_by("name", "pk")
    found._iterable_class = ByName
    return found
