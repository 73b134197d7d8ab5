"""The true gradient, of the cost that is meant, and what each parameter's change has to do with it."""
