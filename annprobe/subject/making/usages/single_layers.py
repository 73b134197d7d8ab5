"""A usage of layers that are classes and stand alone: ``out = layer.forward(x)``, ``dx = layer.backward(error)``.

For layers that no chain of rows can be handed to, as convolutions: each is given arrays of its own, and the gradients
that it returns and keeps are subtracted from what they belong to.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from annprobe.subject.making.callables import Class, Function
from annprobe.subject.making.descent import RATE
from annprobe.subject.making.layer_shapes import Filling, fillings, setting
from annprobe.subject.making.program import Program
from annprobe.subject.making.usages.pairs import (
    Ahead,
    Pair,
    errors_of,
    is_array,
    side_by_side,
    updates_of,
    variables_of,
)
from annprobe.subject.making.workshop import Workshop
from annprobe.subject.reading.words import roles_of
from annprobe.subject.running.state import compare, leaves

_MOST_WAYS = 12  # of making one layer
_MOST_INPUTS, _MOST_ERRORS = 4, 3
_GRADIENT = re.compile(r"^_?(?:d_?|grad(?:ient)?s?_|delta_)(\w+)$|^_?(\w+?)_?(?:grads?|gradients?)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Made:
    """A layer in a variable, the statement that makes it, the arrays that it was given, and those that it has then."""

    name: str
    line: str
    values: Mapping[str, Any]
    arrays: frozenset[str]


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
    for made, filling in _ways(workshop, kind, forward, docs, suffix):
        if not workshop.time_left:
            return
        pair = _running(workshop, made, forward, backward, filling, suffix)
        if pair is not None:
            yield made, pair
            return


def _ways(
    workshop: Workshop, kind: Class, forward: Function, docs: list[str], suffix: str
) -> Iterator[tuple[_Made, Filling]]:
    """The layer, and what its forward pass is given: of one system with the arrays that it is made of."""
    names, parts = [p.name for p in forward.required], [p.name for p in kind.constructor.required]
    if all(setting(name) for name in parts):
        for made in _constructed(workshop, kind, docs, suffix):
            yield from ((made, filling) for filling in fillings(names, {}, docs, forward.loops, names[0]))
        return
    known: dict[str, _Made | None] = {}
    for system in fillings(dict.fromkeys([*parts, *names]), {}, docs, forward.loops, names[0]):
        own = {name: system[name] for name in parts}
        if repr(own) not in known:
            known[repr(own)] = _made(workshop, kind, own, suffix)
        made_of = known[repr(own)]
        if made_of is not None:
            yield made_of, {name: system[name] for name in names}


def _method(kind: Class, stage: str) -> Function | None:
    """The method that takes something forward, or errors back."""
    found = [m for m in kind.methods.values() if m.stage == stage]
    fitting = [m for m in found if 1 <= len(m.required) <= (_MOST_INPUTS if stage == "forward" else _MOST_ERRORS)]
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
    parameters = kind.constructor.parameters
    wanted = [p.name for p in parameters if not p.optional or (p.default is None and not setting(p.name))]
    asked = [p.name for p in kind.constructor.required]
    ways = itertools.chain.from_iterable(fillings(names, {}, docs, False) for names in _different(asked, wanted))
    for filling in itertools.islice(ways, _MOST_WAYS):
        made = _made(workshop, kind, filling, suffix) if workshop.time_left else None
        if made is not None:
            yield made


def _different(*several: list[str]) -> list[list[str]]:
    return [names for k, names in enumerate(several) if names not in several[:k]]


def _made(workshop: Workshop, kind: Class, filling: Filling, suffix: str) -> _Made | None:
    """The layer made of these arrays and settings, where that runs."""
    layer = f"{kind.name.lower()}_{suffix}"
    values, texts = variables_of(filling, f"0{suffix}")
    line = f"{layer} = {kind.name}({', '.join(f'{name}={text}' for name, text in texts.items())})"
    made = workshop.attempt(line, dict(values))
    held = getattr(made.variables.get(layer), "__dict__", {})
    arrays = frozenset(key for key, value in held.items() if is_array(value))
    return _Made(layer, line, values, arrays) if made.worked else None


def _running(
    workshop: Workshop, made: _Made, forward: Function, backward: Function, filling: Filling, suffix: str
) -> Pair | None:
    """The layer's step on these arrays, where both passes run and something gets a gradient."""
    ahead = _ahead(workshop, made, forward, filling, suffix)
    rate = [RATE] if _takes_rate(backward, "backward") else []
    wanted = len(backward.required) - len(rate)
    if ahead is None or wanted > len(ahead.outputs):
        return None
    errors, target, value = errors_of(workshop, ahead, wanted, suffix)
    names = [line.partition(" = ")[0] for line in errors if wanted == 1 or " - " not in line]
    second = f"grads_{suffix} = {made.name}.{backward.name}({', '.join([*names, *rate])})"
    values = {**made.values, **ahead.values, target: value}
    updates: list[str] = []
    moved: list[str] = []
    before = leaves(workshop.attempt(f"{made.line}\n{ahead.line}", dict(values)).variables[made.name])

    def look(namespace: dict[str, Any]) -> None:
        updates.extend(_updates(namespace[made.name], made))
        moved.extend(path for path in compare(before, leaves(namespace[made.name])).changed if before[path].shape)
        updates.extend(updates_of(namespace.get(f"grads_{suffix}"), f"grads_{suffix}", ahead.values, backward.returns))

    workshop.attempt("\n".join((made.line, ahead.line, *errors, second)), dict(values), look)
    return Pair(values, (ahead.line, *errors, second, *updates)) if updates or moved else None


