"""Rows of what was exchanged."""

from .packages import Package
from .received import ReceivedPackage, TrustedKey
from .records import CustodyRecord

__all__ = ["CustodyRecord", "Package", "ReceivedPackage", "TrustedKey"]
