"""What a change of a parameter has to do with the gradient: a constant times it, with a decay, or a value before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from annprobe.subject.roles.dependence import Dependence
from annprobe.subject.roles.gradient.matches import Match, match
from annprobe.subject.roles.gradient.update_rule import entry_by_entry, rule_only, times_data
from annprobe.subject.roles.steps import Move, Step
from annprobe.tape.adjoint import Adjoints
from annprobe.tape.nodes import Values
from annprobe.tape.replay import slice_of

_UPDATE_RULE = 40  # values of the parameter's shape between its gradient and its update; Adam has about 15
_CANCELLED = 1e-13  # of the largest entry: about 500 eps, for sums of as many terms
_RELATIVE = 1e-7  # of a factor between two points: 1e9 x eps leaves room for well-conditioned rounding, not for a bug


def largest(point: Values, adjoint: Adjoints, step: Step) -> tuple[float, float]:
    """The largest entry of any change of the step, and of any gradient."""
    changes = [float(np.max(np.abs(np.asarray(m.change(point), dtype=float)), initial=0.0)) for m in step.moves]
    trues = (adjoint.of.get(m.before, 0.0) for m in step.moves)
    return max(changes), max(float(np.max(np.abs(np.asarray(t, dtype=float)), initial=0.0)) for t in trues)


def matched(change: Any, true: Any, noise: float, largest: tuple[float, float]) -> Match:
    """:func:`match`; what both sums leave after terms that cancel (a bias that all classes share) is nothing."""
    sizes = [float(np.max(np.abs(np.asarray(x, dtype=float)), initial=0.0)) for x in (change, true)]
    if all(0.0 < size <= _CANCELLED * most for size, most in zip(sizes, largest, strict=True)):
        return Match(0.0, 0.0, 0.0, equal=True, zero=True, no_gradient=True)
    return match(change, true, noise)


def decayed(points: Sequence[Values], move: Move, trues: list[Any]) -> tuple[float | None, float]:
    """``ΔP = factor * gradient - decay * P`` with the same two constants at every point, the second one shrinking P."""
    found: list[tuple[float, float]] = []
    for point, true in zip(points, trues, strict=True):
        change, gradient, value = (
            np.ravel(np.asarray(x, dtype=float)) for x in (move.change(point), true, point.value(move.before))
        )
        if not change.size == gradient.size == value.size >= 3:
            return None, 0.0
        value = value * _rows_moved(move.change(point))
        base = np.stack([gradient, value], axis=1)
        if not np.isfinite(change).all() or not np.isfinite(base).all():
            return None, 0.0
        coefficients = np.linalg.lstsq(base, change, rcond=None)[0]
        left = float(np.linalg.norm(base @ coefficients - change))
        if left > 1e-9 * float(np.linalg.norm(change)) + noise(point, move) * np.sqrt(change.size):
            return None, 0.0
        found.append((float(coefficients[0]), float(-coefficients[1])))
    factor, decay = found[-1]
    same = all(abs(f - factor) <= 1e-6 * abs(factor) and abs(d - decay) <= 1e-6 * abs(decay) for f, d in found)
    return (factor, decay) if same and len(found) > 1 and factor < 0.0 < decay else (None, 0.0)


def _rows_moved(change: Any) -> Any:
    """1 for the entries of rows that a step moves: of a table of embeddings only those decay that were looked up."""
    rows = np.asarray(change, dtype=float)
    if rows.ndim < 2:
        return 1.0
    moved = np.any(rows != 0.0, axis=tuple(range(1, rows.ndim)), keepdims=True)
    return np.ravel(np.broadcast_to(moved, rows.shape))


def constant(matches: Sequence[Match]) -> float | None:
    """The factor that holds at every point; None where there is none.

    The module's own point may disagree (saturated there, or at a kink) when two healthy points agree.
    """
    telling = [m for m in matches if not (m.no_gradient and m.equal)]
    if not telling:
        return None
    for chosen in (telling, telling[1:] if matches[0] is telling[0] and len(telling) > 2 else []):
        if chosen and all(m.equal for m in chosen):
            factor = chosen[-1].factor
            if factor != 0.0 and all(abs(m.factor - factor) <= _RELATIVE * abs(factor) for m in chosen):
                return factor
    return None


def noise(point: Values, move: Move) -> float:
    """Rounding error of ΔP when it is only known as a difference of two versions."""
    if len(move.links) == 1 and not move.links[0].partial:
        return 0.0
    return 4.0 * np.finfo(float).eps * float(np.max(np.abs(np.asarray(point.value(move.before))), initial=0.0))


def computed(
    points: Sequence[Values], dependence: Dependence, step: Step, move: Move, trues: list[Any]
) -> tuple[int | None, float | None]:
    """A value on the way to ΔP that is the gradient up to a factor (before momentum, Adam, clipping, decay)."""
    first = min(m.output for m in step.meetings)
    corrections = [link.correction for link in move.links if link.correction is not None]
    current = sum(1 << dependence.version_bits[m.before] for m in step.moves)
    way = [n for n in slice_of(points[0], corrections, stop=[move.before]) if n > first]
    size = np.size(trues[0])
    fitting = [n for n in way if np.size(points[0].value(n)) == size]
    for number in reversed(fitting[-_UPDATE_RULE:]):
        factor = _gradient_factor(points, number, trues)
        if (
            factor is not None
            and rule_only(points[0], dependence, current, number, way, move)
            and not times_data(points, number, way)
            and (any(link.partial for link in move.links) or entry_by_entry(points[0], number, way, corrections, size))
        ):
            return number, factor
    return None, None


def _gradient_factor(points: Sequence[Values], number: int, trues: list[Any]) -> float | None:
    """The constant between a node and the gradient; a matrix may only be turned where its shape says so."""
    value = points[0].value(number)
    shape = np.shape(trues[0])
    if isinstance(value, tuple) or np.size(value) != np.size(trues[0]):
        return None
    turned = np.ndim(value) == 2 and np.shape(value) != shape and np.shape(value)[::-1] == shape
    return constant(
        [
            match(np.transpose(p.value(number)) if turned else p.value(number), t)
            for p, t in zip(points, trues, strict=True)
        ]
    )
