"""Rows of what was exchanged."""

from .records import CustodyRecord

__all__ = ["CustodyRecord"]
