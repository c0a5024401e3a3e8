"""Start-up of the composition."""

from django.apps import AppConfig, apps
from django.conf import settings
from django.db.models.signals import post_migrate


class NormsPlatformConfig(AppConfig):
    name = "normsplatform"

    def ready(self) -> None:
        """Imports the queue so that tasks bind to it, makes the folders uploads are written to, and watches changes and tasks."""
        from . import celery  # noqa: F401
        from .history import watch_changes
        from .metrics.counts import watch_tasks

        post_migrate.connect(watch_changes, sender=apps.get_app_config("core"))

        watch_tasks()

        folders = (settings.FILES_ROOT, settings.FILE_UPLOAD_TEMP_DIR, settings.STATIC_ROOT, settings.METRICS_FOLDER)
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
