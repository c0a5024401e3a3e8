"""Formats in and out. Stands above the rooms: it calls their services and they do not know it."""
