"""Formats in and out. Stands above the rooms: it calls their services and they do not know it."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "exchange"

    def ready(self) -> None:
        """Declares what can be recorded, and which task does which work."""
        from documents import kinds

        from . import tasks, verbs  # noqa: F401

        kinds.declare("custody-record", tasks.render_record.name)
