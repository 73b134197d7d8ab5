"""Hypothesis strategies for architectures, networks, data, tasks and training.

Numbers are drawn as bytes through a table of simple numbers, in frames whose size does not depend on the widths:
deleting a layer or narrowing one then leaves all other numbers where they are, and a failing network shrinks to the
smallest that can be drawn, with numbers like 1. For networks too large for that, :func:`big_networks` draws a seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from annprobe.engine import tasks as engine_tasks
from annprobe.engine.activations import ACTIVATIONS
from annprobe.engine.architecture import REDUCTIONS, Architecture, fits
from annprobe.engine.costs import COSTS
from annprobe.engine.initialisers import INITIALISERS
from annprobe.engine.layout import Array
from annprobe.engine.network import Network, random_network
from annprobe.engine.setup import OPTIMISERS, Setup
from annprobe.engine.tasks import TASKS, Task

if TYPE_CHECKING:
    from annprobe.catalog.mutant import Mutant

WIDEST = 16  # with three such layers the frames fill Hypothesis's buffer
FRAMES = 8000  # bytes

__all__ = ["activations", "architectures", "big_networks", "costs", "datasets", "mutants", "networks", "parameters",
           "tasks", "training_setups"]


def _table() -> Array:
    """256 numbers, the simplest first: what a byte stands for. The last are large enough to saturate any unit."""
    whole = [0.0, 1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 4.0, -4.0]
    halves = [sign * (k + 0.5) for k in range(4) for sign in (1, -1)]
    quarters = [sign * (k + 0.25) for k in range(4) for sign in (1, -1)]
    large = [10.0, -10.0, 40.0, -40.0, 1000.0, -1000.0]
    rest = 256 - len(whole) - len(halves) - len(quarters) - len(large)
    irregular = [round(float(x), 3) for x in np.random.default_rng(0).normal(0.0, 1.2, rest)]
    return np.array([*whole, *halves, *quarters, *irregular, *large])


TABLE = _table()
HIDDEN = [name for name, f in ACTIVATIONS.items() if not f.coupled]
SUITED = {cost: [name for name, f in ACTIVATIONS.items() if fits(f, COSTS[cost])] for cost in COSTS}
RATES = (1.0, 0.5, 2.0, 0.1, 4.0)
STARTS = sorted(INITIALISERS, key=lambda name: name != "xavier")
CHOICES = 24  # bytes for all that is chosen once for a network

Frames = tuple[list[tuple[int, bytes]], int, int, bytes, bytes]
T = TypeVar("T")


def activations(*, output_of: str | None = None) -> st.SearchStrategy[str]:
    """Names of activations: for hidden layers, or with ``output_of`` those that suit this cost's outputs."""
    if output_of is None:
        return st.sampled_from(HIDDEN)
    if output_of not in COSTS:
        raise InvalidArgument(f"output_of={output_of!r} must be a cost: {', '.join(COSTS)}")
    return st.sampled_from(SUITED[output_of])


def costs() -> st.SearchStrategy[str]:
    """Names of costs."""
    return st.sampled_from(list(COSTS))


def _check(**bounds: tuple[int, int, int]) -> None:
    """Each value is (lowest legal, min, max)."""
    for name, (lowest, least, most) in bounds.items():
        if not lowest <= least <= most:
            raise InvalidArgument(f"need {lowest} <= min_{name} <= max_{name}, got "
                                  f"min_{name}={least}, max_{name}={most}")


@st.composite
def architectures(draw: st.DrawFn, *, min_layers: int = 1, max_layers: int = 3, min_width: int = 1, max_width: int = 5,
                  l2: bool = True) -> Architecture:
    """Architectures with ``min_layers`` to ``max_layers`` layers after the input; shrink to 1 -identity-> 1."""
    _check(layers=(1, min_layers, max_layers), width=(1, min_width, max_width))
    width = st.integers(min_width, max_width)
    inputs = draw(width)
    layers = draw(st.lists(st.tuples(width, activations()), min_size=min_layers, max_size=max_layers))
    choices = Choices(draw(_bytes(CHOICES)))
    return _chosen(choices, [inputs, *(n for n, _ in layers)], [name for _, name in layers], max_width, l2)


@st.composite
def parameters(draw: st.DrawFn, architecture: Architecture) -> tuple[Array, ...]:
    """``W[1], ..., W[L]`` for an architecture, of simple numbers; shrink to zeros."""
    return tuple(_numbers(draw(_bytes(rows * columns)), (rows, columns)) for rows, columns in _shapes(architecture))


