"""The cost as a formula of one weight, read off the tape: everything else is a number in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annprobe.counterexample.search import Smallest
from annprobe.subject.roles.gradient.truth import tape_targets
from annprobe.tape.nodes import Ref, Values
from annprobe.tape.replay import slice_of

STEP = 1e-4  # of the difference quotient that can be redone by hand: truncation about 1e-9
_CLOSE = 1e-5
_INFIX = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "true_divide": "/", "matmul": "@", "power": "**"}
_SAME = {"asarray", "array", "copy", "astype", "ascontiguousarray", "asanyarray", "float", "item", "atleast_2d"}
_SHAPES = {"reshape", "transpose", "squeeze", "ravel", "getitem", "expand_dims"}
_REDUCED = {"add.reduce": "sum", "maximum.reduce": "max", "minimum.reduce": "min", "multiply.reduce": "prod"}
# by the name of the loss: of the output and the target, as text
_LOSSES: dict[str, Callable[[str, str], str]] = {
    "squared error": lambda a, y: f"0.5 * np.sum(({a} - {y}) ** 2)",
    "binary cross-entropy": lambda a, y: f"-np.sum({y} * np.log({a}) + (1 - {y}) * np.log(1 - {a}))",
    "cross-entropy": lambda a, y: f"-np.sum({y} * np.log({a}))",
    "absolute error": lambda a, y: f"np.sum(np.abs({a} - {y}))",
    "binary cross-entropy of logits": lambda a, y: f"np.sum(np.log(1 + np.exp({a})) - {y} * {a})",
}


class Unwritable(Exception):
    """An operation for which there is no plain text."""


@dataclass(frozen=True)
class Formula:
    """C(w) as a Python expression with numpy as ``np``; ``value`` is w, ``slope`` its difference quotient there."""

    text: str
    value: float
    above: float
    below: float

    @property
    def slope(self) -> float:
        """(C(w + h) − C(w − h)) / 2h with h = STEP."""
        return (self.above - self.below) / (2 * STEP)


def formula(case: Smallest) -> Formula | None:
    """C as a function of the weight in question; None where it cannot be written, or does not give the true value."""
    recorded = case.recorded
    point = recorded.point(case.weights, case.inputs)
    if point is None:
        return None
    for scalar in (True, False):
        try:
            text = _Writer(point, recorded.judged[case.parameter].move.before, case.index, scalar).cost(case)
            value = float(np.asarray(case.weights[case.parameter])[case.index])
            C = eval(f"lambda w: {text}", {"np": np})  # our own text, tried before it is shown
            with np.errstate(all="ignore"):
                found = Formula(text, value, float(C(value + STEP)), float(C(value - STEP)))
        except (Unwritable, ValueError, TypeError, ArithmeticError, AttributeError, SyntaxError, NameError, IndexError):
            continue
        if abs(found.slope - case.true) <= _CLOSE * max(abs(case.true), abs(case.user)):
            return found
    return None


@dataclass
class _Writer:
    """Writes nodes as text. ``scalar``: every array on the way holds one number, and is written as that number."""

    point: Values
    parameter: int
    index: tuple[int, ...]
    scalar: bool
    touched: set[int] = field(default_factory=set)

    def cost(self, case: Smallest) -> str:
        """The whole cost."""
        found, hypothesis = case.recorded.found, case.recorded.found.hypothesis
        assert hypothesis is not None
        meetings = tape_targets(found.judged_step)
        self._touch([hypothesis.cost] if hypothesis.cost is not None else [output for output, _ in meetings])
        if hypothesis.cost is not None:
            return _bare(self.node(hypothesis.cost))
        loss = _LOSSES[hypothesis.name]
        terms = []
        for output, target in meetings:
            y = self.point.value(target) if isinstance(target, int) else target
            y = np.broadcast_to(np.asarray(y, float), np.shape(self.point.value(output)))
            target_text = self.number(y)
            terms.append(_short_loss(hypothesis.name, self.node(output), target_text) if self.scalar else
                         loss(self.node(output), target_text))
        return " + ".join(terms)

    def _touch(self, wanted: list[int]) -> None:
        self.touched = {self.parameter}
        for number in slice_of(self.point, wanted):
            if any(i in self.touched for i in self.point[number].inputs) and number != self.parameter:
                self.touched.add(number)

    def number(self, value: Any) -> str:
        """A constant."""
        array = np.asarray(value)
        if array.ndim == 0 or (self.scalar and array.size == 1):
            return _plain(array.reshape(-1)[0])
        if self.scalar:
            raise Unwritable(f"an array of shape {array.shape}")
        return f"np.array({_listed(array)})"

    def node(self, number: int) -> str:
        """The value of a node."""
        if number == self.parameter:
            return self._weight()
        if number not in self.touched:
            return self.number(self.point.value(number))
        node = self.point[number]
        if self.scalar and np.size(self.point.value(number)) != 1:
            raise Unwritable(node.op)
        if node.op == "setitem":
            return self._written(number)
        return self._operation(node.op, node.args, node.kwargs)

    def _written(self, number: int) -> str:
        """An array in which entries were replaced: chosen entry by entry from what was written and what was there."""
        base, index, value = self.point[number].args
        if not isinstance(base, Ref) or not isinstance(value, Ref) or isinstance(index, Ref):
            raise Unwritable("setitem")
        if np.size(self.point.value(number)) == 1:
            return self.node(value.node)
        chosen = np.zeros(np.shape(self.point.value(number)))
        chosen[index] = 1.0
        there, new = self.point.value(base.node), self.point.value(value.node)
        if not np.array_equal(np.where(chosen, np.asarray(new), np.asarray(there)), self.point.value(number)):
            raise Unwritable("setitem")
        return f"np.where(np.array({_listed(chosen)}), {self.node(value.node)}, {self.node(base.node)})"

    def _weight(self) -> str:
        value = np.asarray(self.point.value(self.parameter))
        if value.ndim == 0 or (self.scalar and value.size == 1):
            return "w"
        if self.scalar:
            raise Unwritable(f"weights of shape {value.shape}")
        names = np.array([_plain(v) for v in value.ravel()], dtype=object).reshape(value.shape)
        names[self.index] = "w"
        return f"np.array({str(names.tolist()).replace(chr(39), '')})"

    def _operation(self, op: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        parts = [self._argument(a) for a in (args[:1] if op == "getitem" else args)]
        if self.scalar and op in ("matmul", "dot"):
            op = "multiply"
        if op in _INFIX:
            return _joined(op, parts[0], parts[1])
        if op == "negative":
            return f"(-{parts[0]})"
        if op == "square":
            return f"({parts[0]} ** 2)"
        if op in _SAME or (self.scalar and (op in _SHAPES or op in _REDUCED or op in ("sum", "mean"))):
            return parts[0]
        if op == "getitem" and not any(isinstance(a, Ref) for a in args[1:]):
            return f"{parts[0]}[{_index(args[1])}]"
        parts = [part if isinstance(arg, tuple) else _bare(part) for part, arg in zip(parts, args, strict=True)]
        name = _REDUCED.get(op, op)
        if not hasattr(np, name):
            raise Unwritable(op)
        given = [f"{key}={self._argument(value)}" for key, value in kwargs.items() if value is not None]
        return f"np.{name}({', '.join([*parts, *given])})"

    def _argument(self, value: Any) -> str:
        if isinstance(value, Ref):
            return self.node(value.node)
        if isinstance(value, (list, tuple)):
            inner = ", ".join(map(self._argument, value))
            return f"[{inner}]" if isinstance(value, list) else f"({inner}{',' if len(value) == 1 else ''})"
        if isinstance(value, (np.ndarray, np.number, float)):
            return self.number(value)
        if value is None or isinstance(value, (bool, int, str)):
            return repr(value)
        raise Unwritable(repr(value)[:40])


def _joined(op: str, a: str, b: str) -> str:
    """Two operands; a sum with nothing and a product with one are left out."""
    nothing = {"add": "0", "multiply": "1"}.get(op)
    if nothing in (a, b):
        return b if a == nothing else a
    if (op, b) in (("subtract", "0"), ("divide", "1"), ("true_divide", "1"), ("power", "1")):
        return a
    return f"({a} {_INFIX[op]} {b})"


def _bare(text: str) -> str:
    """Without parentheses around the whole."""
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth = 0
    for position, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth == 0 and position < len(text) - 1:
            return text
    return text[1:-1]


def _short_loss(name: str, a: str, y: str) -> str:
    """The loss of one output and a target that is a number."""
    if name == "squared error":
        return f"0.5 * {_joined('subtract', a, y)} ** 2"
    if name in ("binary cross-entropy", "cross-entropy") and y == "1":
        return f"-np.log({_bare(a)})"
    if name == "binary cross-entropy" and y == "0":
        return f"-np.log(1 - {a})"
    return _LOSSES[name](a, y).replace("np.sum", "")


def _plain(value: Any) -> str:
    """A number in few digits: ``1``, ``0.5``, ``0.268941421``."""
    text = f"{float(value):.9g}"
    return f"({text})" if text.startswith("-") else text


def _listed(array: Any) -> str:
    names = np.array([_plain(v) for v in array.ravel()], dtype=object).reshape(array.shape)
    return str(names.tolist()).replace("'", "")


def _index(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_index, value))
    if isinstance(value, slice):
        ends = ["" if end is None else repr(end) for end in (value.start, value.stop, value.step)]
        return ":".join(ends[:2] + ([ends[2]] if ends[2] else []))
    if value is Ellipsis:
        return "..."
    if value is None or isinstance(value, (int, np.integer)):
        return "None" if value is None else str(int(value))
    raise Unwritable(repr(value)[:40])
