"""Bags (BagIt, RFC 8493) in one zip file: written a piece at a time, and read without believing anything."""
