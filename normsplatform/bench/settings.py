"""The product's settings with the bare views beside its addresses; only the benchmark starts a server with these."""

from normsplatform.settings import *  # noqa: F403

ROOT_URLCONF = "normsplatform.bench.urls"
LOGGING_CONFIG = None
