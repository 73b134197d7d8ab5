"""Asks for more memory than any network needs."""

import numpy as np

kept = []
while True:
    kept.append(np.empty(20_000_000))
