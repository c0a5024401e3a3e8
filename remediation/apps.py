from django.apps import AppConfig


class RemediationConfig(AppConfig):
    name = "remediation"

    def ready(self) -> None:
        """Says what of this room hangs on a person, and what can be asked about."""
        from . import holdings, things  # noqa: F401
