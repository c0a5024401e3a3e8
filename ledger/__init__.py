"""The append-only record: what was done, by whom, in an order nobody can change. Knows no domain."""
