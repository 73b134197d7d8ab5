"""The examples of an epoch as two tables."""

from __future__ import annotations

from typing import Any

import numpy as np

from annprobe.training.data import Data
from annprobe.training.layout import operands, table_of
from annprobe.training.trainer import Trainer

Tables = tuple[Any, Any]


def examples_of(trainer: Trainer, data: Data | None = None) -> Tables | None:
    """Inputs (N, n_0) and targets (N, n_L) of all evaluated examples; None where they do not lie in one table each.

    data  other data than the module's own
    """
    data = data or trainer.data
    targets = trainer.judge(data).targets
    if len(trainer.evaluated) < trainer.rows.count:
        return None
    numbers: list[Any] = []  # columns, where every input is a number of its own
    for operand in operands(trainer.loop, data.graph, trainer.layout.outputs):
        values = [np.asarray(data.values(row, [operand])[0]) for row in trainer.evaluated]
        blocks = [_rows(trainer, value) for value in values]
        if any(block is None for block in blocks) or len({b.shape[1] for b in blocks if b is not None}) != 1:
            continue
        table = np.concatenate([b for b in blocks if b is not None])
        if len(table) != len(targets) or not np.ptp(table) > 0.0:
            continue
        if values[0].ndim:
            return table, targets
        numbers.append(table)
    return (np.concatenate(numbers, axis=1), targets) if len(numbers) > 1 else None


def _rows(trainer: Trainer, value: Any) -> Any:
    """(examples, features) of the data of one step; their examples lie as those of the outputs do."""
    axis = trainer.layout.groups[0][0][1]
    if value.dtype.kind not in "fiub" or (axis is not None and axis >= value.ndim):
        return None
    return table_of(value[None], axis)[0]
