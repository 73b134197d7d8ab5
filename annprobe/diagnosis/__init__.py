"""Evidence in, findings out, ranked."""
