from django.apps import AppConfig


class PublicationConfig(AppConfig):
    name = "publication"

    def ready(self) -> None:
        """Declares what can be recorded."""
        from . import tasks, verbs  # noqa: F401
