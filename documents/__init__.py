"""Renders, stores and hands out documents (PDF); knows no case, only which one a document belongs to."""
