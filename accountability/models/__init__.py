"""Reviews, recommendations and verification reports: rows of a case, seen by whoever may see its evidence."""

from .reviews import Recommendation, Review
from .verification import VerificationReport

__all__ = ["Recommendation", "Review", "VerificationReport"]
