"""The user's module, always in another process: loading, usage, roles."""
