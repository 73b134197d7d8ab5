"""The recorded training loop, cut into its steps and laid over each other.

Every step runs the same operations; so the operations of one step are a template. An operand of the template is made in
the step itself, or is one and the same array in every step, or was made by the step before (parameters, velocities,
running means), or differs from step to step (rows of data, drawn masks, counters): then it is a slot.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter

from annprobe.subject.roles.links import alias
from annprobe.subject.roles.steps import Move, Step
from annprobe.subject.understanding import Understanding
from annprobe.tape.replay import slice_of
from annprobe.training.template import Loop, NotReplayable, compared

Signature = tuple[object, ...]


def find_loop(found: Understanding) -> Loop:
    """Lay the recorded steps over each other; raises :class:`NotReplayable` with the reason when they do not fit."""
    steps = _regular(found)
    windows, steps = _longest_run(found, _windows(found, steps), steps)
    windows, steps = _aligned(found, windows, steps)
    template = next((i for i, step in enumerate(steps) if step.last == found.judged_step.last), 0)
    return compared(found, windows, steps, template)


def _regular(found: Understanding) -> list[Step]:
    """The steps that move the same parameters as most do, each with what moved between the last one and it."""
    kinds = Counter(frozenset(move.chain for move in step.moves) for step in found.steps)
    usual = max(kinds, key=lambda kind: (kinds[kind], len(kind)))
    result: list[Step] = []
    waiting: list[Step] = []
    for step in found.steps:
        if usual <= {move.chain for move in step.moves}:
            begun = [w for w in waiting if result or not _makes_the_rest(found, w, usual)]
            result.append(_joined([*begun, step]))
            waiting = []
        else:
            waiting.append(step)
    return result


def _makes_the_rest(found: Understanding, step: Step, usual: frozenset[int]) -> bool:
    """Whether the parameters that a first step does not move come about in it: a number becomes an array there."""
    missing = usual - {move.chain for move in step.moves}
    met = max((m.node for m in step.meetings), default=-1)
    return bool(missing) and all(found.chains[chain].origin > met for chain in missing)


def _joined(steps: list[Step]) -> Step:
    if len(steps) == 1:
        return steps[0]
    moves: dict[int, Move] = {}
    for move in (m for step in reversed(steps) for m in step.moves):
        moves.setdefault(move.chain, move)
    meetings = {m.node: m for step in steps for m in step.meetings}
    return Step([meetings[n] for n in sorted(meetings)], list(moves.values()))


def _windows(found: Understanding, steps: list[Step]) -> list[list[int]]:
    """The nodes between one step's end and the next that any update or output depends on."""
    wanted = [n for step in steps for n in _results(step)]
    needed = slice_of(found.tape, wanted)
    windows, start = [], 0
    for step in steps:
        end = bisect_right(needed, step.last)
        windows.append(needed[start:end])
        start = max(start, end)
    return windows


def _results(step: Step) -> list[int]:
    return [move.after for move in step.moves] + [n for m in step.meetings for n in (m.output, m.node)]


def _longest_run(
    found: Understanding, windows: list[list[int]], steps: list[Step]
) -> tuple[list[list[int]], list[Step]]:
    """The longest run of steps with as many examples as most have: the last batch of an epoch may be smaller."""
    usual = Counter(len(step.meetings) for step in steps[1:] or steps).most_common(1)[0][0]
    runs: list[list[int]] = [[]]
    for number, step in enumerate(steps):
        if len(step.meetings) == usual or number == 0:
            runs[-1].append(number)
        else:
            runs.append([])
    best = max(runs, key=len)
    if len(best) > 2 and best[-1] == len(steps) - 1 and len(windows[best[-1]]) < len(windows[best[-2]]):
        best = best[:-1]  # the recording ended in it
    return [windows[i] for i in best], [steps[i] for i in best]


def _aligned(found: Understanding, windows: list[list[int]], steps: list[Step]) -> tuple[list[list[int]], list[Step]]:
    """Each window cut to the end that it has in common with the others."""
    if len(windows) == 1:
        return [_touched(found, windows[0], steps[0])], steps
    marks = [[_signature(found, n) for n in window] for window in windows]
    common = min((_suffix(marks[1], other) for other in marks[1:]), default=0)
    first = _suffix(marks[1][len(marks[1]) - common :], marks[0])
    cut = [window[len(window) - common :] for window in windows]
    fits = [
        set(_touched(found, window, step)) <= set(end) for window, end, step in zip(windows, cut, steps, strict=True)
    ]
    if not all(fits[1:]):
        raise NotReplayable("the recorded steps do not run the same operations (the program branches on its values)")
    skip = 0 if first == common and fits[0] else 1
    return cut[skip:], steps[skip:]


def _touched(found: Understanding, window: list[int], step: Step) -> list[int]:
    """The nodes that were computed from this step's parameters."""
    dependence = found.dependence
    assert dependence is not None
    current = sum(1 << dependence.version_bits[move.before] for move in step.moves)
    made = {link.new for move in step.moves for link in move.links}
    given = {move.before for move in step.moves}
    return [n for n in window if n in made or (dependence.versions[n] & current and alias(found.tape, n) not in given)]


def _signature(found: Understanding, number: int) -> Signature:
    node = found.tape[number]
    return node.op, node.kind, found.places.span(number)


def _suffix(left: list[Signature], right: list[Signature]) -> int:
    count = 0
    while count < min(len(left), len(right)) and left[-1 - count] == right[-1 - count]:
        count += 1
    return count
