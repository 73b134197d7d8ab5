"""Symptoms of shapes, and of a gradient check's printed columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from annprobe.symptoms.reading import Array, Measured, grade

Shape = tuple[int, ...]


def shape_broadcast(outputs: Shape, targets: Shape) -> Measured:
    """S28 `shape-broadcast`: outputs minus targets is not an array of the outputs' shape.

    (N, 1) minus (N,) is (N, N): every output is compared with every target, and the best the network can do is their
    average. Shapes that cannot be subtracted at all count too.
    """
    try:
        together: Shape | None = np.broadcast_shapes(outputs, targets)
    except ValueError:
        together = None
    wrong = together != outputs or outputs != targets
    return Measured(np.asarray(float(wrong)), {"outputs": str(outputs), "targets": str(targets)})


def parameters_depend_on_examples(shapes: Sequence[Shape], N: int, others: Sequence[Shape], M: int) -> Measured:
    """S44 `params-depend-on-N`: a parameter has one row an example.

    ``shapes`` with N examples, ``others`` with M. The network fits its training examples and cannot be asked anything
    else.
    """
    count = sum(s != o and N in s and M in o for s, o in zip(shapes, others, strict=False))
    return Measured(np.asarray(float(count > 0)), {"parameters with an axis over the examples": count})


def checker_column_is_weights(column: Array, W: Sequence[Array]) -> Measured:
    """S45 `checker-column-is-weights`: what a gradient check prints as the analytic gradient are the parameters."""
    flat = np.concatenate([np.ravel(w) for w in W])
    printed = np.ravel(column)
    if printed.size != flat.size or not flat.any():
        return Measured(np.zeros(()), {"entries": printed.size})
    gap = float(np.abs(printed - flat).max()) / float(np.abs(flat).max())
    return Measured(grade(gap, 1e-6, 1e-12), {"difference": gap})
