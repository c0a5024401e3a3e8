from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class KeepingConfig(AppConfig):
    name = "keeping"

    def ready(self) -> None:
        """Each app says in `personal.py`, beside its models, which of its fields are about people."""
        autodiscover_modules("personal")
