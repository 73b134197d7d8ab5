"""What counts as a discrepancy, and what kind of one it is: error bounds, relations, results."""
