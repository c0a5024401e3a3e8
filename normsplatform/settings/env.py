"""Reads the environment, and fails at start with a sentence when something needed is missing.

`NAME_FILE` is honoured for secrets: the file's content is the value, and a file that cannot be read stops the start.
"""

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()


def secret(name: str) -> str:
    """The secret `name`, from `name_FILE` or `name`; never a default."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text().strip()
        except OSError as problem:
            raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read: {problem}") from problem
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"Set {name} in the environment. `./norms up` does it for you; see .env.example.")
    return value
