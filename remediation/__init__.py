"""Remediation: what civilians depend on is restored; it never waits for blame."""
