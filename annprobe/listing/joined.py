"""Values that are joined to one array and taken out of it again, as the outputs of a sequence are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from annprobe.tape.nodes import Ref, Tape, substitute
from annprobe.tape.replay import evaluate

_JOINS = {"concatenate", "array", "stack", "hstack", "vstack", "column_stack", "asarray"}


def picked(tape: Tape, number: int) -> Sequence[int]:
    """The inputs of a node; of one that takes entries out of a joined array those values that the entries are of."""
    node = tape[number]
    base = node.args[0].node if node.op == "getitem" and node.args and isinstance(node.args[0], Ref) else None
    if base is None or tape[base].op not in _JOINS or len(tape[base].inputs) < 2:
        return node.inputs
    parts = list(dict.fromkeys(tape[base].inputs))

    def numbered(source: int) -> object:
        value = tape.value(source)
        return np.full(np.shape(value), float(parts.index(source))) if source in parts else value

    try:
        joined = evaluate(tape[base], substitute(tape[base].args, numbered), tape[base].kwargs)
        taken = evaluate(node, (joined, *substitute(node.args[1:], tape.value)), {})
    except (TypeError, ValueError, IndexError, KeyError, AttributeError):
        return node.inputs
    chosen = {int(k) for k in np.unique(np.asarray(taken, dtype=float))}
    return [*(parts[k] for k in sorted(chosen)), *(i for i in node.inputs if i != base)]
