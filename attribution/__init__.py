"""Who, and how sure: hypotheses, panels, opinions, findings, clocks, right of reply."""
