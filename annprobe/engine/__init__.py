"""The reference network: right, fast, textbook-legible; the oracle that everything is compared with."""
