"""Clauses of findings, in the user's own names: operands, products, places."""
