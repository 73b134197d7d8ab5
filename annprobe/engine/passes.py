"""One forward and backward pass: every quantity of the textbook under the textbook's name, in a buffer that lasts.

All arrays have leading axes for a stack of networks (none for a single network), written ``...`` below:

======================  =======================  =====================================================
``X``, ``Y``            (..., N, n_0), (..., N, n_L)  examples (one set may serve a whole stack)
``W[l]``                (..., n_l, n_{l-1} + 1)  parameters into layer l = 1 .. L; bias in column 0
``b[l]``, ``V[l]``      (..., n_l), (..., n_l, n_{l-1})  views of ``W[l]``: the bias column, the weights
``z[l]``, ``a[l]``      (..., N, n_l)            pre-activation, activation; ``a[0]`` is ``X``
``C``                   (...)                    the cost
``error``               (..., N, n_L)            ∂C/∂a[L], not reduced over examples
``slope[l]``            (..., N, n_l)            f'(z[l])
``delta[l]``            (..., N, n_l)            ∂C/∂z[l], not reduced over examples
``S[l]``                (..., n_l, n_{l-1} + 1)  sums over examples; its views ``Sb[l]`` (bias), ``SV[l]`` (weights)
``R[l]``                like ``W[l]``            gradient of the penalty
``G[l]``                like ``W[l]``            the gradient
``move[l]``             like ``W[l]``            the change that the optimiser wants
``first[l]``            like ``W[l]``            the optimiser's velocity, or mean gradient
``second[l]``           like ``W[l]``            the optimiser's mean squared gradient
======================  =======================  =====================================================

Index 0 of ``W``, ``z``, ``slope``, ``delta``, ``S``, ``R``, ``G`` is an empty array: indices are the textbook's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from annprobe.engine.architecture import Architecture
from annprobe.engine.layout import Array, side_by_side, zeros

if TYPE_CHECKING:
    from annprobe.engine.setup import Setup
    from annprobe.engine.steps import Steps

EMPTY: Array = np.zeros((0, 0))
LAYERED = ("W", "S", "R", "G", "move", "first", "second", "z", "slope", "delta")
Patch = tuple["Pass", Callable[..., Array]]


class Pass:
    """The buffers of a pass over ``N`` examples, for one network or a stack.

    learning_rate  of the training this pass belongs to (0 outside training); a number or an array of the stack's shape
    N              number of examples
    scale          1/N when the reduction is the mean, else 1
    setup          of the training this pass belongs to, None outside training
    setups         that of each network, where those of a stack differ in rate, start and seed; () outside training
    iteration      of the training, from 0
    forward_only   leaves out the buffers of the backward pass and of the update
    alike          all networks of the stack follow one table of steps
    memory         whatever a step wants to remember from one pass to the next (only bugged steps do)
    plans          the calls of each half of an iteration, bound to their buffers once
    patches        step name to [(part, function)], where parts of the stack have another function for a step; the parts
                   cover the whole stack
    """

    def __init__(self, architecture: Architecture, W: Sequence[Array], X: Array, Y: Array, steps: Steps,
                 setup: Setup | None = None, learning_rate: float | Array | None = None,
                 forward_only: bool = False, alike: bool = True) -> None:
        stack = W[0].shape[:-2]
        last = alike and side_by_side(stack, max(architecture.widths))
        widths, self.L, self.N = architecture.widths, architecture.L, X.shape[-2]
        self.architecture, self.steps, self.setup = architecture, steps, setup
        self.setups: tuple[Setup, ...] = () if setup is None else (setup,) * int(np.prod(stack))
        self.scale = 1.0 / self.N if architecture.reduction == "mean" else 1.0
        self.memory: dict[Any, Any] = {}
        self.patches: dict[str, list[Patch]] = {}
        self.plans: dict[str, list[Any]] = {}
        self.clock = np.zeros(1, dtype=np.int64)
        if learning_rate is None:
            learning_rate = setup.learning_rate if setup is not None else 0.0
        self.learning_rate = _column(learning_rate, stack)

        def units() -> list[Array]:
            return [EMPTY, *(zeros(stack, (self.N, n), last) for n in widths[1:])]

        def matrices() -> list[Array]:
            return [EMPTY, *(zeros(stack, architecture.shape(layer), last) for layer in range(1, self.L + 1))]

        needed = 0 if forward_only else 3 if setup is None else 6  # gradients; what only an update needs
        changes = [matrices() if k < needed else [EMPTY] for k in range(6)]
        self.X, self.Y = _laid(X, last), _laid(Y, last)
        self.W = matrices()
        self.S, self.R, self.G, self.move, self.first, self.second = changes
        self.z = units()
        self.slope, self.delta = ([EMPTY], [EMPTY]) if forward_only else (units(), units())
        self.a = [self.X, *units()[1:]]
        self.error = zeros(stack, (self.N, widths[-1]), last)
        self.C = np.zeros(stack)
        self.load(W)
        self._view()

    def _view(self) -> None:
        self.b = [w[..., 0] if w is not EMPTY else w for w in self.W]
        self.V = [w[..., 1:] if w is not EMPTY else w for w in self.W]
        self.Sb = [s[..., 0] if s is not EMPTY else s for s in self.S]
        self.SV = [s[..., 1:] if s is not EMPTY else s for s in self.S]

    @property
    def iteration(self) -> int:
        """The training iteration, from 0; parts of a stack share the clock."""
        return int(self.clock[0])

    def share(self, other: Pass) -> None:
        """Take the parameters and everything shaped like them from another pass (over another number of examples)."""
        for name in ("W", "S", "R", "G", "move", "first", "second"):
            setattr(self, name, getattr(other, name))
        self.clock = other.clock
        self._view()

    def load(self, W: Sequence[Array]) -> None:
        """Set the parameters ``W[1], ..., W[L]`` (given without the empty one)."""
        for mine, given in zip(self.W[1:], W, strict=True):
            mine[...] = given

    def parameters(self) -> list[Array]:
        """Copies of ``W[1], ..., W[L]`` in the ordinary memory order."""
        return [np.array(w, order="C") for w in self.W[1:]]

    def gradient(self) -> list[Array]:
        """Copies of ``G[1], ..., G[L]`` in the ordinary memory order."""
        return [np.array(g, order="C") for g in self.G[1:]]

    def part(self, where: slice, steps: Steps) -> Pass:
        """The pass of the networks ``where`` along the first axis of the stack: views of the same buffers."""
        part = object.__new__(Pass)
        part.__dict__.update(self.__dict__)
        part.__dict__.update(steps=steps, memory={}, patches={}, plans={})
        for name in LAYERED:
            setattr(part, name, [x if x is EMPTY else x[where] for x in getattr(self, name)])
        part.X = self.X if self.X.ndim == 2 else self.X[where]
        part.Y = self.Y if self.Y.ndim == 2 else self.Y[where]
        part.a = [part.X, *(x[where] for x in self.a[1:])]
        part.error, part.C, part.setups = self.error[where], self.C[where], self.setups[where]
        if isinstance(self.learning_rate, np.ndarray) and self.learning_rate.ndim:
            part.learning_rate = self.learning_rate[where]
        part._view()
        return part


def _column(value: float | Array, stack: tuple[int, ...]) -> float | Array:
    """A learning rate for each network, shaped to multiply its parameters."""
    return np.reshape(value, (*stack, 1, 1)) if isinstance(value, np.ndarray) and value.ndim else float(value)


def _laid(data: Array, last: bool) -> Array:
    """A copy of the examples as floats, in the memory order of the stack (a single set is in the ordinary order)."""
    if not last or data.ndim < 3:
        return np.array(data, dtype=np.float64)
    out = zeros(data.shape[:-2], data.shape[-2:], True)
    out[...] = data
    return out
