"""Publication: an account in public that exposes nobody; reads frozen releases only."""
