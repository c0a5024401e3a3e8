"""A web page captured as evidence: what the server sent (WARC and source) and what a reader saw (picture and PDF)."""
