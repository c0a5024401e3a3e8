"""Where bytes live: static files, evidence, documents; and how large an upload may be."""

import os
from typing import Any

from .base import BASE_DIR, NORMS_HOME
from .env import env, secret

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = NORMS_HOME / "static"
WHITENOISE_USE_FINDERS = env.bool("STATIC_FROM_SOURCE", default=True)

FILES_ROOT = NORMS_HOME / "files"
# The platform's own signing keys; `NORMS_KEY_<PURPOSE>` (base64, 32 bytes) replaces a file.
KEYS_ROOT = NORMS_HOME / "keys"
FILE_UPLOAD_TEMP_DIR = NORMS_HOME / "uploads"
FILE_UPLOAD_HANDLERS = ["evidence.uploads.EvidenceUploadHandler"]
# Text fields of one form; files are counted by EVIDENCE_MAX_BYTES instead.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
EVIDENCE_MAX_BYTES = env.int("EVIDENCE_MAX_BYTES", default=2 * 1024**3)
# Files sent piece by piece: how long an idle one waits, how long any may take, how much may wait for one organisation.
EVIDENCE_UPLOAD_IDLE_HOURS = env.int("EVIDENCE_UPLOAD_IDLE_HOURS", default=48)
EVIDENCE_UPLOAD_DAYS = env.int("EVIDENCE_UPLOAD_DAYS", default=7)
EVIDENCE_UPLOAD_QUOTA = env.int("EVIDENCE_UPLOAD_QUOTA", default=20 * 1024**3)

# Where evidence lies: "folder" (FILES_ROOT) or "s3" (a bucket of any service that speaks S3).
EVIDENCE_STORE = env.str("EVIDENCE_STORE", default="folder")
EVIDENCE_S3_PREFIX = env.str("EVIDENCE_S3_PREFIX", default="")
EVIDENCE_S3: dict[str, Any] = {}
if EVIDENCE_STORE == "s3":
    EVIDENCE_S3 = {
        "bucket_name": env.str("EVIDENCE_S3_BUCKET"),
        "endpoint_url": env.str("EVIDENCE_S3_ENDPOINT", default="") or None,
        "region_name": env.str("EVIDENCE_S3_REGION", default="") or None,
        "addressing_style": env.str("EVIDENCE_S3_ADDRESSING", default="auto"),
    }
    # Without keys boto3 looks where it always does: a role of the machine, a profile.
    if os.environ.get("EVIDENCE_S3_ACCESS_KEY") or os.environ.get("EVIDENCE_S3_ACCESS_KEY_FILE"):
        EVIDENCE_S3 |= {"access_key": secret("EVIDENCE_S3_ACCESS_KEY"), "secret_key": secret("EVIDENCE_S3_SECRET_KEY")}
# An evidence package, made here or received.
PACKAGE_MAX_BYTES = env.int("PACKAGE_MAX_BYTES", default=20 * 1024**3)

# A ClamAV daemon that scans what comes in: "unix:/run/clamav/clamd.ctl" or "tcp://host:3310"; empty: nothing is scanned.
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", default="")

# The Chromium that captures web pages; empty: pages are not captured. CAPTURE_ALLOW names servers inside the house that may
# be captured nevertheless, as host:port.
CAPTURE_CHROMIUM = env.str("CAPTURE_CHROMIUM", default="")
CAPTURE_ALLOW = env.list("CAPTURE_ALLOW", default=[])
