"""Parts of a parameter that are never corrected while the rest is corrected rightly: a loop or a slice too short."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from typing import Any

import numpy as np

from annprobe.diagnosis.clauses.wording import established, node_place
from annprobe.findings import Evidence, Finding, Place
from annprobe.listing.scene import Scene
from annprobe.subject.roles.gradient.judged import Judged
from annprobe.subject.roles.links import Link
from annprobe.tape.replay import slice_of

LEFT_OUT = "corrected in part"  # name of the evidence
_SMALL = 1e-9  # of the largest entry of a gradient: rounding
_SAME = 1e-6  # relative, of the factors of the entries that move


def left_out_findings(scene: Scene) -> list[Finding]:
    """One finding a parameter, or a statement that corrects numbers one by one."""
    found = []
    for judged in scene.hypothesis.judged:
        still = None if judged.right else _still(scene, judged)
        if still is not None:
            corrections = [k.correction for k in judged.move.links if k.correction is not None]
            places = _places(scene, corrections)
            found.append(_finding(scene.found.names[judged.move.chain], *_part(still), int(still.sum()), places,
                                  bias=max(still.shape, default=1) == still.size))
    return found + _numbers(scene)


def with_left_out(findings: list[Finding]) -> list[Finding]:
    """Without those whose parameter has an accused line: that its gradient is 0 there is the same fact."""
    accused = {f.should_compute for f in findings if f.should_compute is not None}
    return [f for f in findings if not any(e.name == LEFT_OUT and f"∂C/∂{e.value}" in accused for e in f.evidence)]


def _still(scene: Scene, judged: Judged) -> Any:
    """Which entries stay as they are wherever it was looked, when all others follow the gradient; else None."""
    moved = sloped = np.zeros(np.shape(judged.true), dtype=bool)
    factors: list[Any] = []
    for point, adjoint in zip(scene.found.points, scene.hypothesis.points, strict=False):
        change = np.asarray(judged.move.change(point), dtype=float)
        true = np.asarray(adjoint.of.get(judged.move.before, np.zeros(change.shape)), dtype=float)
        if change.shape != moved.shape or true.shape != moved.shape or not np.isfinite([change, true]).all():
            return None
        steep = np.abs(true) > _SMALL * np.max(np.abs(true), initial=0.0)
        if np.any(change[~steep]):
            return None
        moved, sloped = moved | (change != 0.0), sloped | steep
        factors.append((change[steep & (change != 0.0)] / true[steep & (change != 0.0)]).ravel())
    ratios = np.concatenate(factors) if factors else np.zeros(0)
    still = sloped & ~moved
    if ratios.size < 2 or not still.any() or ratios[0] >= 0.0 or np.ptp(ratios) > _SAME * abs(ratios[0]):
        return None
    return still


def _finding(name: str, count: int, part: str, numbers: int, places: list[Place | None], bias: bool = False) -> Finding:
    return established(
        "bias" if bias else "layer-index",
        f"{part} of {name} {'is' if count == 1 else 'are'} never corrected, and the others rightly: what is taken for "
        "the gradient there is always 0",
        places,
        (Evidence(LEFT_OUT, name), Evidence("numbers never corrected", numbers)),
        "let the loop (or the slice) that computes it run over all of them, and store each one at its own index",
    )


def _numbers(scene: Scene) -> list[Finding]:
    """Numbers in lists: a statement corrects some of them rightly, and others by 0 again and again."""
    tape, dependence = scene.found.tape, scene.found.dependence
    assert dependence is not None
    right: dict[int, list[Link]] = defaultdict(list)  # site -> corrections there
    for judged in scene.hypothesis.judged:
        for link in judged.move.links if judged.factor is not None and not np.shape(judged.true) else ():
            right[tape[link.new].site].append(link)
    zero: dict[int, dict[int, Link]] = defaultdict(dict)  # site -> the last correction of each number
    for link in scene.found.links if right else ():
        if tape[link.new].site in right and link.old not in dependence.owner and link.correction is not None:
            zero[tape[link.new].site].pop(link.old, None)
            zero[tape[link.new].site][link.new] = link
    found = []
    for site, links in zero.items():
        still = [k for k in links.values() if not np.any(tape.value(k.correction or 0)) and _sloped(scene, k)]
        if still:
            name = re.sub(r"\[[^\[\]]*\]$", "", scene.found.names[dependence.owner[right[site][0].old]])
            every = len(still) + len({dependence.owner[k.old] for k in right[site]})
            corrections = [k.correction for k in (*right[site], *still) if k.correction is not None]
            part = f"{len(still)} of the {every} numbers"
            found.append(_finding(name, len(still), part, len(still), _places(scene, corrections)))
    return found


def _sloped(scene: Scene, link: Link) -> bool:
    """Whether the cost depends on the number, in whichever version."""
    old: int | None = link.old
    while old is not None:
        if np.any(scene.hypothesis.adjoint.of.get(old, 0.0)):
            return True
        node = scene.found.tape[old]
        old = node.inputs[0] if node.op in ("add", "subtract") and node.inputs else None
    return False


def _part(still: Any) -> tuple[int, str]:
    """(9, ``9 of the 10 columns``): whole rows or columns where it is these."""
    if still.ndim == 2:
        for axis, word in ((0, "columns"), (1, "rows")):
            whole = still.all(axis=axis)
            if whole.sum() * still.shape[axis] == still.sum():
                return int(whole.sum()), f"{whole.sum()} of the {whole.size} {word}"
    return int(still.sum()), f"{still.sum()} of the {still.size} numbers"


def _places(scene: Scene, corrections: list[int]) -> list[Place | None]:
    """The loop that fills in too few, what fills in, and the zeros that it leaves."""
    tape, dependence = scene.found.tape, scene.found.dependence
    assert dependence is not None
    first = min(meeting.output for meeting in scene.found.judged_step.meetings)
    way = [n for n in slice_of(tape, corrections, stop=dependence.version_bits) if n > first and tape[n].kind == "op"]
    zeros: dict[tuple[int, int], int] = {}  # (site, which operand) -> the zeros that stand there
    filled: dict[tuple[int, int], int] = {}
    for number in way:
        for position, source in enumerate(tape[number].inputs):
            made = tape[source].kind != "op" and not np.any(tape.value(source)) and not np.any(tape.value(number))
            (zeros if made else filled).setdefault((tape[number].site, position), source)
    both = [key for key in zeros if key in filled and dependence.touched(filled[key])]
    if not both:
        return [node_place(scene, corrections[-1]) if corrections else None]
    there, left = filled[both[0]], zeros[both[0]]
    return [_loop(scene, there, left), node_place(scene, there), node_place(scene, left)]


def _loop(scene: Scene, filled: int, left: int) -> Place | None:
    """The outermost loop around what fills in that is not around the zeros."""
    spans = [scene.found.places.span(node) for node in (filled, left)]
    source = scene.found.places.source(spans[0]) if spans[0] is not None else None
    if source is None or spans[0] is None or spans[1] is None:
        return None
    for loop in ast.walk(source.tree):  # outer ones first
        if isinstance(loop, (ast.For, ast.While)):
            lines = range(loop.lineno, (loop.end_lineno or loop.lineno) + 1)
            if spans[0].line in lines and (spans[0].file != spans[1].file or spans[1].line not in lines):
                return Place(spans[0].file, loop.lineno, loop.col_offset, loop.lineno, loop.col_offset + 3,
                             source.lines[loop.lineno - 1])
    return None
