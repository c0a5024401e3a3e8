from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "documents"

    def ready(self) -> None:
        """Declares what can be recorded."""
        from . import verbs  # noqa: F401
