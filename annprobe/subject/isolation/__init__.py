"""A process of its own for the user's module: limits, scratch folders, no network."""
