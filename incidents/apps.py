from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "incidents"

    def ready(self) -> None:
        """Lends viewers somebody else's eyes, and says what of a case can be asked about."""
        from . import holdings, previewing, things  # noqa: F401
