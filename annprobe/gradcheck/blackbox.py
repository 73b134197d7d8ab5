"""The user's cost and gradient as functions of one vector, whatever the convention by which they are called."""

from __future__ import annotations

import inspect
import types
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annprobe.errors import BadArgument
from annprobe.gradcheck.continuation import Continued, strip
from annprobe.gradcheck.differences import COMPLEX_STEP, NotAnalytic, complex_value
from annprobe.gradcheck.gradients import Reading, epsilon_of, read_gradient
from annprobe.gradcheck.guard import Guard
from annprobe.gradcheck.layout import Layout

Vector = NDArray[np.float64]


class BlackBox:
    """``cost(vector)``, ``slope(vector, v)`` and ``gradient(vector)`` over the user's functions; counts every call.

    The functions take the parameters (in the user's own nest) before ``data``; functions that need only ``data``
    read the parameters from the nest given, into which every point is then written (and the user's values put back by
    :meth:`release`). With ``guarded`` every call starts from the same state and the same random numbers.
    """

    def __init__(
        self, cost: Callable[..., Any], gradient: Any, layout: Layout, parameters: Any, data: tuple[Any, ...] = ()
    ) -> None:
        self.layout, self.data, self.parameters = layout, data, parameters
        self.functions = (cost, gradient)
        self._cost, self._gradient = cost, gradient
        self.given: Reading | None = None if callable(gradient) else read_gradient(gradient, layout)
        self.placed = Placement(parameters, layout) if _needs_only(cost, len(data)) else None
        self._gradient_placed = callable(gradient) and _needs_only(gradient, len(data))
        if self._gradient_placed and self.placed is None:
            self.placed = Placement(parameters, layout)
        self._cost_placed = _needs_only(cost, len(data))
        self.guard: Guard | None = None
        self._cost_is_fresh = False
        self.costs = self.gradients = 0
        self.epsilon = 2.0**-52  # of the narrowest dtype that a result had

    def settle(self) -> None:
        """Find out where functions without a parameters argument read them: in the containers, or in the arrays."""
        if self.placed is None or self.placed.writes_values:
            return
        values = self.layout.values
        moved = values + 0.01 * (np.abs(values) + 1e-3)
        if self.cost(moved) == self.cost(values):
            self.placed.write_values()

    @property
    def real_only(self) -> bool:
        """Complex parameters cannot be put where the cost reads them."""
        return self.placed is not None and self.placed.writes_values

    def protect(self) -> Guard:
        """From now on every call starts from the present state of everything that the user's functions reach."""
        self.guard = Guard(self._cost, self._gradient if callable(self._gradient) else None, list(self.data))
        return self.guard

    def release(self) -> None:
        """Put back the user's parameters and state."""
        if self.guard is not None:
            self.guard.restore()
        if self.placed is not None:
            self.placed.restore()
        self.layout.put_back()

    def cost(self, vector: Vector) -> float:
        """C at ``vector``. Raises :class:`BadArgument` when the cost raises or is not one real number."""
        result = self._call_cost(vector)
        self.epsilon = max(self.epsilon, epsilon_of(result))
        try:
            value = float(result.item() if isinstance(result, np.ndarray) and result.size == 1 else result)
        except (TypeError, ValueError):
            what = f"an array of shape {result.shape}" if isinstance(result, np.ndarray) else repr(result)[:80]
            raise BadArgument(f"the cost must be one number; it returned {what}") from None
        return value

    def cost_twice(self, vector: Vector) -> tuple[float, float]:
        """Two calls at the same point: equal unless the cost is random or keeps state."""
        return self.cost(vector), self.cost(vector)

    def slope(self, vector: Vector, v: Vector, *, continued: bool = False) -> complex:
        """``C + i·v·∇C`` by the complex step; with ``continued``, through the analytic continuation of NumPy.

        Raises :class:`NotAnalytic` where the step does not pass.
        """
        if self.real_only:
            raise NotAnalytic("the parameters are real arrays that the cost holds on to")
        at: Any = np.empty(vector.size, np.complex128)
        at.real = vector
        np.multiply(v, COMPLEX_STEP, out=at.imag)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", np.exceptions.ComplexWarning)
                value = self._continued(at) if continued else complex_value(self._call_cost(at))
        except NotAnalytic:
            raise
        except BadArgument as error:
            raise NotAnalytic(f"complex parameters raise {error.__cause__!r}") from None
        return complex(value.real, value.imag / COMPLEX_STEP)

    def _continued(self, at: NDArray[np.complex128]) -> complex:
        Continued.conversions.clear()
        result = self._call_cost(at.view(Continued))
        cut = Continued.conversions[-1] if Continued.conversions else None
        if isinstance(result, (float, np.floating)) and cut is not None and cut.real == result:
            result = cut  # the cost ends in float(): what float() cut off is the derivative
        return complex_value(strip(result))

    def gradient(self, vector: Vector) -> Reading:
        """The user's gradient at ``vector``, as one vector in the layout's order."""
        if self.given is not None:
            return self.given
        reading = read_gradient(self._call_gradient(vector), self.layout)
        self.epsilon = max(self.epsilon, reading.epsilon)
        return reading

    def both(self, vector: Vector) -> tuple[float, Reading]:
        """Cost and gradient at one point, the one right after the other."""
        cost = self.cost(vector.copy())
        self._cost_is_fresh = True
        return cost, self.gradient(vector.copy())

    def _call_cost(self, vector: NDArray[Any]) -> Any:
        self.costs += 1
        if self.guard is not None:
            self.guard.restore()
        return self._call("cost", self._cost, self._cost_placed, vector)

    def _call_gradient(self, vector: Vector) -> Any:
        """When guarded, right after a call of the cost at the same point, whose caches a backward pass may need."""
        self.gradients += 1
        if self.guard is not None:
            if not self._cost_is_fresh:
                self._call_cost(vector.copy())
            self.guard.restore_generators()
        self._cost_is_fresh = False
        return self._call("gradient", self._gradient, self._gradient_placed, vector)

    def _call(self, what: str, function: Callable[..., Any], placed: bool, vector: NDArray[Any]) -> Any:
        if placed and self.placed is not None:
            self.placed.put(vector)
            arguments: tuple[Any, ...] = self.data
        else:
            arguments = (self.layout.build(vector), *self.data)
        try:
            return function(*arguments)
        except (NotAnalytic, BadArgument):
            raise
        except Exception as error:
            kind = type(error).__name__
            raise BadArgument(f"{what}() raised {kind}: {error}") from error


