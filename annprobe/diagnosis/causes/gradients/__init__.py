"""Causes in the gradient: accused lines, signs, factors, penalties."""
