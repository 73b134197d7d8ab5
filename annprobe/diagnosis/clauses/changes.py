"""What an accused line computes, what it should, and the edit that makes it right, in the user's own names."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from annprobe.diagnosis.clauses.wording import Words
from annprobe.listing.activations import is_activation
from annprobe.listing.blame import Accused
from annprobe.listing.edits import Change
from annprobe.listing.naming import name_of, operand_name, quantity_name, without_minus
from annprobe.listing.scene import Scene
from annprobe.listing.where import newer_version
from annprobe.subject.running.outcome import USAGE


@dataclass(frozen=True)
class _Edit:
    """A change with the names of what it takes away and of what it puts there."""

    scene: Scene
    accused: Accused
    change: Change
    old: str
    new: str


def change_words(scene: Scene, accused: Accused, change: Change | None) -> Words:
    """What the line computes, what it should, and the edit."""
    computes = scene.found.places.text(accused.node) or None
    should = quantity_name(scene, accused.quantity) if accused.quantity is not None else None
    if change is None:
        return Words(f"the value of this line is not {should or 'what the chain rule asks for'}", computes, should)
    message, help_text = _MAKERS[change.kind](_named(scene, accused, change))
    return Words(message, computes, should, help_text)


def _named(scene: Scene, accused: Accused, change: Change) -> _Edit:
    replaced = change.old
    if replaced is not None and change.kind in ("added", "derivative"):
        replaced = without_minus(scene, replaced)
    old = name_of(scene, replaced) if replaced is not None else ""
    new = operand_name(scene, change.place, change.new) if change.new is not None else ""
    return _Edit(scene, accused, change, old, new)


def _operand_text(edit: _Edit) -> tuple[str, str]:
    if newer_version(edit.scene, edit.change):
        return (
            f"{edit.old} was already updated in this step when it is used here",
            f"compute the errors of all layers first, or keep a copy: use {edit.new} as it was before its update",
        )
    used = f"{edit.old} is used where {edit.new} is needed"
    if edit.old == edit.new:
        away = _passes_away(edit)
        if away is None:
            return _other_state(edit)
        count = f"{abs(away)} pass{'es' if abs(away) > 1 else ''}"
        return (
            f"{edit.old} of another pass of the loop is used here, {count} too {'late' if away > 0 else 'early'}",
            f"take {edit.old} as it was {count} {'earlier' if away > 0 else 'later'} in the loop that makes it",
        )
    turned = edit.change.detail if edit.change.detail == ".T" else ""
    return used, f"put {edit.new}{turned} in the place of {edit.old}"


def _other_state(edit: _Edit) -> tuple[str, str]:
    """The same name for two values: in place of the one that was made before, or of another layer."""
    places, change = edit.scene.found.places, edit.change
    ours, theirs = (places.line(n) if n is not None else None for n in (change.old, change.new))
    if ours is None or theirs is None or ours <= theirs:
        return f"{edit.old} of another layer or state is used here", f"use {edit.old} of this layer or state"
    return (
        f"{edit.old} as line {ours} leaves it is used, where it is needed as line {theirs} makes it",
        f"keep what line {theirs} makes under a name of its own, and use that",
    )


def _passes_away(edit: _Edit) -> int | None:
    """By how many passes of their common loop what is used comes after what is needed; None where they have none."""
    tape, change = edit.scene.found.tape, edit.change
    if change.old is None or change.new is None:
        return None
    ours, theirs = (tape.turns[tape[n].turn] for n in (change.old, change.new))
    if not ours or not theirs or ours[:-1] != theirs[:-1] or ours[-1][0] != theirs[-1][0] or ours == theirs:
        return None
    return ours[-1][1] - theirs[-1][1]


def _turned_text(edit: _Edit) -> tuple[str, str]:
    return f"{edit.old} is used the wrong way round", f"transpose it: ({edit.old}).T"


def _sliced_text(edit: _Edit) -> tuple[str, str]:
    return f"the wrong part of {edit.new} is used", f"use {edit.new}{edit.change.detail}"


def _derivative_text(edit: _Edit) -> tuple[str, str]:
    stretch = _stretch(edit.scene, edit.change, edit.new)
    return (
        f"the factor is not the derivative of {stretch} {edit.old}",
        f"multiply by the derivative of {edit.new} with respect to {edit.old}",
    )


def _path_text(edit: _Edit) -> tuple[str, str]:
    """What comes back through a use of a value that is left out; lines that annprobe wrote are nobody's words."""
    span = edit.scene.found.places.span(edit.change.new) if edit.change.new is not None else None
    use = "another use of the value" if span is not None and span.file == USAGE else f"{edit.new}{_others(edit.change)}"
    return (
        f"what comes back through {use} is left out",
        "add it: the error of a value is the sum of what comes back from all its uses",
    )


def _overwritten_text(edit: _Edit) -> tuple[str, str]:
    """What an assignment throws away that an addition would keep."""
    statement = edit.scene.found.places.statement(edit.change.place)
    target = ast.unparse(statement.targets[0]) if isinstance(statement, ast.Assign) else edit.old
    return (
        f"{target} is set anew where it should be added to: what came back through {edit.new} before is lost",
        f"write {target} += ..., and set it to zero before the backward pass: the error of a value is the sum of "
        "what comes back from all its uses",
    )


def _sign_text(edit: _Edit) -> tuple[str, str]:
    right = edit.change.detail
    where = edit.scene.found.places.text(edit.change.place) or edit.old
    return f"a sign is turned in {where}", f"write {right} in the place of {'+' if right == '-' else '-'}"


def _axis_text(edit: _Edit) -> tuple[str, str]:
    if edit.change.new is None:
        return f"{edit.old} is summed over the wrong axes", f"sum with {edit.change.detail}"
    return f"it holds {edit.change.detail}, not the sum over all examples", "sum the products over all examples"


