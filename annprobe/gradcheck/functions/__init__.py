"""The user's cost and gradient as functions of one vector: parameters laid out, results read."""
