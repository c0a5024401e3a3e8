"""The room of measures."""

from django.apps import AppConfig, apps
from django.core.exceptions import ImproperlyConfigured


class EscalationConfig(AppConfig):
    """Keeps the response proportionate and reversible, and never against civilians."""

    name = "escalation"

    def ready(self) -> None:
        # Without findings every case would look like T0, and a case where a State was found responsible like one
        # where nobody was: better not to start.
        if not apps.is_installed("attribution"):
            raise ImproperlyConfigured("Measures stand on findings: install the app “attribution” with “escalation”.")
        from . import things, verbs  # noqa: F401  (declares what can be recorded here, and asked about)
