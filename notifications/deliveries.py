"""What pages and API read of webhooks: for administrators of the organisation alone."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from organisations.actors import Actor
from organisations.roles import Action

from .models import Attempt, Delivery, Endpoint

PROBLEMS = {
    "url": _("The address is none."),
    "scheme": _("The address does not begin with https://."),
    "port": _("Only the usual ports of the web (443) can be used."),
    "unknown_host": _("There is no server of this name."),
    "not_public": _("The server is not on the public internet."),
    "tls": _("The server’s certificate is not valid."),
    "unreachable": _("The server did not answer."),
    "too_slow": _("The server took too long."),
    "waited": _("It waited thirty days for a disabled webhook."),
}
DISABLED = {
    "failing": _("Nothing had arrived for days."),
    "gone": _("The server answered that it is gone (410)."),
    "by_hand": _("An administrator disabled it."),
}


def endpoints_of(actor: Actor) -> list[Endpoint]:
    """The organisation's webhooks, by name."""
    actor.require(Action.MANAGE_ORGANISATION)
    return list(Endpoint.objects.filter(organisation=actor.organisation, ended_at__isnull=True).order_by("name", "pk"))


def endpoint_of(actor: Actor, endpoint_id: int) -> Endpoint:
    """One of them; 404 for another organisation's and for one that was ended."""
    found = next((each for each in endpoints_of(actor) if each.pk == endpoint_id), None)
    if found is None:
        raise NotFound(endpoint_id)
    return found


def deliveries_of(endpoint: Endpoint, before: int | None = None) -> tuple[list[Delivery], int | None]:
    """A page of 50, the newest first, and the number to go on from. Of cases one may not see any more there are none."""
    rows = endpoint.deliveries.order_by("-pk")
    found = list((rows.filter(pk__lt=before) if before else rows)[:51])
    return found[:50], found[49].pk if len(found) > 50 else None


def delivery_of(endpoint: Endpoint, delivery_id: int) -> Delivery:
    """One delivery with its attempts."""
    found = endpoint.deliveries.filter(pk=delivery_id).prefetch_related("attempts").first()
    if found is None:
        raise NotFound(delivery_id)
    return found


def problem_words(code: str) -> str:
    """Why there was no answer."""
    return str(PROBLEMS.get(code, PROBLEMS["unreachable"])) if code else ""


def endpoint_as_json(endpoint: Endpoint) -> dict[str, Any]:
    """A webhook as the API tells it; never its secret."""
    names = ("name", "url", "kinds", "made_at", "failing_since", "disabled_at", "disabled_because")
    return {"id": endpoint.pk, **{name: getattr(endpoint, name) for name in names}}


def attempt_as_json(attempt: Attempt) -> dict[str, Any]:
    """One sending."""
    return {name: getattr(attempt, name) for name in ("at", "status", "problem", "milliseconds")}


def delivery_as_json(delivery: Delivery, *, attempts: bool = False) -> dict[str, Any]:
    """A message's fate as the API tells it."""
    names = (
        "message_id",
        "kind",
        "reference",
        "made_at",
        "state",
        "tries",
        "next_at",
        "finished_at",
        "last_status",
        "last_problem",
    )
    told = {"id": delivery.pk, **{name: getattr(delivery, name) for name in names}}
    return {**told, "attempts": [attempt_as_json(each) for each in delivery.attempts.all()]} if attempts else told
