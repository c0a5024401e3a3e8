"""Speed as ratios measured in one run, on synthetic data that is the same every time."""
