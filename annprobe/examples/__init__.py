"""Bundled modules for ``annprobe diagnose --example NAME``; never imported, only run as subjects."""
