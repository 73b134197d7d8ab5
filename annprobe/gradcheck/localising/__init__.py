"""Where a wrong gradient is wrong, and by which pattern."""
