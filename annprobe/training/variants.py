"""The training step as it is, or with something exchanged in it: the true gradient, a repaired line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from annprobe.subject.roles.gradient.losses import LOSSES
from annprobe.subject.roles.gradient.matches import match
from annprobe.tape.nodes import Ref
from annprobe.training.graph import Graph
from annprobe.training.layout import Layout
from annprobe.training.program import Program
from annprobe.training.reverse import reverse
from annprobe.training.template import Loop, Path, Trained, parts


@dataclass(frozen=True)
class Repair:
    """Another value for one node of the judged step.

    node      its number on the tape
    needs     numbers whose values ``function`` takes, in order; with ``adjoint`` a last argument follows them
    function  gives the value that the node should have had, from plain arrays of one network
    adjoint   a node of the forward pass: ``function`` also gets ∂C/∂(its value)
    name      what is changed, for the table
    error     what the module has in the place of ∂C/∂(value of ``role``): the adjoint is made of it, right or wrong
    """

    node: int
    needs: tuple[int, ...]
    function: Callable[..., Any]
    adjoint: int | None = None
    name: str = ""
    error: int | None = None
    role: int | None = None


@dataclass
class Variant:
    """A compiled step.

    reads    numbers that are handed from step to step, in the order of the program's stacked values
    rates    number of each parameter's factor (times its update), in the order of the loop's parameters
    step     (values of reads and rates, shared values) -> next values of reads
    forward  (values of ``sees``, shared values) -> outputs
    at_rate  makes the step for networks whose factors are all 1
    """

    graph: Graph
    reads: list[int]
    rates: list[int]
    step: Program
    forward: Program
    sees: list[int]
    swapped: tuple[int, ...] = ()
    notes: list[str] = field(default_factory=list)
    at_rate: Callable[[], Program] | None = None

    @cached_property
    def bare(self) -> Program:
        """The step without the factors."""
        return self.at_rate() if self.at_rate is not None and self.rates else self.step


class Workbench:
    """Makes variants of one recorded step."""

    def __init__(self, loop: Loop, layout: Layout, loss: str | None, careful: bool = False) -> None:
        self.loop = loop
        self.layout = layout
        self.loss = loss
        self.careful = careful
        self.wrong: frozenset[int] = frozenset()  # chains whose own gradient is no model for others
        self._samples: dict[int, Any] = {}
        self._plain: dict[bool, Variant] = {}

    def plain(self, rates: bool = True) -> Variant:
        """The module's own step; without ``rates`` exactly its own operations."""
        if rates not in self._plain:
            self._plain[rates] = self._finished(Graph(self.loop), {}, rates)
        return self._plain[rates]

    def steady(self, held: int) -> Variant:
        """With one number that is handed on kept as it starts: a learning rate that does not shrink."""
        return self._finished(Graph(self.loop), {held: held}, True)

    def repaired(self, repairs: Sequence[Repair]) -> Variant:
        """With some nodes repaired. Raises whatever a repair raises on the recorded values."""
        graph = Graph(self.loop)
        gradient = self._gradients(graph, [r.adjoint for r in repairs if r.adjoint is not None and r.error is None])
        for repair in repairs:
            values: list[Any] = [Ref(self.loop.names.get(n, n)) for n in repair.needs]
            if repair.adjoint is not None and repair.error is not None and repair.role is not None:
                error = graph.final(self.loop.names.get(repair.error, repair.error))
                values.append(Ref(reverse(graph, {repair.role: error}, [repair.adjoint])[repair.adjoint]))
            elif repair.adjoint is not None:
                values.append(Ref(gradient[repair.adjoint]))
            graph.replace(repair.node, graph.add("repair", repair.function, *values))
        return self._finished(graph, {}, True)

    def descending(self, chosen: Collection[int], sizes: Mapping[int, float]) -> Variant:
        """With the true gradient for the chosen chains.

        sizes  chain -> step along the gradient: the update becomes −size ∂C/∂P
        """
        graph = Graph(self.loop)
        self.wrong = self.wrong | frozenset(chosen)
        parameters = [p for p in self.loop.parameters if p.chain in chosen]
        gradient = self._gradients(graph, [p.read for p in parameters])
        for p in parameters:
            g = gradient.get(p.read)
            if g is not None:
                self._descend(graph, p, g, sizes[p.chain])
        return self._finished(graph, {}, True, tuple(p.chain for p in parameters))

    def gradient_samples(self) -> dict[int, Any]:
        """∂C/∂P at the template step for every chain; C is the loss as the catalogue has it."""
        graph = Graph(self.loop)
        found = self._gradients(graph, [p.read for p in self.loop.parameters])
        return {
            p.chain: graph.sample(found[p.read]) if p.read in found else np.zeros(np.shape(graph.sample(p.read)))
            for p in self.loop.parameters
        }

    def _gradients(self, graph: Graph, wanted: Sequence[int]) -> dict[int, int]:
        """Numbers of ∂C/∂(wanted)."""
        if not wanted:
            return {}
        if self.loss is None:
            raise NotImplementedError("the cost is unknown")
        seeds: dict[int, int] = {}
        for output, target, meeting in zip(
            self.layout.outputs, self.layout.targets, self.loop.step.meetings, strict=True
        ):
            wanted_value: Any = Ref(target) if isinstance(target, int) else target
            if target is None:
                wanted_value = Ref(graph.add("subtract", np.subtract, Ref(output), Ref(meeting.node)))
            elif isinstance(target, int) and not _fits(graph, target, output):
                wanted_value = Ref(graph.add("reshape", np.reshape, Ref(target), np.shape(graph.sample(output))))
            seed = graph.add("elementwise", LOSSES[self.loss][0], Ref(output), wanted_value)
            seeds[output] = graph.add("add", np.add, Ref(seeds[output]), Ref(seed)) if output in seeds else seed
        return reverse(graph, seeds, wanted)

    def _descend(self, graph: Graph, p: Trained, gradient: int, size: float) -> None:
        """Put the true gradient where the module's own comes in; with optimiser state, before that state."""
        state = self._has_state(graph, p)
        if state and self._as_others_do(graph, p, gradient):
            return
        place = _own_gradient(graph, self.loop, self.layout, p) if state else None
        if place is None:
            step = graph.add("multiply", np.multiply, Ref(gradient), size)
            graph.replace(p.after, graph.add("subtract", np.subtract, Ref(p.read), Ref(step)))
            return
        own, true = np.asarray(graph.sample(place), float), np.asarray(graph.sample(gradient), float)
        scale = float(np.linalg.norm(own) / (np.linalg.norm(true) or 1.0)) or 1.0
        ascends = float(np.sum((np.asarray(graph.sample(p.after)) - graph.sample(p.read)) * _shaped(own, true))) > 0.0
        if own.shape != true.shape:
            gradient = graph.add("transpose", np.transpose, Ref(gradient))
        graph.replace(place, graph.add("multiply", np.multiply, Ref(gradient), -scale if ascends else scale))

    def _as_others_do(self, graph: Graph, p: Trained, gradient: int) -> bool:
        """Put the true gradient where another parameter's update of the same form reads its own, right one."""
        samples = self._samples or self.gradient_samples()
        self._samples = samples
        for q in self.loop.parameters:
            if q.chain == p.chain or q.chain in self.wrong:
                continue
            places = _gradient_places(graph, p.after, q.after, samples[q.chain])
            for node, path, factor in places:
                graph.rewire(node, path, graph.add("multiply", np.multiply, Ref(gradient), factor))
            if places:
                return True
        return False

    def _has_state(self, graph: Graph, p: Trained) -> bool:
        """Whether the update depends on what an earlier step left behind, besides the parameters."""
        others = set(self.loop.carried) - {q.read for q in self.loop.parameters}
        return p.after in graph.dependent(others, [p.after])

    def _finished(self, graph: Graph, given: Mapping[int, int], rates: bool, swapped: tuple[int, ...] = ()) -> Variant:
        loop = self.loop
        reads = list(loop.carried)
        nexts = {read: given.get(read, graph.final(made)) for read, made in loop.carried.items()}
        plain = [nexts[r] for r in reads]
        factors: list[int] = []
        for p in loop.parameters if rates else ():
            factors.append(graph.given(1.0))
            new = _scaled(graph, p.read, nexts[p.read], factors[-1])
            nexts.update((read, new) for read, made in loop.carried.items() if made == p.after)
        outputs = [graph.final(o) for o in self.layout.outputs]
        sees = sorted(set(reads) & _inputs(graph, outputs))
        return Variant(
            graph,
            reads,
            factors,
            Program(graph, [*reads, *factors], [nexts[r] for r in reads], self.careful),
            Program(graph, sees, outputs, self.careful),
            sees,
            swapped,
            at_rate=lambda: Program(graph, reads, plain, self.careful),
        )


