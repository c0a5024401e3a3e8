"""PostgreSQL, with the principal bound to every transaction (docs/explanation/tenancy.md)."""
