"""What the search for the cause hands on: a verdict a parameter, and which entries are meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from annprobe.gradcheck.functions.layout import Layout, Leaf
from annprobe.gradcheck.verdicts.constants import OTHER, constant_names
from annprobe.gradcheck.verdicts.result import ParameterCheck


class Letters(NamedTuple):
    """What N and K stand for, and where biases lie within a matrix."""

    n_examples: int | None = None
    outputs: int | None = None
    bias: tuple[int, int] | None = None  # (axis, index); the index may be −1

    def bias_in(self, leaf: Leaf) -> tuple[int, int] | None:
        """The line of this parameter that holds its biases."""
        if self.bias is None or len(leaf.shape) != 2 or leaf.shape[self.bias[0]] < 2:
            return None
        axis, index = self.bias
        return axis, index % leaf.shape[axis]

    def names(self, factor: float, uncertainty: float) -> tuple[str, ...]:
        """Names of a constant in user = c · true."""
        found = constant_names(factor, uncertainty, n_examples=self.n_examples, outputs=self.outputs)
        return found or (OTHER,)


@dataclass(frozen=True, slots=True)
class Located:
    """A parameter's verdict, and the flat indices (within the parameter) of wrong entries worth showing."""

    check: ParameterCheck
    show: tuple[int, ...] = ()
    diffuse: bool = False  # wrong throughout and in no pattern, or by one constant
    only: tuple[int, ...] = ()  # all wrong entries, where they were found one by one


def suspect_entries(located: Sequence[Located], layout: Layout) -> list[NDArray[np.bool_]]:
    """For each wrong parameter, which entries of the whole vector are under suspicion."""
    masks = []
    for item, leaf in zip(located, layout.leaves, strict=True):
        if item.check.agrees is not False:
            continue
        part = np.zeros(leaf.stop - leaf.start, dtype=bool)
        if item.only:
            part[list(item.only)] = True
        else:
            part[:] = line_mask(leaf, list(item.check.lines))
        mask = np.zeros(layout.size, dtype=bool)
        mask[leaf.span] = part
        masks.append(mask)
    return masks


def line_mask(leaf: Leaf, lines: Sequence[tuple[int, int]]) -> NDArray[np.bool_]:
    """The entries on all of these (axis, index) lines, flat; everything where there are none."""
    mask = np.zeros(leaf.shape, dtype=bool)
    index: list[slice | int] = [slice(None)] * len(leaf.shape)
    for axis, at in lines:
        index[axis] = at
    mask[tuple(index)] = True
    return mask.reshape(-1)
