"""Findings about an accuracy that is made of the decisions alone: no target takes part in it."""

from __future__ import annotations

import ast
import re
from typing import Any

import numpy as np

from annprobe.diagnosis.causes.data.reports import COMPARISONS, reported
from annprobe.findings import Evidence, Finding
from annprobe.listing.scene import Scene
from annprobe.subject.running.printed import Printed
from annprobe.tape.nodes import Ref
from annprobe.tape.replay import slice_of

_CALLED = re.compile(r"accura|(?:^|[^a-z])acc(?:[^a-z]|$)", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:\.\d*)?")
_STEPS = 50  # of which the targets are looked at


def accuracy_findings(scene: Scene, printed: list[Printed]) -> list[Finding]:
    """What is called accuracy counts how often the network decides for one class, whatever the targets are."""
    tape, dependence = scene.found.tape, scene.found.dependence
    assert dependence is not None
    lines = {(p.file, p.line) for p in printed if _CALLED.search(p.text) and len(_NUMBER.findall(p.text)) == 1}
    targets = [np.ravel(np.asarray(m.value)) for step in scene.found.steps[:_STEPS] for m in step.meetings]
    if len(np.unique(np.concatenate(targets))) < 2:
        return []  # there is but one thing to decide for
    for number, node in enumerate(tape.nodes):
        if node.op not in COMPARISONS or len(node.args) != 2 or not dependence.touched(number):
            continue
        decisions = [a.node for a in node.args if isinstance(a, Ref) and dependence.touched(a.node)]
        others = [a for a in node.args if not (isinstance(a, Ref) and a.node in decisions)]
        if len(decisions) != 1 or np.size(node.value) < 2 or np.size(_plain(scene, others[0])) != 1:
            continue
        called = _called_accuracy(scene, number, lines)
        if called and _of_training(scene, decisions[0]) and not any(_meets_data(scene, n) for n in called):
            one = np.ravel(_plain(scene, others[0]))[0]
            return [
                reported(
                    scene,
                    number,
                    f"what is called the accuracy is made without the targets: every decision is compared with {one:g}",
                    (Evidence("decisions", int(np.size(node.value))),
                     Evidence(f"of them {one:g}", int(np.sum(np.asarray(tape.value(decisions[0])) == one)))),
                    "compare the decisions with the targets",
                )
            ]  # fmt: skip
    return []


def _plain(scene: Scene, argument: Any) -> Any:
    return scene.found.tape.value(argument.node) if isinstance(argument, Ref) else argument


def _called_accuracy(scene: Scene, comparison: int, lines: set[tuple[str, int]]) -> list[int]:
    """The single numbers made of a comparison that the module calls accuracy."""
    tape, dependence = scene.found.tape, scene.found.dependence
    assert dependence is not None
    after = {comparison}
    for number in range(comparison + 1, len(tape)):
        if number not in dependence.version_bits and after & set(tape[number].inputs):
            after.add(number)
    return [n for n in sorted(after) if np.ndim(tape.value(n)) == 0 and _is_called(scene, n, lines)]


def _is_called(scene: Scene, number: int, lines: set[tuple[str, int]]) -> bool:
    """By the name of a variable, by that of the function that returns it, or by what is printed before it."""
    places = scene.found.places
    if _CALLED.search(places.name(number)):
        return True
    for level, (code, _) in enumerate(scene.found.tape.sites[scene.found.tape[number].site]):
        span = places.span(number, level)
        if span is not None and (span.file, span.line) in lines:
            return True
        if not isinstance(places.statement(number, level), ast.Return):
            return False
        if _CALLED.search(code.co_name):
            return True
    return False


def _of_training(scene: Scene, decisions: int) -> bool:
    """Whether the decisions are about all examples that are trained on: others may all be of one class."""
    tape, dependence = scene.found.tape, scene.found.dependence
    assert dependence is not None
    data = _data(scene, decisions)
    if not data or data != _data(scene, scene.found.judged_step.meetings[0].output):
        return False
    way = slice_of(tape, [decisions], stop=dependence.version_bits)
    entering = {i for n in way if dependence.touched(n) for i in tape[n].inputs if not dependence.touched(i)}
    return max(np.size(tape.value(i)) for i in entering) >= max(np.size(tape.value(i)) for i in data)


def _data(scene: Scene, node: int) -> set[int]:
    """The arrays that no parameter went into and that a value was made of."""
    tape, dependence = scene.found.tape, scene.found.dependence
    assert dependence is not None
    return {
        n
        for n in slice_of(tape, [node], stop=dependence.version_bits)
        if tape[n].kind != "op" and n not in dependence.version_bits and np.size(tape.value(n)) > 1
    }


def _meets_data(scene: Scene, share: int) -> bool:
    """Whether any array that does not come from the network joins in once its output is there."""
    tape, dependence = scene.found.tape, scene.found.dependence
    assert dependence is not None
    full = dependence.breadth(scene.found.judged_step.meetings[0].output)
    for number in slice_of(tape, [share], stop=dependence.version_bits):
        late = [i for i in tape[number].inputs if dependence.breadth(i) == full]
        arrays = (a for a in (*tape[number].args, *tape[number].kwargs.values())
                  if not (isinstance(a, Ref) and dependence.touched(a.node)))  # fmt: skip
        if late and any(np.size(_plain(scene, a)) > 1 for a in arrays if not isinstance(a, (str, type))):
            return True
    return False
