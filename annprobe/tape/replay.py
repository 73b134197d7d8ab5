"""Replay: the recorded operations again, with other values at chosen nodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from annprobe.tape.nodes import Node, Tape, substitute
from annprobe.tape.recorder import MUTATORS


def evaluate(node: Node, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The operation's value for other arguments; writes make a new array."""
    if node.op.endswith(".at"):
        result = np.array(args[0], copy=True)
        getattr(np, node.op[:-3]).at(result, *args[1:])
        return result
    if node.fn is None:
        return node.value
    if node.op in MUTATORS:
        result = np.array(args[0], copy=True)
        node.fn(result, *args[1:], **kwargs)
        return result
    if "base" in kwargs:  # a ufunc with where= that wrote into an array
        result = np.array(kwargs["base"], copy=True)
        node.fn(*args, out=result, **{key: value for key, value in kwargs.items() if key != "base"})
        return result
    return node.fn(*args, **kwargs)


def descendants(tape: Tape, sources: Iterable[int], within: Iterable[int]) -> list[int]:
    """Those of the nodes ``within`` (in order) whose value depends on one of the sources."""
    touched = set(sources)
    found = []
    for number in within:
        if number not in touched and any(i in touched for i in tape[number].inputs):
            touched.add(number)
            found.append(number)
    return found


def replay(tape: Tape, changed: Mapping[int, Any], wanted: Iterable[int]) -> dict[int, Any]:
    """Values of the wanted nodes when the changed ones have other values.

    changed  node -> value of the same shape (other shapes work where the operations allow it)
    raises   whatever the operations raise on the new values
    """
    wanted = list(wanted)
    values: dict[int, Any] = dict(changed)
    needed = slice_of(tape, wanted, stop=changed)
    for number in descendants(tape, changed, needed):
        node = tape[number]
        values[number] = evaluate(node, substitute(node.args, lambda i: values.get(i, tape[i].value)),
                                  substitute(node.kwargs, lambda i: values.get(i, tape[i].value)))
    return {number: values.get(number, tape[number].value) for number in wanted}


def slice_of(tape: Tape, wanted: Iterable[int], stop: Iterable[int] = ()) -> list[int]:
    """Everything that the wanted nodes depend on, in tape order; not looked through ``stop``."""
    seen: set[int] = set()
    closed = set(stop)
    stack = list(wanted)
    while stack:
        number = stack.pop()
        if number in seen:
            continue
        seen.add(number)
        if number not in closed:
            stack.extend(tape[number].inputs)
    return sorted(seen)
