"""Derivatives of a cost along directions, each with a bound on its own error: differences and the complex step."""
