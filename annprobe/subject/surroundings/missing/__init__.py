"""Stand-ins for what is not there: packages, files, data."""
