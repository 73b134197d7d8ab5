"""An index that goes out of range: which container, how long it is, and which entry was asked for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import numpy as np

from annprobe.findings import FAMILIES, Evidence, Finding, Place
from annprobe.subject.running.outcome import Outcome
from annprobe.tape.arrays import raw


def index_findings(outcome: Outcome, texts: dict[str, list[str]]) -> tuple[Finding, ...]:
    """The lookup that raised; () where the error is another one, or not to be seen in it, or may be our data's."""
    if not isinstance(outcome.error, (IndexError, KeyError)) or not outcome.frames:
        return ()
    frame = outcome.frames[-1]
    lines = texts.get(frame.file, [])
    text = lines[frame.line - 1] if 0 < frame.line <= len(lines) else ""
    for lookup in _lookups(text):
        held, asked = (_value(part, frame.variables, outcome.namespace) for part in (lookup.value, lookup.slice))
        found = _out_of_range(held, asked)
        if found is None or (not isinstance(held, dict) and len(held) in outcome.stood_in):
            continue
        indent = len(text) - len(text.lstrip())
        place = Place(frame.file, frame.line, indent + lookup.col_offset, frame.line,
                      indent + (lookup.end_col_offset or 0), text)  # fmt: skip
        name, index = ast.unparse(lookup.value), ast.unparse(lookup.slice)
        there, wanted = found
        shown = f"{name}[{index}]"
        return (
            Finding(
                FAMILIES["layer-index"],
                "layer-index",
                f"{shown} asks for {wanted} of {there}: this line raises",
                (place,),
                shown,
                None,
                (Evidence("error", str(outcome.error)), Evidence(index, str(asked))),
                (),
                _help(name, there, index, asked),
                "cause",
                "measured",
            ),
        )
    return ()


def _help(name: str, there: str, index: str, asked: str) -> str:
    if there.startswith("the keys"):
        return f"ask {name} for one of the keys that it has, or store {asked} there first"
    return f"check how {index} counts: {name} has {there}"


def _lookups(text: str) -> Iterator[ast.Subscript]:
    """Every lookup of a line of source, innermost first."""
    stripped = text.strip()
    try:
        tree = ast.parse(stripped if not stripped.endswith(":") else f"{stripped} pass")
    except SyntaxError:
        return
    yield from [n for n in ast.walk(tree) if isinstance(n, ast.Subscript)][::-1]


def _value(part: ast.expr, variables: dict[str, Any], namespace: dict[str, Any]) -> Any:
    try:
        return raw(eval(ast.unparse(part), dict(namespace), dict(variables)))  # the module's own expression
    except Exception:  # it cannot be evaluated any more
        return None


def _out_of_range(held: Any, asked: Any) -> tuple[str, str] | None:
    """(what is there, what was asked for), where that is not there."""
    number = int(asked) if isinstance(asked, (int, np.integer)) and not isinstance(asked, bool) else None
    if isinstance(held, dict):
        missing = asked is not None and asked not in held
        return (f"the keys {', '.join(map(repr, held))}", repr(asked)) if missing else None
    if isinstance(held, (list, tuple)) or (isinstance(held, np.ndarray) and held.ndim):
        count = len(held)
        what = "rows" if isinstance(held, np.ndarray) and held.ndim > 1 else "entries"
        if number is not None and not -count <= number < count:
            return f"{count} {what}", f"entry {number}"
    return None
