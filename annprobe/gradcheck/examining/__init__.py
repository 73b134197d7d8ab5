"""The gradient at one point and at several: the pass path, the derivative to trust, what was asked of it."""
