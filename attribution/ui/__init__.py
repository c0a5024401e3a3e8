"""Doors of attribution: parse, call, answer."""
