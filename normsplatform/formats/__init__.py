"""How numbers are written, where the platform differs from Django."""
