"""Rows of what was exchanged."""

from .packages import Package
from .records import CustodyRecord

__all__ = ["CustodyRecord", "Package"]
