"""The case: what happened, whom it hit, who holds it and who else may see it."""