def _passes_text(edit: _Edit) -> tuple[str, str]:
    return (
        f"only the {edit.change.detail} pass of the loop is kept, not the sum over all passes",
        "add up in the loop (+=), from zeros before it",
    )


def _repeats_text(_: _Edit) -> tuple[str, str]:
    return (
        "a row that is chosen several times is added to only once",
        "np.add.at(array, rows, values) adds every time; array[rows] += values does not",
    )


def _whole_product_text(edit: _Edit) -> tuple[str, str]:
    product = _product_text(edit.scene, edit.accused, edit.change, edit.old, edit.new)
    return f"the product should be {product}", f"write {product}"


def _stretch(scene: Scene, change: Change, new: str) -> str:
    """"the activation at", or what else the elementwise stretch of the forward pass is."""
    assert change.old is not None
    assert change.new is not None
    return "the activation at" if is_activation(scene, change.old, change.new) else f"{new} with respect to"


def _others(change: Change) -> str:
    return f" and {change.detail} more use{'s' if change.detail != '1' else ''} of the value" if change.detail else ""


def _term_text(detail: str, new: str) -> tuple[str, str]:
    """An error or a term that is left out."""
    if detail == "error":
        return f"an error that comes back, {new}, is left out", f"add {new} to it"
    return f"a term proportional to {new} is missing", f"add the term with {new}"


def _added_text(scene: Scene, change: Change, old: str) -> tuple[str, str]:
    """A derivative that is left out: of an activation, or of a product with a fixed array, as the mask of a dropout."""
    assert change.new is not None
    assert scene.found.dependence is not None
    operation = scene.found.tape[change.new]
    others = [i for i in operation.inputs if i != change.old]
    if operation.op == "multiply" and len(others) == 1 and change.old in operation.inputs:
        mask = name_of(scene, others[0])
        return f"the forward pass multiplies {old} by {mask}, the backward pass does not", f"multiply by {mask}"
    if not is_activation(scene, change.old or 0, change.new):
        whole = f"the derivative of {name_of(scene, change.new)} with respect to {old}"
        return f"{whole} is missing", f"multiply by {whole}"
    return f"the derivative of the activation at {old} is missing", f"multiply by f'({old})"


def _edge_text(detail: str, of_error: bool) -> tuple[str, str]:
    """Entries of one edge, often those of the biases: there and not wanted, or wanted and not there."""
    where, too_much, _ = detail.partition(" = 0")
    if of_error:
        wrong = f"the entries {where} should be 0" if too_much else f"the entries {where} are 0"
        return wrong, f"{'set' if too_much else 'compute'} {where} of it{' to 0' if too_much else ', too'}"
    penalty = "the penalty's gradient"
    if too_much:
        return f"the penalty's gradient takes in {where}, which the cost leaves out", f"set {where} of {penalty} to 0"
    return f"the penalty's gradient leaves out {where}, which the cost takes in", f"compute {where} of {penalty}, too"


def _dropped_text(detail: str, old: str, new: str) -> tuple[str, str]:
    """A factor, or a function of one value, that should not stand there."""
    if detail == "term":
        return f"what is added to {new} does not belong here", f"write {new} alone"
    if detail == "derivative" and new in old and new != old:
        return f"what {new} is multiplied with does not belong here", f"write {new} in the place of {old}"
    if detail == "multiply":
        apply = "or, if it is the derivative of an activation, apply that activation in the forward pass"
        return f"a factor too many: {old}", f"leave this factor out; {apply}"
    if detail not in _FUNCTIONS:
        return f"a factor too many: {old}", "leave this factor out"
    return _FUNCTIONS[detail].format(old), f"take {old} as it is"


_FUNCTIONS = {
    "power": "{} is raised to a power",
    "square": "{} is squared",
    "absolute": "the absolute value of {} is taken: its sign is lost",
    "sign": "only the sign of {} is taken: its size is lost",
    "exp": "the exponential of {} is taken",
    "tanh": "the tanh of {} is taken",
    "maximum": "{} is cut off by a maximum",
}


def _product_text(scene: Scene, accused: Accused, change: Change, old: str, new: str) -> str:
    shape = np.shape(scene.found.tape.value(change.new)) if change.new is not None else ()
    first = _first_operand(scene, change)
    if change.detail.startswith("outer") and len(shape) == 1 and shape == np.shape(accused.demand[0]):
        return f"{first} * {new}"  # the error of one output
    named = {"x": first, "y": new}
    return re.sub(r"\b[xy]\b", lambda word: named[word[0]], change.detail) if change.detail else f"{old} and {new}"


def _first_operand(scene: Scene, change: Change) -> str:
    """What the product's ``x`` stands for: the error, in that word, unless ``y`` is the error."""
    others = [i for i in scene.found.tape[change.place].inputs if i != change.new]
    return name_of(scene, others[0]) if change.new in scene.error and others else "error"


_MAKERS: dict[str, Callable[[_Edit], tuple[str, str]]] = {
    "operand": _operand_text,
    "turned": _turned_text,
    "sliced": _sliced_text,
    "dropped": lambda edit: _dropped_text(edit.change.detail, edit.old, edit.new),
    "added": lambda edit: _added_text(edit.scene, edit.change, edit.old),
    "derivative": _derivative_text,
    "path": _path_text,
    "overwritten": _overwritten_text,
    "sign": _sign_text,
    "axis": _axis_text,
    "passes": _passes_text,
    "repeats": _repeats_text,
    "edge": lambda edit: _edge_text(edit.change.detail, edit.accused.node in edit.scene.error),
    "product": _whole_product_text,
    "term": lambda edit: _term_text(edit.change.detail, edit.new),
}
