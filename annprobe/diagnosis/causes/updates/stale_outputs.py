"""A loop that corrects parameters again and again by errors of outputs that were computed before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from annprobe.diagnosis.clauses.wording import established, place_at
from annprobe.findings import Evidence, Finding
from annprobe.subject.roles.links import COPIES, SHAPES, alias
from annprobe.subject.understanding import Understanding
from annprobe.tape.nodes import Ref, Tape
from annprobe.tape.replay import slice_of

_TURNS = 3  # equal corrections that are no accident


@dataclass(frozen=True)
class _Series:
    """One statement's corrections of one value: ``old`` of the first, the new values, what was added or taken off."""

    start: int
    new: tuple[int, ...]
    corrections: tuple[int, ...]


def stale_output_findings(found: Understanding) -> tuple[Finding, ...]:
    """One finding an error that is formed in a loop from an output that was computed before it."""
    groups: dict[tuple[int, int], list[_Series]] = defaultdict(list)
    for series in _all_series(found.tape):
        crossing = _crossing(found.tape, series)
        if crossing is not None:
            groups[crossing].append(series)
    return tuple(_finding(found, *crossing, several) for crossing, several in groups.items())


def _all_series(tape: Tape) -> Iterator[_Series]:
    """Corrections by equal amounts, in at least so many turns of a loop."""
    ends: dict[int, list[int]] = {}  # last corrected value -> its series so far
    for number, node in enumerate(tape.nodes):
        if node.op in ("add", "subtract") and len(node.args) == 2 and all(type(a) is Ref for a in node.args):
            old = alias(tape, node.args[0].node)
            same = old in ends and tape[old].site == node.site and tape[old].turn != node.turn
            series = ends.pop(old) if same else []
            series.append(number)
            ends[number] = series
    for new in ends.values():
        if len(new) >= _TURNS:
            corrections = tuple(tape[n].args[1].node for n in new)
            if _equal(tape, corrections):
                yield _Series(alias(tape, tape[new[0]].args[0].node), tuple(new), corrections)


def _equal(tape: Tape, nodes: tuple[int, ...]) -> bool:
    """Whether all values are the same, and not nothing."""
    first = np.asarray(tape.value(nodes[0]))
    return bool(np.any(first)) and all(np.array_equal(first, tape.value(n)) for n in nodes[1:])


def _crossing(tape: Tape, series: _Series) -> tuple[int, int] | None:
    """(error, output): the loop's first operation with a value from before it that the start value went into."""
    turns = [tape.turns[tape[n].turn] for n in series.new]
    loop = next((one[0] for one, other in zip(*turns[:2], strict=False) if one != other), None)  # the one that goes on
    if loop is None or any(loop not in [number for number, _ in turn] for turn in turns):
        return None
    if set(slice_of(tape, [series.corrections[-1]])) & set(series.new):
        return None  # it is made of corrected values
    way = slice_of(tape, [series.corrections[0]])
    touched = {series.start}
    for number in way:
        if any(i in touched for i in tape[number].inputs):
            touched.add(number)
    inside = [n for n in way if n in touched and loop in [i for i, _ in tape.turns[tape[n].turn]]]
    for number in inside:
        outputs = [i for i in tape[number].inputs if i in touched and i not in inside and i != series.start]
        if outputs:
            return number, alias(tape, outputs[0], COPIES | SHAPES)
    return None


def _finding(found: Understanding, error: int, output: int, several: list[_Series]) -> Finding:
    places = found.places
    names = ", ".join(dict.fromkeys(places.name(series.new[0]) or places.text(series.start) for series in several))
    turns = max(len(series.new) for series in several)
    name = places.name(output) or places.text(output) or "the output"
    error_span, output_span = places.span(error), places.span(output, _calling(found.tape, output, error))
    return established(
        "state",
        f"{name} is computed once, before the loop: every turn corrects {names} by the same amount",
        [place_at(places, span) for span in (error_span, output_span) if span is not None],
        (Evidence("equal corrections in a row", turns), Evidence("parameters", names)),
        f"compute {name} anew in the loop, from the corrected {names}, before the error is formed",
    )


def _calling(tape: Tape, node: int, other: int) -> int:
    """How many calls further out the node was asked for, in a function that the other belongs to as well."""
    shared = {code for code, _ in tape.sites[tape[other].site]}
    return next((k for k, (code, _) in enumerate(tape.sites[tape[node].site]) if code in shared), 0)
