"""From the tape to lines: which line is right, which follows, which is accused, and what it computes."""
