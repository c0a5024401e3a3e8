from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class LedgerConfig(AppConfig):
    name = "ledger"

    def ready(self) -> None:
        """Each app declares its verbs in `verbs.py`; from then on the list is closed."""
        autodiscover_modules("verbs")
