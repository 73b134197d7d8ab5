"""The relations between two gradient arrays, each tested against the error bound, and the value that names one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from annprobe.gradcheck.verdicts.constants import OTHER, constant_names

Array = NDArray[np.float64]
Bias = tuple[int, int] | Literal["unknown"] | None
Kind = Literal[
    "equal",  # within the error bound
    "shape",  # another shape, and no rearrangement of it is right
    "not-finite",
    "zero",  # all zero where the truth is not
    "factor",  # one constant over all entries
    "bias-only",  # the only wrong row or column holds the biases
    "one-entry",
    "one-line",  # one row or one column
    "transposed",
    "reordered",  # reversed, rolled, or reshaped in the other order
    "rows",  # one constant a row
    "columns",  # one constant a column
    "other",
]


@dataclass(frozen=True, slots=True)
class Pattern:
    """The simplest relation between a user's gradient array and the true one that holds within the error bound.

    kind            which relation
    name            in a word: ``equal``, ``1/N``, ``-1``, ``other constant``, ``zero``, ``transposed``, ``rows``, ...
    factor          c in ``user = c · true``, where one constant describes all wrong entries
    names           all names that fit the factor (with N = 2, ``2`` and ``N`` are one number), the simplest first
    factors         one constant a row or column, where kind is ``rows`` or ``columns``
    line            (axis, index) of the only wrong row (axis 0) or column (axis 1); (-1, flat index) of one wrong entry
    relative_error  max|user − true| / max|true|; infinite when the true gradient is zero and the user's is not
    wrong           number of entries that differ by more than the error bound
    """

    kind: Kind
    name: str
    relative_error: float
    factor: float | None = None
    names: tuple[str, ...] = ()
    factors: tuple[float, ...] = ()
    line: tuple[int, int] | None = None
    wrong: int = 0

    @property
    def agrees(self) -> bool:
        """True where the two arrays are equal within the error bound."""
        return self.kind == "equal"


@dataclass(frozen=True, slots=True)
class Fit:
    """A constant c with ``user = c · true``, and how far it can be from the exact one."""

    factor: float
    uncertainty: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two arrays and what rounding may do to them: ``bound`` an entry of ``t``, ``rounding`` relative to max|u|."""

    u: Array
    t: Array
    bound: Array
    rounding: float
    n_examples: int | None = None
    outputs: int | None = None

    def names(self, fit: Fit) -> tuple[str, ...]:
        """All names of the fitted constant."""
        found = constant_names(fit.factor, fit.uncertainty, n_examples=self.n_examples, outputs=self.outputs)
        return found or (OTHER,)

    def line(self, axis: int, index: int) -> Pair:
        """One row (axis 0) or column (axis 1) as a pair of its own."""
        return replace(self, **{k: getattr(self, k).take(index, axis) for k in ("u", "t", "bound")})

    def differences(self) -> NDArray[np.bool_]:
        """Which entries differ by more than rounding."""
        return np.asarray(np.abs(self.u - self.t) > self.bound + self.rounding * _top(self.u))

    def fit(self) -> Fit | None:
        """The constant between the two, when one holds; none when the truth does not stand out of its own error."""
        if _top(self.t) <= 4 * _top(self.bound):
            return None
        square = float(np.vdot(self.t, self.t))
        factor = float(np.vdot(self.t, self.u)) / square
        allowed = abs(factor) * self.bound + self.rounding * _top(self.u)
        if np.any(np.abs(self.u - factor * self.t) > 2 * allowed):  # twice: the constant itself was fitted
            return None
        return Fit(factor, float(np.vdot(np.abs(self.t), allowed)) / square + self.rounding * abs(factor))

    def relative_error(self) -> float:
        """max|u − t| / max|t|."""
        if self.u.shape != self.t.shape:
            return math.inf
        gap, size = _top(self.u - self.t), _top(self.t)
        return gap / size if size else (math.inf if gap else 0.0)


def name_relation(pair: Pair, bias: Bias) -> Pattern:
    """The first relation that holds, in the order of :data:`Kind`."""
    if pair.u.shape != pair.t.shape:
        wrong_shape = f"shape {pair.u.shape} instead of {pair.t.shape}"
        return _rearranged(pair) or Pattern("shape", wrong_shape, math.inf, wrong=pair.u.size)
    wrong, distance = pair.differences(), pair.relative_error()
    if not wrong.any():
        return Pattern("equal", "equal", distance, factor=1.0)
    found = (
        _without_ratio(pair)
        or _constant(pair)
        or _one_line(pair, wrong, bias)
        or _rearranged(pair)
        or _constant_by_line(pair)
        or Pattern("other", "other", distance)
    )
    return replace(found, wrong=int(wrong.sum()), relative_error=distance)


