"""Asks for more memory than any network needs."""

import numpy as np

kept = []
while True:
    kept.append(np.ones(20_000_000))
