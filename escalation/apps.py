"""The room of measures."""

from django.apps import AppConfig


class EscalationConfig(AppConfig):
    """Keeps the response proportionate and reversible, and never against civilians."""

    name = "escalation"

    def ready(self) -> None:
        from . import verbs  # noqa: F401  (declares what can be recorded here)
