"""Start-up of the composition."""

from django.apps import AppConfig
from django.conf import settings


class NormsPlatformConfig(AppConfig):
    name = "normsplatform"

    def ready(self) -> None:
        """Imports the queue so that tasks bind to it, and makes the folders uploads are written to."""
        from . import celery  # noqa: F401

        for folder in (settings.FILES_ROOT, settings.FILE_UPLOAD_TEMP_DIR, settings.STATIC_ROOT):
            folder.mkdir(parents=True, exist_ok=True)
