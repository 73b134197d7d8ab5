"""From what was understood to plain facts: the subject, the gradient's table."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import numpy as np

from annprobe.findings import Cost, GradientRow, Parameter, SubjectFacts
from annprobe.subject.reading.source import Source
from annprobe.subject.roles.gradient.judged import Judged
from annprobe.subject.running.outcome import USAGE
from annprobe.subject.search import Found
from annprobe.subject.understanding import Understanding, describe_loss
from annprobe.subject.usage import MadeUsage
from annprobe.training.anatomy import find_anatomy, may_be_dense
from annprobe.training.template import NotReplayable
from annprobe.training.trainer import Trainer

_MOST_ENTRIES = 3


def subject_facts(source: Source, found: Found, understanding: Understanding) -> SubjectFacts:
    """What was found in the module."""
    names = tuple(understanding.names)
    shapes = [np.shape(understanding.tape.value(chain.origin)) for chain in understanding.chains]
    loss, assumed = describe_loss(understanding) if understanding.hypothesis else ("", True)
    notes = tuple(found.outcome.notes)
    return SubjectFacts(
        str(source.path),
        entry=_entry(source, understanding),
        style="script" if source.kind == "script" else None,
        cost=Cost(loss, None, assumed) if loss else None,
        parameters=tuple(
            Parameter(name, tuple(int(n) for n in shape)) for name, shape in zip(names, shapes, strict=True)
        ),
        usage=found.usage.describe(),
        notes=notes,
        architecture=_asked(found, sum(int(np.prod(shape)) for shape in shapes)),
    )


def _asked(found: Found, parameters: int) -> tuple[int, ...] | None:
    """The architecture that a made usage asked for, where the module's parameters are as many as it has."""
    sizes = found.usage.program.sizes if isinstance(found.usage, MadeUsage) else None
    layers = list(itertools.pairwise(sizes or ()))
    counts = {sum(n_in * n_out for n_in, n_out in layers), sum((n_in + 1) * n_out for n_in, n_out in layers)}
    return sizes if layers and parameters in counts else None


def with_layers(understanding: Understanding, facts: SubjectFacts) -> SubjectFacts:
    """The facts with the layers of a plain dense network; as they are where it is none, or cannot be replayed."""
    if not may_be_dense(understanding):
        return facts
    try:
        anatomy = find_anatomy(Trainer(understanding, 0, None))
    except (NotReplayable, ValueError, TypeError, LookupError, ArithmeticError, AttributeError, NotImplementedError):
        return facts
    if anatomy is None:
        return facts
    activations = tuple(layer.activation for layer in anatomy.layers)
    return dataclasses.replace(facts, architecture=anatomy.widths, activations=activations)


def _entry(source: Source, understanding: Understanding) -> tuple[str, ...]:
    """The module's own classes and functions that took part in training, in the order of the file; at most a few."""
    codes = {code for stack in understanding.tape.sites for code, _ in stack}
    heads: dict[str, int] = {}
    for code in codes:
        head = code.co_qualname.partition(".")[0]
        if code.co_filename == str(source.path) and not head.startswith("<"):
            heads[head] = min(heads.get(head, code.co_firstlineno), code.co_firstlineno)
    classes = [name for name in heads if any(c.co_qualname.startswith(f"{name}.") for c in codes)]
    chosen = classes or list(heads)
    return tuple(sorted(chosen, key=lambda name: heads[name]))[:_MOST_ENTRIES]


def gradient_rows(understanding: Understanding) -> tuple[GradientRow, ...]:
    """One row a parameter; entries of a scalar network are rows of their own."""
    assert understanding.hypothesis is not None
    return tuple(_row(understanding, judged) for judged in understanding.hypothesis.judged)


def _row(understanding: Understanding, judged: Judged) -> GradientRow:
    span = understanding.places.span(judged.move.links[-1].new)
    line = span.line if span is not None and span.file != USAGE else None  # none in statements of ours
    return GradientRow(
        understanding.names[judged.move.chain],
        judged.right,
        None if judged.right else _number(_relative_error(judged)),
        1e-9,
        pattern(judged),
        line,
        len(judged.changes),
    )


def _relative_error(judged: Judged) -> float:
    """What the last point leaves beside the best factor; where factors are all that differs, how far they are apart."""
    factors = [abs(m.factor) for m in judged.changes if m.equal and not m.no_gradient and not m.zero]
    if len(factors) == len(judged.changes) > 1:
        return (max(factors) - min(factors)) / max(factors)
    return judged.changes[-1].residual


def pattern(judged: Judged) -> str:
    """The ratio of ΔP to the gradient in words."""
    if judged.gradient is not None:
        return "the gradient is computed; the update is more than a step along it"
    if judged.factor is not None:
        return f"ΔP = {judged.factor:.6g} x gradient"
    if all(m.zero for m in judged.changes):
        return "ΔP is zero, the gradient is not"
    if all(m.equal for m in judged.changes):
        return "proportional to the gradient, with another factor at every point"
    return "not proportional to the gradient"


def _number(value: Any) -> float | None:
    number = float(value)
    return number if np.isfinite(number) else None
