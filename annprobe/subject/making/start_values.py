"""Start values for functions that want parameters and have nothing that makes them: by the names that they ask for."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from annprobe.subject.making.callables import Function
from annprobe.subject.making.workshop import Workshop
from annprobe.subject.reading.parameter_names import is_bias, is_weight, number_of
from annprobe.subject.reading.words import roles_of

Values = dict[str, Any]


def start_values(
    workshop: Workshop, functions: dict[str, Function], sizes: tuple[int, ...]
) -> Iterator[tuple[Values, tuple[str, ...]]]:
    """(variables, layouts that they fit): weights apart (``W1, b1, W2``), in a dictionary, or one flat vector."""
    yield from asked_for([p.name for f in functions.values() for p in f.required], sizes)
    keys = keys_of(workshop.tree)
    for values, layouts in _layers([k for k in keys if is_weight(k)], [k for k in keys if is_bias(k)], sizes):
        yield {"parameters": values}, layouts
    if any("theta" in roles_of(p.name, making=False)[:1] for f in functions.values() for p in f.required):
        count = sum((n + 1) * m for n, m in itertools.pairwise(sizes))
        yield {"theta": random_values((count,))}, ("rows", "columns")
        yield {"theta": random_values((sizes[0], sizes[-1]))}, ("rows",)


def asked_for(required: Iterable[str], sizes: tuple[int, ...]) -> Iterator[tuple[Values, tuple[str, ...]]]:
    """Values for required parameters that are weights and biases by name, layer by layer as their numbers say."""
    names = list(dict.fromkeys(required))
    weights = sorted((n for n in names if is_weight(n) and re.search(r"\d|_?[iho]+$", n)), key=number_of)
    yield from _layers(weights, sorted((n for n in names if is_bias(n)), key=number_of), sizes)


def _layers(
    weights: list[str], biases: list[str], sizes: tuple[int, ...]
) -> Iterator[tuple[Values, tuple[str, ...]]]:
    rows, columns = ("rows", "row examples", "examples"), ("columns", "column examples", "column pairs", "examples")
    if not 0 < len(weights) == len(sizes) - 1 or len(biases) not in (0, len(weights)):
        return
    for by_rows in (True, False):
        for bias_shape in bias_shapes(by_rows) if biases else ("none",):
            yield _apart(weights, biases, sizes, by_rows, bias_shape), rows if by_rows else columns


def keys_of(tree: ast.Module) -> list[str]:
    """Strings that the module uses as keys."""
    found = {
        n.slice.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Subscript) and isinstance(n.slice, ast.Constant) and isinstance(n.slice.value, str)
    }
    return sorted(found, key=number_of)


def bias_shapes(by_rows: bool) -> tuple[str, ...]:
    """Kinds of shapes that biases have beside examples in rows or columns."""
    return ("flat", "row") if by_rows else ("column", "flat")


def _apart(weights: list[str], biases: list[str], sizes: tuple[int, ...], by_rows: bool, bias_shape: str) -> Values:
    values: Values = {}
    for layer, name in enumerate(weights):
        n, m = sizes[layer], sizes[layer + 1]
        values[name] = random_values((n, m) if by_rows else (m, n), layer)
        if biases:
            shape = {"flat": (m,), "row": (1, m), "column": (m, 1)}[bias_shape]
            values[biases[layer]] = random_values(shape, layer + 50)
    return values


def random_values(shape: tuple[int, ...], seed: int = 0) -> Any:
    """Moderate numbers, none of them zero; () gives one number."""
    rng = np.random.default_rng(seed)
    made = rng.uniform(0.1, 0.8, shape) * rng.choice([-1.0, 1.0], shape)
    return made if shape else float(made)
