"""The evidence package: what stands in it, and how it is read from and turned into a case's evidence."""
