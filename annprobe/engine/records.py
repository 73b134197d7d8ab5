"""What a training run shows and keeps on the way."""

from __future__ import annotations

from collections.abc import Sequence

from annprobe.engine.layout import Array


def monitor(before: Array, after: Array) -> Array:
    """The cost that is shown after an iteration: that of the new parameters. Both arguments have the stack's shape."""
    return after


def keep_best(W: Sequence[Array]) -> list[Array]:
    """What is kept when the cost is the lowest so far: copies of the parameters (of one network)."""
    return [w.copy() for w in W]
