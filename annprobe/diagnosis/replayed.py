"""Training by replay: the recorded steps again and again, with other rates and other starts."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from annprobe.subject.points import draw
from annprobe.subject.steps import Step
from annprobe.subject.understanding import Understanding
from annprobe.tape.nodes import Node, Ref, Tape, references, substitute
from annprobe.tape.replay import descendants, evaluate, slice_of

_SIDES = 0.5  # of the distance between two targets: on the right side of the middle
_EXPLAINED = 0.8  # of the targets' variance, for targets that are no classes


@dataclass
class Outcome:
    """How one training ended: success, its costs (squared error, per epoch looked at), and whether it was cut short."""

    success: bool
    costs: list[float] = field(default_factory=list)
    finite: bool = True
    complete: bool = True


class Trainer:
    """The module's training as a function of start values and a factor on every step.

    Raises ``ValueError`` when the recorded steps cannot stand for the module's training: state is carried from step to
    step, the recording does not cover an epoch, or a replay does not give the recorded values.
    """

    def __init__(self, found: Understanding, data: Mapping[int, Any] | None = None) -> None:
        self.found = found
        self.data = dict(data or {})  # leaves of data that have other values than recorded ones
        self.epoch, self.turns = _epoch(found)
        self._orders = [self._order(step) for step in self.epoch]
        self.start: dict[int, Any] = {
            move.chain: found.tape.value(move.before) for step in self.epoch[::-1] for move in step.moves
        }
        if not self.data:
            self._verify()

    def _order(self, step: Step) -> Callable[..., Any]:
        """The step as one function: (parameters before) -> (parameters after, outputs)."""
        wanted = [move.after for move in step.moves] + [m.output for m in step.meetings]
        wanted += [m.target for m in step.meetings if m.target is not None]
        given = [*(move.before for move in step.moves), *self.data]
        order = descendants(self.found.tape, given, slice_of(self.found.tape, wanted, stop=given))
        return compiled(self.found.tape, given, order, wanted)

    def _verify(self) -> None:
        """The second recorded step, replayed from where the first one ended, must end where it did."""
        values = dict(self.start)
        for step, order in zip(self.epoch, self._orders, strict=True):
            values = self._step(step, order, values, 1.0)[0]
            for move in step.moves:
                if not np.allclose(values[move.chain], self.found.tape.value(move.after), rtol=1e-6, atol=1e-9):
                    raise ValueError("a replayed step does not give what was recorded")

    def _step(
        self, step: Step, order: Callable[..., Any], values: Mapping[int, Any], factor: float
    ) -> tuple[dict[int, Any], list[Any]]:
        before = (*(values[move.chain] for move in step.moves), *self.data.values())
        produced = order(before)
        after = dict(values)
        for move, new in zip(step.moves, produced, strict=False):
            after[move.chain] = values[move.chain] + factor * (new - values[move.chain])
        outputs = list(produced[len(step.moves) :][: len(step.meetings)])
        aims = iter(produced[len(step.moves) + len(step.meetings) :])
        return after, [
            (o, m.value if m.target is None else next(aims)) for o, m in zip(outputs, step.meetings, strict=True)
        ]

    def train(
        self,
        factor: float = 1.0,
        *,
        start: Mapping[int, Any] | None = None,
        turns: int | None = None,
        deadline: float = math.inf,
    ) -> Outcome:
        """Train for the module's own number of epochs (or ``turns``), every step ``factor`` times as long."""
        values = dict(start or self.start)
        turns = turns or self.turns
        look = max(1, turns // 60)
        outcome = Outcome(success=False)
        with np.errstate(all="ignore"):
            for turn in range(turns):
                outputs: list[Any] = []
                for step, order in zip(self.epoch, self._orders, strict=True):
                    values, produced = self._step(step, order, values, factor)
                    outputs += produced
                if turn % look == 0 or turn == turns - 1:
                    outcome.success, cost = self._judge(outputs)
                    outcome.costs.append(cost)
                    if not math.isfinite(cost):
                        outcome.finite = False
                        return outcome
                    if outcome.success and turn > turns // 20:
                        return outcome
                    if time.perf_counter() > deadline:
                        outcome.complete = False
                        return outcome
        return outcome

    def _judge(self, outputs: list[Any]) -> tuple[bool, float]:
        """Whether the outputs are where the targets want them, and their squared error."""
        o = [np.asarray(x, dtype=float) for x, _ in outputs]
        targets = [np.asarray(t, dtype=float) for _, t in outputs]
        y = [
            np.broadcast_to(t, x.shape) if t.size <= x.size else t.reshape(x.shape)
            for t, x in zip(targets, o, strict=True)
        ]
        flat_o, flat_y = np.concatenate([np.ravel(x) for x in o]), np.concatenate([np.ravel(x) for x in y])
        cost = float(np.mean((flat_o - flat_y) ** 2))
        levels = np.unique(flat_y)
        if len(levels) == 2:
            near = np.abs(flat_o - flat_y) < _SIDES * (levels[1] - levels[0])
            return bool(np.mean(near) >= (1.0 if near.size <= 40 else 0.95)), cost
        spread = float(np.var(flat_y))
        return spread > 0.0 and cost < (1.0 - _EXPLAINED) * spread, cost

    def constant_cost(self) -> float:
        """Squared error of the best constant prediction."""
        aims = [
            t
            for step, order in zip(self.epoch, self._orders, strict=True)
            for _, t in self._step(step, order, self.start, 0.0)[1]
        ]
        flat = np.concatenate([np.ravel(np.asarray(t, dtype=float)) for t in aims])
        return float(np.var(flat))

    def drawn(self, seed: int) -> dict[int, Any]:
        """Other, healthy start values."""
        rng = np.random.default_rng(seed)
        assert self.found.dependence is not None
        first = {move.chain: move.before for move in self.epoch[0].moves}
        return {c: draw(self.found.tape, self.found.dependence, n, rng) for c, n in first.items()}


def compiled(tape: Tape, given: list[int], order: list[int], wanted: list[int]) -> Callable[..., Any]:
    """Recorded operations as straight-line code: from the given nodes' values to the wanted ones'."""
    bound: dict[str, Any] = {}
    live = {*given, *order}

    def text(value: Any) -> str:
        if type(value) is Ref and value.node in live:
            return f"v{value.node}"
        if type(value) in (tuple, list) and any(i in live for i in references(value)):
            inner = ", ".join(text(item) for item in value)
            return f"({inner},)" if type(value) is tuple else f"[{inner}]"
        name = f"c{len(bound)}"
        bound[name] = substitute(value, tape.value)
        return name

    lines = [f"    ({', '.join(f'v{n}' for n in given)},) = values"]
    for number in order:
        node = tape[number]
        bound[f"f{number}"] = node.fn
        keywords = "".join(f", {key}={text(value)}" for key, value in node.kwargs.items())
        if node.fn is None:
            bound[f"f{number}"] = partial(_evaluated, node)
            keywords = ", dict(" + keywords.removeprefix(", ") + ")"
            lines.append(f"    v{number} = f{number}({text(node.args)}{keywords})")
        else:
            lines.append(f"    v{number} = f{number}({', '.join(text(a) for a in node.args)}{keywords})")
    lines.append(f"    return ({', '.join(text(Ref(n)) for n in wanted)},)")
    exec("def step(values):\n" + "\n".join(lines), bound)
    made: Callable[..., Any] = bound["step"]
    return made


def _evaluated(node: Node, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return evaluate(node, args, kwargs)


def _epoch(found: Understanding) -> tuple[list[Step], int]:
    """The recorded steps of one epoch, and how many epochs the module trains."""
    tape = found.tape
    full = [s for s in found.steps if len(s.moves) == len(found.judged_step.moves)]
    loops = [loop for loop, _ in _common_turns(found, full[0])] if full else []
    if not loops or any(loop not in tape.planned for loop in loops):
        raise ValueError("how long the module trains is not known")
    inner = _epoch_length(found, full, loops)
    outer = math.prod(tape.planned[loop] for loop in loops) // max(inner, 1)
    if inner > len(full) or outer < 1:
        raise ValueError("no whole epoch was recorded")
    steps = full[:inner]
    if _stateful(found, full[1] if len(full) > 1 else full[0]):
        raise ValueError("state is carried from step to step")
    return steps, outer


def _common_turns(found: Understanding, step: Step) -> tuple[tuple[int, int], ...]:
    """The loops around the whole step: around its meetings and its updates alike."""
    tape = found.tape
    stacks = [tape.turns[tape[n].turn] for n in [m.node for m in step.meetings] + [m.after for m in step.moves]]
    depth = 0
    while depth < min(map(len, stacks)) and len({s[depth] for s in stacks}) == 1:
        depth += 1
    common: tuple[tuple[int, int], ...] = stacks[0][:depth]
    return common


def _epoch_length(found: Understanding, full: list[Step], loops: list[int]) -> int:
    """Steps that belong to one turn of the outermost loop."""
    tape = found.tape
    first = [step for step in full if _common_turns(found, step)[:1] == _common_turns(found, full[0])[:1]]
    return len(first) if len(full) > len(first) else math.prod(tape.planned[loop] for loop in loops[1:])


def _stateful(found: Understanding, step: Step) -> bool:
    """Whether the corrections depend on earlier versions besides those that the forward pass used."""
    dependence = found.dependence
    assert dependence is not None
    before = {move.before for move in step.moves}
    older = 0
    for move in step.moves:
        versions = found.chains[move.chain].versions
        for version in versions[: versions.index(move.before)]:
            older |= 1 << dependence.version_bits[version]
    corrections = [link.correction for move in step.moves for link in move.links if link.correction is not None]
    return any(
        dependence.versions[n] & older for n in slice_of(found.tape, corrections, stop=before) if n not in before
    )
