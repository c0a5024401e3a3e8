from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class NotificationsConfig(AppConfig):
    """Tells people what concerns them, and nothing they may not see."""

    name = "notifications"

    def ready(self) -> None:
        from core.templatetags import norms

        from . import holdings, selectors, tasks, verbs, watching  # noqa: F401  (declares what can be recorded here, and listens)

        # Each room declares what it tells in its `telling.py`: an inbox shows all of it, whichever room was imported.
        autodiscover_modules("telling")
        norms.WAITING["/inbox/"] = lambda request: selectors.count_waiting(request.actor)
