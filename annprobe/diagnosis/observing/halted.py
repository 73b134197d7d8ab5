"""A training that raises on its way: what was seen until then is judged, and the line that ends it is named."""

from __future__ import annotations

import ast
import difflib

import numpy as np

from annprobe.diagnosis.observing.raised_index import index_findings
from annprobe.findings import FAMILIES, Evidence, Finding, Place
from annprobe.subject.running.outcome import Outcome, UserFrame
from annprobe.subject.understanding import Understanding
from annprobe.tape.arrays import raw

_LOOPS = (ast.For, ast.While)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def halted(understanding: Understanding, outcome: Outcome, said: set[int]) -> tuple[Finding, ...]:
    """The line that ends the training; () where it ends by itself, or after the training, or where data are missing.

    said  lines that other findings point to already
    """
    if outcome.ended != "raised" or outcome.data_missing or not outcome.frames or outcome.cut:
        return ()
    frame = outcome.frames[-1]
    source = understanding.places.sources.get(frame.file)
    if source is None or frame.line in said or not _in_training(understanding, outcome):
        return ()
    looked_up = index_findings(outcome, {frame.file: source.lines})
    if looked_up:
        return looked_up
    steps = len(understanding.steps)
    return (_raises(outcome, source.lines, f"the training ends there, after {steps} step{'s' * (steps != 1)}"),)


def raising(outcome: Outcome | None, texts: dict[str, list[str]]) -> tuple[Finding, ...]:
    """The line that ends a run before any training was seen; () where what is missing may be data, or a package."""
    if outcome is None or outcome.ended != "raised" or outcome.data_missing or not outcome.frames or outcome.cut:
        return ()
    lines = texts.get(outcome.frames[-1].file, [])
    stand_ins = any("stand-in" in note for note in outcome.notes)
    if type(outcome.error) not in _OF_THE_MODULE or stand_ins or not 0 < outcome.frames[-1].line <= len(lines):
        return ()
    return (_raises(outcome, lines, "nothing after it is run"),)


_OF_THE_MODULE = (ValueError, IndexError, KeyError, TypeError, ZeroDivisionError, UnboundLocalError)


def _raises(outcome: Outcome, lines: list[str], so: str) -> Finding:
    """The line that raised last, in the user's own file."""
    frame = outcome.frames[-1]
    text = lines[frame.line - 1]
    place = Place(frame.file, frame.line, len(text) - len(text.lstrip()), frame.line, len(text.rstrip()), text)
    near = _near(outcome, frame)
    evidence = tuple(Evidence(name, shape) for name, shape in near.items())
    help_text = "mend this line first: what comes after it has not been seen"
    if near and isinstance(outcome.error, NameError):
        help_text = f"a name that is known here is meant: {' or '.join(near)}"
    message = f"this line raises {outcome.message}: {so}"
    return Finding(FAMILIES["unknown"], "unknown", message, (place,), None, None, evidence, (), help_text, "cause",
                   "measured")  # fmt: skip


def _in_training(understanding: Understanding, outcome: Outcome) -> bool:
    """Whether a frame of the error and a statement that leads to an update share a loop, or a function without one."""
    tape, places = understanding.tape, understanding.places
    for new in {move.links[-1].new for move in understanding.judged_step.moves}:
        for level in range(len(tape.sites[tape[new].site])):
            span = places.span(new, level)
            source = places.source(span) if span is not None else None
            lines = [f.line for f in outcome.frames if span is not None and f.file == span.file]
            if source is not None and span is not None and any(_together(source.tree, span.line, n) for n in lines):
                return True
    return False


def _together(tree: ast.Module, update: int, error: int) -> bool:
    mine, theirs = _around(tree, update), _around(tree, error)
    functions = [next((n for n in nodes if isinstance(n, _FUNCTIONS)), None) for nodes in (mine, theirs)]
    if functions[0] is not functions[1]:
        return False
    inside = mine[: mine.index(functions[0])] if functions[0] is not None else mine
    loops = [n for n in inside if isinstance(n, _LOOPS)]
    return any(loop in theirs for loop in loops) if loops else functions[0] is not None


def _around(tree: ast.Module, line: int) -> list[ast.stmt]:
    """Loops and functions around a line, innermost first."""
    blocks = [n for n in ast.walk(tree) if isinstance(n, (*_LOOPS, *_FUNCTIONS))]
    around = [n for n in blocks if n.lineno <= line <= (n.end_lineno or n.lineno)]
    return sorted(around, key=lambda n: (n.end_lineno or n.lineno) - n.lineno)


def _near(outcome: Outcome, frame: UserFrame) -> dict[str, str]:
    """For an unknown name: the arrays that are known there, those with a like name first, with their shapes."""
    unknown = outcome.error.name if isinstance(outcome.error, NameError) else None
    if unknown is None:
        return {}
    arrays = {n: raw(v) for n, v in {**outcome.namespace, **frame.variables}.items() if not n.startswith("_")}
    shapes = {n: str(np.shape(v)) for n, v in arrays.items() if isinstance(v, np.ndarray)}
    like = difflib.get_close_matches(unknown, shapes, n=3, cutoff=0.75)
    return {n: shapes[n] for n in like}
