"""What was found, by which panel, with every dissent in full."""
