"""One sub-command a file; each has a click command named ``command`` and imports what it needs when it runs."""
