"""Sealing: how content is locked away so that several people must agree to open it, and each person's own key to that (SHR-4)."""
