"""The room of evidence."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """Holds what a finding may rest on; knows nothing of findings."""

    name = "evidence"

    def ready(self) -> None:
        from . import verbs  # noqa: F401  (declares what can be recorded here)
