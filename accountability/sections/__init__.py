"""The sections of a review: each a function of the case that gives blocks. The template decides which, and in which order."""

from . import case, evidence, findings, response, measures, recommendations  # noqa: F401, I001  (they fill the registry, in this order)
from .registry import Material, build

__all__ = ["Material", "build"]