def _shapes(architecture: Architecture) -> list[tuple[int, int]]:
    return [architecture.shape(layer) for layer in range(1, architecture.L + 1)]


def _bytes(count: int) -> st.SearchStrategy[bytes]:
    if count > FRAMES:
        raise InvalidArgument(f"{count} numbers are too many to shrink one by one; use big_networks()")
    return st.binary(min_size=count, max_size=count)


def _numbers(raw: bytes, shape: tuple[int, ...]) -> Array:
    return np.asarray(TABLE[np.frombuffer(raw, dtype=np.uint8)].reshape(shape))


@st.composite
def datasets(draw: st.DrawFn, architecture: Architecture, *, min_examples: int = 1,
             max_examples: int = 6) -> tuple[Array, Array]:
    """``X`` (N, n_0) and ``Y`` (N, n_L) with targets that suit the architecture's cost; shrink to one row of zeros."""
    _check(examples=(1, min_examples, max_examples))
    inputs, outputs = architecture.widths[0], architecture.widths[-1]
    N = draw(st.integers(min_examples, max_examples))
    raw = _numbers(draw(_bytes(N * (inputs + outputs))), (N, inputs + outputs))
    return raw[:, :inputs], _targets(architecture, raw[:, inputs:])


def _targets(architecture: Architecture, raw: Array) -> Array:
    """Targets in the cost's domain from numbers of the table: classes, zeros and ones, or the numbers themselves."""
    cost = architecture.cost_function
    if cost.one_hot:
        return np.asarray(np.eye(raw.shape[1])[np.abs(raw[:, 0]).astype(np.intp) % raw.shape[1]])
    if cost.binary:
        return (raw > 0.0).astype(np.float64)
    return raw


@st.composite
def training_setups(draw: st.DrawFn, *, min_iterations: int = 1, max_iterations: int = 100,
                    max_batch: int = 8) -> Setup:
    """Training settings; shrink to plain gradient descent with learning rate 1 on all examples."""
    _check(iterations=(0, min_iterations, max_iterations), batch=(1, 1, max_batch))
    return Setup(
        learning_rate=draw(st.sampled_from(RATES)),
        iterations=draw(st.integers(min_iterations, max_iterations)),
        optimiser=draw(st.sampled_from(OPTIMISERS)),
        batch=draw(st.none() | st.integers(1, max_batch)),
        initialiser=draw(st.sampled_from(STARTS)),
        seed=draw(st.integers(0, 2**16)),
    )


