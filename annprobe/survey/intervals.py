"""How far a share of runs can be trusted."""

from __future__ import annotations

import math

NORMAL_95 = 1.959963984540054  # two-sided 95 % of the normal distribution


def wilson(count: int, of: int) -> tuple[float, float]:
    """95 % interval of a share, as if the runs were independent; (0, 1) where nothing was run.

    Source: Wilson, Journal of the American Statistical Association 22 (1927); Brown, Cai, DasGupta (2001) recommend it.
    """
    if of == 0:
        return 0.0, 1.0
    share, z2 = count / of, NORMAL_95**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = NORMAL_95 / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)
