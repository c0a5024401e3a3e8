"""The room of evidence."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """Holds what a finding may rest on; knows nothing of findings."""

    name = "evidence"

    def ready(self) -> None:
        from . import (
            collecting,  # noqa: F401  (tasks of its own, beside `tasks`)
            holdings,  # noqa: F401  (says what of seals hangs on a person)
            subscriptions,  # noqa: F401  (listens)
            things,  # noqa: F401  (says what can be asked about)
            verbs,  # noqa: F401  (declares what can be recorded here)
            work,  # noqa: F401
        )
