"""The gradient checker: a black box of functions and arrays; knows nothing about networks."""
