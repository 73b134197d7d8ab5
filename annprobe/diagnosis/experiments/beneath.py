"""What lies beneath a softmax over the wrong axis: the module once more, with that softmax put right in a copy.

Where the forward pass is not what its author believes it to be, a backward pass written for the intended one is wrong
everywhere. Whatever is still wrong with the intended forward pass is a cause of its own; the rest is a consequence.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator

from annprobe.diagnosis.causes.data.values import class_axis, softmax_finding
from annprobe.diagnosis.causes.every import findings_of
from annprobe.diagnosis.observing.observation import observe
from annprobe.diagnosis.observing.options import Options
from annprobe.findings import Finding, Place
from annprobe.listing.scene import Scene
from annprobe.subject.reading.source import Source

_OVER_CLASSES = {"sum", "max", "amax"}
_NEAR = 4  # lines between the shift of the exponents and their sum


def beneath(scene: Scene, source: Source, options: Options) -> tuple[tuple[Finding, ...], list[str]] | None:
    """The softmax over the wrong axis, and what is wrong beside it; None without one, or where it cannot be put right.

    The second value says what could not be judged.
    """
    softmax = softmax_finding(scene)
    axis = class_axis(scene, scene.found.tape.value(scene.found.judged_step.meetings[0].output)) if softmax else None
    mended = (
        with_class_axis(source, softmax.places[0], axis) if softmax and axis is not None and softmax.places else None
    )
    if softmax is None or mended is None:
        return None
    again, understanding = observe(mended, options, "made" if options.sizes and not options.run else "own")
    if again is None or understanding is None or understanding.hypothesis is None:
        return None
    intended = Scene(understanding, understanding.hypothesis)
    if softmax_finding(intended) is not None:
        return None
    others, failed = findings_of(intended, understanding, again)
    return (softmax, *others), failed


def with_class_axis(source: Source, place: Place, axis: int) -> Source | None:
    """A copy of the module whose softmax sums (and takes the largest value) over ``axis``; None where it cannot be."""
    if source.lines or str(source.path) != place.file:
        return None
    lines = source.text.split("\n")
    calls = [c for c in _reductions(source.tree(), place) if c.lineno == c.end_lineno]
    if not any(c.lineno == place.line for c in calls):
        return None
    for call in sorted(calls, key=lambda c: (c.lineno, c.col_offset), reverse=True):
        line = lines[call.lineno - 1].encode()
        new = _along(call, axis).encode()
        lines[call.lineno - 1] = (line[: call.col_offset] + new + line[call.end_col_offset :]).decode()
    return dataclasses.replace(source, text="\n".join(lines))


def _reductions(tree: ast.Module, place: Place) -> Iterator[ast.Call]:
    """The sum at the place, and the largest value along an axis that the same function takes just before it.

    Other sums of the function are none of the softmax: those of a bias's gradient have to go over the examples.
    """
    homes = [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.Lambda))
             and n.lineno <= place.line <= (n.end_lineno or n.lineno)]  # fmt: skip
    home: ast.AST = max(homes, key=lambda n: n.lineno) if homes else tree
    for node in ast.walk(home):
        if isinstance(node, ast.Call) and _name(node) in _OVER_CLASSES and _operand(node) is not None:
            here = node.lineno == place.line and _name(node) == "sum"
            shift = _name(node) != "sum" and 0 <= place.line - node.lineno <= _NEAR
            if here or (shift and any(k.arg == "axis" for k in node.keywords)):
                yield node


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _operand(call: ast.Call) -> ast.expr | None:
    """What is summed: the argument of a function, or the object of a method."""
    if isinstance(call.func, ast.Name) or (isinstance(call.func.value, ast.Name) and call.args  # type: ignore[attr-defined]
                                           and not isinstance(call.args[0], ast.Constant)):  # fmt: skip
        return call.args[0] if call.args else None
    return call.func.value  # type: ignore[attr-defined,no-any-return]


def _along(call: ast.Call, axis: int) -> str:
    operand = _operand(call)
    assert operand is not None
    name = "sum" if _name(call) == "sum" else "max"
    return f"({ast.unparse(operand)}).{name}(axis={axis}, keepdims=True)"
