"""The user's own gradient checker as the subject: which of the two gradients is wrong, and why.

Three columns: A, the user's analytic gradient; U, the user's numerical one; R, the true gradient of the user's cost.
A = R, U ≠ R: the checker is wrong. A ≠ R, U = R: the backpropagation is. Both agree and both differ from R: they share
a mistake, most often the cost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from annprobe.errors import BadArgument
from annprobe.gradcheck.layout import lay_out
from annprobe.gradcheck.patterns import Pattern, compare

Array = NDArray[np.float64]

Blame = Literal["neither", "checker", "backpropagation", "both", "shared"]
Bug = Literal[
    "prints the weights",  # a column that should hold a gradient holds the parameters
    "compares backpropagation with itself",
    "does not perturb",  # numerical gradient exactly zero: a copy, a cached forward pass, or integer parameters
    "forgets the 2 of 2ε",  # numerical twice the true one; half for an ε that is doubled
    "mean against sum",  # N or 1/N between cost and gradient
    "one-sided difference",  # error ε/2 times the second derivative
    "step too large",  # error ε²/6 times the third derivative
    "step too small",  # rounding: error about eps·|C|/ε
    "penalty on one side",  # the difference is proportional to the parameters
    "wrong sign",
    "differentiates something else",  # no relation to the derivative of the cost was found
    "not finite",
]

CLOSE = 1e-6  # relative; what the difference quotient of a sound checker reaches with any sensible step


@dataclass(frozen=True, slots=True)
class CheckerVerdict:
    """Who is wrong, and how.

    blame       ``shared``: both columns agree with each other and not with the truth
    analytic    how A stands to R; numerical: how U stands to R; between: how A stands to U
    bugs        of the checker, the most certain first
    step        the step ε that explains the error of U, where one does
    believed    what the user's check said, if given: and was that the right answer?
    """

    blame: Blame
    analytic: Pattern
    numerical: Pattern
    between: Pattern
    bugs: tuple[Bug, ...] = ()
    step: float | None = None
    misled: bool | None = None


def judge_checker(
    analytic: Any,
    numerical: Any,
    true: Any,
    *,
    parameters: Any = None,
    cost: float | None = None,
    second: Any = None,
    third: Any = None,
    n_examples: int | None = None,
    outputs: int | None = None,
    passed: bool | None = None,
) -> CheckerVerdict:
    """Judge a user's gradient check from its two columns.

    analytic, numerical, true  nests of equal size: the user's two gradients, and the derivative of the user's cost
    parameters                 where they were taken; shows columns that hold weights, and missing penalties
    cost                       C there; with it a step that is too small is recognised by its rounding
    second, third              ∂²C/∂w² and ∂³C/∂w³, entry by entry (:func:`diagonal_derivatives`): a one-sided
                               difference and too large a step leave errors proportional to them
    passed                     what the user's check said, to tell whether it misled

    Raises :class:`BadArgument` when the sizes differ or no array holds numbers.
    """
    weights = None if parameters is None else _flat(parameters)
    columns = _Columns(_flat(analytic), _flat(numerical), _flat(true), weights)
    columns.require_equal_sizes()
    options: dict[str, Any] = {"n_examples": n_examples, "outputs": outputs, "bias": None}
    a = compare(columns.analytic, columns.true, error=CLOSE * np.max(np.abs(columns.true), initial=0.0), **options)
    tolerance = _step_error(columns.true)
    u = compare(columns.numerical, columns.true, error=tolerance, **options)
    between = compare(columns.analytic, columns.numerical, error=tolerance, **options)
    bugs = _bugs(columns, a, u, between)
    step = None
    if not u.agrees and u.kind not in ("zero", "factor", "not-finite"):
        extra, step = _step_bugs(columns, cost, second, third)
        bugs = (*extra, *bugs) if extra else bugs
    if not u.agrees and not bugs:
        bugs = ("differentiates something else",)
    blame = _blame(a, u, between)
    right = a.agrees
    return CheckerVerdict(
        blame, a, u, between, tuple(dict.fromkeys(bugs)), step, None if passed is None else passed != right
    )


def diagonal_derivatives(cost: Any, parameters: Any, *, step: float = 1e-3) -> tuple[Array, Array]:
    """∂²C/∂w² and ∂³C/∂w³ for every single parameter, by differences of five values: two flat arrays, (P,) each.

    cost  takes parameters in the same nest; step: absolute, about a thousandth of a typical weight
    """
    layout = lay_out(parameters)
    second, third = np.empty(layout.size), np.empty(layout.size)
    for index in range(layout.size):
        f = [float(cost(layout.build(_moved(layout.values, index, k * step)))) for k in (-2, -1, 0, 1, 2)]
        second[index] = (-f[0] + 16 * f[1] - 30 * f[2] + 16 * f[3] - f[4]) / (12 * step**2)
        third[index] = (-f[0] + 2 * f[1] - 2 * f[3] + f[4]) / (2 * step**3)
    return second, third


@dataclass(frozen=True, slots=True)
class _Columns:
    analytic: Array
    numerical: Array
    true: Array
    parameters: Array | None

    def require_equal_sizes(self) -> None:
        named = {"analytic": self.analytic, "numerical": self.numerical, "true": self.true}
        if self.parameters is not None:
            named["parameters"] = self.parameters
        if len({array.size for array in named.values()}) != 1:
            sizes = ", ".join(f"{name} {array.size}" for name, array in named.items())
            raise BadArgument(f"the columns differ in length: {sizes}")


def _blame(a: Pattern, u: Pattern, between: Pattern) -> Blame:
    if a.agrees:
        return "neither" if u.agrees else "checker"
    if u.agrees:
        return "backpropagation"
    return "shared" if between.agrees else "both"


def _bugs(columns: _Columns, a: Pattern, u: Pattern, between: Pattern) -> tuple[Bug, ...]:
    return tuple(_named_bugs(columns, a, u, between))


def _named_bugs(columns: _Columns, a: Pattern, u: Pattern, between: Pattern) -> Iterator[Bug]:
    w = columns.parameters
    if w is not None and any(_equal(column, w) for column in (columns.analytic, columns.numerical)):
        yield "prints the weights"
    if np.array_equal(columns.analytic, columns.numerical) and columns.analytic.any():
        yield "compares backpropagation with itself"
    if u.kind == "not-finite":
        yield "not finite"
    elif u.kind == "zero":
        yield "does not perturb"
    elif u.kind == "factor":
        yield from _constant_bugs(u)
    elif (
        w is not None
        and not u.agrees
        and compare(columns.numerical - columns.true, w, bias=None, error=_slack(w)).kind == "factor"
    ):
        yield "penalty on one side"
    if u.agrees and a.kind == "factor" and {"N", "1/N"} & set(a.names):
        yield "mean against sum"


def _constant_bugs(u: Pattern) -> Iterator[Bug]:
    if {"2", "1/2"} & set(u.names):
        yield "forgets the 2 of 2ε"
    if {"N", "1/N", "K", "1/K"} & set(u.names):
        yield "mean against sum"
    if "-1" in u.names:
        yield "wrong sign"


def _step_bugs(columns: _Columns, cost: float | None, second: Any, third: Any) -> tuple[tuple[Bug, ...], float | None]:
    """The error of the numerical column as an effect of its step."""
    error = columns.numerical - columns.true
    curvatures: list[tuple[Bug, Any]] = [("one-sided difference", second), ("step too large", third)]
    for bug, derivative in curvatures:
        if derivative is None:
            continue
        d = _flat(derivative)
        share = float(error @ d) / float(d @ d) if d.any() else 0.0
        left = np.linalg.norm(error - share * d)
        if left <= 0.1 * np.linalg.norm(error) and d.size > 2:
            step = 2 * abs(share) if bug == "one-sided difference" else float(np.sqrt(6 * abs(share)))
            return (bug,), step
    found = None if cost is None else step_of_differences(columns.numerical, cost)
    if cost is not None and found is not None and np.max(np.abs(error)) <= 8 * np.spacing(abs(cost)) / found:
        return ("step too small",), found
    return (), found


def step_of_differences(numerical: Array, cost: float) -> float | None:
    """The power of ten ε for which every entry, times 2ε, is a whole number of last places of the cost, if one is.

    Differences of floating-point numbers near C are multiples of half the spacing at C, so the division by 2ε can be
    undone; a multiple of the right ε fits too, which is why the smallest is taken.
    """
    quantum = np.spacing(abs(cost)) / 2
    for exponent in range(17, 1, -1):
        step = 10.0**-exponent
        counts = numerical * (2 * step / quantum)
        if np.max(np.abs(counts)) >= 1 and np.all(np.abs(counts - np.round(counts)) <= 1e-3):
            return step
    return None


def _step_error(true: Array) -> Array | float:
    return CLOSE * float(np.max(np.abs(true), initial=0.0))


def _slack(w: Array) -> float:
    return 1e-4 * float(np.max(np.abs(w), initial=0.0))


def _equal(a: Array, b: Array) -> bool:
    return bool(np.allclose(a, b, rtol=1e-12, atol=0.0)) and bool(a.any())


def _flat(nest: Any) -> Array:
    return lay_out(nest).values


def _moved(values: Array, index: int, by: float) -> Array:
    out = values.copy()
    out[index] += by
    return out
