"""Causes in the parameters: how they start, and how they are changed."""
