"""Findings about numbers that leave the finite: where the first one is made, and where it ends up."""

from __future__ import annotations

from typing import Any

import numpy as np

from annprobe.diagnosis.clauses.wording import node_place
from annprobe.findings import FAMILIES, Evidence, Finding
from annprobe.listing.naming import name_of
from annprobe.listing.scene import Scene
from annprobe.tape.nodes import Node, Ref

# operation -> (what happens, what to do)
_REASONS: dict[str, tuple[str, str]] = {
    "log": ("the logarithm of {value} is taken", "keep the argument above 0: np.log(np.clip(a, 1e-12, 1.0))"),
    "log2": ("the logarithm of {value} is taken", "keep the argument above 0, for example with np.clip"),
    "log10": ("the logarithm of {value} is taken", "keep the argument above 0, for example with np.clip"),
    "exp": ("exp overflows at {value}", "subtract the largest entry before exp, as a stable softmax does"),
    "divide": ("a division by zero", "keep the divisor away from 0: add a small number to it"),
    "true_divide": ("a division by zero", "keep the divisor away from 0: add a small number to it"),
    "power": ("a power of {value} overflows", "look at what makes the base so large: start values, rate, scaling"),
    "sqrt": ("the square root of {value} is taken", "keep the argument at or above 0"),
}


_BY_THEMSELVES = set(_REASONS) - {"power"}  # other operations overflow only where numbers have grown before
GROWN = "training steps before it"
COUNTED = "divisor, a count"


def grown(finding: Finding) -> bool:
    """Whether training made the numbers grow until they overflowed: then the reason is what makes them grow."""
    return finding.code == FAMILIES["numerics"] and any(row.name == GROWN for row in finding.evidence)


def numeric_findings(scene: Scene) -> list[Finding]:
    """The first operation that makes an infinite or undefined number out of finite ones, where that stays."""
    tape = scene.found.tape
    broken = [number for number in range(len(tape)) if _broken(tape.value(number))]
    if not broken:
        return []
    known = set(broken)
    used = {i for number in range(len(tape)) for i in tape[number].inputs}
    lasting = _ancestors(scene, [n for n in broken if n not in used or n in _results(scene)], known)
    first = next((n for n in broken if n in lasting and not known & set(tape[n].inputs) and not _meant(tape[n])), None)
    return [_finding(scene, first)] if first is not None else []


def _meant(node: Node) -> bool:
    """Whether the module itself wrote the infinite number: ``best = np.inf``, ``np.full(n, np.nan)``."""
    return node.kind != "op" or any(_broken(argument) for argument in node.args if not isinstance(argument, Ref))


def _broken(value: Any) -> bool:
    if isinstance(value, tuple):
        return False
    array = np.asarray(value)
    return array.dtype.kind in "fc" and not bool(np.isfinite(array).all())


def _results(scene: Scene) -> set[int]:
    """Costs, outputs and updates."""
    links = [link for chain in scene.found.chains for link in chain.links]
    return {*scene.found.costs, *(m.output for m in scene.found.frontier), *(link.new for link in links)}


def _ancestors(scene: Scene, ends: list[int], within: set[int]) -> set[int]:
    seen, stack = set(ends), list(ends)
    while stack:
        for source in scene.found.tape[stack.pop()].inputs:
            if source in within and source not in seen:
                seen.add(source)
                stack.append(source)
    return seen


def _finding(scene: Scene, node: int) -> Finding:
    tape = scene.found.tape
    operation = tape[node]
    value = np.asarray(operation.value)
    where = ~np.isfinite(value)
    made = "undefined (nan)" if bool(np.isnan(value[where] if value.ndim else value).any()) else "infinite"
    other = ("the numbers leave the finite here", "look at the values that go in")
    reason, help_text = _REASONS.get(operation.op, other)
    source = operation.inputs[0] if operation.inputs else None
    culprit = _culprit(tape.value(source), where) if source is not None else None
    place = node_place(scene, node)
    rows = [Evidence("entries that are not finite", f"{int(np.sum(where))} of {value.size}")]
    steps = sum(step.last < node for step in scene.found.steps)
    if steps and operation.op not in _BY_THEMSELVES:
        rows.append(Evidence(GROWN, steps))
    if source is not None:
        rows.append(Evidence("argument", name_of(scene, source)))
    if operation.op in ("divide", "true_divide") and not isinstance(operation.args[1], Ref):
        rows.append(Evidence(COUNTED, 0))
    return Finding(
        FAMILIES["numerics"],
        "numerics",
        f"{reason.format(value='such a number' if culprit is None else f'{culprit:.4g}')}: the result is {made}",
        (place,) if place is not None else (),
        None,
        None,
        tuple(rows),
        ("everything computed from it is infinite or undefined as well",),
        help_text,
        "untested",
        "measured",
    )


def _culprit(argument: Any, where: Any) -> float | None:
    array = np.asarray(argument, dtype=float)
    picked = array[where] if array.shape == np.shape(where) and array.ndim else array.reshape(-1)
    return float(picked.reshape(-1)[0]) if picked.size else None
