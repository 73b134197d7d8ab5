"""Checks of one layer's forward and backward, with a random gradient from above: no network and no reference needed.

For any layer y = f(x, W, ...) and any fixed r, the scalar C = Σ r·y has ∂C/∂y = r; so backward(r) must return
r·∂y/∂x, r·∂y/∂W, ..., the gradient of C (vector-Jacobian product).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annprobe.errors import BadArgument
from annprobe.gradcheck.check import check_gradients
from annprobe.gradcheck.guard import Guard
from annprobe.gradcheck.layout import Attributes
from annprobe.gradcheck.result import GradientCheck
from annprobe.gradcheck.verdict import direction

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
               for them; returns the gradients of the float arrays among the arguments, in their order
    arguments  float arrays are differentiated by, everything else is passed on as it is
    layer      parameters kept as attributes: ``Attributes(layer, "W", "b")``
    gradients  then reads their gradients after ``backward``: ``lambda: [layer.dW, layer.db]``
    names      of the differentiated arguments

    The upstream gradient is random; the same ``seed`` gives the same one. Random layers (dropout) are checked with the
    generator's state put back, so forward and backward see one mask. Raises :class:`BadArgument` when the functions
    cannot be called as described.
    """
    places = [index for index, value in enumerate(arguments) if _is_differentiable(value)]
    if not places and layer is None:
        raise BadArgument("no argument is a float array: there is nothing to differentiate by")
    if (layer is None) != (gradients is None):
        raise BadArgument(
            "layer= and gradients= belong together: the attributes and the function that reads their gradients"
        )
    guard = Guard(forward, list(arguments))
    try:
        outputs, has_cache = _split(forward(*arguments))
    finally:
        guard.restore()
    if not outputs:
        raise BadArgument("forward() returned no array")
    upstream = [direction(seed, out.size, 100 + k).reshape(out.shape) for k, out in enumerate(outputs)]
    call = _Call(tuple(places), upstream, has_cache)
    parameters: Any = [np.array(arguments[place]) for place in places]
    labels = list(names or _names(forward, places))
    if layer is not None:
        parameters = [*parameters, layer]
        labels += list(layer.names)
    result = check_gradients(
        partial(_cost, call, forward, arguments),  # partials of the user's own things: their state is found and kept
        parameters,
        partial(_gradient, call, forward, backward, gradients, arguments),
        names=labels,
        seed=seed,
    )
    return replace(result, costs=result.costs + 1)


@dataclass(frozen=True, slots=True)
class _Call:
    """How the layer is called: which arguments vary, the gradients from above, and whether forward returns a cache."""

    places: tuple[int, ...]
    upstream: list[Array]
    has_cache: bool

    def fill(self, arguments: tuple[Any, ...], values: Sequence[Any]) -> list[Any]:
        """The arguments with the varied ones replaced; what follows these in ``values`` are the layer's attributes."""
        filled = list(arguments)
        for place, value in zip(self.places, values, strict=False):
            filled[place] = value
        return filled


def _cost(call: _Call, forward: Callable[..., Any], arguments: tuple[Any, ...], values: Sequence[Any]) -> Any:
    outputs, _ = _split(forward(*call.fill(arguments, values)))
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
    returned = forward(*filled)
    cache = [returned[-1]] if call.has_cache else _asked_for(backward, len(call.upstream), filled)
    result = backward(*(r.copy() for r in call.upstream), *cache)
    found = [] if result is None else list(result) if isinstance(result, (tuple, list)) else [result]
    wanted = len(call.places)
    if len(found) < wanted:
        raise BadArgument(f"backward() returned {len(found)} gradients for {wanted} float arguments")
    return [*found[:wanted], *(_flat(gradients()) if gradients else found[wanted:])]


def _asked_for(backward: Callable[..., Any], outputs: int, filled: list[Any]) -> list[Any]:
    """A backward without a cache may want the arguments of forward, or as many of them as it has room for."""
    return filled[: max(0, _required(backward) - outputs)]


def _flat(gradients: Any) -> list[Any]:
    return list(gradients) if isinstance(gradients, (list, tuple)) else [gradients]


def _split(returned: Any) -> tuple[list[Array], bool]:
    """The outputs of a forward pass, and whether a cache follows them."""
    if isinstance(returned, np.ndarray):
        return [returned], False
    if not isinstance(returned, tuple) or len(returned) < 2:
        return [], False
    return [out for out in returned[:-1] if isinstance(out, np.ndarray)], True


def _is_differentiable(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size > 0


def _names(forward: Callable[..., Any], places: Sequence[int]) -> list[str]:
    try:
        known = list(inspect.signature(forward).parameters)
    except (TypeError, ValueError):
        known = []
    return [known[place] if place < len(known) else f"argument {place}" for place in places]


def _required(function: Callable[..., Any]) -> int:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return 1
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(p.kind in positional and p.default is p.empty for p in parameters)
