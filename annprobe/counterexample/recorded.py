"""One small network, recorded: the user's gradient and the true one at any weights and inputs, by replay."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from annprobe.counterexample.sizes import drawn
from annprobe.subject.making.workshop import Workshop
from annprobe.subject.reading.source import Source
from annprobe.subject.reading.words import roles_of
from annprobe.subject.roles.gradient.judged import Judged
from annprobe.subject.roles.gradient.truth import loss_seeds, tape_targets
from annprobe.subject.running.outcome import Outcome
from annprobe.subject.surroundings.examples import examples
from annprobe.subject.understand import enough, understand
from annprobe.subject.understanding import Understanding
from annprobe.subject.usage import MadeUsage, made_usages
from annprobe.tape import Budget, Recorder
from annprobe.tape.adjoint import adjoints
from annprobe.tape.nodes import Values
from annprobe.tape.places import Places
from annprobe.tape.places import Source as TextSource
from annprobe.tape.replay import Replayed, replay

_TRIES = 3  # usages of one architecture
_NODES, _SECONDS = 20_000, 2.0
REPLAY_ERRORS = (ValueError, TypeError, IndexError, ArithmeticError, AttributeError, KeyError)


@dataclass(frozen=True)
class Recorded:
    """A made usage with few units, its recorded run, and what was understood of it."""

    usage: MadeUsage
    outcome: Outcome
    found: Understanding
    inputs: tuple[int, ...]  # the leaves that hold the examples' inputs, in the order in which they were handed over

    @property
    def judged(self) -> list[Judged]:
        """The verdict on every parameter."""
        assert self.found.hypothesis is not None
        return self.found.hypothesis.judged

    @cached_property
    def wrong(self) -> list[bool]:
        """Of every parameter, whether its gradient is wrong: not proportional, or with another constant than others."""
        return [not j.right or not _close(j.factor, self.rate) for j in self.judged]

    @cached_property
    def architecture(self) -> tuple[int, ...] | None:
        """The widths of the network that was made; None where it is larger than what was asked for."""
        return drawn(self.usage.program.sizes or (), self.shapes)

    @cached_property
    def shapes(self) -> list[tuple[int, ...]]:
        """Of the parameters, in the order of ``judged``."""
        return [np.shape(self.found.tape.value(j.move.before)) for j in self.judged]

    @cached_property
    def rate(self) -> float:
        """c in ΔP = c · gradient as the module means it: what its right parameters have, else minus its rate."""
        plain = [(len(shape), j.factor) for j, shape in zip(self.judged, self.shapes, strict=True)
                 if j.factor is not None and j.gradient is None and j.factor < 0]  # fmt: skip
        if plain:
            return float(max(plain)[1])  # the mildest of the weight matrices, before vectors and numbers
        climbing = [(len(shape), -j.factor) for j, shape in zip(self.judged, self.shapes, strict=True)
                    if j.factor is not None and j.gradient is None and j.factor > 0]  # fmt: skip
        if len(climbing) == len(self.judged):
            return float(max(climbing)[1])  # all of them up the gradient: the sign is what is wrong
        rates = [rate.value for rate in self.found.rates if rate is not None]
        size = abs(rates[0]) if rates else 1.0
        cosine = sum(j.change.cosine for j in self.judged)
        return size if cosine > 0 and not any(j.change.cosine < 0 for j in self.judged) else -size

    def point(self, weights: list[Any], inputs: Any) -> Replayed | None:
        """The step with other weights (one array a parameter) and inputs (N, n_in); None if that fails."""
        step = self.found.judged_step
        changed: dict[int, Any] = {j.move.before: w for j, w in zip(self.judged, weights, strict=True)}
        changed.update(zip(self.inputs, self._handed_over(inputs), strict=True))
        wanted = [link.correction for j in self.judged for link in j.move.links if link.correction is not None]
        wanted += [j.move.after for j in self.judged] + [m.node for m in step.meetings] + self._cost
        try:
            return replay(self.found.tape, changed, wanted)
        except REPLAY_ERRORS:
            return None

    def gradients(self, point: Values) -> list[tuple[Any, Any]]:
        """(the user's gradient, the true one) of every parameter, in the unit of the judged cost; or []."""
        step, hypothesis = self.found.judged_step, self.found.hypothesis
        assert hypothesis is not None
        seeds = {self._cost[0]: 1.0} if self._cost else loss_seeds(point, tape_targets(step), hypothesis.name)
        if seeds is None:
            return []
        try:
            swept = adjoints(point, seeds, [j.move.before for j in self.judged])
            pairs = [
                (np.asarray(j.move.change(point), float) / self.rate, swept.of.get(j.move.before, np.zeros(shape)))
                for j, shape in zip(self.judged, self.shapes, strict=True)
            ]
        except REPLAY_ERRORS:
            return []
        fine = all(np.shape(u) == np.shape(t) and np.isfinite(u).all() and np.isfinite(t).all() for u, t in pairs)
        return pairs if fine else []

    @property
    def _cost(self) -> list[int]:
        assert self.found.hypothesis is not None
        return [self.found.hypothesis.cost] if self.found.hypothesis.cost is not None else []

    def _handed_over(self, inputs: Any) -> list[Any]:
        """The inputs (N, n_in) in the form in which the module takes them, one array a recorded leaf."""
        program, handed = self.usage.program, list[Any]()

        def keep(value: Any, name: str) -> Any:
            handed.extend([value] if name == "X" else [])
            return value

        assert program.data is not None
        examples(program.form, program.widths, program.n, tag=keep, given=(inputs, program.data[1]))
        return handed if len(handed) == len(self.inputs) else [self.found.tape.value(node) for node in self.inputs]


def _close(factor: float | None, rate: float) -> bool:
    return factor is None or abs(factor - rate) <= 1e-6 * abs(rate)


def simple_examples(widths: tuple[int, int], n: int) -> tuple[Any, Any]:
    """Inputs (N, n_in) like 1, 2, 3 and targets (N, n_out) of zeros and ones."""
    x = 1.0 + (np.arange(n)[:, None] + np.arange(widths[0])[None, :]) % 3
    y = np.eye(widths[1])[np.arange(n) % widths[1]] if widths[1] > 1 else (np.arange(n) % 2)[:, None].astype(float)
    return x, y


def record(
    source: Source,
    widths: tuple[int, ...],
    n: int,
    like: MadeUsage | None,
    seconds: float,
    among: frozenset[str] | None = None,
    workshop: Workshop | None = None,
) -> Recorded | None:
    """A usage of the module with these widths that trains; ``like``: by the same calls as this one.

    among     names that it may call (None: any)
    workshop  in which usages are tried out; None: a new one
    """
    for usage in itertools.islice(_usages(source, widths, like, seconds, among, workshop), _TRIES):
        data = simple_examples(usage.program.widths, n)
        found = _run(replace(usage, program=replace(usage.program, n=n, data=data)))
        if found is not None and found.architecture is not None:
            return found
    return None


def names_in(usage: MadeUsage) -> frozenset[str]:
    """All names in the calls of a usage."""
    return frozenset(re.findall(r"\w+", usage.program.text))


def _usages(
    source: Source,
    widths: tuple[int, ...],
    like: MadeUsage | None,
    seconds: float,
    among: frozenset[str] | None,
    workshop: Workshop | None,
) -> Iterator[MadeUsage]:
    calls = [_call(line) for line in like.program.step] if like is not None else None
    for usage in made_usages(source, seconds=seconds, sizes=widths, among=among, workshop=workshop):
        same = calls is None or calls == [_call(line) for line in usage.program.step]
        if same and usage.program.sizes == widths:
            yield from _narrowed(usage, widths)
            yield usage


def _narrowed(usage: MadeUsage, widths: tuple[int, ...]) -> Iterator[MadeUsage]:
    """With the hidden width given where the module has a default for it."""
    tree = usage.source.tree()
    asked = {node.name: node for node in ast.walk(tree) if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
    for number, line in enumerate(usage.program.setup):
        node = asked.get(_call(line.split(" = ")[-1]))
        if len(widths) < 3 or node is None:
            continue
        for name in _hidden_widths(node):
            if f"{name}=" not in line:
                setup = list(usage.program.setup)
                setup[number] = f"{line[:-1]}, {name}={widths[1]})"
                yield replace(usage, program=replace(usage.program, setup=tuple(setup)))


def _hidden_widths(node: ast.ClassDef | ast.FunctionDef) -> list[str]:
    """Parameters with a default that are the width of a hidden layer."""
    makers = [n for n in ast.walk(node) if isinstance(n, ast.FunctionDef) and n.name in ("__init__", node.name)]
    found = []
    for maker in makers[:1]:
        optional = maker.args.args[len(maker.args.args) - len(maker.args.defaults) :]
        found = [a.arg for a in optional if roles_of(a.arg, making=True)[:1] == ["n_hidden"]]
    return found


def _call(line: str) -> str:
    return line.partition("(")[0]


def _run(usage: MadeUsage) -> Recorded | None:
    texts: dict[str, TextSource] = {}
    recorder = Recorder(
        set(), Budget(nodes=_NODES, seconds=_SECONDS), satisfied=lambda tape: enough(tape, Places(tape, texts))
    )
    outcome = usage.run(recorder, seconds=_SECONDS, sources=texts)
    if not len(recorder.tape):
        return None
    found = understand(recorder.tape, Places(recorder.tape, texts))
    if found.missing or found.hypothesis is None:
        return None
    inputs = tuple(i for i, node in enumerate(recorder.tape.nodes) if node.kind != "op" and node.tag == "X")
    return Recorded(usage, outcome, found, inputs)
