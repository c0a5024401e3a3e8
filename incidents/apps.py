from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class IncidentsConfig(AppConfig):
    name = "incidents"

    def ready(self) -> None:
        """Lends viewers somebody else's eyes, and says what of a case can be asked about."""
        from . import holdings, previewing, things  # noqa: F401

        # Each room declares the clocks of its deadlines in its `deadlines.py`; calendars show them too.
        autodiscover_modules("deadlines")
        from notifications import feed

        from .calendar import events_for

        feed.SOURCES.append(events_for)
