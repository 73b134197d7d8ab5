"""One character for each part of the gradient: a pattern over the layers that bounds where the faulty line is.

``.`` equal, ``k`` scaled, ``-`` negated, ``0`` zero, ``x`` otherwise wrong. A matrix that holds biases has two: the
biases', then the weights'. The first wrong part counted from the output bounds the faulty line: output wrong, the
cost's derivative or the outer product; output right and the next wrong, the recursion; biases only, their handling;
all by one k, a mean.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from annprobe.gradcheck.examining.examination import Examination
from annprobe.gradcheck.functions.layout import Leaf
from annprobe.gradcheck.localising.located import Letters, line_mask
from annprobe.gradcheck.verdicts.result import ParameterCheck
from annprobe.gradcheck.verdicts.verdict import direction

QUESTIONS = 4  # a constant must explain so many directions within one part


def signature_of(exam: Examination, leaf: Leaf, check: ParameterCheck, letters: Letters) -> str:
    """The character of one parameter, or the two of a matrix with biases; at most eight forward passes where wrong."""
    whole = _of_whole(check)
    line = letters.bias_in(leaf)
    if line is None:
        return whole
    if whole != "x":
        return whole * 2
    bias = line_mask(leaf, [line])
    return _of_part(exam, leaf, bias) + _of_part(exam, leaf, ~bias)


def _of_whole(check: ParameterCheck) -> str:
    if check.agrees:
        return "."
    if check.pattern == "zero":
        return "0"
    is_constant = check.factor is not None and check.pattern in check.names
    return ("-" if check.pattern == "-1" else "k") if is_constant else "x"


def _of_part(exam: Examination, leaf: Leaf, part: NDArray[np.bool_]) -> str:
    probes = []
    for draw in range(QUESTIONS):
        v = np.where(part, direction(exam.seed, exam.at.size, 10 + draw)[leaf.span], 0.0)
        probes.append(exam.probe(exam.within(leaf, v)))
        if draw == 0 and probes[0].explained:
            return "."
    claimed = np.array([p.claimed for p in probes])
    if not exam.reading.vector[leaf.span][part].any():
        return "0"
    derivative = np.array([p.derivative for p in probes])
    factor = float(claimed @ derivative) / float(derivative @ derivative)
    allowed = np.array([p.allowed for p in probes]) * (1 + abs(factor))
    if part.sum() < 2 or np.any(np.abs(claimed - factor * derivative) > 2 * allowed):
        return "x"
    return "-" if abs(factor + 1) <= 1e-9 else "k"
