"""Derivatives of small programs: on the tape, by the library autograd, and by differences of sixth order."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from typing import Any

import autograd.numpy as anp
import autograd.scipy.special as aspecial
import numpy as np
import scipy.special
from autograd import grad

from annprobe.tape import Budget, Recorder
from annprobe.tape.adjoint import Adjoints, adjoints
from annprobe.tape.instrument import instrument

_rng = np.random.default_rng(11)
INPUTS: dict[str, Any] = {
    "x": _rng.normal(size=(3, 4)),
    "y": _rng.uniform(0.2, 0.9, size=(3, 4)),
    "w": _rng.normal(size=(4, 2)),
    "v": _rng.uniform(0.3, 1.5, size=4),
    "s": np.float64(0.7),
}
"""What a program may use: ``x`` any, ``y`` between 0 and 1, ``w`` a matrix that fits, ``v`` a row, ``s`` a number."""

_STEP = 2e-3
_SIXTH = ((1, 0.75), (2, -0.15), (3, 1.0 / 60.0))  # Fornberg, Mathematics of Computation 51 (1988), table 1


def weights(shape: tuple[int, ...]) -> Any:
    """∂C/∂r of the cost by which a program's result ``r`` is weighed: no two entries alike."""
    return np.cos(1.0 + np.arange(np.prod(shape, dtype=int), dtype=float)).reshape(shape)


def on_tape(text: str) -> tuple[dict[str, Any], Adjoints, set[str]]:
    """∂C/∂input for every input, how they were had, and the operations on the tape."""
    recorder = Recorder({"<p>"}, Budget())
    names = {"np": recorder.modules["numpy"], "special": recorder.modules["scipy.special"]}
    scope: dict[str, Any] = {**names, "__builtins__": {**vars(builtins), **recorder.builtins}}
    with recorder:
        inputs = {name: recorder.leaf("input", np.array(value)[()]) for name, value in INPUTS.items()}
        leaves = {name: recorder.refs(value, []).node for name, value in inputs.items()}
        scope.update(inputs)
        exec(compile(instrument(ast.parse(text)), "<p>", "exec"), scope)
        found = recorder.refs(scope["r"], [])
    made = adjoints(recorder.tape, {found.node: weights(np.shape(recorder.tape.value(found.node)))})
    none = {name: np.zeros(np.shape(value)) for name, value in INPUTS.items()}
    return {name: made.of.get(leaves[name], none[name]) for name in INPUTS}, made, {n.op for n in recorder.tape.nodes}


def by_autograd(expression: str) -> dict[str, Any]:
    """The same by autograd; raises what it raises where autograd has no rule."""

    def cost(values: dict[str, Any]) -> Any:
        result = eval(expression, {"np": anp, "special": aspecial, **values})
        return anp.sum(result * weights(anp.shape(result)))

    found: dict[str, Any] = grad(cost)(dict(INPUTS))
    return found


def by_differences(text: str) -> dict[str, Any]:
    """The same by central differences of sixth order, entry by entry."""
    return {name: _difference(text, name) for name in INPUTS}


def _difference(text: str, name: str) -> Any:
    base = np.array(INPUTS[name], dtype=float)
    slopes = np.zeros(base.size)
    for k in range(base.size):
        for steps, share in _SIXTH:
            for sign in (1.0, -1.0):
                moved = base.copy()
                moved.reshape(-1)[k] += sign * steps * _STEP
                slopes[k] += sign * share / _STEP * _cost(text, {**INPUTS, name: moved[()]})
    return slopes.reshape(base.shape)


def _cost(text: str, values: Mapping[str, Any]) -> float:
    scope: dict[str, Any] = {name: np.array(value)[()] for name, value in values.items()}
    scope.update(np=np, special=scipy.special)
    exec(text, scope)
    return float(np.sum(scope["r"] * weights(np.shape(scope["r"]))))
