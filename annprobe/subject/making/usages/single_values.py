"""A usage of objects that hold one number and its gradient, as small engines of automatic differentiation do.

``out = a.tanh() + a.tanh() * c``, ``loss = (out - y) * (out - y) + ...``, ``loss.backward()``: every operation that the
class has, each value used more than once, so that gradients that are stored instead of added up show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annprobe.subject.making.callables import Class, Function
from annprobe.subject.making.descent import RATE
from annprobe.subject.making.program import Program
from annprobe.subject.making.usages.pairs import Pair, side_by_side
from annprobe.subject.making.workshop import Workshop

_BINARY = (
    ("__add__", "(a + b)"),
    ("__mul__", "(a * b)"),
    ("__sub__", "(a - b)"),
    ("__truediv__", "(a / b)"),
    ("__pow__", "(a ** 3)"),
    ("__neg__", "(-a)"),
    ("__radd__", "(2.0 + a)"),
    ("__rmul__", "(0.5 * a)"),
)
_MOST = 12  # operations
_STARTS = (0.6, 0.9, 0.4)


@dataclass(frozen=True, slots=True)
class _Engine:
    """A class of such objects: where each holds its number and its gradient, and what runs the way back."""

    kind: str
    number: str
    gradient: str
    backward: str


@dataclass(frozen=True, slots=True)
class _Part:
    """One operation: its values, the statements that make them and use them, its error, and the values' names."""

    values: dict[str, Any]
    setup: tuple[str, ...]
    lines: tuple[str, ...]
    error: str
    names: tuple[str, ...]


@dataclass(slots=True)
class _Found:
    """The operations that run."""

    values: dict[str, Any] = field(default_factory=dict)
    setup: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def take(self, part: _Part) -> None:
        """One more."""
        self.values |= part.values
        self.setup += part.setup
        self.lines += part.lines
        self.errors.append(part.error)
        self.names += part.names


def single_value_programs(workshop: Workshop, classes: Mapping[str, Class]) -> Iterator[Program]:
    """One usage for each such class; nothing where the module has none."""
    for kind in classes.values():
        engine = _engine(workshop, kind)
        found = _loss(workshop, kind, engine) if engine is not None else None
        if engine is not None and found is not None:
            yield side_by_side(workshop, [_step(engine, found)], tuple(found.setup))


def _engine(workshop: Workshop, kind: Class) -> _Engine | None:
    """What the class is, where its objects take a number, can be multiplied, and have a way back."""
    back = next((m for m in kind.methods.values() if m.stage == "backward" and not m.required), None)
    whole = getattr(workshop.namespace.get(kind.name), "__dict__", {})
    if back is None or len(kind.constructor.required) != 1 or not {"__add__", "__mul__"} <= whole.keys():
        return None
    made = workshop.attempt(f"value = {kind.name}(0.75)", {})
    held = getattr(made.variables.get("value"), "__dict__", {}) if made.worked else {}
    numbers = {name: v for name, v in held.items() if isinstance(v, (int, float, np.ndarray)) and np.size(v) == 1}
    number = next((name for name, v in numbers.items() if float(v) == 0.75), None)
    gradient = next((name for name in numbers if name != number and name.lower().strip("_").startswith("g")), None)
    return _Engine(kind.name, number, gradient, back.name) if number and gradient else None


def _loss(workshop: Workshop, kind: Class, engine: _Engine) -> _Found | None:
    """Every operation that runs, each on values and against a target of its own, and the gradients subtracted."""
    found = _Found()
    for text in _operations(workshop, kind):
        part = _part(engine, text, len(found.errors) + 1)
        trial = "\n".join((*part.setup, *part.lines, f"({part.error} * {part.error}).{engine.backward}()"))
        if workshop.time_left and len(found.errors) < _MOST and workshop.attempt(trial, dict(part.values)).worked:
            found.take(part)
    return found if found.errors else None


def _part(engine: _Engine, operation: str, k: int) -> _Part:
    """``(a + b) + (a + b) * c`` minus a target: each value is used twice, with another weight."""
    names = [f"{letter}{k}" for letter in "abc"]
    text = re.sub(r"\b([ab])\b", rf"\g<1>{k}", operation)
    values: dict[str, Any] = {f"start_{name}": start + 0.01 * k for name, start in zip(names, _STARTS, strict=True)}
    values[f"target_{k}"] = 0.1 + 0.13 * k
    return _Part(
        values,
        tuple(f"{name} = {engine.kind}(start_{name})" for name in names),
        (f"out_{k} = {text} + {text} * c{k}", f"error_{k} = out_{k} + {engine.kind}(-target_{k})"),
        f"error_{k}",
        tuple(names),
    )


def _step(engine: _Engine, found: _Found) -> Pair:
    """All operations under one loss."""
    squares = " + ".join(f"{error} * {error}" for error in found.errors)
    zeros = [f"{name}.{engine.gradient} = 0.0" for name in found.names]
    updates = [f"{n}.{engine.number} -= {RATE} * {n}.{engine.gradient}" for n in found.names]
    return Pair(found.values, (*zeros, *found.lines, f"loss = {squares}", f"loss.{engine.backward}()", *updates))


def _operations(workshop: Workshop, kind: Class) -> Iterator[str]:
    """Texts of operations on the values, those of two first, then functions of one."""
    whole = vars(workshop.namespace[kind.name])
    yield from (text for method, text in _BINARY if method in whole)
    yield from (f"a.{m.name}()" for m in kind.methods.values() if _is_elementwise(m))


def _is_elementwise(method: Function) -> bool:
    return not method.required and bool(method.returns) and method.stage != "backward"
