from django.apps import AppConfig


class AccountabilityConfig(AppConfig):
    name = "accountability"

    def ready(self) -> None:
        """Declares what can be recorded, and which task makes which document."""
        from documents import kinds

        from . import tasks, verbs  # noqa: F401

        kinds.declare("review", tasks.render_review.name)
        kinds.declare("verification-report", tasks.render_verification.name)
