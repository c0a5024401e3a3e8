"""Tests: one database made by the owner's login; every transaction then takes the application's role."""

from . import *
from .base import DATABASES, NORMS_HOME
from .env import env

OWNER = DATABASES["owner"]
DATABASES = {
    "default": {
        **OWNER,
        "ATOMIC_REQUESTS": True,
        "OPTIONS": {},
        "TEST": {"NAME": env.str("NORMS_TEST_DB", default="test_norms")},
    },
    "owner": {**OWNER, "TEST": {"MIRROR": "default"}},
    "public": {**OWNER, "TEST": {"MIRROR": "default"}},
}
DATABASE_ROUTERS = []
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
SEALING_SCRYPT_LOG_N = 10
FILES_ROOT = NORMS_HOME / "test-files"
