"""An example of a catalogue from elsewhere: one family with one mutant, announced by an entry point."""

from __future__ import annotations

import numpy as np

from annprobe.engine.conditions import ONE_EXAMPLE
from annprobe.engine.layout import Array
from annprobe.engine.marking import mutant
from annprobe.engine.passes import Pass


@mutant("ex-median", step="bias_gradient", silent=ONE_EXAMPLE, code="AP306")
def median_for_sum(p: Pass, layer: int) -> Array:
    """The bias gradient is N times the median over the examples.

    Correct  ∂C/∂b[l] = Σ δ[l]
    Bugged   ∂C/∂b[l] = N median(δ[l])
    Silent   with one example
    Shows    learns what most examples want
    Fix      sum over the examples
    Seen     this example
    """
    return np.asarray(p.N * np.median(p.delta[layer], axis=-2))
