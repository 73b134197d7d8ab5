"""Where a module computes gradients and has nothing that applies them: ``P = P - rate * G``, written out by name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from annprobe.subject.running.state import leaves

RATE = "0.1"
Pairs = list[tuple[str, str]]
Arrays = Iterable[tuple[str, tuple[int, ...]]]

_AFFIXES = re.compile(r"(gradients?|grads?|nabla|delta|deriv|derivative|updates?|dj|dl)", re.IGNORECASE)
_FORWARD = re.compile(
    r"^([zahosy]_?(hat|pred|out)?\d*|(net|out|hid|pred|prob|act|cost|loss|cache|layer|score|logit)\w*)$", re.IGNORECASE
)


def descent(
    parameters: dict[str, Any],
    gradients: dict[str, Any],
    before: dict[str, Any] | None = None,
    given: dict[str, Any] | None = None,
) -> list[str]:
    """Statements that apply the gradients to the parameters; [] when they do not correspond.

    Both are variables by name; arrays inside of lists, tuples, dicts and objects are found. A gradient belongs to the
    parameter of its name (``dW1``, ``grad_W1``, ``gradients['W1']``) or, where names say nothing, of its turn.
    ``before`` holds the parameters before the step: what it does not have is a cache. ``given`` are the examples, which
    an object may hold beside its parameters.
    """
    old = dict(_arrays(before)) if before is not None else None
    examples = {leaf.data for leaf in leaves(given or {}).values()}
    handed = {_expression(path) for path, leaf in leaves(parameters).items() if leaf.data in examples}
    held = [(text, shape) for text, shape in _arrays(parameters) if text not in handed]
    ours = [(text, shape) for text, shape in held if old is None or old.get(text) == shape]
    theirs = [(text, shape) for text, shape in _arrays(gradients) if text not in dict(ours)]
    pairs = _by_name(ours, theirs) or _by_turn(ours, theirs)
    pairs += _single_numbers(parameters, gradients, pairs) if any(shape for _, shape in ours) else []
    immutable = {name for name, value in parameters.items() if isinstance(value, tuple)}
    return [_apply(p, g, in_place=p.split("[")[0] in immutable) for p, g in pairs]


def _single_numbers(parameters: dict[str, Any], gradients: dict[str, Any], pairs: Pairs) -> Pairs:
    """A bias that is one number beside weights in arrays, where the gradients speak of it by name."""
    single, theirs = (
        [_expression(p) for p, leaf in leaves(v).items() if not leaf.shape] for v in (parameters, gradients)
    )
    known = {_stem(text, gradient=True): text for text in theirs}
    taken = {p for p, _ in pairs}
    found = [(text, known.get(_stem(text, gradient=False))) for text in single if text not in taken | set(theirs)]
    return [(text, gradient) for text, gradient in found if gradient is not None]


def may_be_gradient(name: str, value: Any) -> bool:
    """Whether a name speaks of no value of the forward pass, as z1, a1, hidden and outputs do; or the value's keys."""
    if isinstance(value, dict):
        return all(_FORWARD.match(str(key)) is None for key in value)
    return bool(_AFFIXES.search(name)) or _FORWARD.match(name) is None


def _apply(parameter: str, gradient: str, *, in_place: bool) -> str:
    if in_place:
        return f"{parameter}[...] -= {RATE} * {gradient}"
    return f"{parameter} = {parameter} - {RATE} * {gradient}"


def _arrays(variables: dict[str, Any]) -> list[tuple[str, tuple[int, ...]]]:
    """(expression, shape) of every float array; of single floats only where there are no arrays."""
    found = [(_expression(path), leaf.shape) for path, leaf in leaves(variables).items()]
    return [(text, shape) for text, shape in found if shape] or found


def _expression(path: str) -> str:
    """``['grads']['dW1']`` -> ``grads['dW1']``"""
    return re.sub(r"^\['(\w+)'\]", r"\1", path)


def _by_name(ours: Arrays, theirs: Arrays) -> Pairs:
    pairs: Pairs = []
    known: dict[str, tuple[str, tuple[int, ...]]] = {}
    for text, shape in theirs:
        known.setdefault(_stem(text, gradient=True), (text, shape))
    for text, shape in ours:
        gradient = known.get(_stem(text, gradient=False))
        if gradient is not None and gradient[1] != shape:
            return []  # a slip of axes shows on other widths, where it runs
        if gradient is not None:
            pairs.append((text, gradient[0]))
        elif len(shape) == 2 and min(shape) > 1:
            return []  # a weight matrix without its gradient: these names mean something else
    return pairs


def _stem(text: str, *, gradient: bool) -> str:
    """What is left of a name without brackets and without the signs of a gradient; indices stay."""
    last = re.findall(r"[A-Za-z_]\w*|\d+", text)
    kept = last[-1] if last and not last[-1].isdigit() else "".join(last[-2:])
    kept = _AFFIXES.sub("", kept) if gradient else kept
    kept = kept.strip("_").lower().replace("_", "")
    return kept[1:] if gradient and kept.startswith("d") and len(kept) > 1 else kept


def _by_turn(ours: Arrays, theirs: Arrays) -> Pairs:
    """In the order of both, or in the reverse order of one, where all shapes agree then."""
    mine, other = list(ours), list(theirs)
    for candidates in (other, other[::-1]):
        pairs: Pairs = []
        rest = iter(candidates)
        for text, shape in mine:
            match = next((g for g, s in rest if s == shape), None)
            if match is None:
                break
            pairs.append((text, match))
        else:
            return pairs
    return []
