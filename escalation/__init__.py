"""Escalation: measures proportionate, reversible and never against civilians."""
