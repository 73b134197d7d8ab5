"""The text of the user's module: decoded, in today's Python, and what its names say."""
