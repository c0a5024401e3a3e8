"""The room of sealing keys."""

from django.apps import AppConfig


class SealingConfig(AppConfig):
    """Pure locks (`shares`, `boxes`, `stream`) and the keys people hold; what is sealed with them is the business of rooms above."""

    name = "sealing"

    def ready(self) -> None:
        from . import verbs  # noqa: F401
