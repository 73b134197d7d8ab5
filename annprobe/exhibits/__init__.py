"""For every mutant the smallest network that shows it, and what training makes of it: found by search, then stored."""