def _scaled(graph: Graph, old: int, new: int, factor: int) -> int:
    """The parameter after its update times the factor: P - f ΔP where it is P - ΔP, else P + f (new - P)."""
    node = graph.nodes.get(new)
    value = np.asarray(graph.sample(new))
    whole = value.shape == np.shape(graph.sample(old)) and value.dtype.kind == "f"
    if node is not None and whole and node.op in ("add", "subtract") and len(node.args) == 2 and not node.kwargs:
        ours, change = node.args
        if type(ours) is Ref and ours.node == old and type(change) is Ref and change.node != old:
            scaled = graph.add("multiply", np.multiply, Ref(change.node), Ref(factor))
            return graph.add(node.op, getattr(np, node.op), Ref(old), Ref(scaled))
    change_by = graph.add("subtract", np.subtract, Ref(new), Ref(old))
    scaled = graph.add("multiply", np.multiply, Ref(change_by), Ref(factor))
    return graph.add("add", np.add, Ref(old), Ref(scaled))


def _fits(graph: Graph, target: int, output: int) -> bool:
    """Whether the target broadcasts to the output's shape."""
    shape = np.shape(graph.sample(output))
    try:
        return bool(np.broadcast_shapes(np.shape(graph.sample(target)), shape) == shape)
    except ValueError:
        return False


