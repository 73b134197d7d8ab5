"""Campaigns: mutants on generated architectures and tasks, the table of what they show, and the odds read backwards."""
