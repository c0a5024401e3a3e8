"""No tables, and imports nothing of ours: errors, tenancy context, clock, ids, http."""