def _without_ratio(pair: Pair) -> Pattern | None:
    if not pair.u.any():
        return Pattern("zero", "zero", 1.0, factor=0.0)
    if _top(pair.t) <= _top(pair.bound):
        return Pattern("other", "nonzero where the true gradient is zero", math.inf)
    return None


def _constant(pair: Pair) -> Pattern | None:
    fit = pair.fit()
    if fit is None:
        return None
    names = pair.names(fit)
    return Pattern("factor", names[0], 0.0, factor=fit.factor, names=names)


def _one_line(pair: Pair, wrong: NDArray[np.bool_], bias: Bias) -> Pattern | None:
    """All wrong entries lie in one row or column, or there is only one of them."""
    lines = [(axis, int(hit[0])) for axis in (1, 0) if len(hit := _wrong_lines(wrong, axis)) == 1]
    for axis, index in lines:
        if bias == (axis, index) or (bias == "unknown" and _may_be_bias(wrong.shape, axis, index)):
            return _line_pattern("bias-only", "bias only", pair, axis, index)
    if wrong.sum() == 1 and wrong.size > 1:
        place = int(np.flatnonzero(wrong)[0])
        factor = float(pair.u.flat[place] / pair.t.flat[place]) if pair.t.flat[place] else None
        return Pattern("one-entry", "one entry", 0.0, factor=factor, line=(-1, place))
    for axis, index in lines:
        if min(wrong.shape) > 1:
            return _line_pattern("one-line", ("one row", "one column")[axis], pair, axis, index)
    return None


def _wrong_lines(wrong: NDArray[np.bool_], axis: int) -> NDArray[np.intp]:
    return np.flatnonzero(wrong.any(axis=1 - axis)) if wrong.ndim == 2 else np.empty(0, np.intp)


def _may_be_bias(shape: tuple[int, ...], axis: int, index: int) -> bool:
    return min(shape) > 1 and index in (0, shape[axis] - 1)


def _line_pattern(kind: Kind, name: str, pair: Pair, axis: int, index: int) -> Pattern:
    inner = pair.line(axis, index)
    if not inner.u.any():
        return Pattern(kind, f"{name}: zero", 0.0, factor=0.0, names=("zero",), line=(axis, index))
    fit = inner.fit()
    if fit is None:
        return Pattern(kind, name, 0.0, line=(axis, index))
    names = pair.names(fit)
    return Pattern(kind, f"{name}: {names[0]}", 0.0, factor=fit.factor, names=names, line=(axis, index))


def _rearranged(pair: Pair) -> Pattern | None:
    """The right values, up to one constant, in the wrong places."""
    for kind, name, moved in _arrangements(pair.u, pair.t.shape):
        fit = replace(pair, u=moved).fit()
        if fit is not None and moved.any():
            names = pair.names(fit)
            full = name if names[0] == "1" else f"{name}, x {names[0]}"
            return Pattern(kind, full, pair.relative_error(), factor=fit.factor, names=names, wrong=moved.size)
    return None


def _arrangements(u: Array, shape: tuple[int, ...]) -> Iterator[tuple[Kind, str, Array]]:
    """Every way in which the values of ``u`` may have been meant for an array of this shape."""
    if u.ndim > 1 and u.T.shape == shape:
        yield "transposed", "transposed", u.T
    if u.size == math.prod(shape) and len(shape) > 1:
        yield "reordered", "reshaped in the other order", u.ravel().reshape(shape, order="F")
        yield "reordered", "reshaped in the other order", u.ravel(order="F").reshape(shape)
    if u.shape != shape:
        return
    for axis in range(u.ndim):
        yield "reordered", f"reversed along axis {axis}", np.flip(u, axis)
        for shift in (1, -1):
            yield "reordered", f"rolled by {-shift} along axis {axis}", np.roll(u, shift, axis)


def _constant_by_line(pair: Pair) -> Pattern | None:
    """One constant for each row, or for each column."""
    rows = pair.t.shape[0] if pair.t.ndim > 1 else 0
    if rows < 2 or pair.t.size // rows < 2:
        return None
    flat = replace(pair, **{k: getattr(pair, k).reshape(rows, -1) for k in ("u", "t", "bound")})
    for axis, kind in ((0, "rows"), (1, "columns")):
        factors = [_line_factor(flat.line(axis, index)) for index in range(flat.t.shape[axis])]
        if None not in factors:
            found = tuple(f for f in factors if f is not None)
            return Pattern("rows" if kind == "rows" else "columns", kind, 0.0, factors=found)
    return None


def _line_factor(line: Pair) -> float | None:
    """The line's constant; 1 for a line that is right, also where it is zero throughout."""
    if not line.differences().any():
        return 1.0
    fit = line.fit()
    return None if fit is None else fit.factor


def _top(array: Array) -> float:
    return float(np.max(np.abs(array)))
