"""Accounting for what happened: post-incident reviews built from the record, and what they recommend."""
