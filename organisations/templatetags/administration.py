"""The side menu of an organisation's administration."""

from typing import Any

from django import template

from ..actors import Actor
from ..ui.sections import menu

register = template.Library()


@register.simple_tag(takes_context=True)
def administration_menu(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Its groups, for whoever asks."""
    actor = getattr(context.get("request"), "actor", None)
    return menu(context["request"], actor) if isinstance(actor, Actor) else []
