"""Training again: the recorded step replayed, from other starts, with other rates, data and gradients.

A stack of networks trains at once; see ``stacking``. Nothing of the user's code runs here: the recorded operations do.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from annprobe.subject.understanding import Understanding
from annprobe.training.data import Change, Data
from annprobe.training.graph import Graph, run
from annprobe.training.layout import Layout, find_layout
from annprobe.training.program import Program
from annprobe.training.rows import Rows, find_rows
from annprobe.training.schedule import catalogue_loss, planned_steps
from annprobe.training.score import Judge
from annprobe.training.stack import Lane, Setting, Stack, Trace
from annprobe.training.template import Loop, NotReplayable
from annprobe.training.variants import Variant, Workbench
from annprobe.training.windows import find_loop
from annprobe.training.work import WorkClock

_SLOWEST = 0.1  # seconds for a step, one operation after the other
_EXAMPLES = 400  # that outputs are judged on
_TOLERANCE = 1e-9  # relative, between replayed and recorded: rounding of other operation orders, not another program


class Trainer:
    """Trains the network of an understood module again and again.

    data  values for leaves of data, in place of the recorded ones
    Raises :class:`NotReplayable` when the recorded steps cannot stand for the module's training, with the reason.
    """

    def __init__(self, found: Understanding, seed: int = 0, data: Mapping[int, Any] | None = None) -> None:
        self.found = found
        self.seed = seed
        self.loop: Loop = find_loop(found)
        graph = Graph(self.loop)
        _quick_enough(self.loop, graph)
        self.rows: Rows = find_rows(self.loop, graph, seed)
        if self.rows.count == 1 and _sees_others(self.loop):
            raise NotReplayable("of the examples that the module looks at, only one was ever wrong and corrected")
        self.data = Data(self.loop, graph, self.rows, {n: _always(value) for n, value in (data or {}).items()})
        self.layout: Layout = find_layout(self.loop, graph, self.data, seed)
        self.loss = catalogue_loss(found.hypothesis, found.tried)
        self.bench = Workbench(self.loop, self.layout, self.loss)
        self._check()
        self.evaluated = self._evaluation_rows()
        self.planned = planned_steps(found, self.loop, self.rows)
        self._judges: dict[Data, Judge] = {}
        self.fan_in: dict[int, int | None] = {}  # of parameters, by number read; see changes.py
        self._probe: Program | None = None

    # --- is the replay the module's own training? -----------------------------------------------------------------

    def _check(self) -> None:
        """Replay the recorded steps in order and compare; network by network if the stacked form fails."""
        for careful in (False, True):
            self.bench = Workbench(self.loop, self.layout, self.loss, careful)
            try:
                worst = self._deviation()
            except (ValueError, TypeError, IndexError, KeyError, AttributeError, ZeroDivisionError, OverflowError):
                continue
            if worst <= _TOLERANCE:
                return
        raise NotReplayable(
            "replaying the recorded steps does not give what was recorded (the program depends on its "
            "values in a way that the tape does not show)"
        )

    def _deviation(self) -> float:
        variant = self.bench.plain(rates=False)
        values = [self._stacked(self.recorded(read), 2) for read in variant.reads]
        place = {n: i for i, n in enumerate(self.loop.windows[self.loop.template])}
        worst = 0.0
        for k, window in enumerate(self.loop.windows):
            seen = Rows(1, True, False, lambda row, k=k: {s.name: s.seen[k] for s in self.loop.slots})  # type: ignore[misc]
            shared = Data(self.loop, variant.graph, seen).values(0, variant.step.shared)
            values = advanced(variant, values, shared)
            for read, value in zip(variant.reads, values, strict=True):
                made = self.loop.tape.value(window[place[self.loop.carried[read]]])
                worst = max(worst, _distance(value[0], made), _distance(value[1], made))
        return worst

    def recorded(self, read: int) -> Any:
        """The value at the start of the recorded training."""
        return self.loop.tape.value(self.loop.starts[read])

    @staticmethod
    def _stacked(value: Any, count: int) -> Any:
        return np.repeat(np.asarray(value)[None], count, 0)

    # --- judging ---------------------------------------------------------------------------------------------------

    def _evaluation_rows(self) -> list[int]:
        outputs = [np.asarray(self.loop.tape.value(o))[None] for o in self.layout.outputs]
        examples = self.layout.table(outputs).shape[1]
        count = max(1, min(self.rows.count, _EXAMPLES // max(examples, 1)))
        return [int(i) for i in np.unique(np.linspace(0, self.rows.count - 1, count).astype(int))]

    def judge(self, data: Data | None = None) -> Judge:
        """Compares outputs with the targets of the data (the module's own, if None)."""
        data = data or self.data
        if data not in self._judges:
            tables = [self.layout.table(self._targets(data, row)) for row in self.evaluated]
            self._judges[data] = Judge(np.concatenate(tables, 1)[0], self.loss == "binary cross-entropy of logits")
        return self._judges[data]

    def _targets(self, data: Data, row: int) -> list[Any]:
        """Targets of one row in the shapes of the outputs, with a stack axis of length 1 in front."""
        errors = [m.node for m in self.loop.step.meetings]
        if self._probe is None:
            self._probe = Program(data.graph, list(self.loop.carried), [*self.layout.outputs, *errors])
        start = [self._stacked(self.recorded(read), 1) for read in self._probe.stacked]
        with np.errstate(all="ignore"):
            values = self._probe(start, data.values(row, self._probe.shared))
        known = [t for t in self.layout.targets if isinstance(t, int)]
        targets = dict(zip(known, data.values(row, known), strict=True))
        result = []
        for output, error, target in zip(
            values[: len(errors)], values[len(errors) :], self.layout.targets, strict=True
        ):
            if target is None:
                result.append(np.asarray(output, dtype=float) - error)
            else:
                value = np.asarray(targets[target] if isinstance(target, int) else target, dtype=float)
                shape = np.shape(output)
                result.append(value.reshape(shape) if value.size == np.size(output) else np.broadcast_to(value, shape))
        return result

    # --- training --------------------------------------------------------------------------------------------------

    def train(
        self,
        variant: Variant,
        lanes: Sequence[Lane],
        steps: int,
        seconds: float,
        data: Data | None = None,
        clock: WorkClock | None = None,
        enough: int = 0,
    ) -> list[Trace]:
        """Train a stack of networks for so many steps, or until the time is spent or all are done.

        A network is done when there is nothing left to learn, or when its outputs are no numbers any more.
        enough  where so many of the first networks have nothing left to learn, the others need not go on (0: they do)
        """
        clock = clock or WorkClock()
        return Stack(self._setting(data or self.data), variant, lanes).train(steps, clock() + seconds, clock, enough)

    def _setting(self, data: Data) -> Setting:
        starts = {read: self.recorded(read) for read in self.loop.carried}
        return Setting(data, self.judge(data), self.layout, self.evaluated, self.loop.parameters, starts, self.seed)


def _quick_enough(loop: Loop, graph: Graph) -> None:
    """Refuse a step that takes so long that nothing can be learned from a few seconds of training."""
    began = time.thread_time()
    run(graph, [p.after for p in loop.parameters], {p.read: graph.sample(p.read) for p in loop.parameters})
    taken = time.thread_time() - began
    if taken > _SLOWEST:
        raise NotReplayable(f"a single step takes {taken:.2g} s: too long to train it again and again")


def _sees_others(loop: Loop) -> bool:
    """Whether the step of one example is formed for others as well, which the recorded corrections do not show."""
    output = loop.tape[loop.step.meetings[0].output]
    known = {m.output for step in loop.steps for m in step.meetings}
    alike = sum(node.site == output.site and node.op == output.op for node in loop.tape.nodes)
    return bool(output.straight) and np.size(output.value) == 1 and alike > len(known)


def _always(value: Any) -> Change:
    return lambda recorded: value


def advanced(variant: Variant, values: Sequence[Any], shared: Sequence[Any]) -> list[Any]:
    """One step: the next values of everything that is handed on, all with the stack axis."""
    with np.errstate(all="ignore"):
        return variant.step.plan(values, shared)


def _distance(replayed: Any, recorded: Any) -> float:
    """Largest difference relative to the largest recorded number; the same infinities are no difference."""
    a, b = np.asarray(replayed, dtype=float), np.asarray(recorded, dtype=float)
    if a.shape != b.shape:
        return float("inf")
    if np.array_equal(a, b, equal_nan=True):
        return 0.0
    size = float(np.max(np.abs(b), initial=0.0))
    return float(np.max(np.abs(a - b))) / (size or 1.0)
