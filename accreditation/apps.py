from django.apps import AppConfig


class AccreditationConfig(AppConfig):
    """Who keeps the evidence standard, who looked, and until when."""

    name = "accreditation"

    def ready(self) -> None:
        from . import tasks, verbs  # noqa: F401  (declares what can be recorded here)
