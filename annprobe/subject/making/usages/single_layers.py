"""A usage of layers that are classes and stand alone: ``out = layer.forward(x)``, ``dx = layer.backward(error)``.

For layers that no chain of rows can be handed to, as convolutions: each is given arrays of its own, and the gradients
that it returns and keeps are subtracted from what they belong to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from annprobe.subject.making.callables import Class, Function
from annprobe.subject.making.descent import RATE
from annprobe.subject.making.layer_shapes import Filling, fillings, setting
from annprobe.subject.making.program import Program
from annprobe.subject.making.usages.pairs import Pair, is_array, side_by_side, variables_of
from annprobe.subject.making.workshop import Workshop
from annprobe.subject.reading.words import roles_of
from annprobe.subject.running.state import compare, leaves

_MOST_WAYS = 12  # of making one layer
_GRADIENT = re.compile(r"^_?(?:d_?|grad(?:ient)?s?_|delta_)(\w+)$|^_?(\w+?)_?(?:grads?|gradients?)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Made:
    """A layer in a variable, the statement that makes it, and the arrays that it was given."""

    name: str
    line: str
    values: Mapping[str, Any]


def single_layer_programs(workshop: Workshop, classes: Mapping[str, Class]) -> Iterator[Program]:
    """One usage that runs all layers side by side; nothing where the module has none."""
    found = [f for k, kind in enumerate(classes.values()) for f in _fitted(workshop, kind, str(k + 1))]
    if found:
        pairs = [pair for _, pair in found]
        yield side_by_side(workshop, pairs, tuple(made.line for made, _ in found[:8]))


def _fitted(workshop: Workshop, kind: Class, suffix: str) -> Iterator[tuple[_Made, Pair]]:
    """The layer with the first arrays on which both passes run and give gradients of their shapes."""
    forward, backward = _method(kind, "forward"), _method(kind, "backward")
    if forward is None or backward is None:
        return
    docs = [str(getattr(workshop.namespace.get(kind.name), "__doc__", "") or "")]
    for made in _constructed(workshop, kind, docs, suffix):
        names = [p.name for p in forward.required]
        for filling in fillings(names, {}, docs, forward.loops):
            if not workshop.time_left:
                return
            pair = _running(workshop, made, forward, backward, filling, suffix)
            if pair is not None:
                yield made, pair
                return


def _method(kind: Class, stage: str) -> Function | None:
    """The method that takes something forward, or one error back."""
    found = [m for m in kind.methods.values() if m.stage == stage]
    fitting = [m for m in found if 1 <= len(m.required) <= (2 if stage == "forward" else 1) or _takes_rate(m, stage)]
    exact = [m for m in fitting if m.name.strip("_").lower() in (stage, "fprop", "bprop", "call")]
    # what knows nothing of the forward pass takes the input, not an error: the derivative of an activation
    return next(iter(exact or [m for m in fitting if stage == "forward" or _remembers(kind, m)]), None)


def _remembers(kind: Class, method: Function) -> bool:
    """Whether a method reaches for anything in its object but methods that do not."""
    called, reached = {method.name}, set(method.attributes)
    while more := (reached & kind.methods.keys()) - called:
        called |= more
        reached |= set().union(*(kind.methods[name].attributes for name in more))
    return bool(reached - kind.methods.keys())


def _takes_rate(method: Function, stage: str) -> bool:
    """Whether a backward pass is given the learning rate beside the error: it moves the layer itself."""
    last = method.required[-1].name if method.required else ""
    return stage == "backward" and len(method.required) == 2 and "rate" in roles_of(last, making=False)


def _constructed(workshop: Workshop, kind: Class, docs: list[str], suffix: str) -> Iterator[_Made]:
    """The layer, made in the ways that run: settings by their names, arrays where the parameters are weights."""
    layer, tried = f"layer_{suffix}", 0
    parameters = kind.constructor.parameters
    wanted = [p.name for p in parameters if not p.optional or (p.default is None and not setting(p.name))]
    for names in ([p.name for p in kind.constructor.required], wanted):
        for filling in fillings(names, {}, docs, False):
            if tried >= _MOST_WAYS or not workshop.time_left:
                return
            tried += 1
            values, texts = variables_of(filling, f"0{suffix}")
            line = f"{layer} = {kind.name}({', '.join(f'{name}={text}' for name, text in texts.items())})"
            if workshop.attempt(line, dict(values)).worked:
                yield _Made(layer, line, values)
        if wanted == names:
            return


def _running(
    workshop: Workshop, made: _Made, forward: Function, backward: Function, filling: Filling, suffix: str
) -> Pair | None:
    own, texts = variables_of(filling, suffix)
    out, target, error = f"out_{suffix}", f"target_{suffix}", f"grads_{suffix}"
    first = f"{out} = {made.name}.{forward.name}({', '.join(texts.values())})"
    values = {**made.values, **own}
    ahead = workshop.attempt(f"{made.line}\n{first}", dict(values))
    value: Any = ahead.variables.get(out) if ahead.worked else None
    if not is_array(value) or np.size(value) < 2:
        return None
    values[target] = np.random.default_rng(11).normal(0.0, 0.5, np.shape(value))
    rate = f", {RATE}" if _takes_rate(backward, "backward") else ""
    second = f"{error} = {made.name}.{backward.name}({out} - {target}{rate})"
    before = leaves(ahead.variables[made.name])
    updates: list[str] = []
    moved: list[str] = []

    def look(namespace: dict[str, Any]) -> None:
        updates.extend(_updates(namespace[made.name], made.name))
        moved.extend(path for path in compare(before, leaves(namespace[made.name])).changed if before[path].shape)
        result: Any = namespace.get(error)
        inputs = [n for n in own if is_array(own[n])]
        if inputs and is_array(result) and np.shape(result) == np.shape(own[inputs[0]]):
            updates.append(f"{inputs[0]} -= {RATE} * {error}")

    workshop.attempt(f"{made.line}\n{first}\n{second}", dict(values), look)
    return Pair(values, (first, second, *updates)) if updates or (rate and moved) else None


def _updates(layer: Any, name: str) -> list[str]:
    """One update for each array of the layer that has a gradient of its shape beside it, or in a dictionary of such."""
    held = {key: value for key, value in getattr(layer, "__dict__", {}).items() if is_array(value)}
    found = [
        f"{name}.{key} -= {RATE} * {name}.{gradient}"
        for gradient, value in held.items()
        for key in (_owner(gradient, held),)
        if key is not None and np.shape(value) == np.shape(held[key])
    ]
    tables = {key: value for key, value in getattr(layer, "__dict__", {}).items() if isinstance(value, dict)}
    gradients = next((key for key in tables if re.match(r"^_?(d|grad)", key, re.IGNORECASE)), None)
    parameters = next((key for key in tables if re.match(r"^_?(param|weights|p$|theta)", key, re.IGNORECASE)), None)
    if gradients and parameters:
        both = [k for k in tables[parameters] if is_array(tables[gradients].get(k)) and is_array(tables[parameters][k])]
        found += [f"{name}.{parameters}[{k!r}] -= {RATE} * {name}.{gradients}[{k!r}]" for k in both]
    return found


def _owner(gradient: str, held: Mapping[str, Any]) -> str | None:
    """The attribute whose gradient this is, by its name: ``dW``, ``grad_weights``, ``b_grad``."""
    match = _GRADIENT.match(gradient)
    if match is None:
        return None
    bare = (match[1] or match[2]).lower()
    same = [key for key in held if key != gradient and key.strip("_").lower() == bare.strip("_")]
    return next(iter(same), None)
