"""A usage of layers that are pairs of functions: ``out, cache = f_forward(x, w, b)``, ``dx, dw, db = f_backward(d)``.

Each pair is given arrays and the error ``out - target`` of the squared error; what it returns is subtracted from what
it was given. So every returned gradient becomes an update on the tape, and is judged like any other.
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annprobe.subject.making.callables import Function
from annprobe.subject.making.descent import RATE
from annprobe.subject.making.layer_shapes import Argument, Array, Filling, fillings, keys_read
from annprobe.subject.making.program import Program
from annprobe.subject.making.trial import start
from annprobe.subject.making.workshop import Workshop
from annprobe.subject.surroundings.examples import Form

_FORWARD = ("forward", "fwd", "fprop", "fw")
_BACKWARD = ("backward", "bwd", "bprop", "bw", "backprop", "grad", "vjp")
_ERROR = re.compile(r"^(d|grad|delta|error|upstream|g)", re.IGNORECASE)
_MOST_PAIRS = 8


@dataclass(frozen=True, slots=True)
class Pair:
    """Two functions, the arrays and settings that they run on, and where the gradients of the arrays are.

    lines  the step: forward, backward, and one update for each gradient
    """

    values: Mapping[str, Any]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ahead:
    """A forward pass that ran: its statement, and the variables of its arguments, results and outputs.

    arguments  parameter -> its text
    results    the forward function's name for a result -> the variable that holds it
    outputs    the results that are arrays, the cache not among them; shapes are theirs
    """

    line: str
    values: Mapping[str, Any]
    arguments: Mapping[str, str]
    results: Mapping[str, str]
    outputs: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]


def pair_programs(workshop: Workshop, functions: Mapping[str, Function]) -> Iterator[Program]:
    """One usage that runs all pairs side by side; nothing where the module has none."""
    pairs = [p for k, names in enumerate(_pairs(functions)) for p in _fitted(workshop, functions, *names, str(k + 1))]
    if pairs:
        yield side_by_side(workshop, pairs)


def side_by_side(workshop: Workshop, pairs: Sequence[Pair], setup: tuple[str, ...] = ()) -> Program:
    """One usage of layers that have nothing to do with each other."""
    values = {name: value for pair in pairs[:_MOST_PAIRS] for name, value in pair.values.items()}
    program = start(workshop, (), Form(), (1, 1), values=values)
    lines = tuple(line for pair in pairs[:_MOST_PAIRS] for line in pair.lines)
    return Program(setup, lines, program.form, program.widths, program.names, values=values, beside=True)


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
    ahead, back = functions[forward], functions[backward]
    names = [p.name for p in ahead.required]
    docs = [str(getattr(workshop.namespace.get(n), "__doc__", "") or "") for n in (forward, *functions)]
    for filling in fillings(names, keys_read(workshop.tree, forward), docs, ahead.loops):
        if not workshop.time_left:
            return
        values, texts = variables_of(filling, suffix)
        ran = _ahead(workshop, ahead, values, texts, suffix)
        pair = _running(workshop, ran, back, suffix) if ran is not None else None
        if pair is not None:
            yield pair
            return


def variables_of(filling: Filling, suffix: str) -> tuple[dict[str, Any], dict[str, str]]:
    """(variable -> array, parameter -> its text) for what a layer is given."""
    rng = np.random.default_rng(7)
    values: dict[str, Any] = {}

    def text(name: str, argument: Argument) -> str:
        if isinstance(argument, str):
            return argument
        if isinstance(argument, dict):
            return "{" + ", ".join(f"{key!r}: {text(key, item)}" for key, item in argument.items()) + "}"
        variable = f"{name}_{suffix}"
        values[variable] = _made(argument, rng)
        return variable

    return values, {name: text(name, argument) for name, argument in filling.items()}


def _made(argument: Array, rng: np.random.Generator) -> Any:
    if argument.classes:
        return rng.integers(0, argument.classes, argument.shape)
    return rng.normal(0.0, 0.7, argument.shape)


def _ahead(
    workshop: Workshop, function: Function, values: dict[str, Any], texts: Mapping[str, str], suffix: str
) -> Ahead | None:
    """The forward pass with these arguments, or None where it raises or gives no arrays of numbers."""
    several = function.returns_tuple and len(set(function.returns)) == len(function.returns) > 1
    names = function.returns if several else ("out",)
    results = {name: f"{_word(name, k)}_{suffix}" for k, name in enumerate(names)}
    if set(results.values()) & set(values):
        results = {name: f"new_{variable}" for name, variable in results.items()}
    line = f"{', '.join(results.values())} = {function.name}({', '.join(texts.values())})"
    made = workshop.attempt(line, dict(values))
    found = [made.variables.get(variable) for variable in results.values()] if made.worked else []
    inner = found[:-1] if several else found  # the last of several is what is kept for the way back
    arrays = [v for v, value in zip(results.values(), inner, strict=False) if is_array(value)]
    if not arrays or not is_array(found[0]):
        return None
    shapes = tuple(np.shape(made.variables[v]) for v in arrays)
    return Ahead(line, values, dict(texts), results, tuple(arrays), shapes)


def _word(name: str, position: int) -> str:
    if not name.startswith("result"):
        return name
    return "out" if position == 0 else f"cache{position}" if position > 1 else "cache"


def _running(workshop: Workshop, ahead: Ahead, backward: Function, suffix: str) -> Pair | None:
    """The pair where the backward function, called in one of the ways that are usual, gives gradients that fit."""
    for count in range(len(ahead.outputs), 0, -1):
        errors, target, value = errors_of(workshop, ahead, count, suffix)
        given = {**ahead.values, target: value}
        names = [line.partition(" = ")[0] for line in errors if " - " not in line] or [f"error_{suffix}"]
        for call in _calls(ahead, backward, names):
            second = f"grads_{suffix} = {backward.name}({call})"
            lines = (ahead.line, *errors, second)
            done = workshop.attempt("\n".join(lines), dict(given))
            found = done.variables.get(f"grads_{suffix}") if done.worked else None
            updates = updates_of(found, f"grads_{suffix}", ahead.values, backward.returns)
            if updates:
                return Pair(given, (*lines, *updates))
    return None


def errors_of(workshop: Workshop, ahead: Ahead, count: int, suffix: str) -> tuple[list[str], str, Any]:
    """(statements, the target's name, the target): the first outputs' error of one squared error over them all."""
    error, target = f"error_{suffix}", f"target_{suffix}"
    rng = np.random.default_rng(11)
    outputs, shapes = ahead.outputs[:count], ahead.shapes[:count]
    if count == 1:
        return [f"{error} = {outputs[0]} - {target}"], target, rng.normal(0.0, 0.5, shapes[0])
    modules = {v.__name__: n for n, v in workshop.namespace.items() if isinstance(v, types.ModuleType)}
    numpy = modules.get("numpy", "__import__('numpy')")
    whole = f"{numpy}.concatenate([{', '.join(f'{name}.reshape(-1)' for name in outputs)}])"
    lines, first = [f"{error} = {whole} - {target}"], 0
    for name, shape in zip(outputs, shapes, strict=True):
        size = int(np.prod(shape))
        lines.append(f"d{name} = {error}[{first}:{first + size}].reshape({shape})")
        first += size
    return lines, target, rng.normal(0.0, 0.5, first)


def _calls(ahead: Ahead, backward: Function, errors: Sequence[str]) -> Iterator[str]:
    """Argument lists for the backward function: by name, else the errors beside what was kept, or the arguments."""
    *_, kept = ahead.results.values()
    known = {**ahead.results, **ahead.arguments}
    waiting = list(errors)
    named = []
    for parameter in backward.required:
        if parameter.name in known:
            named.append(known[parameter.name])
        elif waiting and _ERROR.match(parameter.name):
            named.append(waiting.pop(0))
        else:
            named.append(kept)
    error, everything = ", ".join(errors), ", ".join(ahead.arguments.values())
    calls = [] if waiting else [", ".join(named)]
    calls += [f"{error}, {kept}", f"{kept}, {error}"] if len(ahead.results) > 1 else [error]
    calls += [f"{error}, {everything}", f"{everything}, {error}"]
    calls += [f"{error}, {name}" for name in (next(iter(ahead.arguments.values())), ahead.outputs[0])]
    yield from dict.fromkeys(calls)


def is_array(value: Any) -> bool:
    """An array of finite floating-point numbers."""
    if not isinstance(value, np.ndarray) or value.ndim == 0 or value.dtype.kind != "f":
        return False
    return bool(np.isfinite(value).all())


def updates_of(gradients: Any, name: str, values: Mapping[str, Any], returns: Sequence[str] = ()) -> list[str]:
    """One update for each array that has a gradient: under its name, else at its place among the arguments.

    returns  the backward function's names for what it returns
    """
    arrays = [variable for variable, value in values.items() if is_array(value) and not variable.startswith("target")]
    if is_array(gradients):
        found = [(_bare(returns[0]) if len(returns) == 1 else "", name, gradients)]
    elif isinstance(gradients, dict):
        found = [(_bare(str(key)), f"{name}[{key!r}]", value) for key, value in gradients.items()]
    elif isinstance(gradients, (tuple, list)):
        words = returns if len(returns) == len(gradients) else [""] * len(gradients)
        found = [(_bare(w), f"{name}[{k}]", g) for k, (w, g) in enumerate(zip(words, gradients, strict=True))]
    else:
        return []
    owners = _owners([word for word, _, _ in found], arrays, by_place=not isinstance(gradients, dict))
    pairs = [(owner, text, g) for owner, (_, text, g) in zip(owners, found, strict=True) if owner is not None]
    if not all(np.shape(g) == np.shape(values[owner]) for owner, _, g in pairs):
        return []
    return [f"{owner} -= {RATE} * {text}" for owner, text, _ in pairs]


def _owners(words: Sequence[str], arrays: Sequence[str], *, by_place: bool) -> list[str | None]:
    """For each gradient the array that it belongs to; a place counts where a name says nothing."""
    by_word = {_bare(variable.rpartition("_")[0]): variable for variable in arrays}
    owners = [by_word.get(word) for word in words]
    if not by_place:
        return owners
    return [
        owner or (arrays[k] if k < len(arrays) and arrays[k] not in owners else None) for k, owner in enumerate(owners)
    ]


def _bare(word: str) -> str:
    """``dprev_h``, ``grad_prev_h`` and ``da_prev`` of what they are the gradients of: words in one order."""
    bare = re.sub(r"^(grad_?|d_?)(?=\w)", "", word).lower()
    return re.sub(r"^prev_?(\w)$", r"\1_prev", bare).replace("_", "")
