"""The user's cost and gradient as functions of one vector, whatever the convention by which they are called."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annprobe.errors import BadArgument
from annprobe.gradcheck.derivatives.continuation import Continued, strip
from annprobe.gradcheck.derivatives.differences import COMPLEX_STEP, NotAnalytic, complex_value
from annprobe.gradcheck.functions.gradients import Reading, epsilon_of, read_gradient
from annprobe.gradcheck.functions.layout import Layout
from annprobe.gradcheck.functions.placement import Placement, needs_only
from annprobe.gradcheck.functions.scratch import borrow, give_back
from annprobe.gradcheck.state.bindings import Bindings
from annprobe.gradcheck.state.guard import Guard

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
        self._cost_placed = needs_only(cost, len(data))
        self._gradient_placed = callable(gradient) and needs_only(gradient, len(data))
        any_placed = self._cost_placed or self._gradient_placed
        self.placed = Placement(parameters, layout, self.functions) if any_placed else None
        self.guard: Guard | None = None
        self._cost_is_fresh = False
        self.latest: Reading | None = None  # what the gradient returned last
        self.read_only = False  # parameters handed to the functions cannot be written into
        self.costs = self.gradients = 0
        self.epsilon = 2.0**-52  # of the narrowest dtype that a result had

    def settle(self) -> None:
        """Find out where functions without a parameters argument read them: move on until the cost reacts."""
        if self.placed is None:
            return
        values = self.layout.values
        moved = values + 0.01 * (np.abs(values) + 1e-3)
        bindings = Bindings(*self.functions)
        while not self.placed.writes_values and self.cost(moved) == self.cost(values):
            self.placed.move_on()
        bindings.restore()

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
        if type(result) is np.float64:
            return float(result)
        self.epsilon = max(self.epsilon, epsilon_of(result))
        try:  # ``item`` before ``float``: a complex result is never cut in silence
            plain = result.item() if isinstance(result, (np.ndarray, np.generic)) else result
            if isinstance(plain, (str, bytes)):
                raise TypeError
            return float(plain)
        except (TypeError, ValueError):
            raise BadArgument(f"the cost must be one number; {_returned(result)}") from None

    def slope(self, vector: Vector, v: Vector, *, continued: bool = False) -> complex:
        """``C + i·v·∇C`` by the complex step; with ``continued``, through the analytic continuation of NumPy.

        Raises :class:`NotAnalytic` where the step does not pass.
        """
        return self.step(vector, v * COMPLEX_STEP, continued=continued)

    def step(self, vector: Vector, imaginary: Vector, *, continued: bool = False) -> complex:
        """:meth:`slope` along v = ``imaginary`` / COMPLEX_STEP."""
        if self.real_only:
            raise NotAnalytic("the parameters are real arrays that the cost holds on to")
        at: Any = borrow(vector.size)
        at.real, at.imag = vector, imaginary
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", np.exceptions.ComplexWarning)
                value = self._continued(at) if continued else complex_value(self._call_cost(at))
        except NotAnalytic:
            raise
        except BadArgument as error:
            raise NotAnalytic(f"complex parameters raise {error.__cause__!r}") from None
        give_back(at)
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
        self.latest = reading
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
        if self.read_only:
            vector.setflags(write=False)
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
            raise BadArgument(f"{what}() raised {type(error).__name__}: {error}{_hint(error)}") from error


def _returned(result: Any) -> str:
    if result is None:
        return "it returned None: is its return statement missing?"
    if isinstance(result, np.ndarray):
        return f"it returned an array of shape {result.shape}"
    return f"it returned {' '.join(repr(result).split())[:80]}"


def _hint(error: Exception) -> str:
    missing = isinstance(error, TypeError) and "missing" in str(error) and "positional argument" in str(error)
    return " (what follows the parameters is given as data=(...))" if missing else ""
