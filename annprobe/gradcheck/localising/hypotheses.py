"""The hypothesis bank: known ways to get one array's gradient wrong, each tested on probes that are there already.

With directions v₁ ... v_m within one array, d_k = v_k·∇C is known. A hypothesis says that the true gradient is a
combination of a few arrays made from the user's gradient: c·g, c·gᵀ, c₁·(bias part of g) + c₂·(rest), c·g + λ·W, ...
Free constants make products of hypotheses (scale × transpose, scale × bias) one case each. More questions than
constants decide it, to the accuracy of the probes, with no further forward pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annprobe.gradcheck.derivatives.differences import EPSILON

Array = NDArray[np.float64]

SPARE = 3  # questions beyond the number of free constants that must fit too
ROUNDINGS = 64.0  # of the fit, in units of eps · Σ|v||basis||c|


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """``true = Σ cᵢ · basisᵢ``.

    name    what the user's gradient is if this holds, apart from constants: ``factor``, ``transposed``, ``bias``, ...
    basis   arrays of the parameter's shape
    line    (axis, index) of the part that ``basis[0]`` covers, where the basis splits the array in two
    """

    name: str
    basis: tuple[Array, ...]
    line: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Fitted:
    """A hypothesis that holds, and its constants with their uncertainty (user = true / c for one constant)."""

    hypothesis: Hypothesis
    constants: tuple[float, ...]
    uncertainty: float


@dataclass(frozen=True, slots=True)
class Answers:
    """Probes within one array: directions (m, size), v_k·∇C, and how far each may be off."""

    V: Array
    derivatives: Array
    allowed: Array


def first_fit(hypotheses: Sequence[Hypothesis] | Iterator[Hypothesis], answers: Answers) -> Fitted | None:
    """The first hypothesis that explains every probe."""
    for hypothesis in hypotheses:
        if (fitted := fit(hypothesis, answers)) is not None:
            return fitted
    return None


def fit(hypothesis: Hypothesis, answers: Answers) -> Fitted | None:
    """Least squares for the constants; None unless the rest is explained by rounding."""
    columns = np.column_stack([b.reshape(-1) for b in hypothesis.basis])
    count = columns.shape[1]
    if count == 1 and hypothesis.name != "factor" and np.count_nonzero(columns) < 2:
        return None  # any array that is zero but for this entry is a multiple of it
    if len(answers.V) < count + SPARE or (count > 1 and columns.shape[0] <= count):
        return None
    A = answers.V @ columns
    sizes = np.linalg.norm(A, axis=0)
    if not np.all(sizes > 0):
        return None
    scaled, _, rank, _ = np.linalg.lstsq(A / sizes, answers.derivatives, rcond=1e-9)
    if rank < count:
        return None
    c = scaled / sizes
    rounding = ROUNDINGS * EPSILON * (np.abs(answers.V) @ np.abs(columns * c)).sum(axis=1)
    off = np.abs(answers.derivatives - A @ c)
    allowed = 2 * (answers.allowed + rounding)
    if not np.all(off <= allowed):
        return None
    return Fitted(hypothesis, tuple(map(float, c)), float(np.max(allowed) / np.min(sizes)))


def bank(g: Array, values: Array, others: Sequence[tuple[str, Array]]) -> Iterator[Hypothesis]:
    """Every hypothesis for one array, the simplest first.

    g       the user's gradient of this array; values: the parameter itself, same shape
    others  (name, gradient) of the other parameters, for layers taken from the wrong place
    """
    yield Hypothesis("factor", (g,))
    yield from _split_lines(g)
    yield from _rearranged(g)
    yield Hypothesis("parameters missing", (g, values))
    if g.ndim == 2 and min(g.shape) > 1:
        for axis, index in _edges(g):
            yield Hypothesis("parameters missing off the bias", (g, _off_line(values, axis, index)), (axis, index))
    for name, other in others:
        if other.size == g.size:
            yield Hypothesis(f"gradient of {name}", (other.reshape(g.shape),))
            if other.ndim == 2 and other.T.shape == g.shape:
                yield Hypothesis(f"gradient of {name}, transposed", (other.T,))
    yield from _rearranged_beside_bias(g)


def _split_lines(g: Array) -> Iterator[Hypothesis]:
    """One edge row or column with a constant of its own: biases kept within the matrix."""
    if g.ndim != 2 or min(g.shape) < 2:
        return
    for axis, index in _edges(g):
        yield Hypothesis("bias", (g - _off_line(g, axis, index), _off_line(g, axis, index)), (axis, index))


def _rearranged(g: Array) -> Iterator[Hypothesis]:
    """The right numbers in the wrong places."""
    if g.ndim >= 2 and g.shape == g.T.shape:
        yield Hypothesis("transposed", (g.T,))
    if g.ndim > 2:
        yield from _rearranged_kernels(g)
    if g.ndim >= 2 and max(g.shape) < g.size:
        yield Hypothesis("reshaped in the other order", (g.ravel().reshape(g.shape, order="F"),))
        yield Hypothesis("reshaped in the other order", (g.ravel(order="F").reshape(g.shape),))
    for axis in range(g.ndim):
        if g.shape[axis] > 1:
            yield Hypothesis(f"reversed along axis {axis}", (np.flip(g, axis),))
            yield Hypothesis(f"rolled by -1 along axis {axis}", (np.roll(g, 1, axis),))
            yield Hypothesis(f"rolled by 1 along axis {axis}", (np.roll(g, -1, axis),))


def _rearranged_kernels(g: Array) -> Iterator[Hypothesis]:
    """Convolutions: kernels turned by 180°, their axes exchanged, or the channels' axes."""
    yield Hypothesis("turned by 180° in the last two axes", (np.flip(g, (-2, -1)),))
    if g.shape[-1] == g.shape[-2] > 1:
        yield Hypothesis("transposed in the last two axes", (g.swapaxes(-2, -1),))
    if g.shape[0] == g.shape[1] > 1:
        yield Hypothesis("transposed in the first two axes", (g.swapaxes(0, 1),))


def _rearranged_beside_bias(g: Array) -> Iterator[Hypothesis]:
    """The weights rearranged, the biases beside them in place; both with constants of their own."""
    if g.ndim != 2 or min(g.shape) < 2:
        return
    for axis, index in _edges(g):
        line = g - _off_line(g, axis, index)
        rest = np.delete(g, index, axis)
        at = 0 if index == 0 else rest.shape[axis]
        for kind in _rearranged(rest):
            moved = np.insert(kind.basis[0], at, 0.0, axis)
            yield Hypothesis(f"weights {kind.name}", (line, moved), (axis, index))


def _edges(g: Array) -> Iterator[tuple[int, int]]:
    for axis in (1, 0):
        for index in (0, g.shape[axis] - 1):
            yield axis, index


def _off_line(g: Array, axis: int, index: int) -> Array:
    """The array with one row or column set to zero."""
    out = g.copy()
    out[(slice(None), index) if axis == 1 else index] = 0.0
    return out
