"""What is held about a person: what they themselves may see, and what is told of them to whoever has a legal basis."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.utils.text import capfirst

from core.personal import tagged
from ledger.models import Entry, Look
from ledger.services import record
from organisations.actors import Actor
from organisations.models import ApiToken, Membership, MembershipChange, User

from .contents import plain, readable
from .models import DataRequest


def account_of(user: User) -> dict[str, Any]:
    """The account: every tagged field of it, and what goes with it."""
    fields = {name: plain(getattr(user, name)) for name in tagged().get("organisations.User", {})}
    return {
        **fields,
        "joined": plain(user.date_joined),
        "last_signed_in": plain(user.last_login),
        "memberships": [
            {"organisation": row.organisation.name, "roles": row.roles, "since": plain(row.since), "until": plain(row.until)}
            for row in Membership.objects.filter(user=user).select_related("organisation").order_by("pk")
        ],
        "keys": [
            {"name": row.name, "made": plain(row.created_at), "ends": plain(row.expires_at)}
            for row in ApiToken.objects.filter(user=user).order_by("pk")
        ],
        "changes": [
            {"act": row.act, "reason": row.reason, "at": plain(row.at)}
            for row in MembershipChange.objects.filter(membership__user=user).order_by("pk")
        ],
        "requests": [
            {"request": str(row), "kind": row.kind, "asked": row.asked, "outcome": row.outcome}
            for row in DataRequest.objects.filter(subject=user).order_by("pk")
        ],
    }  # fmt: skip


def rows_naming(user: User) -> list[dict[str, Any]]:
    """Records the reader may see that name the person as the one who did something: kept with the record, by count."""
    found, tables = [], readable()
    for model in apps.get_models():
        fields = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.ForeignKey) and field.related_model is User
        ]
        if (
            not fields
            or model._meta.db_table not in tables
            or model._meta.app_label in ("admin", "account", "mfa", "guardian", "organisations")
        ):
            continue
        wanted = models.Q()
        for name in fields:
            wanted |= models.Q(**{name: user})
        count = model._default_manager.filter(wanted).count()
        if count:
            found.append(
                {"what": capfirst(str(model._meta.verbose_name)), "table": model._meta.label_lower, "count": count}
            )
    return sorted(found, key=lambda row: row["what"])


def held_about(user: User) -> dict[str, Any]:
    """All of it, as the database shows the reader."""
    return {
        "platform": settings.BASE_URL,
        "account": account_of(user),
        "names_you": rows_naming(user),
        "entries_in_the_ledger": Entry.objects.filter(actor_id=user.pk).count(),
        "looks_at_cases": Look.objects.filter(actor_id=user.pk).count(),
    }


@transaction.atomic
def take_held(*, actor: Actor) -> dict[str, Any]:
    """What is held about the person who asks, to take along; that they took it is recorded."""
    found = held_about(actor.user)
    record(actor=actor, verb="personal.seen", subject=actor.user)
    return found
