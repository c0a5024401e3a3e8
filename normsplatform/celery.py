"""The queue: JSON only, ids only, every task safe to run twice (docs/explanation/long-work.md)."""

from celery import Celery

app = Celery("norms")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
