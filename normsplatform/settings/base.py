"""What runs: apps, middleware, databases, queue, logs."""

import os
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

from celery.schedules import crontab

from .env import env, secret

BASE_DIR = Path(__file__).resolve().parent.parent.parent
NORMS_HOME = Path(env.str("NORMS_HOME", default=str(BASE_DIR / "var")))
BASE_URL = env.str("NORMS_BASE_URL", default="http://127.0.0.1:8000")

SECRET_KEY = secret("SECRET_KEY")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "normsplatform.apps.NormsPlatformConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.admin",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "guardian",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
    "core",
    "ledger",
    "organisations",
    "signin",
    "instruments",
    "sealing",
    "documents",
    "notifications",
    "accreditation",
    "incidents",
    "evidence",
    "attribution",
    "escalation",
    "remediation",
    "accountability",
    "publication",
    "exchange",
    "keeping",
]
MIDDLEWARE = [
    "normsplatform.metrics.counts.CountingMiddleware",
    "normsplatform.middleware.RequestIdMiddleware",
    # Above everything that may refuse a request: a refusal carries the same headers as a page.
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "normsplatform.middleware.PrivateAnswersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "normsplatform.middleware.ChosenLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "signin.middleware.KeepTypedMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "organisations.middleware.PrincipalMiddleware",
    "signin.middleware.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "normsplatform.middleware.DomainErrorMiddleware",
    "signin.middleware.SecondFactorMiddleware",
    "normsplatform.middleware.LooksMiddleware",
    "organisations.once.OnceMiddleware",
]
ROOT_URLCONF = "normsplatform.urls"
WSGI_APPLICATION = "normsplatform.wsgi.application"


def database(url_name: str, **extra: Any) -> dict[str, Any]:
    """One login of the three; all of them bind the principal to the transaction."""
    config = env.db_url(url_name)
    return {
        **config,
        "ENGINE": "normsplatform.postgresql",
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        **extra,
    }


DATABASES = {
    "default": database("DATABASE_APP_URL"),
    # Migrations and `verify` only; never used by a request.
    "owner": database("DATABASE_OWNER_URL", ATOMIC_REQUESTS=False, CONN_MAX_AGE=0),
    # The public pages: reads frozen releases and nothing else.
    # Not opened by every request: they begin their own transaction.
    "public": database("DATABASE_PUBLIC_URL", ATOMIC_REQUESTS=False),
}
DATABASE_ROUTERS = ["normsplatform.postgresql.routers.SchemaBelongsToOwner"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SECURE_COOKIES = env.bool("SECURE_COOKIES", default=BASE_URL.startswith("https://"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 1800
# Above the longest task: a task longer than the visibility timeout is handed out again while it still runs.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "ledger-sequence": {"task": "ledger.tasks.sequence_pending", "schedule": 2.0},
    "ledger-checkpoint": {"task": "ledger.tasks.publish_checkpoint", "schedule": 10.0},
    "ledger-checkpoint-stamp": {"task": "ledger.tasks.stamp_checkpoint", "schedule": 300.0},
    "keeping-minimise": {"task": "keeping.tasks.minimise", "schedule": 24 * 3600.0},
    "keeping-requeue": {"task": "keeping.tasks.requeue_lost", "schedule": 60.0},
    "accreditation-warn": {"task": "accreditation.tasks.warn", "schedule": 3600.0},
    "shares-recall": {"task": "incidents.tasks.tell_lapsed_shares", "schedule": 600.0},
    "looks-months": {"task": "ledger.tasks.make_months", "schedule": 24 * 3600.0},
    "grants-expire": {"task": "incidents.tasks.expire_grants", "schedule": 60.0},
    "deadlines-remind": {"task": "incidents.tasks.remind_deadlines", "schedule": 3600.0},
    "searches-look": {"task": "incidents.tasks.look_for_matches", "schedule": 300.0},
    "jobs-requeue": {"task": "documents.tasks.requeue_lost", "schedule": 30.0},
    "findings-compute": {"task": "attribution.tasks.recompute_stale", "schedule": 30.0},
    "findings-remind": {"task": "attribution.tasks.remind", "schedule": 3600.0},
    "scores-pool": {"task": "attribution.tasks.pool_scores", "schedule": 3600.0},
    "seats-free": {"task": "attribution.tasks.free_seats", "schedule": 300.0},
    "findings-overdue": {"task": "attribution.tasks.flag_overdue", "schedule": 3600.0},
    "submissions-forget": {"task": "organisations.tasks.forget_submissions", "schedule": 3600.0},
    "signin-forget": {"task": "signin.tasks.forget", "schedule": 600.0},
    "inbox-mail": {"task": "notifications.tasks.send_each", "schedule": 60.0},
    "duty-pass-on": {"task": "notifications.tasks.pass_on", "schedule": 20.0},
    "webhooks-deliver": {"task": "notifications.tasks.deliver_due", "schedule": 5.0},
    "inbox-digests": {"task": "notifications.tasks.send_digests", "schedule": crontab(hour="6", minute="0")},
    "inbox-forget": {"task": "notifications.tasks.forget", "schedule": 24 * 3600.0},
    "seals-tidy": {"task": "evidence.tasks.tidy_seals", "schedule": 300.0},
    "evidence-stamps": {"task": "evidence.tasks.stamp_missing", "schedule": 900.0},
    "evidence-sweep": {"task": "evidence.tasks.sweep_integrity", "schedule": 6 * 3600.0},
    "evidence-uploads-expire": {"task": "evidence.collecting.expire_uploads", "schedule": 3600.0},
    "evidence-work-requeue": {"task": "evidence.work.requeue_lost", "schedule": 60.0},
    "evidence-collect": {"task": "evidence.collecting.collect_unnamed", "schedule": 24 * 3600.0},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(NORMS_HOME / "celerybeat-schedule")

# Verifier keys (C2SP vkey, one a word) of those whose cosignatures stand on our checkpoints.
LEDGER_WITNESSES = env.list("LEDGER_WITNESSES", default=[])

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = USE_TZ = True

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "normsplatform.logs.formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # A line for every tick of a clock says nothing; failures are errors and stay.
    "loggers": {
        "django.server": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}

# Each process counts in a file of its own, in a folder of its machine's: containers share NORMS_HOME, and their process numbers
# are the same. prometheus_client reads the variable when it is imported.
METRICS_FOLDER = NORMS_HOME / "metrics" / socket.gethostname()
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS_FOLDER)
# Who may ask for /metrics, straight and not through a proxy: this machine, and networks named here.
METRICS_FROM = ["127.0.0.0/8", "::1/128", *env.list("METRICS_FROM", default=[])]

# How many resolved questions, judged by how many people, a discipline needs before its pooled score is said in public.
CALIBRATION_QUESTIONS = 20
CALIBRATION_PEOPLE = 5
