"""The sections of an organisation's administration: each a real address, shown to whoever may open it.

Rooms above this one are named by address only; a room that is not there is left out.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from ..actors import Actor
from ..roles import Action


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the menu: the name of its address, its words, and the action without which it is not shown."""

    name: str
    label: Any
    action: Action | None = None


ADMINISTERS = Action.MANAGE_ORGANISATION
GROUPS: tuple[tuple[Any, tuple[Section, ...]], ...] = (
    (
        _("The organisation"),
        (
            Section("organisation", _("Overview")),
            Section("organisation-members", _("Members")),
            Section("organisation-roles", _("Roles")),
            Section("organisation-labels", _("Labels")),
        ),
    ),
    (
        _("Sharing"),
        (
            Section("accreditation", _("Accreditation")),
            Section("share-recall", _("Shares to recall"), Action.SHARE),
            Section("organisation-grants", _("Grants"), ADMINISTERS),
            Section("organisation-guests", _("Guests"), ADMINISTERS),
            Section("trusted-keys", _("Keys of other platforms")),
        ),
    ),
    (
        _("Signing in"),
        (
            Section("organisation-signin", _("Sign-in"), ADMINISTERS),
            Section("organisation-service-accounts", _("Service accounts"), ADMINISTERS),
        ),
    ),
    (
        _("Reaching people"),
        (
            Section("duty", _("Duty contacts")),
            Section("webhooks", _("Webhooks"), ADMINISTERS),
        ),
    ),
    (
        _("The record"),
        (
            Section("organisation-audit", _("Audit"), ADMINISTERS),
            Section("data-requests", _("Requests for data")),
            Section("organisation-retention", _("Retention"), ADMINISTERS),
            Section("evidence-sweeps", _("Integrity of evidence"), ADMINISTERS),
            Section("organisation-exports", _("Export of everything"), ADMINISTERS),
        ),
    ),
    (
        _("Yours"),
        (
            Section("tokens", _("Keys for programs")),
            Section("sealing-key", _("Sealing key")),
            Section("data-held", _("What is held about you")),
            Section("name-looks", _("Who looked up your names")),
        ),
    ),
)


def menu(request: HttpRequest, actor: Actor) -> list[dict[str, Any]]:
    """The groups with their entries for this person; the one whose address begins the page's own is the current one."""
    groups: list[dict[str, Any]] = []
    for label, sections in GROUPS:
        items: list[dict[str, Any]] = []
        for section in sections:
            try:
                url = reverse(section.name)
            except NoReverseMatch:
                continue
            if section.action is None or actor.may(section.action):
                items.append({"label": section.label, "url": url})
        if items:
            groups.append({"label": label, "items": items})
    entries = [item for group in groups for item in group["items"]]
    here = [item for item in entries if request.path.startswith(item["url"])]
    for item in entries:
        item["current"] = bool(here) and item is max(here, key=lambda one: len(one["url"]))
    return groups
