"""``scipy.optimize`` as a network's training uses it: its cost and gradient are seen at work, then the optimiser runs.

An optimiser of scipy works on plain numbers of its own, so nothing of it would be on the tape. Therefore a few plain
steps ``theta - rate * gradient`` come first, with the module's own functions. What is returned is scipy's result; where
scipy is not installed, that of descent with a step that is halved while it does not descend.
"""

from __future__ import annotations

import importlib
import importlib.util
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from annprobe.tape.plain import Active, raw

_STEPS = 4  # so many steps show a parameter, its update and that the update takes over
_RATE = 0.1
_MOST_ITERATIONS = 100
# function -> the positions of the gradient and of the further arguments; whether the cost gives its gradient as well
_SIGNATURES: dict[str, tuple[int, int, bool]] = {
    "minimize": (4, 2, False), "fmin_cg": (2, 3, False), "fmin_bfgs": (2, 3, False), "fmin_ncg": (2, 5, False),
    "fmin_l_bfgs_b": (2, 3, True), "fmin_tnc": (2, 3, True), "fmin": (-1, 2, False), "fmin_powell": (-1, 2, False),
}  # fmt: skip
_LIMIT = {"fmin_tnc": "maxfun"}  # what the limit of iterations is called


class Optimize(types.ModuleType):
    """In front of ``scipy.optimize``, or in its place; ``numpy`` is what the module computes with."""

    def __init__(self, numpy: types.ModuleType) -> None:
        super().__init__("scipy.optimize")
        self.__dict__["_numpy"] = numpy

    def __getattr__(self, name: str) -> Any:
        if name in _SIGNATURES:
            return _Optimiser(name, self.__dict__["_numpy"])
        real = _real()
        if real is None:
            raise AttributeError(f"module 'scipy.optimize' has no attribute {name!r}")
        return getattr(real, name)


def _real() -> Any:
    return importlib.import_module("scipy.optimize") if importlib.util.find_spec("scipy") is not None else None


@dataclass(frozen=True)
class _Task:
    """What is asked for: a cost and its gradient, from where, with which further arguments."""

    cost: Callable[..., Any]
    gradient: Callable[..., Any] | None
    start: Any
    args: tuple[Any, ...]

    def at(self, theta: Any) -> tuple[Any, Any]:
        """Cost and gradient (None where the module has none)."""
        value = self.cost(theta, *self.args)
        if self.gradient is not None:
            return value, self.gradient(theta, *self.args)
        return value if isinstance(value, tuple) else (value, None)


class _Optimiser:
    """One function of the module."""

    def __init__(self, name: str, numpy: types.ModuleType) -> None:
        self.__name__ = name
        self._numpy = numpy

    def __call__(self, *given: Any, **named: Any) -> Any:
        """The real function's result, after steps with the module's own gradient."""
        task = _task(self.__name__, given, named)
        if task.gradient is not None or _gives_both(self.__name__, given, named):
            self._descend(task)
        real = _real()
        with _unrecorded():
            if real is None:
                return _result(self.__name__, *_descent(task), self._numpy)
            found = getattr(real, self.__name__)(*raw(given), **_limited(self.__name__, raw(named)))
        return _handed_back(found)

    def _descend(self, task: _Task) -> None:
        theta = self._numpy.asarray(task.start) * 1.0
        rate = 0.0
        for _ in range(_STEPS):
            _, gradient = task.at(theta)
            rate = rate or _rate(raw(theta), raw(gradient))
            theta = theta - rate * self._numpy.reshape(gradient, np.shape(theta))


def _task(name: str, given: tuple[Any, ...], named: dict[str, Any]) -> _Task:
    at_gradient, at_args, _ = _SIGNATURES[name]

    def argument(position: int, *names: str) -> Any:
        found = [named[key] for key in names if key in named]
        return found[0] if found else given[position] if 0 <= position < len(given) else None

    gradient = argument(at_gradient, "fprime", "jac")
    further = argument(at_args, "args")
    args = () if further is None else further if isinstance(further, tuple) else (further,)
    start = argument(1, "x0")
    return _Task(argument(0, "fun", "f", "func"), gradient if callable(gradient) else None, start, args)


def _gives_both(name: str, given: tuple[Any, ...], named: dict[str, Any]) -> bool:
    """Whether the cost function returns cost and gradient."""
    if name == "minimize":
        return bool((given[4] if len(given) > 4 else named.get("jac")) is True)
    return _SIGNATURES[name][2] and not named.get("approx_grad", len(given) > 4 and given[4])


def _rate(theta: Any, gradient: Any) -> float:
    """A step of a tenth of the gradient, or, where that is much, of a tenth of the parameters' own size."""
    size = float(np.linalg.norm(gradient))
    return min(_RATE, _RATE * max(float(np.linalg.norm(theta)), 1.0) / size) if size > 0 else _RATE


@contextmanager
def _unrecorded() -> Iterator[None]:
    listening, Active.recorder = Active.recorder, None
    try:
        yield
    finally:
        Active.recorder = listening


def _limited(name: str, named: dict[str, Any]) -> dict[str, Any]:
    """The keywords with fewer iterations, and without printing."""
    limit = _LIMIT.get(name, "maxiter")
    if name == "minimize":
        options = dict(named.get("options") or {})
        limit = "maxfun" if str(named.get("method")).upper() == "TNC" else limit
        return {**named, "options": {**options, limit: min(options.get(limit) or 10**9, _MOST_ITERATIONS)}}
    return {**named, limit: min(named.get(limit) or 10**9, _MOST_ITERATIONS)}


def _handed_back(found: Any) -> Any:
    """The result with its parameters as a value that the tape knows."""
    recorder = Active.recorder
    if recorder is None:
        return found
    if isinstance(found, np.ndarray):
        return recorder.leaf("optimum", found)
    if isinstance(found, dict):  # scipy's OptimizeResult is one
        found["x"] = recorder.leaf("optimum", found["x"])
        return found
    return (_handed_back(found[0]), *found[1:]) if isinstance(found, tuple) else found


def _descent(task: _Task) -> tuple[Any, float, int]:
    """Plain descent: parameters, cost and number of evaluations in the end."""
    theta, args = np.array(raw(task.start), dtype=float), raw(task.args)
    plain = _Task(task.cost, task.gradient, theta, args)
    cost, gradient = plain.at(theta)
    rate, count = 1.0, 1
    while gradient is not None and count < _MOST_ITERATIONS:
        moved = theta - rate * np.reshape(gradient, theta.shape)
        there, slope = plain.at(moved)
        count += 1
        if there < cost:
            theta, cost, gradient, rate = moved, there, slope, rate * 1.5
        else:
            rate *= 0.5
    return theta, float(np.squeeze(cost)), count


class _Result(dict[str, Any]):
    """As scipy's OptimizeResult: items are attributes."""

    __getattr__ = dict.__getitem__


def _result(name: str, theta: Any, cost: float, count: int, numpy: types.ModuleType) -> Any:
    x = numpy.array(theta)
    if name == "minimize":
        return _Result(x=x, fun=cost, nfev=count, nit=count, success=True, status=0, message="descended")
    return {"fmin_l_bfgs_b": (x, cost, {"warnflag": 0}), "fmin_tnc": (x, count, 1)}.get(name, x)