def _shaped(own: Any, true: Any) -> Any:
    return own if own.shape == true.shape else own.T


def _inputs(graph: Graph, wanted: Sequence[int]) -> set[int]:
    return {i for n in graph.needed(wanted) for i in graph.nodes[n].inputs} | set(wanted)


def _own_gradient(graph: Graph, loop: Loop, layout: Layout, p: Trained) -> int | None:
    """The value between outputs and one update that everything passes through and no other update uses."""
    shape = np.shape(graph.sample(p.read))
    others = {n for q in loop.parameters if q.chain != p.chain for n in graph.needed([q.after])}
    behind = graph.dependent(layout.outputs, [p.after])
    for number in graph.needed([p.after]):
        own = np.shape(graph.sample(number)) if not isinstance(graph.sample(number), tuple) else None
        if number not in behind or number in others or (own != shape and own != shape[::-1]):
            continue
        if not _reaches(graph, layout.outputs, p.after, number):
            return number
    return None


def _gradient_places(graph: Graph, mine: int, model: int, gradient: Any) -> list[tuple[int, Path, float]]:
    """Operands of ``mine``'s operations that stand where ``model``'s operations read a multiple of ``gradient``.

    Both updates are walked through side by side as long as they run the same operations.
    """
    found: list[tuple[int, Path, float]] = []
    stack, seen = [(mine, model)], set()
    while stack:
        a, b = stack.pop()
        if (a, b) in seen or a not in graph.nodes or b not in graph.nodes or graph.nodes[a].op != graph.nodes[b].op:
            continue
        seen.add((a, b))
        left = list(parts((graph.nodes[a].args, graph.nodes[a].kwargs)))
        right = list(parts((graph.nodes[b].args, graph.nodes[b].kwargs)))
        if [path for path, _ in left] != [path for path, _ in right]:
            continue
        for (path, x), (_, y) in zip(left, right, strict=True):
            if type(x) is Ref and type(y) is Ref:
                fit = (
                    match(graph.sample(y.node), gradient)
                    if np.size(graph.sample(y.node)) == np.size(gradient)
                    else None
                )
                if fit is not None and fit.equal and not fit.zero:
                    found.append((a, path, fit.factor))
                else:
                    stack.append((x.node, y.node))
    return found


def _reaches(graph: Graph, sources: Sequence[int], goal: int, without: int) -> bool:
    """Whether the goal depends on a source by a way round ``without``."""
    stack, seen = [goal], {without}
    while stack:
        number = stack.pop()
        if number in sources:
            return True
        if number in seen or number not in graph.nodes:
            continue
        seen.add(number)
        stack.extend(graph.nodes[number].inputs)
    return False
