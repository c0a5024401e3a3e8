"""Start-up of core: privileges are set anew after each migration."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        """Subscribes to the end of a migration run (once: Django sends the signal per app)."""
        post_migrate.connect(set_privileges, sender=self)


def set_privileges(*, using: str, **_: Any) -> None:
    """Grants what each login may do; see `core.privileges`."""
    from . import privileges

    privileges.apply(using)
