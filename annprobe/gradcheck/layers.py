"""Checks of one layer's forward and backward, with a random gradient from above: no network and no reference needed.

For any layer y = f(x, W, ...) and any fixed r, the scalar C = Σ r·y has ∂C/∂y = r; so backward(r) must return
r·∂y/∂x, r·∂y/∂W, ..., the gradient of C (vector-Jacobian product).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annprobe.errors import BadArgument
from annprobe.gradcheck.check import check_gradients
from annprobe.gradcheck.functions.attributes import Attributes
from annprobe.gradcheck.functions.gradients import bare_name
from annprobe.gradcheck.state.guard import Guard
from annprobe.gradcheck.verdicts.result import GradientCheck
from annprobe.gradcheck.verdicts.verdict import direction

Array = NDArray[Any]


def check_layer(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    *arguments: Any,
    layer: Attributes | None = None,
    gradients: Callable[[], Any] | None = None,
    names: Sequence[str] | None = None,
    seed: int = 0,
) -> GradientCheck:
    """Check ``out, cache = conv_forward(x, w, b, options)`` and ``dx, dw, db = conv_backward(dout, cache)``.

    forward    called with ``arguments``; returns the output, or the outputs followed by a cache for ``backward``
    backward   called with one upstream gradient an output, then the cache if there is one, or the arguments if it asks
               for them; returns the gradients of the float arrays among the arguments, in their order or by name
    arguments  float arrays are differentiated by, everything else is passed on as it is
    layer      parameters kept as attributes: ``Attributes(layer, "W", "b")``
    gradients  then reads their gradients after ``backward``: ``lambda: [layer.dW, layer.db]``
    names      of the differentiated arguments

    The upstream gradient is random; the same ``seed`` gives the same one. Random layers (dropout) are checked with the
    generator's state put back, so forward and backward see one mask. Raises :class:`BadArgument` when the functions
    cannot be called as described.
    """
    places = _places(arguments, layer, gradients)
    labels = tuple(names or _names(forward, places))
    call = _first_call(forward, arguments, places, labels, seed)
    parameters: Any = [np.array(arguments[place]) for place in places]
    result = check_gradients(
        partial(_cost, call, forward, arguments),  # partials of the user's own things: their state is found and kept
        parameters if layer is None else [*parameters, layer],
        partial(_gradient, call, forward, backward, gradients, arguments),
        names=labels if layer is None else [*labels, *layer.names],
        n_examples=_examples(arguments, places, call),
        seed=seed,
    )
    return result._replace(costs=result.costs + 1)


def _places(arguments: tuple[Any, ...], layer: Attributes | None, gradients: Callable[[], Any] | None) -> list[int]:
    """Which arguments are differentiated by."""
    places = [index for index, value in enumerate(arguments) if _is_differentiable(value)]
    if not places and layer is None:
        raise BadArgument("no argument is a float array: there is nothing to differentiate by")
    if (layer is None) != (gradients is None):
        raise BadArgument(
            "layer= and gradients= belong together: the attributes and the function that reads their gradients"
        )
    return places


@dataclass(frozen=True, slots=True)
class _Call:
    """How the layer is called: which arguments vary, the gradients from above, and whether forward returns a cache."""

    places: tuple[int, ...]
    labels: tuple[str, ...]
    upstream: list[Any]
    has_cache: bool

    def fill(self, arguments: tuple[Any, ...], values: Sequence[Any]) -> list[Any]:
        """The arguments with the varied ones replaced; what follows these in ``values`` are the layer's attributes."""
        filled = list(arguments)
        for place, value in zip(self.places, values, strict=False):
            filled[place] = value
        return filled


def _first_call(
    forward: Callable[..., Any], arguments: tuple[Any, ...], places: Sequence[int], labels: tuple[str, ...], seed: int
) -> _Call:
    """Call forward once, put its state back, and draw a gradient from above for each output."""
    guard = Guard(forward, list(arguments))
    try:
        returned = _called("forward", forward, arguments)
    finally:
        guard.restore()
    outputs, has_cache = _split(returned)
    if not outputs:
        raise BadArgument(f"forward() returned no array, it returned {type(returned).__name__}")
    upstream = [_upstream(out, direction(seed, np.size(out), 100 + k)) for k, out in enumerate(outputs)]
    return _Call(tuple(places), labels, upstream, has_cache)


