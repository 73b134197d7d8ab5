"""What a network's numbers are at given weights: by replay of one recorded training step."""

from __future__ import annotations

from typing import Any

import numpy as np

from annprobe.subject.roles.gradient.truth import loss_seeds, tape_targets
from annprobe.subject.understanding import Understanding
from annprobe.tape.adjoint import adjoints
from annprobe.tape.replay import Replayed, replay

Quantities = dict[str, Any]  # name -> flat array
REPLAY_ERRORS = (ValueError, TypeError, IndexError, ArithmeticError, AttributeError, KeyError)


class Replay:
    """The judged step of an understood run, at any weights."""

    def __init__(self, found: Understanding) -> None:
        assert found.hypothesis is not None
        self.found, self.hypothesis = found, found.hypothesis
        self.moves = [j.move for j in found.hypothesis.judged]
        self.shapes = [np.shape(found.tape.value(move.before)) for move in self.moves]
        self.sizes = [int(np.prod(shape)) for shape in self.shapes]
        self.own = [found.tape.value(found.chains[move.chain].origin) for move in self.moves]

    @property
    def size(self) -> int:
        """Number of parameters."""
        return sum(self.sizes)

    def from_flat(self, flat: Any, order: list[int]) -> list[Any]:
        """Parameters of the recorded shapes from one row of numbers, the arrays in this order."""
        parts: dict[int, Any] = {}
        start = 0
        for number in order:
            part = np.asarray(flat[start : start + self.sizes[number]], float).reshape(self.shapes[number])
            parts[number] = part if self.shapes[number] else float(part)
            start += self.sizes[number]
        return [parts[number] for number in range(len(self.moves))]

    def point(self, weights: list[Any]) -> Replayed | None:
        """The step at these weights."""
        step = self.found.judged_step
        cost = [self.hypothesis.cost] if self.hypothesis.cost is not None else []
        wanted = [move.after for move in self.moves] + [m.output for m in step.meetings] + cost
        wanted += [link.correction for move in self.moves for link in move.links if link.correction is not None]
        try:
            return replay(self.found.tape, {m.before: w for m, w in zip(self.moves, weights, strict=True)}, wanted)
        except REPLAY_ERRORS:
            return None

    def after(self, point: Replayed) -> list[Any]:
        """The weights that the step leaves."""
        return [point.value(move.after) for move in self.moves]

    def quantities(self, point: Replayed, weights: list[Any]) -> Quantities:
        """Everything that is commonly printed."""
        targets = tape_targets(self.found.judged_step)
        outputs = [np.asarray(point.value(o), float) for o, _ in targets]
        wanted = [np.broadcast_to(np.asarray(point.value(t) if isinstance(t, int) else t, float), o.shape)
                  for o, (_, t) in zip(outputs, targets, strict=True)]  # fmt: skip
        error = np.concatenate([(o - y).ravel() for o, y in zip(outputs, wanted, strict=True)])
        squares = float(error @ error)
        made: Quantities = {
            "the weights": _flat(weights),
            "the outputs": np.concatenate([o.ravel() for o in outputs]),
            "output - target": error,
            "target - output": -error,
            "the cost, half the sum of squares": np.array([0.5 * squares]),
            "the cost, the sum of squares": np.array([squares]),
            "the cost, the mean of the squares": np.array([squares / error.size]),
            "the cost, half the mean of the squares": np.array([0.5 * squares / error.size]),
            "the mean absolute error": np.array([float(np.mean(np.abs(error)))]),
            "the weights after the step": _flat(self.after(point)),
            "the change of the weights": _flat(self.after(point)) - _flat(weights),
        }
        return made | self._gradients(point, error.size)

    def _gradients(self, point: Replayed, count: int) -> Quantities:
        cost = self.hypothesis.cost
        seeds = {cost: 1.0} if cost is not None else loss_seeds(
            point, tape_targets(self.found.judged_step), self.hypothesis.name)  # fmt: skip
        if seeds is None:
            return {}
        swept = adjoints(point, seeds, [move.before for move in self.moves])
        parts = [swept.of.get(m.before, np.zeros(s)) for m, s in zip(self.moves, self.shapes, strict=True)]
        g = _flat(parts)
        made: Quantities = {"the gradient": g, "minus the gradient": -g, "the gradient / N": g / count,
                            "minus the gradient / N": -g / count, "N times the gradient": g * count}  # fmt: skip
        if cost is not None:
            made["the module's own cost"] = np.ravel(np.asarray(point.value(cost), float))
        return made


def _flat(parts: list[Any]) -> Any:
    return np.concatenate([np.ravel(np.asarray(part, float)) for part in parts])
