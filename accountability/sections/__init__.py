"""The sections of a review: each a function of the case that gives blocks. The template decides which, and in which order."""

from . import case, evidence, findings, recommendations, response  # noqa: F401  (they fill the registry)
from .registry import Material, build

__all__ = ["Material", "build"]
