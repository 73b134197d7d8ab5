"""The gradient check: the pass path first, then points, protocol, localisation, and one verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annprobe.errors import BadArgument
from annprobe.gradcheck.examining.protocol import run_protocol
from annprobe.gradcheck.examining.quick import Quick, quick_pass
from annprobe.gradcheck.functions.attributes import Attributes, array_attributes
from annprobe.gradcheck.functions.batches import Batch, batches_of
from annprobe.gradcheck.functions.blackbox import BlackBox
from annprobe.gradcheck.functions.gradients import bare_name
from annprobe.gradcheck.functions.layout import Layout, lay_out
from annprobe.gradcheck.judgement import judge
from annprobe.gradcheck.localising.located import Letters
from annprobe.gradcheck.outcome import summarise
from annprobe.gradcheck.verdicts.result import GradientCheck, Note, ParameterCheck, PointCheck

BiasPlace = Literal["first column", "last column", "first row", "last row"]
_BIAS: dict[str, tuple[int, int]] = {
    "first column": (1, 0),
    "last column": (1, -1),
    "first row": (0, 0),
    "last row": (0, -1),
}


class Request(NamedTuple):
    """What :func:`check_gradients` was asked, once checked."""

    cost: Callable[..., Any]
    parameters: Any
    gradient: Any
    layout: Layout
    letters: Letters
    seed: int


def check_gradients(
    cost: Callable[..., Any],
    parameters: Any,
    gradient: Any,
    *,
    data: Sequence[Any] | NDArray[Any] = (),
    names: Sequence[str] | None = None,
    shapes: Sequence[Sequence[int]] | None = None,
    n_examples: int | None = None,
    outputs: int | None = None,
    bias: BiasPlace | None = None,
    seed: int = 0,
) -> GradientCheck:
    """Compare the gradient that the user computes with the derivative of the user's cost, and say what is wrong.

    cost        ``cost(parameters, *data)``, one real number; or ``cost(*data)``, which reads the parameters from the
                arrays, containers or attributes given as ``parameters``
    parameters  any nest of float arrays: array, list, tuple, dict, flat vector, object or :class:`Attributes`
    gradient    ``gradient(parameters, *data)`` or ``gradient(*data)``: ∂C/∂parameters in a similar nest, cost units per
                parameter unit; or its value at ``parameters`` (then only this one point can be judged)
    data        arrays whose examples lie along a common axis; a few examples suffice, and one alone is tried too
    names       of the parameter arrays, in order; shapes: how one flat vector is cut into arrays
    n_examples  N, and ``outputs`` K: to name constants like 1/N; N follows from ``data``
    bias        which line of a matrix holds the biases, if any does
    seed        of the random directions; the same seed gives the same result

    Returns a :class:`GradientCheck`. There is no tolerance to choose: a disagreement counts when rounding and the error
    of the derivative cannot explain it (section "Model of the error" of the complex step: Squire & Trapp, SIAM Rev. 40
    (1998) 110; extrapolation: Press et al., Numerical Recipes, 5.7). Raises :class:`BadArgument` when the functions
    cannot be called or their results make no sense, :class:`ToolFault` when the check's own self-test fails.
    """
    if not callable(cost):
        raise BadArgument(f"cost must be a function, it is {type(cost).__name__}")
    data = (data,) if isinstance(data, np.ndarray) else tuple(data)
    parameters = _without_caches(cost, parameters, gradient, data)
    layout = lay_out(parameters, names=names, shapes=shapes)
    batches = batches_of(data)
    letters = Letters(n_examples or batches[0].examples, outputs, _bias_place(bias))
    request = Request(cost, parameters, gradient, layout, letters, seed)
    with np.errstate(all="ignore"):  # infinities and undefined values are seen and said, not printed
        result = _checked(request, batches[0])
        for batch in batches[1:]:
            result = _also(request, result, batch)
    return result


def _without_caches(cost: Callable[..., Any], parameters: Any, gradient: Any, data: tuple[Any, ...]) -> Any:
    """Of a plain object, the attributes that its gradient names; all others are caches and data."""
    if isinstance(parameters, (np.ndarray, list, tuple, dict, Attributes, int, float)):
        return parameters
    try:
        value = (cost(*data), gradient(*data))[1] if callable(gradient) else gradient
    except Exception:  # the functions want the object: then all its arrays count, and a misfit is said later
        return parameters
    if not isinstance(value, dict):
        return parameters
    meant = {str(key) for key in value} | {bare_name(str(key)) for key in value}
    names = [name for name in array_attributes(parameters) if name in meant]
    return Attributes(parameters, *names) if names else parameters


def _checked(request: Request, batch: Batch) -> GradientCheck:
    box = BlackBox(request.cost, request.gradient, request.layout, request.parameters, batch.data)
    try:
        box.settle()
        quick = quick_pass(box, request.seed, batch.examples) if callable(request.gradient) else None
        return _passed(request, box, quick) if quick else _examined(request, box, batch)
    finally:
        box.release()


def _passed(request: Request, box: BlackBox, quick: Quick) -> GradientCheck:
    typical = quick.limits[0]
    parameters = [
        ParameterCheck(leaf.name, leaf.shape, True, "equal", 1.0, relative_error=0.0, detection_limit=typical)
        for leaf in request.layout.leaves
    ]
    return GradientCheck(
        "right",
        tuple(parameters),
        quick.checks,
        signature=" ".join("." * len(parameters)),
        method=quick.checks[0].method,
        detection_limit=quick.limits,
        costs=box.costs,
        gradients=box.gradients,
        seed=request.seed,
    )


def _examined(request: Request, box: BlackBox, batch: Batch) -> GradientCheck:
    if not np.isfinite(request.layout.values).all():
        raise BadArgument("the parameters hold infinite or undefined numbers")
    notes, noise = run_protocol(box)
    spread = next((n.value or 0.0 for n in notes if n.kind == "noise" and n.detail == "gradient"), 0.0)
    judgement = judge(box, request.letters, request.seed, batch.examples, noise=noise, gradient_noise=spread)
    return summarise(box, judgement, request.letters, notes, request.seed)


def _also(request: Request, result: GradientCheck, batch: Batch) -> GradientCheck:
    """The same for another number of examples: a bug of the batch shows in one and not in the other."""
    letters = request.letters._replace(n_examples=batch.examples)
    try:
        other = _checked(request._replace(letters=letters), batch)
    except BadArgument as error:  # the functions insist on their number of examples
        text = f"with {_count(batch.examples)} {error}"
        return result._replace(notes=(*result.notes, Note("batch", text)))
    return _merged(result, other, batch)


def _merged(result: GradientCheck, other: GradientCheck, batch: Batch) -> GradientCheck:
    points: tuple[PointCheck, ...] = result.points + other.points
    costs, gradients = result.costs + other.costs, result.gradients + other.gradients
    if (result.verdict == "wrong") == (other.verdict == "wrong"):
        notes = (*result.notes, *_clearer(result, other))
        return result._replace(points=points, notes=notes, costs=costs, gradients=gradients)
    right, wrong = (other, result) if result.verdict == "wrong" else (result, other)
    which = f"right for {_examples(right)}, wrong for {_examples(wrong)}"
    return wrong._replace(points=points, notes=(*wrong.notes, Note("batch", which)), costs=costs, gradients=gradients)


def _clearer(result: GradientCheck, one: GradientCheck) -> Iterator[Note]:
    """Arrays that are wrong in no pattern over many examples, and off by one factor a unit for one example.

    The gradient of one example is the outer product of its delta and its input: a wrong factor of either shows.
    """
    for parameter, single in zip(result.parameters, one.parameters, strict=True):
        if parameter.pattern == "other" and single.pattern in ("rows", "columns"):
            yield Note("one example", f"{single.name}: {single.pattern}")


def _examples(result: GradientCheck) -> str:
    return _count(result.points[0].examples if result.points else None)


def _count(examples: int | None) -> str:
    return "one example" if examples == 1 else f"{examples} examples"


def _bias_place(bias: str | None) -> tuple[int, int] | None:
    if bias is None:
        return None
    if bias not in _BIAS:
        raise BadArgument(f"bias={bias!r}; it is one of {', '.join(map(repr, _BIAS))}")
    return _BIAS[bias]
