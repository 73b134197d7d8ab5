"""Where a wrong gradient is wrong and how: array, then pattern, line or single entry, with few forward passes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from annprobe.gradcheck.examining.examination import Examination
from annprobe.gradcheck.functions.layout import Leaf
from annprobe.gradcheck.localising.hypotheses import Answers, Fitted, Hypothesis, bank, first_fit, fit
from annprobe.gradcheck.localising.located import Letters, Located, line_mask
from annprobe.gradcheck.localising.signature import signature_of
from annprobe.gradcheck.localising.sparse import Search, whole_line
from annprobe.gradcheck.localising.sweep import MOST_SHOWN, swept
from annprobe.gradcheck.verdicts.result import ParameterCheck
from annprobe.gradcheck.verdicts.verdict import detection_limits, direction

Array = NDArray[np.float64]

SMALL_TERM = 1e-4  # relative; above it no epsilon in a log or root is meant
SLACKS = (1e-7, 1e-4)  # relative differences to look past: an epsilon of 1e-8 in a log, and one of 1e-5
MOST_FORWARDS = 2000  # for all arrays together, before only samples are asked
QUESTIONS = 6  # directions a wrong array is asked, its moments included


def locate(exam: Examination, letters: Letters, look: list[Located] | None = None) -> list[Located]:
    """One verdict a parameter, in the layout's order; ``look`` is what :func:`first_look` found here, if it was asked.

    Where no pattern fits, a small term that the gradient leaves out (an epsilon in a log) may blur one: then once more
    with some slack. What is still without a pattern is asked entry by entry, as far as :data:`MOST_FORWARDS` allows.
    """
    until = exam.box.costs + MOST_FORWARDS
    first = best = look or first_look(exam, letters)
    chosen = exam
    for slack in SLACKS:
        if not _unnamed(best):
            break
        loose = replace(exam, slack=slack)
        again = first_look(loose, letters)
        if _unnamed(again) < _unnamed(best):
            best, chosen = again, loose
    leaves = exam.box.layout.leaves
    if chosen is not exam:
        best = [_let_pass(exam, *items, until) for items in zip(first, best, leaves, strict=True)]
    return [_finished(chosen, *items, letters, until) for items in zip(best, leaves, strict=True)]


def _let_pass(exam: Examination, strict: Located, loose: Located, leaf: Leaf, until: int) -> Located:
    """An array that agrees only with slack: small everywhere, or large here and there?"""
    if strict.check.agrees or not loose.check.agrees:
        return loose
    asked = _by_entries(exam, leaf, strict.check, Letters(), until)
    if (asked.check.relative_error or 0.0) > SMALL_TERM:
        return asked
    return replace(loose, check=loose.check._replace(pattern="nearly equal", relative_error=asked.check.relative_error))


def _by_entries(exam: Examination, leaf: Leaf, check: ParameterCheck, letters: Letters, until: int) -> Located:
    return _single_entries(exam, leaf, check, until) or swept(exam, leaf, check, letters, until)


def first_look(exam: Examination, letters: Letters) -> list[Located]:
    """What about ten questions an array can tell: a pattern, a line, a single entry, or nothing (``other``)."""
    usable = {leaf.start for leaf in exam.usable()}
    located = []
    for leaf, fit_kind, shape in zip(exam.box.layout.leaves, exam.reading.fits, exam.reading.shapes, strict=True):
        if leaf.start in usable:
            item = _locate_in(exam, leaf, letters)
            located.append(_transposed(item) if fit_kind == "transposed" else item)
        else:
            pattern = "missing" if fit_kind == "missing" else f"shape {shape} instead of {leaf.shape}"
            located.append(Located(ParameterCheck(leaf.name, leaf.shape, False, pattern, signature="x")))
    return located


def _unnamed(located: list[Located]) -> int:
    return sum(item.check.pattern == "other" for item in located)


def _finished(exam: Examination, item: Located, leaf: Leaf, letters: Letters, until: int) -> Located:
    """Single entries where nothing else helped, and the signature."""
    if item.check.pattern == "other" and not item.show:
        item = _by_entries(exam, leaf, item.check, letters, until)
    if item.check.signature == "x":
        return item
    return replace(item, check=item.check._replace(signature=signature_of(exam, leaf, item.check, letters)))


def _transposed(item: Located) -> Located:
    """The array has the transposed shape; ``item`` judged its values transposed back."""
    pattern = "transposed" if item.check.agrees else f"transposed, {item.check.pattern}"
    return replace(
        item, check=item.check._replace(agrees=False, pattern=pattern, signature="x", relative_error=math.inf)
    )


def _locate_in(exam: Examination, leaf: Leaf, letters: Letters) -> Located:
    size = leaf.stop - leaf.start
    r = direction(exam.seed, exam.at.size)[leaf.span]
    first = exam.probe(exam.within(leaf, r))
    g = exam.reading.vector[leaf.span]
    limit = detection_limits(np.abs(g * r), first.allowed)[0]
    check = ParameterCheck(leaf.name, leaf.shape, True, "equal", 1.0, relative_error=0.0, detection_limit=limit)
    if first.explained:
        return Located(check)
    answers, gaps = _ask(exam, leaf, r, first.derivative, first.allowed)
    relative = float(np.linalg.norm(gaps)) / max(float(np.linalg.norm(answers.derivatives)), 1e-150)
    check = check._replace(agrees=False, pattern="other", factor=None, relative_error=relative)
    if not g.any():
        return Located(check._replace(pattern="zero", factor=0.0, relative_error=1.0), (_heaviest(g, size),))
    return (
        _one_constant(check, g, answers, letters)
        or _on_lines(exam, leaf, check, answers, gaps, letters)
        or _from_bank(exam, leaf, check, answers, letters)
        or Located(check, diffuse=True)
    )


def _ask(exam: Examination, leaf: Leaf, r: Array, derivative: float, allowed: float) -> tuple[Answers, Array]:
    """The first question's direction weighted by each axis' index (its moments), then fresh directions."""
    g = exam.reading.vector[leaf.span]
    V = [r]
    for axis, count in enumerate(leaf.shape):
        if count > 1:
            V.append((r.reshape(leaf.shape) * _ramp(leaf, axis)).reshape(-1))
    draw = 2
    while len(V) < max(QUESTIONS, 1 + len(leaf.shape) + 3):
        V.append(direction(exam.seed, exam.at.size, draw)[leaf.span])
        draw += 1
    probes = [exam.probe(exam.within(leaf, v)) for v in V[1:]]
    derivatives = np.array([derivative, *(p.derivative for p in probes)])
    matrix = np.array(V)
    return Answers(matrix, derivatives, np.array([allowed, *(p.allowed for p in probes)])), derivatives - matrix @ g


def _ramp(leaf: Leaf, axis: int) -> Array:
    """1, 2, ..., n along one axis, over n: the weights of a moment."""
    count = leaf.shape[axis]
    shape = [1] * len(leaf.shape)
    shape[axis] = count
    return (np.arange(1, count + 1) / count).reshape(shape)


def _one_constant(check: ParameterCheck, g: Array, answers: Answers, letters: Letters) -> Located | None:
    fitted = fit(Hypothesis("factor", (g,)), answers)
    if fitted is None or not fitted.constants[0]:
        return None
    factor, names = _as_factor(fitted, 0, letters)
    return Located(
        check._replace(pattern=names[0], factor=factor, names=names, relative_error=abs(factor - 1)),
        (_heaviest(g, g.size),),
        diffuse=True,
    )


def _as_factor(fitted: Fitted, which: int, letters: Letters) -> tuple[float, tuple[str, ...]]:
    """user = c · true from true = constant · user."""
    constant = fitted.constants[which]
    factor = 1.0 / constant
    return factor, letters.names(factor, max(fitted.uncertainty / constant**2, 1e-12 * abs(factor)))


def _on_lines(
    exam: Examination, leaf: Leaf, check: ParameterCheck, answers: Answers, gaps: Array, letters: Letters
) -> Located | None:
    """All that is wrong lies on one line of some axes: an entry where that holds for all of them."""
    lines, row = [], 1
    for axis, count in enumerate(leaf.shape):
        if count < 2:
            continue
        moment = gaps[row] * count
        index = whole_line(moment, gaps[0], answers.allowed[row] * count, answers.allowed[0], count)
        if index is not None:
            lines.append((axis, index))
        row += 1
    if not lines or not _is_confined(exam, leaf, lines):
        return None
    mask = line_mask(leaf, lines)
    wide = [axis for axis, count in enumerate(leaf.shape) if count > 1]
    if len(lines) == len(wide):
        return _one_entry(exam, leaf, check, int(np.flatnonzero(mask)[0]))
    return _one_line(exam, leaf, check, answers, lines, mask, letters)


def _is_confined(exam: Examination, leaf: Leaf, lines: list[tuple[int, int]]) -> bool:
    """One more question: with these lines left out nothing is wrong, and what is left out is not all there is."""
    v = direction(exam.seed, exam.at.size, 1)[leaf.span].copy()
    v[line_mask(leaf, lines)] = 0.0
    return exam.probe(exam.within(leaf, v)).explained and bool(np.any(exam.reading.vector[leaf.span] * v))


def _one_entry(exam: Examination, leaf: Leaf, check: ParameterCheck, place: int) -> Located:
    unit = np.zeros(leaf.stop - leaf.start)
    unit[place] = 1.0
    probe = exam.probe(exam.within(leaf, unit))
    true, user = probe.derivative, probe.claimed
    relative = abs(user - true) / abs(true) if true else math.inf
    factor = user / true if true else None
    return Located(check._replace(pattern="one entry", factor=factor, relative_error=relative), (place,), only=(place,))


def _one_line(
    exam: Examination,
    leaf: Leaf,
    check: ParameterCheck,
    answers: Answers,
    lines: list[tuple[int, int]],
    mask: NDArray[np.bool_],
    letters: Letters,
) -> Located:
    """One row, column or slice; with a constant of its own where one fits."""
    g = exam.reading.vector[leaf.span]
    on, off = np.where(mask, g, 0.0), np.where(mask, 0.0, g)
    names: tuple[str, ...] = ()
    factor = None
    rest = Answers(answers.V, answers.derivatives - answers.V @ off, answers.allowed)
    if not on.any():
        factor, names = 0.0, ("zero",)
    elif mask.sum() > 1 and (fitted := fit(Hypothesis("line", (on,)), rest)) is not None and fitted.constants[0]:
        factor, names = _as_factor(fitted, 0, letters)
    what = "bias only" if letters.bias_in(leaf) in lines else _line_word(leaf, lines)
    pattern = f"{what}: {names[0]}" if names else what
    line_gap = np.where(mask, answers.V, 0.0) @ g
    true = answers.derivatives - answers.V @ off
    relative = float(np.linalg.norm(true - line_gap)) / max(float(np.linalg.norm(true)), 1e-150)
    place = int(np.flatnonzero(mask)[int(np.argmax(np.abs(g[mask])))])
    checked = check._replace(pattern=pattern, factor=factor, names=names, lines=tuple(lines), relative_error=relative)
    return Located(checked, (place,))


def _line_word(leaf: Leaf, lines: list[tuple[int, int]]) -> str:
    if len(leaf.shape) == 2:
        return "one row" if lines[0][0] == 0 else "one column"
    return "one slice"


def _from_bank(
    exam: Examination, leaf: Leaf, check: ParameterCheck, answers: Answers, letters: Letters
) -> Located | None:
    g = exam.reading.vector[leaf.span].reshape(leaf.shape)
    values = exam.at[leaf.span].reshape(leaf.shape)
    others = [(o.name, exam.reading.vector[o.span].reshape(o.shape)) for o in exam.usable() if o.start != leaf.start]
    fitted = first_fit(bank(g, values, others), answers)
    if fitted is None or not all(fitted.constants):
        return None
    kind = fitted.hypothesis
    place = (_heaviest(g, g.size),)
    if kind.name.startswith("parameters"):
        scale, coefficient = fitted.constants
        factor, names = _as_factor(fitted, 0, letters)
        extra = "" if names[0] == "1" or abs(scale - 1) <= 1e-6 else f", x {names[0]}"
        pattern = f"{kind.name} ({coefficient:.6g} times){extra}"
        return Located(check._replace(pattern=pattern, factor=factor, names=names), place)
    parts = [_as_factor(fitted, which, letters) for which in range(len(fitted.constants))]
    lines = (kind.line,) if kind.line else ()
    if len(parts) == 1:
        factor, names = parts[0]
        pattern = kind.name if names[0] == "1" else f"{kind.name}, x {names[0]}"
        return Located(check._replace(pattern=pattern, factor=factor, names=names, lines=lines), place)
    (bias_factor, bias_names), (_, rest_names) = parts
    where = "bias" if letters.bias_in(leaf) in (None, kind.line) else "line"
    rest = "" if rest_names[0] == "1" else f" x {rest_names[0]}"
    what = "the rest" if kind.name == "bias" else kind.name
    pattern = f"{where} x {bias_names[0]}, {what}{rest}"
    return Located(check._replace(pattern=pattern, factor=bias_factor, names=bias_names, lines=lines), place)


def _single_entries(exam: Examination, leaf: Leaf, check: ParameterCheck, until: int) -> Located | None:
    """A few wrong entries among many right ones."""
    if leaf.stop - leaf.start < 8:
        return None
    search = Search(exam, leaf, np.random.default_rng((exam.seed, leaf.start)), until)
    if not search.run() or not search.found:
        return None
    places = sorted(search.found, key=lambda place: -abs(search.found[place]))
    g = exam.reading.vector[leaf.span]
    worst = max(abs(gap / (g[p] + gap)) if g[p] + gap else math.inf for p, gap in search.found.items())
    pattern = "one entry" if len(places) == 1 else f"{len(places)} entries"
    return Located(
        check._replace(pattern=pattern, relative_error=worst), tuple(places[:MOST_SHOWN]), only=tuple(places)
    )


def _heaviest(g: Array, size: int) -> int:
    return int(np.argmax(np.abs(g))) if size else 0
