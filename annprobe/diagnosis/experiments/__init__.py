"""The module's own training, once more with one thing changed: roles, symptoms, the ladder."""