class Placement:
    """Writes points where functions without a parameters argument read them: containers, attributes, or arrays."""

    def __init__(self, parameters: Any, layout: Layout) -> None:
        self._parameters, self._layout = parameters, layout
        self._arrays = _arrays(parameters)
        self._original = _shallow(parameters)
        self.writes_values = isinstance(parameters, (np.ndarray, tuple))

    def put(self, vector: NDArray[Any]) -> None:
        """Make the user's functions see these values."""
        if self.writes_values:
            built = _arrays(self._layout.build(np.real(vector)))
            for array, values in zip(self._arrays, built, strict=True):
                array[...] = values
        else:
            _replace(self._parameters, self._layout.build(vector))

    def write_values(self) -> None:
        """From now on write into the arrays themselves, because the functions hold on to them."""
        self.restore()
        self.writes_values = True

    def restore(self) -> None:
        """Put back the user's own arrays with their own values."""
        if self.writes_values:
            self.put(self._layout.values)
        else:
            _replace(self._parameters, self._original)
            self._layout.put_back()


def _arrays(nest: Any) -> list[NDArray[Any]]:
    """The arrays of a nest themselves, in order."""
    if isinstance(nest, np.ndarray) and nest.dtype != object:
        return [nest] if nest.size else []
    items = nest.values() if isinstance(nest, dict) else nest if isinstance(nest, (list, tuple, np.ndarray)) else ()
    return [array for item in items for array in _arrays(item)]


def _shallow(nest: Any) -> Any:
    """The nest's own containers copied, its arrays kept."""
    if isinstance(nest, dict):
        return {key: _shallow(item) for key, item in nest.items()}
    if isinstance(nest, list):
        return [_shallow(item) for item in nest]
    return nest


def _replace(nest: Any, built: Any) -> None:
    """Put the parts of ``built`` into the containers of ``nest``."""
    if isinstance(nest, dict):
        pairs = [(key, nest[key], built[key]) for key in nest]
    elif isinstance(nest, list):
        pairs = [(index, nest[index], built[index]) for index in range(len(nest))]
    else:
        return
    for key, old, new in pairs:
        if isinstance(old, (dict, list)) and isinstance(new, (dict, list)):
            _replace(old, new)
        else:
            nest[key] = new


def _needs_only(function: Callable[..., Any], given: int) -> bool:
    """Whether ``given`` arguments are all that the function requires, so that it takes no parameters argument."""
    bound = isinstance(function, types.MethodType)
    code = getattr(function, "__code__", None)
    if code is not None:
        defaults = getattr(function, "__defaults__", None) or ()
        variadic = bool(code.co_flags & inspect.CO_VARARGS)
        return not variadic and code.co_argcount - int(bound) - len(defaults) <= given
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return False
    required = [
        p for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    return len(required) <= given
