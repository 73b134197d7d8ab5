"""From evidence to findings: a file a kind of cause."""
