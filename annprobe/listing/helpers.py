"""Derivative functions that are wrong: what they give is put right at every call at once.

A wrong function is called for every layer: as long as it is wrong, no other fault of the lines that call it shows.
"""

from __future__ import annotations

from dataclasses import replace
from types import CodeType
from typing import Any

import numpy as np

from annprobe.listing.activations import derivatives
from annprobe.listing.blame import Accused
from annprobe.listing.change import Explained
from annprobe.listing.edits import Change
from annprobe.listing.mended import Repaired
from annprobe.listing.scene import Scene, Several
from annprobe.listing.where import blamed_helper


def wrong_function(scene: Scene, accused: Accused, change: Change) -> CodeType | None:
    """The function whose result is to blame for the accused value."""
    frame = blamed_helper(scene, accused, change)
    return frame[0] if frame is not None else None


def of_its_function(scene: Scene, accused: Accused, explained: Explained) -> Explained:
    """The same fault as that of a function, where every line that calls it would have to be changed in the same way.

    ``z * (1 - z)`` is no derivative at z; where it is only ever called with pre-activations, it was meant to be. So for
    a derivative at z that is only called with activations.
    """
    change, named = explained.change, (explained.change.old, explained.change.new)
    pairs = {(source, node) for source, node, _ in derivatives(scene)}
    source, node = named if named in pairs else named[::-1]
    if change.kind != "operand" or (source, node) not in pairs or change.place in scene.error:
        return explained
    as_derivative = replace(change, kind="derivative", place=accused.node, old=source, new=node)
    code = wrong_function(scene, accused, as_derivative)
    calls = _calls(scene, code) if code is not None else []
    alike = {pair[change.old != source] for pair in pairs}
    given = [{i for n in nodes for i in scene.found.tape[n].inputs if i not in nodes} for nodes in calls]
    results = {max(nodes) for nodes in calls}
    users = [n for n in scene.backward if not results.isdisjoint(scene.found.tape[n].inputs)]
    lines = {scene.found.places.line(n) for n in users}
    everywhere = len(lines) > 1 and all(g & alike for g in given)
    return replace(explained, change=as_derivative) if everywhere else explained


def put_right(scene: Scene, code: CodeType, change: Change) -> dict[int, Repaired]:
    """What a function of pre-activations or activations gives at each call, and should give: the derivative there."""
    found: dict[int, Repaired] = {}
    activations = {node for _, node, _ in derivatives(scene)}
    wanted = scene.found.tape[change.new].op if change.new in activations else ""
    for nodes in _calls(scene, code):
        result = max(nodes)
        given = {i for n in nodes for i in scene.found.tape[n].inputs if i not in nodes}
        value = _derivative(scene, given, np.shape(scene.found.tape.value(result)), wanted)
        if value is not None:
            found[result] = Repaired(value)
    return found


def _calls(scene: Scene, code: CodeType) -> list[set[int]]:
    """The operations of each call of a function."""
    tape = scene.found.tape
    calls: dict[Any, set[int]] = {}
    for node in scene.backward - scene.error:
        frames = tape.sites[tape[node].site]
        depth = next((k for k, frame in enumerate(frames) if frame[0] is code), None)
        if depth is not None:
            calls.setdefault((frames[depth + 1 :], tape[node].turn), set()).add(node)
    return list(calls.values())


def _derivative(scene: Scene, given: set[int], shape: tuple[int, ...], wanted: str) -> Several | None:
    """The derivative of the activation that one of the given values goes into, or comes from."""
    fitting = [(node, ratio) for source, node, ratio in derivatives(scene)
               if given & {source, node} and np.size(ratio[0]) == np.prod(shape)
               and wanted in ("", scene.found.tape[node].op)]
    return [np.reshape(r, shape) for r in fitting[0][1]] if fitting else None