def _upstream(output: Any, r: Array) -> Any:
    return r.reshape(output.shape) if isinstance(output, np.ndarray) else float(r[0])


def _called(what: str, function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    try:
        return function(*arguments)
    except ArithmeticError as error:
        if type(error).__module__.startswith("annprobe"):  # a complex step that does not pass
            raise
        raise BadArgument(f"{what}() raised {type(error).__name__}: {error}") from error
    except Exception as error:
        raise BadArgument(f"{what}() raised {type(error).__name__}: {error}") from error


def _cost(call: _Call, forward: Callable[..., Any], arguments: tuple[Any, ...], values: Sequence[Any]) -> Any:
    outputs, _ = _split(_called("forward", forward, call.fill(arguments, values)))
    return sum((r * out).sum() for r, out in zip(call.upstream, outputs, strict=True))


def _gradient(
    call: _Call,
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    gradients: Callable[[], Any] | None,
    arguments: tuple[Any, ...],
    values: Sequence[Any],
) -> list[Any]:
    filled = call.fill(arguments, values)
    returned = _called("forward", forward, filled)
    cache = [returned[-1]] if call.has_cache else _asked_for(backward, len(call.upstream), filled)
    upstream = [r.copy() if isinstance(r, np.ndarray) else r for r in call.upstream]
    found = _in_order(_called("backward", backward, [*upstream, *cache]), call.labels)
    wanted = len(call.places)
    if len(found) < wanted:
        shapes = ", ".join(str(np.shape(g)) for g in found) or "none"
        raise BadArgument(
            f"backward() returned {len(found)} gradients for {wanted} float arguments "
            f"({', '.join(call.labels)}); their shapes: {shapes}"
        )
    return [*found[:wanted], *(_in_order(gradients(), ()) if gradients else found[wanted:])]


def _in_order(gradients: Any, labels: tuple[str, ...]) -> list[Any]:
    """The gradients as a list; those of a dict by the names of the arguments, else as they come."""
    if isinstance(gradients, dict):
        named = {bare_name(str(key)): gradient for key, gradient in gradients.items()}
        return [named[label] for label in labels] if set(labels) <= set(named) else list(gradients.values())
    if gradients is None:
        return []
    return list(gradients) if isinstance(gradients, (list, tuple)) else [gradients]


def _asked_for(backward: Callable[..., Any], outputs: int, filled: list[Any]) -> list[Any]:
    """A backward without a cache may want the arguments of forward, or as many of them as it has room for."""
    return filled[: max(0, _required(backward) - outputs)]


def _split(returned: Any) -> tuple[list[Any], bool]:
    """The outputs of a forward pass, and whether a cache follows them."""
    if _is_output(returned):
        return [returned], False
    if not isinstance(returned, (tuple, list)) or len(returned) < 2:
        return [], False
    if isinstance(returned, list) and all(map(_is_output, returned)):
        return returned, False
    return [out for out in returned[:-1] if _is_output(out)], True


def _is_output(value: Any) -> bool:
    return isinstance(value, (np.ndarray, np.inexact))


def _examples(arguments: tuple[Any, ...], places: Sequence[int], call: _Call) -> int | None:
    """N, where the first array and the first output have as many rows, or samples."""
    first, out = (arguments[places[0]] if places else None), call.upstream[0]
    if not isinstance(first, np.ndarray) or not isinstance(out, np.ndarray) or min(first.ndim, out.ndim) < 2:
        return None
    return int(out.shape[0]) if out.shape[0] == first.shape[0] else None


def _is_differentiable(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size > 0


def _names(forward: Callable[..., Any], places: Sequence[int]) -> Iterator[str]:
    try:
        known = list(inspect.signature(forward).parameters)
    except (TypeError, ValueError):
        known = []
    return (known[place] if place < len(known) else f"argument {place}" for place in places)


def _required(function: Callable[..., Any]) -> int:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return 1
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(p.kind in positional and p.default is p.empty for p in parameters)
