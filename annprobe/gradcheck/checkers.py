"""The user's own gradient checker as the subject: which of the two gradients is wrong, and why.

Three columns: A, the user's analytic gradient; U, the user's numerical one; R, the true gradient of the user's cost.
A = R, U ≠ R: the checker is wrong. A ≠ R, U = R: the backpropagation is. Both agree and both differ from R: they share
a mistake, most often the cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from annprobe.errors import BadArgument
from annprobe.gradcheck.checker_steps import step_bugs
from annprobe.gradcheck.functions.layout import Leaf, lay_out
from annprobe.gradcheck.verdicts.patterns import Pattern, compare

Array = NDArray[np.float64]

Blame = Literal["neither", "checker", "backpropagation", "both", "shared"]
Bug = Literal[
    "prints the weights",  # a column that should hold a gradient holds the parameters
    "compares backpropagation with itself",
    "does not put the weights back",  # the parameters are others once the check has run
    "does not perturb",  # numerical gradient exactly zero: a copy, a cached forward pass, or integer parameters
    "leaves arrays out",  # the same for some arrays, while the others are right
    "forgets the 2 of 2ε",  # numerical twice the true one; half for an ε that is doubled
    "mean against sum",  # N or 1/N between cost and gradient
    "one-sided difference",  # error ε/2 times the second derivative
    "step too large",  # error ε²/6 times the third derivative
    "step too small",  # rounding: error about eps·|C|/ε
    "single precision",  # the cost was evaluated in float32
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
    instead     of the alternatives given: what the wrong column is the gradient of
    misled      whether what the user's check said, if given, was the wrong answer
    """

    blame: Blame
    analytic: Pattern
    numerical: Pattern
    between: Pattern
    bugs: tuple[Bug, ...] = ()
    step: float | None = None
    instead: str | None = None
    misled: bool | None = None


def judge_checker(
    analytic: Any,
    numerical: Any,
    true: Any,
    *,
    parameters: Any = None,
    after: Any = None,
    alternatives: Mapping[str, Any] | None = None,
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
    after                      the parameters once the check had run
    alternatives               gradients of what may have been meant: of the output, of another batch, at other weights
    cost                       C there; with it a step that is too small is recognised by its rounding
    second, third              ∂²C/∂w² and ∂³C/∂w³, entry by entry (:func:`diagonal_derivatives`): a one-sided
                               difference and too large a step leave errors proportional to them
    passed                     what the user's check said, to tell whether it misled

    Raises :class:`BadArgument` when the sizes differ or no array holds numbers.
    """
    weights = None if parameters is None else _flat(parameters)
    columns = _Columns(_flat(analytic), _flat(numerical), _flat(true), weights, lay_out(true).leaves)
    columns.require_equal_sizes()
    options: dict[str, Any] = {"n_examples": n_examples, "outputs": outputs, "bias": None}
    tolerance = _slack(columns.true)
    a = compare(columns.analytic, columns.true, error=tolerance, **options)
    u = compare(columns.numerical, columns.true, error=tolerance, **options)
    between = compare(columns.analytic, columns.numerical, error=tolerance, **options)
    bugs = list(_named_bugs(columns, a, u, between, after))
    step = None
    if not u.agrees and not bugs:
        found, step = step_bugs(columns.numerical, columns.true, cost, second, third)
        bugs += found or ("differentiates something else",)
    wrong = columns.numerical if not u.agrees else None if a.agrees else columns.analytic
    return CheckerVerdict(
        _blame(a, u, between),
        a,
        u,
        between,
        tuple(dict.fromkeys(bugs)),
        step,
        _instead(wrong, alternatives or {}),
        None if passed is None else passed != a.agrees,
    )


@dataclass(frozen=True, slots=True)
class _Columns:
    analytic: Array
    numerical: Array
    true: Array
    parameters: Array | None
    leaves: tuple[Leaf, ...]

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


def _named_bugs(columns: _Columns, a: Pattern, u: Pattern, between: Pattern, after: Any) -> Iterator[Bug]:
    w = columns.parameters
    if w is not None and after is not None and not np.array_equal(_flat(after), w):
        yield "does not put the weights back"
    if w is not None and any(_equal(column, w) for column in (columns.analytic, columns.numerical)):
        yield "prints the weights"
    if np.array_equal(columns.analytic, columns.numerical) and columns.analytic.any():
        yield "compares backpropagation with itself"  # what the numerical column holds says nothing more
        return
    if u.agrees and a.kind == "factor" and {"N", "1/N"} & set(a.names):
        yield "mean against sum"
    if not u.agrees:
        yield from _numerical_bugs(columns, u)


def _numerical_bugs(columns: _Columns, u: Pattern) -> Iterator[Bug]:
    w = columns.parameters
    if u.kind == "not-finite":
        yield "not finite"
    elif u.kind == "zero":
        yield "does not perturb"
    elif u.kind == "factor":
        yield from _constant_bugs(u)
    elif w is not None and _is_multiple(columns.numerical - columns.true, w, 100 * _slack(w)):
        yield "penalty on one side"
    elif _leaves_out(columns):
        yield "leaves arrays out"


def _leaves_out(columns: _Columns) -> bool:
    """Whether the arrays that are not right are zero throughout."""
    slack = _slack(columns.true)
    wrong = [leaf.span for leaf in columns.leaves
             if np.max(np.abs(columns.numerical[leaf.span] - columns.true[leaf.span])) > slack]
    return len(wrong) < len(columns.leaves) and not any(columns.numerical[span].any() for span in wrong)


def _instead(wrong: Array | None, alternatives: Mapping[str, Any]) -> str | None:
    """The first alternative that the wrong column equals, up to a constant."""
    if wrong is None:
        return None
    for name, gradient in alternatives.items():
        other = _flat(gradient)
        if other.size == wrong.size and _is_multiple(wrong, other, _slack(other)):
            return name
    return None


def _is_multiple(a: Array, b: Array, error: float) -> bool:
    return compare(a, b, bias=None, error=error).kind in ("equal", "factor")


def _constant_bugs(u: Pattern) -> Iterator[Bug]:
    if {"2", "1/2"} & set(u.names):
        yield "forgets the 2 of 2ε"
    if {"N", "1/N", "K", "1/K"} & set(u.names):
        yield "mean against sum"
    if "-1" in u.names:
        yield "wrong sign"


def _slack(true: Array) -> float:
    return CLOSE * float(np.max(np.abs(true), initial=0.0))


def _equal(a: Array, b: Array) -> bool:
    return bool(np.allclose(a, b, rtol=1e-12, atol=0.0)) and bool(a.any())


def _flat(nest: Any) -> Array:
    return lay_out(nest).values
