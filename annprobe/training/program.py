"""From a graph to one generated Python function that does a training step for a whole stack of networks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from annprobe.tape.nodes import Node, Ref, substitute
from annprobe.tape.replay import evaluate
from annprobe.training import stacking_shape  # noqa: F401  # it enters its rules in the table
from annprobe.training.graph import Graph
from annprobe.training.stacking import NoRule, Operand, expression, one_by_one

Function = Callable[[Sequence[Any], Sequence[Any]], tuple[Any, ...]]


class Program:
    """``outputs = program(stacked, shared)``.

    stacked  numbers of the graph whose values come with the stack's axis in front, and depend on the network
    shared   numbers whose values all networks share (rows of data, counters, constants), found when compiling
    wanted   numbers whose values it returns, in this order; those that depend on no network come without the axis
    plain    operations that run network by network because they have no stacked form
    """

    def __init__(self, graph: Graph, stacked: Iterable[int], wanted: Sequence[int], careful: bool = False) -> None:
        self.graph = graph
        self.stacked = list(stacked)
        self.wanted = list(wanted)
        self.careful = careful
        self.plain: list[str] = []
        self._bound: dict[str, Any] = {}
        self._names: dict[Any, str] = {}
        self._same: dict[int, int] = {}  # what computes a value that another number has already
        self.hot = graph.dependent(self.stacked, self.wanted)
        self.order = [n for n in graph.needed(self.wanted) if n in self.hot and n not in set(self.stacked)]
        reads = [i for n in self.order for i in graph.nodes[n].inputs] + self.wanted
        own = self.hot | set(self.stacked)
        self.shared = list(dict.fromkeys(n for n in reads if n not in own))
        self.inputs = tuple(self.shared)
        self.source = self._written()
        self.function: Function = self._compiled()
        self._alone_wanted = [i for i, n in enumerate(self.wanted) if not self.is_stacked(n)]

    def __call__(self, stacked: Sequence[Any], shared: Sequence[Any]) -> tuple[Any, ...]:
        """The wanted values."""
        return self.function(stacked, shared)

    def plan(self, stacked: Sequence[Any], shared: Sequence[Any]) -> list[Any]:
        """As a call, but every value comes with the stack's axis."""
        values = list(self.function(stacked, shared))
        for place in self._alone_wanted:
            values[place] = np.repeat(np.asarray(values[place])[None], len(stacked[0]), 0)
        return values

    def is_stacked(self, number: int) -> bool:
        """Whether a value has the stack's axis."""
        return number in self.hot or number in self.stacked

    def operations(self) -> list[int]:
        """The numbers of the operations that it runs, in order."""
        return [number for number in self.order if number not in self._same]

    def _written(self) -> str:
        lines = ["def step(stacked, shared):"]
        for names, numbers in (("stacked", self.stacked), ("shared", self.shared)):
            if numbers:
                lines.append(f"    {', '.join(f'v{n}' for n in numbers)}, = {names}")
        lines += [f"    v{number} = {text}" for number, text in self._once()]
        lines.append(f"    return ({''.join(f'v{self._name(n)}, ' for n in self.wanted)})")
        return "\n".join(lines)

    def _once(self) -> Iterator[tuple[int, str]]:
        """The operations with their expressions; those that would compute the same again are left out."""
        known: dict[str, int] = {}
        for number in self.order:
            text = self._line(number)
            if text in known:
                self._same[number] = known[text]
            else:
                known[text] = number
                yield number, text

    def _name(self, number: int) -> int:
        """The number whose variable holds the value."""
        return self._same.get(number, number)

    def _compiled(self) -> Function:
        scope = dict(self._bound)
        exec(compile(self.source, "<training step>", "exec"), scope)
        function: Function = scope["step"]
        return function

    def _bind(self, value: Any) -> str:
        key = (float, value.hex()) if type(value) is float else id(value)  # equal ones are one
        if type(value) is float and key in self._names:
            return self._names[key]
        if key not in self._names or self._bound[self._names[key]] is not value:
            self._names[key] = f"k{len(self._bound)}"
            self._bound[self._names[key]] = value
        return self._names[key]

    def _operand(self, number: int) -> Operand:
        sample = self.graph.sample(number)
        rank = -1 if isinstance(sample, tuple) else np.ndim(sample)
        return Operand(f"v{self._name(number)}", self.is_stacked(number), rank, isinstance(sample, np.matrix))

    def _line(self, number: int) -> str:
        node = self.graph.nodes[number]
        try:
            if self.careful:
                raise NoRule("careful")
            return self._cast(node, self._stacked(node))
        except (NoRule, TypeError, ValueError, IndexError, KeyError):
            self.plain.append(node.op)
            flags = self._bind(tuple(self.is_stacked(i) for i in node.inputs))
            values = "".join(f"v{self._name(i)}, " for i in node.inputs)
            return f"{self._bind(one_by_one)}({self._bind(self._alone(node))}, {flags}, ({values}))"

    def _stacked(self, node: Node) -> str:
        if node.op == "pick":
            return f"v{self._name(node.inputs[0])}[{node.args[1]}]"
        if isinstance(node.value, tuple) or "base" in node.kwargs:
            raise NoRule(node.op)
        if any(type(value) is Ref for value in node.kwargs.values()):
            raise NoRule(node.op)
        return expression(node, list(substitute(node.args, self._operand)), self._bind)

    def _cast(self, node: Node, text: str) -> str:
        """What is written into an array in place takes the array's type."""
        if not node.write or not isinstance(node.value, np.ndarray) or node.op in ("setitem", "scatter"):
            return text
        kinds = {np.asarray(self.graph.sample(i)).dtype for i in node.inputs}
        return text if kinds == {node.value.dtype} else f"({text}).astype({self._bind(node.value.dtype)})"

    def _alone(self, node: Node) -> Callable[..., Any]:
        matrices = [isinstance(self.graph.sample(i), np.matrix) for i in node.inputs]

        def alone(*values: Any) -> Any:
            given = {
                i: np.asmatrix(v) if matrix else v for i, v, matrix in zip(node.inputs, values, matrices, strict=True)
            }
            return evaluate(node, substitute(node.args, given.__getitem__), substitute(node.kwargs, given.__getitem__))

        return alone
