"""Where bytes live: static files, evidence, documents; and how large an upload may be."""

from .base import BASE_DIR, NORMS_HOME
from .env import env

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = NORMS_HOME / "static"
WHITENOISE_USE_FINDERS = env.bool("STATIC_FROM_SOURCE", default=True)

FILES_ROOT = NORMS_HOME / "files"
FILE_UPLOAD_TEMP_DIR = NORMS_HOME / "uploads"
FILE_UPLOAD_HANDLERS = ["evidence.uploads.EvidenceUploadHandler"]
# Text fields of one form; files are counted by EVIDENCE_MAX_BYTES instead.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
EVIDENCE_MAX_BYTES = env.int("EVIDENCE_MAX_BYTES", default=2 * 1024**3)
