"""A usage of layers that are pairs of functions: ``out, cache = f_forward(x, w, b)``, ``dx, dw, db = f_backward(d)``.

Each pair is given arrays and the error ``out - target`` of the squared error; what it returns is subtracted from what
it was given. So every returned gradient becomes an update on the tape, and is judged like any other.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from annprobe.subject.callables import Function
from annprobe.subject.examples import Form
from annprobe.subject.program import Program
from annprobe.subject.trial import start
from annprobe.subject.workshop import Workshop

_FORWARD = ("forward", "fwd", "fprop", "fw")
_BACKWARD = ("backward", "bwd", "bprop", "bw", "backprop", "grad", "vjp")
_MOST_TRIES = 150  # combinations of shapes a pair
_MOST_PAIRS = 8

Shape = tuple[int, ...]
_SHAPES: tuple[tuple[str, tuple[Shape, ...]], ...] = (
    (r"^(w|weights?|wx|wh|u|v|kernels?|filters?|theta)\w*$", ((4, 3), (3, 4), (3, 2, 3, 3), (3, 3), (4,))),
    (r"^(b|bias|beta|c)\w*$", ((3,), (1, 3), (4,), (2,), (3, 1))),
    (r"^(g|gamma|scale|s)\w*$", ((4,), (2,), (1, 4), (3,))),
    (r"^(h|prev_h|h0|hprev|h_prev|state|c0|prev_c)\w*$", ((6, 3), (3,), (3, 6))),
    (r"", ((6, 4), (6, 2, 5, 5), (6, 2, 4), (4,), (4, 6))),
)
_SETTINGS: tuple[tuple[str, str], ...] = (
    (r"param|conf|opt", "dict(stride=1, pad=1, mode='train', p=0.5, pool_height=2, pool_width=2)"),
    (r"stride", "1"),
    (r"pad", "1"),
    (r"(^|_)(keep|p|rate|drop)(_?(prob|rate|out))?$", "0.5"),
    (r"seed", "0"),
    (r"eps", "1e-5"),
    (r"mode", "'train'"),
    (r"^(size|pool|kernel_size|k)$", "2"),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two functions, the arrays and settings that they run on, and where the gradients of the arrays are.

    lines  the step: forward, backward, and one update for each gradient
    """

    values: Mapping[str, Any]
    lines: tuple[str, ...]


def pair_programs(workshop: Workshop, functions: Mapping[str, Function]) -> Iterator[Program]:
    """One usage that runs all pairs side by side; nothing where the module has none."""
    pairs = [p for k, names in enumerate(_pairs(functions)) for p in _fitted(workshop, functions, *names, str(k + 1))]
    if pairs:
        values = {name: value for pair in pairs[:_MOST_PAIRS] for name, value in pair.values.items()}
        program = start(workshop, (), Form(), (1, 1), values=values)
        yield Program(
            (), tuple(line for pair in pairs[:_MOST_PAIRS] for line in pair.lines), program.form, program.widths,
            program.names, values=values, beside=True,
        )  # fmt: skip


def _pairs(functions: Mapping[str, Function]) -> list[tuple[str, str]]:
    """(forward, backward) by their names: equal but for the word that says which is which."""
    found = []
    for backward in functions:
        for word in _BACKWARD:
            stem = re.sub(rf"(^|_){word}(?=_|$)", r"\1*", backward, count=1, flags=re.IGNORECASE)
            if "*" not in stem:
                continue
            names = [stem.replace("*", w) for w in _FORWARD] + [stem.replace("*", "").strip("_")]
            found += [(name, backward) for name in names if name in functions][:1]
            break
    return list(dict.fromkeys(found))


def _fitted(
    workshop: Workshop, functions: Mapping[str, Function], forward: str, backward: str, suffix: str
) -> Iterator[Pair]:
    """The pair with the first arrays on which both run and give gradients of their shapes."""
    parameters = functions[forward].required
    choices = [_choices(p.name) for p in parameters]
    for tried, combination in enumerate(itertools.product(*choices)):
        if tried >= _MOST_TRIES or not workshop.time_left:
            return
        rng = np.random.default_rng(7)
        names, values = [], {}
        for parameter, choice in zip(parameters, combination, strict=True):
            if isinstance(choice, tuple):
                name = f"{parameter.name}_{suffix}"
                values[name] = rng.normal(0.0, 0.7, choice)
                names.append(name)
            else:
                names.append(choice)
        pair = _running(workshop, forward, backward, names, values, suffix)
        if pair is not None:
            yield pair
            return


def _choices(name: str) -> tuple[Shape | str, ...]:
    setting = next((text for pattern, text in _SETTINGS if re.search(pattern, name.lower())), None)
    if setting is not None:
        return (setting,)
    return next(shapes for pattern, shapes in _SHAPES if re.search(pattern, name.lower()))


def _running(
    workshop: Workshop, forward: str, backward: str, names: list[str], values: dict[str, Any], suffix: str
) -> Pair | None:
    out, cache, target, grads = (f"{word}_{suffix}" for word in ("out", "cache", "target", "grads"))
    arguments = ", ".join(names)
    for results in (f"{out}, {cache}", out):
        first = f"{results} = {forward}({arguments})"
        made = workshop.attempt(first, dict(values))
        value: Any = made.variables.get(out)
        if not made.worked or not _is_array(value):
            continue
        given = {**values, target: np.random.default_rng(11).normal(0.0, 0.5, np.shape(value))}
        error, kept = f"{out} - {target}", cache if cache in results else arguments
        for call in (f"{error}, {kept}", f"{kept}, {error}", f"{error}, {names[0]}"):
            second = f"{grads} = {backward}({call})"
            done = workshop.attempt(f"{first}\n{second}", dict(given))
            updates = _updates(done.variables.get(grads), grads, values) if done.worked else []
            if updates:
                return Pair(given, (first, second, *updates))
    return None


def _is_array(value: Any) -> bool:
    if not isinstance(value, np.ndarray) or value.ndim == 0 or value.dtype.kind != "f":
        return False
    return bool(np.isfinite(value).all())


def _updates(gradients: Any, name: str, values: Mapping[str, Any]) -> list[str]:
    """One update for each array: gradients come in the order of the arguments, or under their names."""
    arrays = list(values.items())
    if _is_array(gradients):
        gradients = (gradients,)
        texts = [name]
    elif isinstance(gradients, (tuple, list)):
        texts = [f"{name}[{k}]" for k in range(len(gradients))]
    elif isinstance(gradients, dict):
        by_word = {re.sub(r"^(d|grad_?)", "", str(key)).lower(): key for key in gradients}
        keys = [by_word.get(array.rpartition("_")[0].lower()) for array, _ in arrays]
        texts = [f"{name}[{key!r}]" for key in keys if key is not None]
        arrays = [a for a, key in zip(arrays, keys, strict=True) if key is not None]
        gradients = [gradients[key] for key in keys if key is not None]
    else:
        return []
    if not gradients or len(gradients) > len(arrays):
        return []
    fits = [np.shape(g) == np.shape(value) for g, (_, value) in zip(gradients, arrays, strict=False)]
    return [f"{array} -= 0.1 * {text}" for text, (array, _) in zip(texts, arrays, strict=False)] if all(fits) else []
