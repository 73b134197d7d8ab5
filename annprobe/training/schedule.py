"""How long the module means to train, and which loss of the catalogue its cost is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from annprobe.subject.roles.chains import Chain
from annprobe.subject.roles.gradient.judged import Hypothesis
from annprobe.subject.roles.steps import Step
from annprobe.subject.understanding import Understanding
from annprobe.tape.nodes import Tape
from annprobe.training.rows import Rows
from annprobe.training.template import Loop


def planned_steps(found: Understanding, loop: Loop, rows: Rows) -> int | None:
    """How many steps the module means to train a network; None where its loops do not say.

    The loops around the whole step, without those in which the network itself is made anew.
    """
    tape = found.tape
    around = _around(loop, loop.step)
    outside = _common([_made(tape, found.chains[p.chain]) for p in loop.parameters])
    inner = around[len(_common([around, outside])) :]
    lengths = [tape.planned.get(number) for number, _ in inner]
    unseen = sum(_around(loop, step) == around for step in loop.steps) > 1  # a comprehension is no loop of the tape
    if lengths and lengths[-1] is None and rows.complete and rows.count > 1 and not unseen:
        lengths[-1] = rows.count
    if unseen:
        lengths.append(rows.count if rows.complete and rows.count > 1 else None)
    known = [n for n in lengths if n is not None]
    return math.prod(known) if len(known) == len(lengths) > 0 else None


def _made(tape: Tape, chain: Chain) -> tuple[tuple[int, int], ...]:
    """The loop turns in which a parameter was made; outside of all where its first version is a correction itself."""
    first = tape[chain.origin]
    corrected = first.op in ("add", "subtract") and any(tape[k.new].site == first.site for k in chain.genuine())
    return () if corrected else tape.turns[first.turn]


def _around(loop: Loop, step: Step) -> tuple[tuple[int, int], ...]:
    """The loop turns around a whole step."""
    tape = loop.tape
    ends = [m.node for m in step.meetings] + [move.after for move in step.moves]
    return _common([tape.turns[tape[n].turn] for n in ends])


def _common(stacks: Sequence[tuple[tuple[int, int], ...]]) -> tuple[tuple[int, int], ...]:
    """The loop turns that all stacks begin with."""
    depth = 0
    while depth < min(map(len, stacks)) and len({stack[depth] for stack in stacks}) == 1:
        depth += 1
    return stacks[0][:depth]


def catalogue_loss(judged: Hypothesis | None, tried: Sequence[Hypothesis]) -> str | None:
    """The loss of the catalogue whose gradient is that of the module's own cost (or the judged one itself).

    Where none is exactly, the one whose gradient points the same way within 8 degrees (a penalty added, say).
    """
    if judged is None:
        return None
    if judged.cost is None:
        return judged.name
    near = [(_alignment(judged, other), other.name) for other in tried if other.cost is None]
    best = max(near, default=(0.0, ""))
    return best[1] if best[0] > 0.99 else None


def _alignment(left: Hypothesis, right: Hypothesis) -> float:
    """|cosine| between two gradients of all parameters, the smallest over the points."""
    found = []
    for a, b in zip(left.points, right.points, strict=True):
        shared = [j.move.before for j in left.judged if j.move.before in a.of and j.move.before in b.of]
        x = np.concatenate([np.ravel(a.of[n]) for n in shared] or [np.zeros(1)])
        y = np.concatenate([np.ravel(b.of[n]) for n in shared] or [np.zeros(1)])
        size = float(np.linalg.norm(x) * np.linalg.norm(y))
        if np.isfinite(size) and size > 0.0:
            found.append(abs(float(x @ y)) / size)
    return min(found, default=0.0)
