"""The user's module run once on the tape, and the plain facts of that run."""
