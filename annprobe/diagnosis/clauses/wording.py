"""Clauses of findings, in the user's own names. (Whole reports are made in ``annprobe.report``.)"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from annprobe.diagnosis.clauses.made_places import users_span
from annprobe.findings import FAMILIES, Evidence, Finding, Place
from annprobe.listing.activations import is_activation
from annprobe.listing.blame import Accused
from annprobe.listing.edits import Change
from annprobe.listing.handed_on import passed_on
from annprobe.listing.naming import name_of, quantity_name, without_minus
from annprobe.listing.scene import Scene
from annprobe.listing.where import blamed
from annprobe.subject.agreement import Disagreement
from annprobe.subject.running.execute import USAGE
from annprobe.tape.places import Places, Span


@dataclass(frozen=True)
class Words:
    """The clauses for one accused line."""

    message: str = ""
    computes: str | None = None
    should_compute: str | None = None
    help: str | None = None
    notes: tuple[str, ...] = ()


def differing(found: Disagreement) -> str:
    """Where a recorded run and a plain one part."""
    if found.kind == "variable":
        return f"{found.name} ends as {found.plain} in a plain run, and as {found.recorded} when it is recorded"
    told = {"printed": "prints", "error": "raises"}[found.kind]
    where = f"line {found.line}" if found.line is not None else "the module"
    plain, recorded = (" ".join(text.split())[:80] or "nothing" for text in (found.plain, found.recorded))
    return f"{where} {told} {plain!r} in a plain run, and {recorded!r} when it is recorded"


def established(
    family: str,
    message: str,
    places: Iterable[Place | None],
    evidence: tuple[Evidence, ...],
    help_text: str,
    notes: tuple[str, ...] = (),
) -> Finding:
    """A finding that follows from the recorded numbers; each place once, unknown ones left out."""
    kept = tuple(dict.fromkeys(p for p in places if p is not None))
    return Finding(
        FAMILIES[family], family, message, kept, None, None, evidence, notes, help_text, "untested", "measured"
    )


def node_place(scene: Scene, node: int, level: int = 0) -> Place | None:
    """The span that computed a node (or, at a higher level, called what did), with its line of source."""
    span = scene.found.places.span(node, level)
    return span_place(scene, span) if span is not None else None


def span_place(scene: Scene, span: Span) -> Place:
    """A span with its line of source."""
    return place_at(scene.found.places, span)


def place_at(places: Places, span: Span) -> Place:
    """The same, without a scene."""
    source = places.source(span)
    line = source.lines[span.line - 1] if source is not None and span.line <= len(source.lines) else ""
    return Place(span.file, span.line, span.column, span.end_line, span.end_column, line)


def place_of(scene: Scene, accused: Accused, change: Change | None) -> Place | None:
    """Where to point: the accused expression, or the line where the change is made."""
    passing = passed_on(scene, accused, change)
    if passing is not None:
        return span_place(scene, passing)
    node, level = blamed(scene, accused, change)
    span = scene.found.places.span(node, level)
    if span is not None and span.file == USAGE and scene.alone:
        span = users_span(scene, node) or span
    return span_place(scene, span) if span is not None else None


def change_words(scene: Scene, accused: Accused, change: Change | None) -> Words:
    """What the line computes, what it should, and the edit."""
    places = scene.found.places
    computes = places.text(accused.node) or None
    should = quantity_name(scene, accused.quantity) if accused.quantity is not None else None
    if change is None:
        return Words(f"the value of this line is not {should or 'what the chain rule asks for'}", computes, should)
    replaced = change.old
    if replaced is not None and change.kind in ("added", "derivative"):
        replaced = without_minus(scene, replaced)
    old = name_of(scene, replaced) if replaced is not None else ""
    new = name_of(scene, change.new) if change.new is not None else ""
    makers: dict[str, Callable[[], tuple[str, str]]] = {
        "operand": lambda: (
            f"{old} is used where {new} is needed" if old != new else f"{old} of another layer or state is used here",
            f"put {new}{change.detail if change.detail == '.T' else ''} in the place of {old}",
        ),
        "turned": lambda: (f"{old} is used the wrong way round", f"transpose it: ({old}).T"),
        "sliced": lambda: (f"the wrong part of {new} is used", f"use {new}{change.detail}"),
        "dropped": lambda: _dropped_text(change.detail, old, new),
        "added": lambda: _added_text(scene, change, old),
        "derivative": lambda: (
            f"the factor is not the derivative of {_stretch(scene, change, new)} {old}",
            f"multiply by the derivative of {new} with respect to {old}",
        ),
        "path": lambda: (
            f"what comes back through {new}{_others(change)} is left out",
            "add it: the error of a value is the sum of what comes back from all its uses",
        ),
        "sign": lambda: (
            f"a sign is turned in {places.text(change.place) or old}",
            f"write {change.detail} in the place of {'+' if change.detail == '-' else '-'}",
        ),
        "axis": lambda: (
            (f"{old} is summed over the wrong axes", f"sum with {change.detail}")
            if change.new is None
            else (f"it holds {change.detail}, not the sum over all examples", "sum the products over all examples")
        ),
        "passes": lambda: (
            f"only the {change.detail} pass of the loop is kept, not the sum over all passes",
            "add up in the loop (+=), from zeros before it",
        ),
        "repeats": lambda: _REPEATS,
        "edge": lambda: _edge_text(change.detail, accused.node in scene.error),
        "product": lambda: (
            f"the product should be {_product_text(scene, accused, change, old, new)}",
            f"write {_product_text(scene, accused, change, old, new)}",
        ),
        "term": lambda: _term_text(change.detail, new),
    }
    message, help_text = makers[change.kind]()
    return Words(message, computes, should, help_text)


_REPEATS = (
    "a row that is chosen several times is added to only once",
    "np.add.at(array, rows, values) adds every time; array[rows] += values does not",
)


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
    if too_much:
        return f"the penalty's gradient takes in {where}, which the cost leaves out", f"set {where} of it to 0"
    return f"the penalty's gradient leaves out {where}, which the cost takes in", f"compute {where} of it, too"


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
    if change.detail.startswith("outer") and len(shape) == 1 and shape == np.shape(accused.demand[0]):
        return f"error * {new}"  # the error of one output
    return change.detail.replace("x", "error", 1).replace("y", new, 1) if change.detail else f"{old} and {new}"
