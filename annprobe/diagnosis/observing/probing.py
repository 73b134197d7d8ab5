"""Data of a known task in the place of those that annprobe itself handed to a module."""

from __future__ import annotations

from typing import Any

import numpy as np

from annprobe.tape.nodes import Tape

_CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
_GATES = {"and": np.array([0.0, 0, 0, 1]), "or": np.array([0.0, 1, 1, 1]), "xor": np.array([0.0, 1, 1, 0])}


def task_data(tape: Tape, task: str | None) -> dict[int, Any] | None:
    """Leaf -> value: the corners of the square as inputs, the gate's truth table as targets; None where that cannot be.

    Inputs beyond the second are 0; every output has the same target.
    """
    inputs = [n for n in range(len(tape)) if tape[n].tag == "X"]
    targets = [n for n in range(len(tape)) if tape[n].tag == "Y"]
    if len(inputs) != 1 or len(targets) != 1 or (task or "xor") not in _GATES:
        return None
    x, y = np.shape(tape.value(inputs[0])), np.shape(tape.value(targets[0]))
    if len(x) != 2 or len(y) != 2:
        return None
    columns = x[0] != y[0]
    n, width, outputs = (x[1], x[0], y[0]) if columns else (x[0], x[1], y[1])
    if width < 2 or (columns and x[1] != y[1]):
        return None
    rows = np.zeros((n, width))
    rows[:, :2] = _CORNERS[np.arange(n) % 4]
    aims = np.repeat(_GATES[task or "xor"][np.arange(n) % 4][:, None], outputs, axis=1)
    return {inputs[0]: rows.T if columns else rows, targets[0]: aims.T if columns else aims}
