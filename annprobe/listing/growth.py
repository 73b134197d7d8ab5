"""How much an operation would make of other operands, told before it is run."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from annprobe.tape.nodes import Node

_LARGE = 1_000_000  # entries


def grows(operation: Node, arguments: tuple[Any, ...]) -> bool:
    """Whether an operation would make far more of other operands than it made: no gradient, and it costs memory."""
    if not any(isinstance(a, np.ndarray) and a.ndim for a in arguments):
        return False  # numbers stay numbers
    shapes = [np.shape(a) for a in arguments if isinstance(a, (np.ndarray, np.generic, float, int))]
    if operation.op == "outer":
        size = math.prod(math.prod(shape) for shape in shapes[:2])
    elif operation.op in ("multiply", "add", "subtract", "divide"):
        size = math.prod(np.broadcast_shapes(*shapes))
    else:
        return False
    return size > max(_LARGE, 4 * np.size(operation.value))