@st.composite
def networks(draw: st.DrawFn, *, min_layers: int = 1, max_layers: int = 3, max_width: int = 5, min_examples: int = 1,
             max_examples: int = 6, l2: bool = True) -> Network:
    """Networks: architecture, parameters, examples and training settings together.

    Shrink to the smallest architecture with few numbers that are not 0, and those 1: for properties, and for examples
    that are shown to people.
    """
    _check(layers=(1, min_layers, max_layers), examples=(1, min_examples, max_examples), width=(1, 1, max_width))
    frames = _frames(min_layers, max_layers, max_width, min_examples, max_examples)
    layers, inputs, N, examples, choices = draw(frames)
    names = [HIDDEN[raw[0] % len(HIDDEN)] for _, raw in layers]
    architecture = _chosen(Choices(choices), [inputs, *(width for width, _ in layers)], names, max_width, l2)
    frame, table = (max_width, max_width + 1), (max_examples, max_width)
    W = tuple(_corner(raw[1:], frame, architecture.shape(k)) for k, (_, raw) in enumerate(layers, start=1))
    X = _corner(examples, table, (N, inputs))
    Y = _corner(examples[max_examples * max_width :], table, (N, architecture.widths[-1]))
    unit, setup = _chosen_training(Choices(choices[CHOICES // 2 :]), max_examples)
    return Network(architecture, W, X, _targets(architecture, Y), unit, setup)


@cache
def _frames(min_layers: int, max_layers: int, max_width: int, min_examples: int,
            max_examples: int) -> st.SearchStrategy[Frames]:
    """The raw network: sizes, and bytes in frames that depend on the largest sizes only.

    Sizes are drawn as integers: Hypothesis lowers equal integers together, which equal widths need.
    """
    frame, both = max_width * (max_width + 1), 2 * max_examples * max_width
    if max_layers * frame + both > FRAMES or max_width > WIDEST:
        raise InvalidArgument(f"max_layers={max_layers}, max_width={max_width}, max_examples={max_examples} are too "
                              "large to shrink number by number; use big_networks()")
    width = st.integers(1, max_width)
    layers = st.lists(st.tuples(width, _bytes(1 + frame)), min_size=min_layers, max_size=max_layers)
    return st.tuples(layers, width, st.integers(min_examples, max_examples), _bytes(both), _bytes(CHOICES))


class Choices:
    """Takes choices from bytes, one after the other; a byte of 0 is the first of the options."""

    def __init__(self, raw: bytes) -> None:
        self.raw = iter(raw)

    def take(self, options: Sequence[T]) -> T:
        """The next choice."""
        return options[next(self.raw) % len(options)]


def _chosen(choices: Choices, widths: list[int], names: list[str], max_width: int, l2: bool) -> Architecture:
    """Cost, output activation, reduction and penalty for drawn layers; the output layer is fitted to the cost."""
    cost = choices.take(list(COSTS))
    output = choices.take(SUITED[cost])
    if (ACTIVATIONS[output].coupled or COSTS[cost].one_hot) and widths[-1] == 1 and max_width > 1:
        widths = [*widths[:-1], 2]
    reduction, penalty, biases = choices.take(REDUCTIONS), choices.take((0.0, 0.5)), choices.take((False, True))
    penalty = penalty if l2 else 0.0
    return Architecture(tuple(widths), (*names[:-1], output), cost, reduction, penalty, biases and penalty > 0.0)


def _chosen_training(choices: Choices, max_batch: int) -> tuple[float, Setup]:
    """The data's unit and training settings."""
    setup = Setup(
        learning_rate=choices.take(RATES),
        iterations=choices.take((100, 1, 10)),
        optimiser=choices.take(OPTIMISERS),
        batch=choices.take((None, *range(1, max_batch + 1))),
        initialiser=choices.take(STARTS),
        seed=choices.take(range(256)),
    )
    return choices.take((1.0, 255.0)), setup


def _corner(raw: bytes, frame: tuple[int, int], shape: tuple[int, int]) -> Array:
    """The corner of a frame of numbers that an array of this shape takes; further bytes are ignored."""
    return _numbers(raw[: frame[0] * frame[1]], frame)[: shape[0], : shape[1]]


@st.composite
def big_networks(draw: st.DrawFn, *, min_layers: int = 1, max_layers: int = 4, min_width: int = 8, max_width: int = 64,
                 min_examples: int = 8, max_examples: int = 64) -> Network:
    """Networks with random numbers from a drawn seed: for properties that depend on size. Numbers do not shrink."""
    _check(examples=(1, min_examples, max_examples))
    architecture = draw(architectures(min_layers=min_layers, max_layers=max_layers, min_width=min_width,
                                      max_width=max_width))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return random_network(architecture, draw(st.integers(min_examples, max_examples)), rng)


@st.composite
def tasks(draw: st.DrawFn, *, names: Sequence[str] | None = None, max_inputs: int | None = None) -> Task:
    """Tasks to learn, from AND up; ``names`` chooses among them, ``max_inputs`` leaves out the wide ones."""
    unknown = [name for name in names or () if name not in TASKS]
    if unknown:
        raise InvalidArgument(f"names={names!r}: there is no task {unknown[0]!r}; known are {', '.join(TASKS)}")
    chosen = [name for name in TASKS if names is None or name in names]
    small = [name for name in chosen if max_inputs is None or engine_tasks.make(name).inputs <= max_inputs]
    if not small:
        raise InvalidArgument(f"no task of {names or 'all'} has at most max_inputs={max_inputs} inputs")
    return engine_tasks.make(draw(st.sampled_from(small)), draw(st.integers(0, 2**16)))


def mutants(*, family: str | None = None, seen_by: str | None = None) -> st.SearchStrategy[Mutant]:
    """Mutants of the catalogue, of one family or killed by one check."""
    from annprobe import catalog  # only here: the families are imported when they are asked for

    chosen = catalog.select(family, seen_by)
    if not chosen:
        raise InvalidArgument(f"no mutant has family={family!r} and seen_by={seen_by!r}")
    return st.sampled_from(chosen)


st.register_type_strategy(Architecture, architectures())
st.register_type_strategy(Network, networks())
st.register_type_strategy(Setup, training_setups())
st.register_type_strategy(Task, tasks())
