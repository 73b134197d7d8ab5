"""What surrounds the user's module while it runs: imports, files, prompts, random numbers, absent names."""
