"""Accreditation: who keeps the evidence standard, who looked, and until when (SHR-3)."""
