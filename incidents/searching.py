"""Saved searches: watched by their owner, who is told of new matches once, and only of what they may see at that moment (SHR-5)."""

from typing import Any

import structlog
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from core.errors import Invalid, NotFound
from ledger.services import record
from notifications.services import tell
from organisations.actors import Actor, acting, actor_for
from organisations.models import User

from . import errors
from .models import Incident, SavedSearch, SearchMatch
from .selectors import Wanted, incident_page
from .states import Status

log = structlog.get_logger(__name__)
# So many of the newest matches are looked at; and so many searches one person keeps.
LOOKED_AT, MOST = 1000, 30


def wanted_of(search: SavedSearch) -> Wanted:
    """What its list asks for."""
    return Wanted(search.words, search.sector, search.country, search.status)


def searches_of(actor: Actor) -> list[SavedSearch]:
    """One's own in the organisation one acts for, by name."""
    return list(SavedSearch.objects.filter(user=actor.user, organisation=actor.organisation).order_by("name", "pk"))


def query_of(search: SavedSearch) -> dict[str, str]:
    """Its filters as the list's address writes them."""
    asked = {"q": search.words, "sector": search.sector, "country": search.country, "status": search.status}
    return {name: value for name, value in asked.items() if value}


def search_as_json(search: SavedSearch) -> dict[str, Any]:
    """A saved search as the API tells it."""
    names = ("name", "words", "sector", "country", "status", "saved_at")
    return {"id": search.pk, **{name: getattr(search, name) for name in names}}


def _matches(actor: Actor, wanted: Wanted) -> list[Incident]:
    return incident_page(actor, wanted, limit=LOOKED_AT, with_victims=False).incidents


@transaction.atomic
def save_search(*, actor: Actor, name: str, wanted: Wanted) -> SavedSearch:
    """Keeps the filters and watches them from now on: what matches already is not told."""
    wrong: dict[str, list[Any]] = {}
    name = name.strip()
    if not name or len(name) > 60:
        wrong["name"] = [_("Give the search a name of at most 60 characters.")]
    if not (wanted.words or wanted.filtered):
        wrong["name"] = [_("Choose a filter first: a search without one matches everything.")]
    if wanted.status and wanted.status not in Status.values:
        wrong["status"] = [_("Choose one from the list.")]
    if len(wanted.words) > 200 or len(wanted.sector) > 60 or len(wanted.country) > 2:
        wrong["words"] = [_("This is too long.")]
    if wrong:
        raise Invalid(wrong)
    if len(searches_of(actor)) >= MOST:
        raise errors.TooManySearches
    made: SavedSearch = SavedSearch.objects.create(
        user=actor.user, organisation=actor.organisation, name=name, words=wanted.words, sector=wanted.sector,
        country=wanted.country, status=wanted.status,
    )  # fmt: skip
    found = [SearchMatch(search=made, user=actor.user, incident_id=row.pk) for row in _matches(actor, wanted)]
    SearchMatch.objects.bulk_create(found)
    record(actor=actor, verb="search.saved", subject=made)
    return made


@transaction.atomic
def drop_search(*, actor: Actor, search_id: int) -> None:
    """Forgets a search of one's own."""
    found = SavedSearch.objects.filter(user=actor.user, organisation=actor.organisation, pk=search_id).first()
    if found is None:
        raise NotFound(search_id)
    record(actor=actor, verb="search.dropped", subject=found)
    SearchMatch.objects.filter(search=found).delete()
    found.delete()


def look(actor: Actor, search_id: int) -> int:
    """Tells the owner of new matches, in one transaction as the owner; how many. Twice at once finds each once."""
    with acting(actor):
        search = SavedSearch.objects.filter(pk=search_id, user=actor.user).first()
        if search is None:
            return 0
        known = set(SearchMatch.objects.filter(search=search).values_list("incident_id", flat=True))
        fresh = [row for row in _matches(actor, wanted_of(search)) if row.pk not in known]
        SearchMatch.objects.bulk_create(
            [SearchMatch(search=search, user=actor.user, incident_id=row.pk) for row in fresh], ignore_conflicts=True
        )
        for row in fresh:
            tell(
                kind="search.found", to=[actor.user], key=f"search:{search.pk}:{row.pk}", root_id=row.pk,
                reference=row.reference, mark=row.mark, url=reverse("incident", args=[row.reference]),
                words={"search": search.name},
            )  # fmt: skip
    return len(fresh)


def look_everywhere() -> int:
    """Every saved search, as its owner; who does not belong to its organisation any more is passed over."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM incidents_searches()")
        rows = cursor.fetchall()
    told = 0
    for search_id, person, house in rows:
        try:
            with transaction.atomic():
                user = User.objects.get(pk=person)
            actor = actor_for(user, house)
            if actor is not None and actor.organisation.pk == house:
                told += look(actor, search_id)
        except Exception:
            log.exception("search_not_looked_at", search=search_id)
    return told
