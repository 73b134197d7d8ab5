"""Causes in data and targets, and in what the module reports of itself."""
