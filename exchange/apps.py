"""Formats in and out. Stands above the rooms: it calls their services and they do not know it."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "exchange"

    def ready(self) -> None:
        """Declares what can be recorded, and which task does which work."""
        from documents import failures, kinds

        from . import reasons, tasks, verbs  # noqa: F401

        failures.declare(reasons.REASONS)
        kinds.declare("custody-record", tasks.render_record.name)
        kinds.declare("package", tasks.build_package.name)
        kinds.declare("received-package", tasks.take_in_package.name)
