"""The room of attribution."""

from django.apps import AppConfig


class AttributionConfig(AppConfig):
    """Says who it was, how sure that is, and why not more: by rule."""

    name = "attribution"

    def ready(self) -> None:
        from . import holdings, subscriptions, things, verbs  # noqa: F401  (declares what is here, and listens)