def _ahead(workshop: Workshop, made: _Made, forward: Function, filling: Filling, suffix: str) -> Ahead | None:
    """The layer's forward pass, or None where it raises or gives no arrays of numbers."""
    own, texts = variables_of(filling, suffix)
    count = len(forward.returns) if forward.returns_tuple else 1
    outs = [f"out_{suffix}", *(f"out{k}_{suffix}" for k in range(2, count + 1))]
    line = f"{', '.join(outs)} = {made.name}.{forward.name}({', '.join(texts.values())})"
    ran = workshop.attempt(f"{made.line}\n{line}", {**made.values, **own})
    arrays = list(itertools.takewhile(lambda out: is_array(ran.variables.get(out)), outs)) if ran.worked else []
    shapes = tuple(np.shape(ran.variables[out]) for out in arrays)
    if not arrays or np.prod(shapes[0]) < 2:
        return None
    return Ahead(line, own, texts, {out: out for out in outs}, tuple(arrays), shapes)


def _updates(layer: Any, made: _Made) -> list[str]:
    """One update for each array of the layer that has a gradient of its shape beside it, in a list or a dictionary.

    What the forward pass stores, as a state, is no parameter.
    """
    name = made.name
    held = {key: value for key, value in getattr(layer, "__dict__", {}).items() if is_array(value)}
    found = [
        f"{name}.{key} -= {RATE} * {name}.{gradient}"
        for gradient, value in held.items()
        for key in (_owner(gradient, held),)
        if key in made.arrays and np.shape(value) == np.shape(held[key])
    ]
    tables = {k: v for k, v in getattr(layer, "__dict__", {}).items() if isinstance(v, (dict, list, tuple))}
    gradients = next((key for key in tables if re.match(r"^_?(d|grad)", key, re.IGNORECASE)), None)
    parameters = next((key for key in tables if re.match(r"^_?(param|weights|p$|theta)", key, re.IGNORECASE)), None)
    if not gradients or not parameters:
        return found
    ours, theirs = _entries(tables[parameters]), _entries(tables[gradients])
    both = [k for k, value in ours.items() if is_array(value) and _alike(value, theirs.get(k))]
    if isinstance(tables[parameters], tuple):
        return [f"for P, G in zip({name}.{parameters}, {name}.{gradients}): P -= {RATE} * G"] if both else []
    return [f"{name}.{parameters}[{k!r}] -= {RATE} * {name}.{gradients}[{k!r}]" for k in both]


def _alike(value: Any, gradient: Any) -> bool:
    return is_array(gradient) and np.shape(gradient) == np.shape(value)


def _entries(table: Any) -> dict[Any, Any]:
    return table if isinstance(table, dict) else dict(enumerate(table))


def _owner(gradient: str, held: Mapping[str, Any]) -> str | None:
    """The attribute whose gradient this is, by its name: ``dW``, ``grad_weights``, ``b_grad``."""
    match = _GRADIENT.match(gradient)
    if match is None:
        return None
    bare = (match[1] or match[2]).lower()
    same = [key for key in held if key != gradient and key.strip("_").lower() == bare.strip("_")]
    return next(iter(same), None)
