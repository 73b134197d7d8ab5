"""Outputs that are a hard step, and the gradient that the perceptron rule follows.

A step has no slope. The perceptron criterion passes the error on as it is: where the output is a step of z,
∂C/∂z = output − target. Sources: Rosenblatt, The perceptron (1958); Bishop, Pattern Recognition and Machine Learning
(2006), section 4.1.7.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from annprobe.subject.roles.dependence import Dependence
from annprobe.subject.roles.frontier import Meeting
from annprobe.subject.roles.links import COPIES, SHAPES
from annprobe.subject.roles.steps import Step
from annprobe.tape.decisions import CHOSEN, is_decision
from annprobe.tape.nodes import Ref, Tape

_RISES = {"greater": 1.0, "greater_equal": 1.0, "less": -1.0, "less_equal": -1.0}
_STEPS = {"sign", "heaviside"}
_PASSING = COPIES | SHAPES | {"int", "getitem"}
_CHOICES = {CHOSEN, "where"}
_LONGEST = 12  # operations between the comparison and the output


def pass_straight(tape: Tape, dependence: Dependence, meetings: Iterable[Meeting]) -> None:
    """Where the outputs are hard steps, mark their nodes: adjoints are passed straight through them."""
    for meeting in meetings:
        found: dict[int, dict[int, float]] = {}
        if _follow(tape, dependence, meeting.output, found, _LONGEST):
            for number, factors in found.items():
                tape[number].straight = tuple(factors.get(i, 0.0) for i in tape[number].inputs)


def pass_further(tape: Tape, dependence: Dependence, meetings: Iterable[Meeting]) -> list[int]:
    """Where what is compared is a sigmoid, or another rising or falling function, of a sum: mark that as well.

    Deciding by such a function of z is deciding by z. Returns the nodes that were marked.
    """
    marked: list[int] = []
    for meeting in meetings:
        ends = [n for n in _straight(tape, meeting.output) if tape[n].op in _RISES]
        for number in {i for n in ends for i, f in zip(tape[n].inputs, tape[n].straight, strict=True) if f}:
            found: dict[int, float] = {}
            while (below := _monotone(tape, dependence, number)) is not None:
                found[number] = below[1]
                number = below[0]
            if any(tape[n].op in _BENDING or tape[n].op == "divide" for n in found):
                for n, factor in found.items():
                    tape[n].straight = tuple(factor if dependence.touched(i) else 0.0 for i in tape[n].inputs)
                marked += found
    return marked


def _straight(tape: Tape, output: int) -> list[int]:
    """The nodes that hand the error of an output on as it is."""
    found, stack = [], [output]
    while stack:
        number = stack.pop()
        if tape[number].straight and number not in found:
            found.append(number)
            stack += [i for i, f in zip(tape[number].inputs, tape[number].straight, strict=True) if f]
    return found


_BENDING = {"exp", "tanh", "expit", "arctan", "log", "log1p", "expm1", "logaddexp"}


def _monotone(tape: Tape, dependence: Dependence, number: int) -> tuple[int, float] | None:
    """The one operand that depends on parameters, and whether the value rises or falls with it."""
    node = tape[number]
    touched = [i for i in dict.fromkeys(node.inputs) if dependence.touched(i)]
    if node.kind != "op" or number in dependence.version_bits or len(touched) != 1:
        return None
    if node.op in _BENDING or node.op in COPIES:
        return touched[0], 1.0
    if node.op == "divide" and isinstance(node.args[1], Ref) and node.args[1].node == touched[0]:
        signs = np.sign([np.min(v) * np.max(v) for v in (_value(tape, a) for a in node.args)])
        above = float(np.sign(np.ravel(_value(tape, node.args[0]))[0]))
        return (touched[0], -above) if (signs > 0).all() else None  # 1 / (1 + exp(-z))
    if node.op in ("add", "subtract", "negative", "multiply", "divide"):
        factor = _linear(tape, number, touched[0]).get(touched[0])
        return None if factor is None else (touched[0], factor)
    return None


def is_step(tape: Tape, meeting: Meeting) -> bool:
    """Whether the output is a hard step."""
    return bool(tape[meeting.output].straight)


def other_mistake(tape: Tape, steps: Sequence[Step], number: int) -> int | None:
    """A step like this one, of one example, whose output is wrong to the other side."""

    def error(step: Step) -> float:
        meeting = step.meetings[0]
        value = np.asarray(tape.value(meeting.output), dtype=float) - np.asarray(meeting.value, dtype=float)
        return float(np.sum(value)) if value.size == 1 == len(step.meetings) else 0.0

    own = error(steps[number])
    alike = (k for k, step in enumerate(steps) if len(step.moves) == len(steps[number].moves))
    return next((k for k in alike if error(steps[k]) * own < 0.0), None)


def decided(tape: Tape, numbers: Iterable[int]) -> dict[int, Any]:
    """Numbers that the module chose by a comparison, and the comparisons of numbers: as they were recorded.

    At other points they have to stay so, for the branches that were not recorded do as well.
    """
    return {n: tape.value(n) for n in numbers if (tape[n].op == CHOSEN or is_decision(tape[n])) and tape[n].inputs}


def _follow(
    tape: Tape, dependence: Dependence, number: int, found: dict[int, dict[int, float]], left: int
) -> bool:
    """Whether a value is a step of something, and how the error gets there."""
    if number in found:
        return True
    touched = [i for i in dict.fromkeys(tape[number].inputs) if dependence.touched(i)]
    if not left or not touched or tape[number].kind != "op" or number in dependence.version_bits:
        return False
    factors = _factors(tape, number, touched)
    if not factors:
        return False
    found[number] = factors
    ends = tape[number].op in _RISES or tape[number].op in _STEPS
    return ends or all(_follow(tape, dependence, i, found, left - 1) for i in factors)


def _factors(tape: Tape, number: int, touched: list[int]) -> dict[int, float]:
    """Of every operand that depends on a parameter, whether the value rises (1) or falls (-1) with it."""
    op, args = tape[number].op, tape[number].args
    numbers = [a.node if isinstance(a, Ref) else None for a in args]
    if op in _RISES:
        return {i: _RISES[op] * (1.0 if i == numbers[0] else -1.0) for i in touched}
    if op in _STEPS or op in _PASSING:
        return {numbers[0]: 1.0} if numbers and numbers[0] is not None and touched == [numbers[0]] else {}
    if op in _CHOICES and len(args) == 3:
        one, other = (_value(tape, a) for a in args[1:])
        jump = np.sign(np.ravel(one)[:1] - np.ravel(other)[:1])
        same = np.ptp(one) == 0.0 == np.ptp(other) or any(i in numbers[1:] for i in touched)
        return {i: float(jump[0]) if i == numbers[0] else 1.0 for i in touched} if same and jump.all() else {}
    if op in ("add", "subtract", "multiply", "divide", "negative") and len(touched) == 1:
        return _linear(tape, number, touched[0])
    return {}


def _linear(tape: Tape, number: int, operand: int) -> dict[int, float]:
    """Of a sum, or product, with something that depends on no parameter."""
    op, args = tape[number].op, tape[number].args
    first = isinstance(args[0], Ref) and args[0].node == operand
    if op in ("add", "subtract", "negative"):
        return {operand: -1.0 if op == "negative" or (op == "subtract" and not first) else 1.0}
    if op == "divide" and not first:
        return {}
    factor = np.unique(np.sign(_value(tape, args[1] if first else args[0])))
    return {operand: float(factor[0])} if len(factor) == 1 and factor[0] else {}


def _value(tape: Tape, argument: Any) -> Any:
    return np.asarray(tape.value(argument.node) if isinstance(argument, Ref) else argument, dtype=float)
