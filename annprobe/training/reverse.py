"""Reverse mode as operations: ∂C/∂v of the template's values, added to the graph so that they are compiled with it.

The usual operations have a rule made of usual operations; every other one calls its rule of the tape (which then runs
network by network). Source: Griewank and Walther, Evaluating Derivatives (2008), section 3.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from annprobe.tape import rules_linear, rules_reduce, rules_shape  # noqa: F401  # they enter their rules in the table
from annprobe.tape.adjoint import unbroadcast
from annprobe.tape.nodes import Node, Ref, references
from annprobe.tape.rules import FLAT, RULES
from annprobe.training.graph import Graph
from annprobe.training.reverse_rules import EMIT


def reverse(graph: Graph, seeds: Mapping[int, int], wanted: Iterable[int]) -> dict[int, int]:
    """Numbers of ∂C/∂(wanted), given those of ∂C/∂(seeded); a wanted number that C does not depend on has none.

    Raises ``NotImplementedError`` when an operation on the way cannot be differentiated.
    """
    goals = list(wanted)
    on_the_way = graph.dependent(goals, seeds) | set(goals)
    of: dict[int, int] = dict(seeds)
    for number in reversed(graph.needed(seeds)):
        if number in of and number in on_the_way and number not in goals:
            _pull(graph, number, of, on_the_way)
    return {number: of[number] for number in goals if number in of}


def _pull(graph: Graph, number: int, of: dict[int, int], on_the_way: set[int]) -> None:
    node = graph.nodes[number]
    sources = list(references((node.args, node.kwargs)))
    if node.op in FLAT and not node.straight:
        return
    try:
        parts = (
            EMIT[node.op](graph, node, number, of[number]) if node.op in EMIT and not node.kwargs.get("base") else None
        )
    except (NotImplementedError, ValueError, TypeError, IndexError):
        parts = None
    if node.straight:
        parts = [_passed(graph, of[number], factor) for factor in node.straight]
    if parts is None:
        parts = [
            _by_tape(graph, node, number, of[number], i) if s in on_the_way else None for i, s in enumerate(sources)
        ]
    for source, part in zip(sources, parts, strict=True):
        if part is None or source not in on_the_way:
            continue
        folded = _folded(graph, part, source)
        of[source] = graph.add("add", np.add, Ref(of[source]), Ref(folded)) if source in of else folded


def _passed(graph: Graph, cotangent: int, factor: float) -> int | None:
    """What is handed on without a derivative."""
    return graph.add("multiply", np.multiply, Ref(cotangent), factor) if factor else None


def _folded(graph: Graph, part: int, source: int) -> int:
    """The cotangent summed over the axes along which its value was broadcast."""
    shape = np.shape(graph.sample(source))
    if np.shape(graph.sample(part)) == shape:
        return part
    return graph.add("fold", fold, Ref(part), Ref(source))


def fold(g: Any, like: Any) -> Any:
    """Sum ``g`` down to the shape of ``like``."""
    return unbroadcast(np.asarray(g, dtype=float), np.shape(like))


def _by_tape(graph: Graph, node: Node, number: int, cotangent: int, which: int) -> int:
    """The cotangent for one reference by the tape's own rule."""
    if node.op not in RULES or "base" in node.kwargs:
        raise NotImplementedError(node.op)
    rule = RULES[node.op]

    def part(g: Any, value: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        found = _picked(node.args, rule(np.asarray(g), value, args, kwargs), which)
        if found is None:
            found = np.zeros(())
        return found

    return graph.add(f"adjoint of {node.op}", part, Ref(cotangent), Ref(number), node.args, node.kwargs)


def _picked(structure: Any, parts: Any, which: int) -> Any:
    """The part that stands where the ``which``-th reference stands among the arguments."""
    flat: list[Any] = []

    def walk(item: Any, part: Any) -> None:
        if type(item) is Ref:
            flat.append(part)
        elif isinstance(item, (list, tuple)):
            known = part if isinstance(part, (list, tuple)) else [None] * len(item)
            for k, inner in enumerate(item):
                walk(inner, known[k] if k < len(known) else None)
        elif isinstance(item, slice):
            flat.extend(None for x in (item.start, item.stop, item.step) if type(x) is Ref)

    walk(structure, parts)
    return flat[which] if which < len(flat) else None
